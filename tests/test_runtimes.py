"""What runs the exported model: which one is taken, and that each gives the same vectors."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qa.embedding import minilm, runtimes
from qa.embedding.minilm import MANY, MiniLM
from qa.embedding.runtimes import OnnxRuntime, OpenVino, for_few, for_many
from qa.errors import MissingExtraError, SettingsError
from qa.settings import Settings

TEXTS = [f"The ferry to port {n} sails on {n % 7 + 1} days a week{', in winter' * (n % 9)}." for n in range(MANY + 6)]


@pytest.fixture
def processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What the system says of the processor, to be written by a test."""
    told = tmp_path / "cpuinfo"
    monkeypatch.setattr(runtimes, "_CPUINFO", told)
    runtimes.has_bfloat16.cache_clear()
    yield told
    runtimes.has_bfloat16.cache_clear()


@pytest.mark.parametrize(
    ("flags", "known"), [("fpu avx2 amx_bf16 amx_tile", True), ("fpu avx512_bf16", True), ("fpu avx2 avx512f", False)]
)
def test_a_processor_with_bfloat16_is_known_by_its_flags(processor: Path, flags: str, known: bool) -> None:
    processor.write_text(f"processor : 0\nflags\t\t: {flags}\n")
    assert runtimes.has_bfloat16() is known
    assert for_many("auto") is (OpenVino if known else OnnxRuntime)


def test_where_the_system_does_not_tell_or_it_is_not_installed_onnxruntime_is_taken(
    processor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert for_many("auto") is OnnxRuntime
    runtimes.has_bfloat16.cache_clear()
    processor.write_text("flags : amx_bf16\n")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert for_many("auto") is OnnxRuntime


def test_questions_are_left_to_onnxruntime_unless_the_other_is_named() -> None:
    assert for_few("auto") is for_few("onnxruntime") is for_many("onnxruntime") is OnnxRuntime
    assert for_few("openvino") is for_many("openvino") is OpenVino


def test_both_give_the_same_vectors(processor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    processor.write_text("flags : avx2\n")  # single precision, whatever this processor is
    # Not what another test has loaded, in bfloat16 perhaps.
    monkeypatch.setattr(minilm, "_load_runtime", minilm._load_runtime.__wrapped__)  # type: ignore[attr-defined]
    one, other = MiniLM(runtime="onnxruntime"), MiniLM(runtime="openvino")
    assert one.fingerprint == other.fingerprint
    assert np.abs(one.encode(TEXTS) - other.encode(TEXTS)).max() < 1e-4
    assert np.abs(one.encode_query(TEXTS[0]) - other.encode_query(TEXTS[0])).max() < 1e-4


def test_a_runtime_that_is_not_installed_or_not_known_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'briefing-qa\[openvino\]'"):
        OpenVino(Path("model.onnx"))
    with pytest.raises(SettingsError, match="QA_RUNTIME: `runtime` cannot be 'cuda': it is one of auto, onnxruntime"):
        Settings.load(environ={"QA_RUNTIME": "cuda"})
