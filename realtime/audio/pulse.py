"""What a PulseAudio or PipeWire server has to offer, asked through its own `pactl`."""

import json
import os
import shutil
from dataclasses import dataclass, replace
from typing import Any

from realtime.processes.start import run_program
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

PREFIX = "PulseAudio: "
"""Begins the names of its sources; PipeWire speaks the same protocol."""
ASK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class PulseSource:
    """A microphone, or what a loudspeaker plays."""

    index: int
    """Number of the source on its server, valid until it is unplugged."""
    name: str
    """The server's own, such as alsa_input.usb-Focusrite_Scarlett."""
    description: str
    rate: int
    """Rate of the source, in Hz."""
    channels: int
    channel_map: str
    monitor: bool
    """True where this is what the computer plays, not a microphone."""
    default: bool
    muted: bool = False
    """Whether the server gives silence in its place: muted, or turned down to nothing."""

    @property
    def full(self) -> str:
        """The name as settings and command line use it."""
        return PREFIX + self.description


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that goes on at the server (a "source output")."""

    number: int
    source: int
    """Index of the source that it comes from."""
    loudness: str
    """Volume and mute, in the server's words."""


def installed() -> bool:
    """Whether `pactl` and `parec` are there."""
    return bool(shutil.which("pactl") and shutil.which("parec"))


def environment() -> dict[str, str]:
    """For the server's programs: plain numbers, and no latency but the one we ask for."""
    values = {**os.environ, "LC_ALL": "C"}
    values.pop("PULSE_LATENCY_MSEC", None)
    return values


def sources() -> list[PulseSource]:
    """Every source, microphones first.

    Raises:
        UserError: if no server answers.
    """
    return sorted(_listed("source"), key=lambda source: (source.monitor, source.index))


def sinks() -> list[PulseSource]:
    """Every sink, that is, everything the server can play on.

    Raises:
        UserError: if no server answers.
    """
    return [replace(sink, monitor=False) for sink in _listed("sink")]


def source_of(pid: int) -> int | None:
    """Index of the source that a process records from, None while it records from none.

    Raises:
        UserError: if no server answers.
    """
    entry = _recording_of(pid)
    return None if entry is None else int(entry["source"])


def recording_of(pid: int) -> Recording | None:
    """What a process records, None while it records nothing.

    Raises:
        UserError: if no server answers.
    """
    entry = _recording_of(pid)
    if entry is None:
        return None
    loudness = json.dumps([entry.get("volume"), entry.get("mute")])
    return Recording(int(entry["index"]), int(entry["source"]), loudness)


def mutes(pid: int) -> bool:
    """Whether what a process records is muted by itself, whatever its source gives.

    Raises:
        UserError: if no server answers.
    """
    entry = _recording_of(pid)
    return entry is not None and _is_muted(entry)


def move(pid: int, name: str) -> None:
    """Connect a process's recording to this source.

    Raises:
        UserError: if no server answers.
    """
    if (entry := _recording_of(pid)) is not None:
        try:
            _pactl("move-source-output", str(entry["index"]), name)
        except ChildProcessError:
            return  # the source is gone again; who looks next sees where we are
        except OSError as error:
            raise UserError(Code.SOUND_SERVER_SILENT) from error


def _recording_of(pid: int) -> dict[str, Any] | None:
    for entry in _query("list", "source-outputs"):
        if str(entry.get("properties", {}).get("application.process.id")) == str(pid):
            return dict(entry)
    return None


def _listed(kind: str) -> list[PulseSource]:
    """List every source or sink of the server, by names that differ."""
    default = str(_query("info").get(f"default_{kind}_name", ""))
    found = [_source(entry, default) for entry in _query("list", f"{kind}s")]
    texts = [one.description for one in found]
    return [one if texts.count(one.description) == 1 else _by_name(one) for one in found]


def _by_name(source: PulseSource) -> PulseSource:
    """Name a source by the server's own name, where two devices share a description."""
    return replace(source, description=source.name)


def _source(entry: dict[str, Any], default: str) -> PulseSource:
    _, channels, rate = str(entry["sample_specification"]).split()
    name = str(entry["name"])
    properties = entry.get("properties", {})
    monitor = bool(entry.get("monitor_source")) or properties.get("device.class") == "monitor"
    return PulseSource(
        int(entry["index"]),
        name,
        str(entry.get("description") or name),
        int(rate.removesuffix("Hz")),
        int(channels.removesuffix("ch")),
        str(entry["channel_map"]),
        monitor,
        name == default,
        _is_muted(entry),
    )


def _is_muted(entry: dict[str, Any]) -> bool:
    """Whether a source, or a recording from one, is muted or turned down to nothing."""
    volumes = entry.get("volume")
    values = volumes.values() if isinstance(volumes, dict) else ()
    turned_down = [isinstance(one, dict) and one.get("value") == 0 for one in values]
    return bool(entry.get("mute")) or (bool(turned_down) and all(turned_down))


def _query(*words: str) -> Any:
    try:
        return json.loads(_pactl("-f", "json", *words).decode(errors="replace"))
    except (OSError, ValueError) as error:
        raise UserError(Code.SOUND_SERVER_SILENT) from error


def _pactl(*words: str) -> bytes:
    """Ask the server; raises as `run_program` does."""
    return run_program(["pactl", *words], environment(), ASK_SECONDS)
