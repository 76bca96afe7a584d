"""What is plugged in: sound inputs and outputs, MIDI outputs, looked up in a child process.

A driver that hangs or crashes while it is asked becomes a trouble that is told, and whoever asks
(the window) never loads PortAudio or a MIDI library into its own process.
"""

import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

from realtime.processes.start import run_module
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, why

SCAN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class SoundInput:
    """A sound input that can be chosen."""

    name: str
    """"HOST API: NAME", as `EngineSettings.input` takes it."""
    channels: int
    rate: int
    """Sample rate that the device runs at, in Hz."""
    default: bool = False
    plays: bool = False
    """True where this is what the computer plays (a monitor or loopback), not a microphone."""


@dataclass(frozen=True, slots=True)
class Devices:
    """All that is plugged in."""

    inputs: tuple[SoundInput, ...] = ()
    midi_outputs: tuple[str, ...] = ()
    """Names as `EngineSettings.midi_out` takes them."""
    midi_systems: tuple[str, ...] = ()
    """ALSA, JACK, CoreMIDI, Windows: those that run now. Without one there are no virtual ports."""
    sound_outputs: tuple[str, ...] = ()
    """Names as `EngineSettings.sound_out` takes them, the default first."""
    troubles: tuple[Trouble, ...] = ()
    """Why something could not be listed."""

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads, of plain values."""
        return {**asdict(self), "troubles": [trouble.to_json() for trouble in self.troubles]}


def list_devices(timeout_s: float = SCAN_SECONDS) -> Devices:
    """Look what is plugged in. Trouble is told in `troubles`; nothing is raised.

    Args:
        timeout_s: seconds after which a driver is taken for hung.
    """
    try:
        return from_json(run_module("realtime.engine.devices", timeout_s=timeout_s).decode())
    except TimeoutError:
        return Devices(troubles=(Trouble(Code.DRIVER_HANGS),))
    except (OSError, ValueError, KeyError, TypeError):
        return Devices(troubles=(Trouble(Code.DRIVER_CRASHED),))


def from_json(text: str) -> Devices:
    """Read what the child process printed."""
    values = json.loads(text)
    return Devices(
        tuple(SoundInput(**entry) for entry in values["inputs"]),
        tuple(values["midi_outputs"]),
        tuple(values["midi_systems"]),
        tuple(values["sound_outputs"]),
        tuple(Trouble.from_json(entry) for entry in values["troubles"]),
    )


def scan() -> Devices:
    """List the devices from this very process."""
    from realtime.audio import output_devices, portaudio
    from realtime.midi import port as midi_port

    troubles = []
    inputs = _server_inputs()
    players: tuple[str, ...] = ()
    served = any(entry.default for entry in inputs)
    try:
        inputs += tuple(
            SoundInput(
                device.full,
                device.channels,
                device.rate,
                device.default and not served,
                device.plays,
            )
            for device in portaudio.list_inputs()
        )
        players = tuple(output_devices.output_names())
    except UserError as error:
        troubles.append(error.trouble)
    systems: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    try:
        systems = tuple(midi_port.systems())
        ports = tuple(port.full for port in midi_port.list_ports())
    except ImportError as error:
        troubles.append(Trouble(Code.NO_MIDI, reason=why(error)))
    return Devices(inputs, ports, systems, players, tuple(troubles))


def _server_inputs() -> tuple[SoundInput, ...]:
    """Sources of PulseAudio or PipeWire: microphones, then what loudspeakers play."""
    from realtime.audio import pulse

    if not pulse.installed():
        return ()
    try:
        return tuple(
            SoundInput(one.full, one.channels, one.rate, one.default, one.monitor)
            for one in pulse.sources()
        )
    except UserError:
        return ()


if __name__ == "__main__":
    print(json.dumps(scan().to_json()))
    sys.exit(0)
