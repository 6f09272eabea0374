"""What runs the exported model: onnxruntime, and OpenVINO where it is installed and faster.

On a processor with instructions for bfloat16 (AMX, AVX512-bf16) OpenVINO embeds many texts several times as fast in
that format. It takes longer to load, so that in "auto" questions and a few texts are left to onnxruntime.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.errors import EmbeddingError, MissingExtraError

Tokens = NDArray[np.int64]
# As the kernel names what a processor can do.
_BFLOAT16 = frozenset({"amx_bf16", "avx512_bf16"})
_CPUINFO = Path("/proc/cpuinfo")


class Runtime(Protocol):
    """A loaded model. Any thread may run it."""

    def run(self, ids: Tokens, mask: Tokens) -> NDArray[np.float32]:
        """The vectors (n, d), not normalised, of texts as tokens and what of them is no padding, (n, length) each."""


class OnnxRuntime:
    """The model on onnxruntime, in single precision."""

    def __init__(self, model: Path) -> None:
        # Read when the library is loaded; without it, newer builds keep a device id and look for a server to tell.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors only
        # Threads that spin while they wait take a core from whoever else is asking.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no common class
            raise EmbeddingError(f"onnxruntime cannot run the exported model in {model.parent}: {error}") from error

    def run(self, ids: Tokens, mask: Tokens) -> NDArray[np.float32]:
        (vectors,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return np.asarray(vectors, dtype=np.float32)


class OpenVino:
    """The model on OpenVINO, in bfloat16 where the processor has instructions for it, else in single precision."""

    def __init__(self, model: Path) -> None:
        try:
            import openvino
        except ImportError as error:
            raise MissingExtraError(
                "The runtime openvino is not installed. Run `pip install 'briefing-qa[openvino]'`,\n"
                "or leave the setting `runtime` (QA_RUNTIME) out."
            ) from error
        precision = "bf16" if has_bfloat16() else "f32"
        settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": precision}
        try:
            self._request = openvino.Core().compile_model(str(model), "CPU", settings).create_infer_request()
        except RuntimeError as error:
            raise EmbeddingError(f"OpenVINO cannot run the exported model in {model.parent}: {error}") from error
        self._lock = threading.Lock()

    def run(self, ids: Tokens, mask: Tokens) -> NDArray[np.float32]:
        with self._lock:  # a request is for one thread, and takes all cores
            found = self._request.infer({"input_ids": ids, "attention_mask": mask})
            return np.array(next(iter(found.values())), dtype=np.float32)


@lru_cache(maxsize=1)
def has_bfloat16() -> bool:
    """Whether the processor has instructions for bfloat16; False where the system does not tell."""
    try:
        lines = _CPUINFO.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return bool(_BFLOAT16 & set(flags.split()))


def for_many(runtime: str) -> type[OnnxRuntime] | type[OpenVino]:
    """What embeds many texts. runtime: "auto", "onnxruntime" or "openvino"."""
    if runtime == "auto":
        return OpenVino if has_bfloat16() and importlib.util.find_spec("openvino") else OnnxRuntime
    return for_few(runtime)


def for_few(runtime: str) -> type[OnnxRuntime] | type[OpenVino]:
    """What embeds a question or a few texts. runtime: as for `for_many`."""
    return OpenVino if runtime == "openvino" else OnnxRuntime
