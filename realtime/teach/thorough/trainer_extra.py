"""What the trainer needs beside the program: is it here, and how is it installed.

It is a part of the extra `train`, of which a lesson needs little: PyTorch above all.
"""

import importlib.util
import re
import shutil
import sys
from collections.abc import Sequence

NEEDED = {
    "torch": "torch>=2.9",
    "onnx": "onnx>=1.17",
    "safetensors": "safetensors>=0.4.5",
    "scipy": "scipy>=1.13",
    "mir_eval": "mir_eval>=0.8",
}
"""Module -> requirement; as in pyproject.toml, which a test compares."""
INSTALLED_MEGABYTES = 880
"""What it takes on the disk, with what it needs in turn: PyTorch 2.13 for the processor, Linux."""
PROCESSOR_ONLY = "https://download.pytorch.org/whl/cpu"
"""On Linux the usual PyTorch brings libraries of graphics cards, several gigabytes."""


def missing_packages() -> list[str]:
    """Modules that are not installed; nothing is imported."""
    importlib.invalidate_caches()
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def install_command() -> list[str] | None:
    """Command that installs what is missing beside us; None where we cannot be added to."""
    wanted = [NEEDED[name] for name in missing_packages()]
    if getattr(sys, "frozen", False):
        return None
    if importlib.util.find_spec("pip") is not None:
        command = [sys.executable, "-m", "pip", "install", "--progress-bar", "off"]
    elif uv := shutil.which("uv"):
        command = [uv, "pip", "install", "--no-progress", "--python", sys.executable]
    else:
        return None
    index = ["--extra-index-url", PROCESSOR_ONLY] if sys.platform == "linux" else []
    if index and command[0] != sys.executable:
        index += ["--index-strategy", "unsafe-best-match"]  # uv looks at one index only otherwise
    return [*command, *index, *wanted]


def is_at_hand() -> bool:
    """Whether all is here or can be installed: not so in a bundle without Python."""
    return not missing_packages() or install_command() is not None


def as_line(command: Sequence[str]) -> str:
    """A command as it is typed."""
    return " ".join(f"'{word}'" if re.search(r"[^\w./:@%+=,-]", word) else word for word in command)
