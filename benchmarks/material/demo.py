"""Renders realtime/demo/performance.flac and its true notes from a score written here.

The piece is the Minuet in G (Christian Petzold, before 1725; public domain), the sound FluidR3 GM's
piano (MIT licence). Run: `python benchmarks/material/demo.py /usr/share/sounds/sf2/FluidR3_GM.sf2`.
"""

import sys
from pathlib import Path

import fluidsynth
import numpy as np
import soundfile

from realtime.files.note_files import write_csv
from realtime.values.notes import Note

RATE = 44_100
BEAT_SECONDS = 60 / 150
LEAD_IN_SECONDS = 0.3
FOLDER = Path(__file__).resolve().parents[2] / "realtime" / "bundled"
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

RIGHT = """
D5 1 G4 .5 A4 .5 B4 .5 C5 .5 | D5 1 G4 1 G4 1 | E5 1 C5 .5 D5 .5 E5 .5 F#5 .5 | G5 1 G4 1 G4 1 |
C5 1 D5 .5 C5 .5 B4 .5 A4 .5 | B4 1 C5 .5 B4 .5 A4 .5 G4 .5 | F#4 1 G4 .5 A4 .5 B4 .5 G4 .5 | A4 3 |
D5 1 G4 .5 A4 .5 B4 .5 C5 .5 | D5 1 G4 1 G4 1 | E5 1 C5 .5 D5 .5 E5 .5 F#5 .5 | G5 1 G4 1 G4 1 |
C5 1 D5 .5 C5 .5 B4 .5 A4 .5 | B4 1 C5 .5 B4 .5 A4 .5 G4 .5 | A4 1 B4 .5 A4 .5 G4 .5 F#4 .5 | G4 3
"""
LEFT = """
G3+B3+D4 2 A3 1 | B3 3 | C4 3 | B3 3 | A3 3 | G3 3 | D4 1 B3 1 G3 1 | D4 1 D3 .5 C4 .5 B3 .5 A3 .5 |
B3 2 A3 1 | G3 1 B3 1 G3 1 | C4 3 | B3 1 C4 .5 B3 .5 A3 .5 G3 .5 |
A3 2 F#3 1 | G3 2 B3 1 | C4 1 D4 1 D3 1 | G3 2 G2 1
"""


def pitch(name: str) -> int:
    """Give the MIDI pitch of a name: C#4 -> 61."""
    return STEPS[name[0]] + ("#" in name) + 12 * (int(name[-1]) + 1)


def play(voice: str, loudness: int, rng: np.random.Generator) -> list[Note]:
    """A voice of the score, played by somebody who is not a machine."""
    words = voice.replace("|", " ").split()
    notes, beat = [], 0.0
    for names, length in zip(words[::2], words[1::2], strict=True):
        for name in names.split("+"):
            accent = 8 if beat % 3 == 0 else 0
            onset = LEAD_IN_SECONDS + beat * BEAT_SECONDS + float(rng.normal(0, 0.006))
            offset = onset + float(length) * BEAT_SECONDS * float(rng.uniform(0.82, 0.94))
            velocity = int(np.clip(loudness + accent + rng.normal(0, 4), 30, 120))
            notes.append(Note(onset, offset, pitch(name), velocity, onset))
        beat += float(length)
    return notes


def render(notes: list[Note], soundfont: Path) -> np.ndarray:
    """Notes -> mono sound (n,) at RATE, peak 0.2."""
    synth = fluidsynth.Synth(samplerate=float(RATE), gain=0.6)
    synth.program_select(0, synth.sfload(str(soundfont)), 0, 0)
    changes = sorted(
        [(n.onset_s, 1, n.pitch, n.velocity) for n in notes]
        + [(n.offset_s, 0, n.pitch, 0) for n in notes]
    )
    pieces, done = [], 0
    for at_s, on, key, velocity in [*changes, (changes[-1][0] + 1.0, 0, 0, 0)]:
        upto = round(at_s * RATE)
        pieces.append(synth.get_samples(upto - done).reshape(-1, 2).mean(axis=1))
        done = upto
        if on:
            synth.noteon(0, key, velocity)
        else:
            synth.noteoff(0, key)
    synth.delete()
    sound = np.concatenate(pieces)
    return sound * 0.2 / np.abs(sound).max()


def main(soundfont: Path) -> None:
    """Render the performance, and write its sound and its notes."""
    import soxr

    rng = np.random.default_rng(1725)
    notes = sorted(play(RIGHT, 84, rng) + play(LEFT, 68, rng), key=lambda n: (n.onset_s, n.pitch))
    sound = soxr.resample(render(notes, soundfont), RATE, 16_000)
    FOLDER.mkdir(exist_ok=True)
    soundfile.write(FOLDER / "performance.flac", sound, 16_000, "PCM_16", compression_level=1.0)
    write_csv(notes, FOLDER / "performance.csv")
    print(f"{len(notes)} notes, {len(sound) / 16_000:.1f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
