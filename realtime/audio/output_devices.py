"""Finds an output by name: at the sound server where there is one, else PortAudio's."""

import os
from dataclasses import dataclass

from realtime.audio import portaudio, pulse
from realtime.audio.input_devices import SERVER_NAMES
from realtime.audio.pulse import PREFIX, PulseSource
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

BRIDGES = ("pulse", "pipewire", "default")
"""PortAudio's ways to the sound server, the best first."""


@dataclass(frozen=True, slots=True)
class FoundOutput:
    """An output as PortAudio opens it."""

    index: int
    name: str
    """Name by which settings and command line choose it."""
    rate: int
    """Rate in Hz that the device itself runs at."""
    channels: int
    """Channels that are played to, 1 or 2."""


def output_names() -> list[str]:
    """Every output by name: the sound server's, then PortAudio's; in each the default first.

    Raises:
        UserError: if PortAudio is missing.
    """
    served, others = _sinks(), [device for _, device in portaudio.list_outputs()]
    return [
        *(sink.full for sink in sorted(served, key=lambda sink: not sink.default)),
        *(device.full for device in sorted(others, key=lambda device: not device.default)),
    ]


def find_output(name: str) -> FoundOutput:
    """The output of that name, "" is the system's default. For a process that opens but one.

    A sink of the server is chosen through the environment: PortAudio knows only the server itself.

    Raises:
        UserError: if there is no such output.
    """
    present = portaudio.list_outputs()
    if name in SERVER_NAMES or name.startswith(PREFIX):
        sinks = _sinks()
        sink = _chosen(name, sinks)
        bridges = [entry for bridge in BRIDGES for entry in present if entry[1].name == bridge]
        if sink is not None and bridges:
            os.environ["PULSE_SINK"] = sink.name
            os.environ.pop("PULSE_LATENCY_MSEC", None)
            return FoundOutput(bridges[0][0], sink.full, sink.rate, min(sink.channels, 2))
    if not present:
        raise UserError(Code.NO_OUTPUT)
    wanted = [entry for entry in present if name in (entry[1].full, entry[1].name)]
    if not name:
        wanted = [entry for entry in present if entry[1].default] or present[:1]
    if not wanted:
        raise UserError(Code.UNKNOWN_OUTPUT, name=name)
    index, device = wanted[0]
    return FoundOutput(index, device.full, device.rate, min(device.channels, 2))


def _chosen(name: str, sinks: list[PulseSource]) -> PulseSource | None:
    plain = name.removeprefix(PREFIX)
    for sink in sinks:
        if sink.default if name in SERVER_NAMES else plain in (sink.description, sink.name):
            return sink
    return None


def _sinks() -> list[PulseSource]:
    if not pulse.installed():
        return []
    try:
        return pulse.sinks()
    except UserError:
        return []
