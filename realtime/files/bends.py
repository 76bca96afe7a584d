"""Pitch bend of a .mid of ours, as seconds and cents."""

from pathlib import Path

from realtime.files.midi_file import open_midi
from realtime.midi.messages import BEND_SEMITONES, WHEEL_CENTRE

Bends = list[tuple[float, float]]
"""(seconds, cents from then on), by time."""


def read_bends(midi: Path) -> Bends:
    """The bends that `note_files.write_midi` wrote, none where the file has none or is not read.

    The wheel reaches `BEND_SEMITONES` to either side, as those files say at their start.
    """
    bends: Bends = []
    now_s = 0.0
    try:
        for message in open_midi(midi):
            now_s += message.time
            if message.type == "pitchwheel":
                cents = 100 * BEND_SEMITONES * message.pitch / WHEEL_CENTRE
                bends.append((now_s, cents))
    except (OSError, ValueError, TypeError, ArithmeticError):
        return []
    return bends if any(cents for _, cents in bends) else []
