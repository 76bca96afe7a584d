"""The MIDI systems of this machine, whichever library reaches them.

python-rtmidi reaches all of them, but has no wheels for Python 3.13 and later. There alsa-midi and
JACK-Client reach those of Linux, and rtmidi2 those of macOS and Windows. (On Linux rtmidi2 is no
choice: the libjack inside its wheel speaks an older protocol than today's servers, and ends the
process when it meets one.)
"""

import importlib.util
import sys
from typing import Any, Protocol


class MidiOutput(Protocol):
    """An output of one system, as python-rtmidi's `MidiOut` is."""

    def get_ports(self) -> list[str]:
        """Names of the ports that take MIDI now."""

    def open_port(self, port: int, name: str) -> Any:
        """Connect to a port by its place in `get_ports`; `name` is that of our end."""

    def open_virtual_port(self, name: str) -> Any:
        """Open a port of our own that others connect to."""

    def send_message(self, message: list[int]) -> Any:
        """Send one MIDI message, a list of its bytes."""

    def close_port(self) -> Any:
        """Close the port that is open; another may be opened then."""

    def delete(self) -> Any:
        """Leave the MIDI system; the object is of no use afterwards."""


class MidiSystem(Protocol):
    """ALSA, JACK, CoreMIDI or Windows."""

    name: str

    def make_output(self, client: str) -> MidiOutput | None:
        """Join the system under the name `client`; None where it does not run."""

    def sources(self) -> list[str]:
        """Names of the ports that give MIDI: where other copies of the program show."""


def midi_systems() -> list[MidiSystem]:
    """Systems that the installed libraries can reach, whether they run or not."""
    if importlib.util.find_spec("rtmidi") is not None:
        from realtime.midi import rtmidi_systems

        return list(rtmidi_systems.systems())
    if sys.platform != "linux":
        from realtime.midi import rtmidi2_systems

        return list(rtmidi2_systems.systems())
    from realtime.midi import alsa_system, jack_system

    return [alsa_system.AlsaSystem(), *jack_system.systems()]
