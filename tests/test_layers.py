"""The parts know only the parts below them, and `import qa` loads nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEAVY = (
    "chromadb",
    "fastapi",
    "gradio",
    "langchain",
    "langchain_core",
    "mcp",
    "numpy",
    "nupunkt",
    "onnx",
    "onnxruntime",
    "sentence_transformers",
)
HEAVY += ("pydantic", "sqlite3", "starlette", "tokenizers", "torch", "transformers", "uvicorn")


def test_imports_go_to_lower_layers_only() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_importing_the_package_loads_nothing_heavy_and_does_nothing(tmp_path: Path) -> None:
    code = "import json, sys; import qa; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in json.loads(run.stdout)}
    assert loaded.isdisjoint(HEAVY), sorted(loaded.intersection(HEAVY))
    assert run.stderr == ""
    assert list(tmp_path.iterdir()) == []
