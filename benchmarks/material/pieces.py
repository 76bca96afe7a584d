"""Writes the pieces that come with `jtm practice`, from the notation below, as .mid files.

    python -m benchmarks.material.pieces

"First steps" and "Two hands in step" are our own; the others are in the public domain and were
written down by us. A note is NAME[OCTAVE][:QUARTERS], `-` a rest; octave and length are kept until
another is named. A bar line is only for the eye.
"""

import re
from fractions import Fraction
from pathlib import Path

from mido import Message, MetaMessage, MidiFile, MidiTrack

from realtime.practice.open_piece import BUNDLED

TICKS = 480
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
PIECES = {
    "1-first-steps": (
        80,
        4,
        "C",
        {"melody": "C4:1 D E D | C:2 C | D:1 E F E | D:2 D | E:1 F G F | E:2 C | D:1 F E D | C:4"},
    ),
    "2-ode-to-joy": (
        96,
        4,
        "C",
        {
            "melody": "E4:1 E F G | G F E D | C C D E | E:1.5 D:0.5 D:2 | "
            "E:1 E F G | G F E D | C C D E | D:1.5 C:0.5 C:2 | "
            "D:1 D E C | D E:0.5 F E:1 C | D E:0.5 F E:1 D | C D G3:2 | "
            "E4:1 E F G | G F E D | C C D E | D:1.5 C:0.5 C:2"
        },
    ),
    "3-frere-jacques": (
        100,
        4,
        "F",
        {
            "melody": "F4:1 G A F | F G A F | A Bb C5:2 | A4:1 Bb C5:2 | "
            "C5:0.5 D C Bb4 A:1 F | C5:0.5 D C Bb4 A:1 F | F C F:2 | F:1 C F:2 | "
            "A:1 Bb C5:2 | A4:1 Bb C5:2",
            "canon": "-:4 | -:4 | F3:1 G A F | F G A F | A Bb C4:2 | A3:1 Bb C4:2 | "
            "C4:0.5 D C Bb3 A:1 F | C4:0.5 D C Bb3 A:1 F | F C F:2 | F:1 C F:2",
        },
    ),
    "4-two-hands-in-step": (
        72,
        3,
        "Am",
        {
            "right hand": "A4:1 B C5 | E:2 D:1 | C B4 A | G#:3 | A:1 C5 E | D:2 F:1 | E D B4 | "
            "A:3 | C5:1 D E | G:2 F:1 | E D C | B4:3 | A:1 B C5 | D:2 B4:1 | C5 B4 G# | A:3",
            "left hand": "A3:3 | A2:2 B:1 | C3:2 D:1 | E:3 | A:2 G:1 | F:2 D:1 | E:2 E:1 | "
            "A2:3 | C3:2 B2:1 | A:2 B:1 | C3:2 A2:1 | E3:3 | A2:2 G:1 | F:2 G:1 | "
            "E3:2 E:1 | A2:3",
        },
    ),
    "5-minuet-in-g": (
        116,
        3,
        "G",
        {
            "right hand": "D5:1 G4:0.5 A B C5 | D:1 G4 G | E5:1 C:0.5 D E F# | G:1 G4 G | "
            "C5:1 D:0.5 C B4 A | B:1 C5:0.5 B4 A G | F#:1 G:0.5 A B G | A:3 | "
            "D5:1 G4:0.5 A B C5 | D:1 G4 G | E5:1 C:0.5 D E F# | G:1 G4 G | "
            "C5:1 D:0.5 C B4 A | B:1 C5:0.5 B4 A G | A:1 B:0.5 A G F# | G:3",
            "left hand": "G3:2 A:1 | B:3 | C4:3 | B3:3 | A:3 | G:3 | D4:1 B3 G | "
            "D4:1 D3:0.5 C4 B3 A | B:2 A:1 | G B G | C4:3 | B3:1 C4:0.5 B3 A G | "
            "A:2 F#:1 | G:2 B:1 | C4 D D3 | G:2 G2:1",
        },
    ),
}
"""Name -> (quarters a minute, quarters a bar, key, part -> notes)."""


def read_part(text: str) -> list[tuple[Fraction, Fraction, int]]:
    """(start, length) in quarters, MIDI pitch."""
    at, octave, length = Fraction(0), 4, Fraction(1)
    notes = []
    for word in text.replace("|", " ").split():
        found = re.fullmatch(r"([A-G])([#b]?)(\d?)(?::([\d.]+))?|-(?::([\d.]+))?", word)
        if found is None:
            raise ValueError(f"'{word}' is no note")
        length = Fraction(found[4] or found[5] or length)
        if found[1]:
            octave = int(found[3] or octave)
            shift = {"#": 1, "b": -1, "": 0}[found[2]]
            notes.append((at, length, 12 * (octave + 1) + STEPS[found[1]] + shift))
        at += length
    return notes


def write_piece(path: Path) -> None:
    bpm, beats, key, parts = PIECES[path.stem]
    file = MidiFile(type=1, ticks_per_beat=TICKS)
    file.tracks.append(
        MidiTrack(
            [
                MetaMessage("set_tempo", tempo=round(60e6 / bpm)),
                MetaMessage("time_signature", numerator=beats, denominator=4),
                MetaMessage("key_signature", key=key),
            ]
        )
    )
    for channel, (name, text) in enumerate(parts.items()):
        events = []
        for start, length, pitch in read_part(text):
            events.append((round(start * TICKS), 1, pitch))
            events.append((round((start + length) * TICKS) - 10, 0, pitch))
        track, now = MidiTrack([MetaMessage("track_name", name=name)]), 0
        for tick, on, pitch in sorted(events):
            kind = "note_on" if on else "note_off"
            velocity = 80 * on
            track.append(
                Message(kind, channel=channel, note=pitch, velocity=velocity, time=tick - now)
            )
            now = tick
        file.tracks.append(track)
    file.save(str(path))


if __name__ == "__main__":
    BUNDLED.mkdir(exist_ok=True)
    for name in PIECES:
        write_piece(BUNDLED / f"{name}.mid")
