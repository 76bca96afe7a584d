"""What the trainer needs beside the program: is it here, and how is it installed.

It is a part of the extra `train`, of which a lesson needs little: PyTorch above all.
"""

import importlib.util
import re
import shutil
import sys
from collections.abc import Sequence
from typing import NamedTuple


class Package(NamedTuple):
    """What has to be installed, with what it needs in turn and the program lacks."""

    requirement: str
    """Name and lower bound, equal to the ones in pyproject.toml: a test compares them."""
    fetched_mb: int
    """Megabytes of wheels that are fetched."""
    installed_mb: int
    """Megabytes of the files in them."""


_TORCH_MB = (2740, 4760) if sys.platform == "linux" else (130, 510)
"""The usual PyTorch for Linux brings the libraries of graphics cards. Fetched and installed, summed
over the wheels of PyTorch 2.13 for Linux, and for Windows, which hardly differs from macOS."""
NEEDED = {
    "torch": Package("torch>=2.9", *_TORCH_MB),
    "onnx": Package("onnx>=1.17", 10, 26),
    "safetensors": Package("safetensors>=0.4.5", 1, 1),
    "scipy": Package("scipy>=1.13", 36, 114),
    "mir_eval": Package("mir_eval>=0.8", 1, 1),
}
"""Module -> package; the sizes are measured as those of PyTorch."""


def missing_packages() -> list[str]:
    """Modules that are not installed; nothing is imported."""
    importlib.invalidate_caches()
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def missing_megabytes() -> tuple[int, int]:
    """Megabytes that are fetched and that are then on the disk, where all that is missing comes.

    It is the most: where pip is set up to find a PyTorch for the processor alone, that is smaller.
    """
    packages = [NEEDED[name] for name in missing_packages()]
    return sum(p.fetched_mb for p in packages), sum(p.installed_mb for p in packages)


def install_command() -> list[str] | None:
    """Command that installs what is missing beside us; None where we cannot be added to.

    Where from is for the user's settings of pip or uv to say.
    """
    wanted = [NEEDED[name].requirement for name in missing_packages()]
    if getattr(sys, "frozen", False):
        return None
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "install", "--progress-bar", "off", *wanted]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--no-progress", "--python", sys.executable, *wanted]
    return None


def is_at_hand() -> bool:
    """Whether all is here or can be installed: not so in a bundle without Python."""
    return not missing_packages() or install_command() is not None


def as_line(command: Sequence[str]) -> str:
    """A command as it is typed."""
    return " ".join(f"'{word}'" if re.search(r"[^\w./:@%+=,-]", word) else word for word in command)
