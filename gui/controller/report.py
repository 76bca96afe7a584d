"""A report on how the program is doing, to paste into a message to the developers: in English."""

import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict

from gui.language.translate import in_english
from gui.notices.notice import Notice
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


def report(snapshot: Snapshot, settings: EngineSettings, shown: Sequence[Notice] = ()) -> str:
    """Program, system, what was shown, figures, and the settings that are not as usual.

    It is in English whatever the window speaks.
    """
    usual = asdict(EngineSettings())
    changed = {name: value for name, value in asdict(settings).items() if value != usual[name]}
    lines = [
        f"Jaka to melodia {version('jaka-to-melodia')}, Python {platform.python_version()}",
        f"system: {platform.platform()} ({sys.platform})",
        "packages: " + ", ".join(f"{name} {version(name)}" for name in PACKAGES if version(name)),
        *(f"shown: {_words(notice)}" for notice in shown),
        *figures(snapshot),
        "settings: " + (", ".join(f"{k}={v}" for k, v in changed.items()) or "as usual"),
    ]
    return "\n".join(lines)


def _words(notice: Notice) -> str:
    """The title of a notice with the troubles that it tells."""
    told = [f"{trouble.code}: {trouble}" for trouble in notice.about]
    return " ".join((in_english(notice.title or notice.text), *told))


def figures(snapshot: Snapshot) -> list[str]:
    """Every figure of the status bar with its unit, and what the engine says of itself."""
    rate = f", {snapshot.device_rate} Hz" if snapshot.device_rate else ""
    buffer = f"{snapshot.block_frames} frames" if snapshot.block_frames else "unknown"
    ahead, device = round(snapshot.look_ahead_ms), round(snapshot.input_latency_ms)
    late = f"{snapshot.delay_p95_ms:.0f} ms" if snapshot.delay_p95_ms else "unknown"
    troubles = "".join(f" {trouble.code}: {trouble}" for trouble in snapshot.troubles)
    return [
        f"state: {snapshot.state}{troubles}",
        f"input: {snapshot.input_name or 'none'}{rate}",
        f"level: {snapshot.level_db:.1f} dB, peak {snapshot.peak_db:.1f} dB",
        f"model: {snapshot.model_name or 'none'}",
        f"MIDI: {snapshot.midi_name or 'none'}, {snapshot.midi_sent} messages",
        f"sound: {snapshot.sound_name or 'none'}",
        f"delay: {ahead + device} ms (look-ahead {ahead} + input {device}), "
        f"{late} (p95, estimated from its parts), buffer {buffer}",
        f"hops: {snapshot.hop_ms:.2f} ms (median), {snapshot.hop_p95_ms:.2f} ms (p95), "
        f"{100 * snapshot.cpu_load:.0f} % of a core",
        f"lost: {1000 * snapshot.lost_s:.0f} ms in {snapshot.gaps} places",
        f"stream: {snapshot.stream_s:.1f} s, behind {snapshot.behind_s * 1000:.0f} ms",
    ]


def version(package: str) -> str:
    """The version of an installed package, "" where it is not installed."""
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
