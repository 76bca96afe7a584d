"""`jtm devices`: inputs, outputs and MIDI ports that are plugged in."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realtime.engine.devices import Devices


@dataclass(frozen=True)
class Options:
    """List inputs, outputs and MIDI ports that are plugged in."""

    json: bool = False
    """Print one JSON object."""


def main(argv: list[str]) -> int:
    """Run the subcommand. Returns 0, also where nothing is plugged in."""
    from realtime.commands.options import parse_options

    options = parse_options(
        Options,
        argv,
        command="devices",
        description="Inputs, outputs and MIDI ports that are plugged in.",
        examples=("jtm devices", "jtm devices --json"),
    )
    from realtime.engine.devices import Devices, list_devices

    found = list_devices()
    if options.json:
        message = " ".join(map(str, found.troubles))
        print(json.dumps({**found.to_json(), "message": message}))
        return 0
    print("\n".join(describe(found)) if found != Devices() else "Nothing is plugged in.")
    return 0


def describe(found: "Devices") -> list[str]:
    """List the devices in lines for people, with the options that name them."""
    lines = ["Inputs (for --input):"]
    for device in found.inputs:
        mark = "  (default)" if device.default else ""
        mark += "  what the computer plays" if device.plays else ""
        lines.append(f'  "{device.name}"  {device.channels} ch, {device.rate} Hz{mark}')
    if not found.inputs:
        lines.append("  none")
    lines.append("Outputs (for --sound-out):")
    lines += [f'  "{name}"' for name in found.sound_outputs] or ["  none"]
    lines.append("MIDI outputs (for --midi-out):")
    if found.midi_systems:
        lines.append(f"  virtual  a port of our own in {found.midi_systems[0]}")
    lines += [f'  "{name}"' for name in found.midi_outputs]
    if not found.midi_systems:
        lines.append("  none: start JACK, or load the snd-seq kernel module for ALSA")
    lines += map(str, found.troubles)
    return lines
