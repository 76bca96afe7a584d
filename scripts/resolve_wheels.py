"""Checks that wheels alone install the program on every system and Python that it is meant for.

    python scripts/resolve_wheels.py

asks uv (`pip install uv`) to resolve the base dependencies of `pyproject.toml` for each pair,
without installing anything, and prints a table. Exit code 1 where a pair has no solution.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {
    "Linux x86-64": "x86_64-manylinux_2_35",
    "Linux ARM": "aarch64-manylinux_2_39",
    "Windows x86-64": "x86_64-pc-windows-msvc",
    "macOS ARM": "aarch64-apple-darwin",
}
"""What users call it, and uv's name of the platform with its oldest C library."""
OLDEST_MACOS = "14.0"
"""The oldest macOS for which ONNX Runtime has wheels for Python 3.14."""


def main() -> int:
    """Print the table; returns 0 where every pair resolves, 1 where one does not."""
    uv = shutil.which(
        "uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    )
    if uv is None:
        print("uv is not installed; run `pip install uv`.", file=sys.stderr)
        return 1
    reasons = {
        (system, python): resolve(uv, platform, python)
        for system, platform in SYSTEMS.items()
        for python in PYTHONS
    }
    print(f"| | {' | '.join(PYTHONS)} |\n| --- |{' --- |' * len(PYTHONS)}")
    for system in SYSTEMS:
        cells = ["no" if reasons[system, python] else "yes" for python in PYTHONS]
        print(f"| {system} | {' | '.join(cells)} |")
    for (system, python), reason in reasons.items():
        if reason:
            print(f"\n{system}, Python {python}: {reason}", file=sys.stderr)
    return int(any(reasons.values()))


def resolve(uv: str, platform: str, python: str) -> str:
    """Why the base dependencies cannot be installed there; "" where they can."""
    environment = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": OLDEST_MACOS}
    done = subprocess.run(
        [uv, "pip", "compile", "--quiet", "--only-binary", ":all:", "--no-header",
         "--python-platform", platform, "--python-version", python, str(PROJECT)],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stderr.strip() or "uv gave no reason"


if __name__ == "__main__":
    sys.exit(main())
