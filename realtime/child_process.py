"""Starts modules of ours as processes of their own."""

import os
import sys
from pathlib import Path


def python_command(module: str, *arguments: str) -> list[str]:
    """Command line that runs `module` with the interpreter that runs us."""
    return [sys.executable, "-m", module, *arguments]


def python_environment() -> dict[str, str]:
    """The environment, with our own folder on the module path whatever the working folder is."""
    root = str(Path(__file__).parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}
