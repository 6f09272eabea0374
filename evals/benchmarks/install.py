"""What it takes to have the program: built, installed into empty environments, asked once.

    python -m evals.benchmarks.install [--constraints constraints.txt]

Builds the wheel and the source distribution, installs each into an environment of its own, and has `qa ask` answer
there in an empty folder, with `QA_CORPUS` alone. Prints seconds, sizes on disk of a base install and of one with every
extra for users, and the time that `import qa` takes. Needs the package registry, and 10 minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
QUESTION = "Who is the Minister's U.S. counterpart?"
# What developers need is no part of what users install.
NOT_FOR_USERS = ("dev", "bench")
RUNS = 21


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--constraints", type=Path, default=ROOT / "constraints.txt")
    constraints = parser.parse_args().constraints.absolute()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    wanted = [name for name in extras if name not in NOT_FOR_USERS]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        seconds = run([sys.executable, "-m", "build", "--outdir", place / "dist", ROOT])
        [wheel], [source] = (place / "dist").glob("*.whl"), (place / "dist").glob("*.tar.gz")
        print(f"built in {seconds:.0f} s: {size(wheel)} {wheel.name}, {size(source)} {source.name}")
        base = Environment(place / "base", constraints)
        base.install(f"{wheel}", "the wheel")
        base.ask(place / "empty-1")
        base.show_import_time()
        print("largest packages, MB:", base.packages())
        other = Environment(place / "other", constraints)
        other.install(f"{source}", "the source distribution")
        other.ask(place / "empty-2")
        base.install(f"{wheel}[{','.join(wanted)}]", f"the wheel with {', '.join(wanted)}")
        base.ask(place / "empty-3")


class Environment:
    """A new virtual environment."""

    def __init__(self, place: Path, constraints: Path) -> None:
        run([sys.executable, "-m", "venv", place])
        self._place, self._constraints = place, constraints
        self._empty = disk_size(place)

    def install(self, what: str, called: str) -> None:
        """Installs with the versions that the tests pass with, and prints how long it took and how large it is."""
        seconds = run([self._python, "-m", "pip", "install", "-qqq", "-c", self._constraints, what])
        megabytes = (disk_size(self._place) - self._empty) / 1e6
        print(f"{called}: installed in {seconds:.0f} s, {megabytes:.0f} MB, {self.count()} packages")

    def count(self) -> int:
        """How many distributions are installed."""
        return len(self._listed())

    def packages(self) -> str:
        """The largest of them, in megabytes."""
        [site] = self._place.glob("lib/python*/site-packages")
        sizes = sorted(((disk_size(one), one.name) for one in site.iterdir() if one.is_dir()), reverse=True)
        return ", ".join(f"{name} {bytes_ / 1e6:.0f}" for bytes_, name in sizes[:8])

    def ask(self, folder: Path) -> None:
        """Has `qa ask` answer in an empty folder, and prints what it says and how long it took, twice."""
        folder.mkdir()
        environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "QA_CACHE": str(folder / "cache")}
        environ |= {"QA_CORPUS": str(ROOT / "corpus"), "LANG": "C.UTF-8"}
        for name in ("first", "second"):
            start = time.perf_counter()
            command = [self._place / "bin" / "qa", "ask", "--json", QUESTION]
            asked = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=True)
            citation = json.loads(asked.stdout)["citations"][0]
            assert "Alejandro Mayorkas" in citation["quote"]
            print(f"  {name} answer in {time.perf_counter() - start:.1f} s, from {citation['note']}")

    def show_import_time(self) -> None:
        """Prints what `import qa` takes beyond starting Python: medians of runs in turn."""
        pairs = [(run([self._python, "-c", "pass"]), run([self._python, "-c", "import qa"])) for _ in range(RUNS)]
        plain, whole = (statistics.median(times) for times in zip(*pairs, strict=True))
        print(f"import qa: {1000 * (whole - plain):.0f} ms beyond the {1000 * plain:.0f} ms of starting Python")

    @property
    def _python(self) -> Path:
        return self._place / "bin" / "python"

    def _listed(self) -> list[dict[str, str]]:
        command = [self._python, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
        listed: list[dict[str, str]] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        return listed


def run(command: list[str | Path]) -> float:
    """Wall seconds of a command. Raises CalledProcessError where it fails."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def disk_size(place: Path) -> int:
    """Bytes of all files below a folder; each counted once, whatever its links."""
    return sum({one.stat().st_ino: one.stat().st_size for one in place.rglob("*") if one.is_file()}.values())


def size(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.2f} MB"


if __name__ == "__main__":
    main()
