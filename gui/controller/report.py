"""A report on how the program is doing, as text to paste into a message to the developers."""

import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict

from gui.language.status_items import status_lines
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import Snapshot

PACKAGES = (
    "PySide6-Essentials",
    "onnxruntime-gpu",
    "onnxruntime",
    "sounddevice",
    "python-rtmidi",
    "alsa-midi",
    "rtmidi2",
)


def report(snapshot: Snapshot, settings: EngineSettings, shown: Sequence[str] = ()) -> str:
    """Program, system, what was shown, figures, and the settings that are not as usual."""
    usual = asdict(EngineSettings())
    changed = {name: value for name, value in asdict(settings).items() if value != usual[name]}
    lines = [
        f"Jaka to melodia {version('jaka-to-melodia')}, Python {platform.python_version()}",
        f"system: {platform.platform()} ({sys.platform})",
        "packages: " + ", ".join(f"{name} {version(name)}" for name in PACKAGES if version(name)),
        *(f"shown: {notice}" for notice in shown),
        *status_lines(snapshot),
        "settings: " + (", ".join(f"{k}={v}" for k, v in changed.items()) or "as usual"),
    ]
    return "\n".join(lines)


def version(package: str) -> str:
    """The version of an installed package, "" where it is not installed."""
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
