"""Whether a vulnerability is known of a package that constraints.txt pins; `make audit` runs it.

python -m tests.auditing PIP_AUDIT [OPTION...]

PIP_AUDIT is that program; the options are its own, such as `-s osv` to ask another service than PyPI's. Exit codes:
0 nothing is known, 1 something is, 2 the audit could not be made. pip-audit itself ends with 0 where it could look up
nothing, as behind a mirror that serves the packages' files only.
"""

from __future__ import annotations

import json
import subprocess
import sys

from tests.dependencies import ROOT

_ADVICE = "Run it where pypi.org itself can be reached, or ask another service: make audit AUDIT='-s osv'."


def audited(program: str, options: list[str]) -> tuple[int, str]:
    """The exit code, and what to say."""
    command = [program, "--requirement", "constraints.txt", "--no-deps", "--disable-pip"]
    command += ["--progress-spinner", "off", "--format", "json", *options]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return verdict(run.stdout, run.stderr)


def verdict(report: str, complaint: str) -> tuple[int, str]:
    """report: pip-audit's, as JSON; "" where it made none, and then `complaint` ends with why."""
    if not report.strip():
        why = (complaint.strip().splitlines() or ["it says nothing"])[-1]
        return 2, f"The audit could not be made: {why}\n{_ADVICE}"
    packages = json.loads(report)["dependencies"]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    found = [
        f"{one['name']} {one['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'no version'}"
        for one in packages
        for known in one.get("vulns", ())
    ]
    lines = [*found]
    if unknown:
        lines += [
            f"{len(unknown)} of {len(packages)} packages could not be looked up, {unknown[0]} among them.",
            _ADVICE,
        ]
    if not lines:
        lines = [f"No vulnerability is known of the {len(packages)} packages that constraints.txt pins."]
    return 1 if found else 2 if unknown else 0, "\n".join(lines)


if __name__ == "__main__":
    code, said = audited(sys.argv[1], sys.argv[2:])
    print(said, file=sys.stderr if code else sys.stdout)
    sys.exit(code)
