"""What the computer plays, as an input: macOS alone needs a virtual device for it. No Qt.

Linux lists the monitors of its sound server and Windows its loopbacks among the inputs.
"""

from collections.abc import Iterable

from gui.language.translate import tr

SYSTEM_AUDIO = "?system-audio"
"""Stands in the list of inputs for a question, not for an input."""
LOOPBACKS = ("blackhole", "loopback", "soundflower", "background music", "vb-cable")
"""Parts of the names of virtual devices that carry what a Mac plays."""


def needs_guide(platform: str, inputs: Iterable[str]) -> bool:
    """Whether to say how what the computer plays becomes an input.

    Args:
        platform: as `sys.platform` says it.
        inputs: names of the inputs that are there.
    """
    names = [name.lower() for name in inputs]
    return platform == "darwin" and not any(
        loopback in name for name in names for loopback in LOOPBACKS
    )


def guide(platform: str) -> str:
    """One sentence on what to install, "" where nothing is missing."""
    if platform != "darwin":
        return ""
    return tr(
        "To hear what this Mac plays, install a virtual loopback device such as BlackHole or "
        "Loopback, let the sound go there, look again and choose it as input."
    )
