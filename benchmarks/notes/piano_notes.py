"""Single piano notes at known samples, for measuring how late they are heard."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

RATE = 48_000
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")


@dataclass(frozen=True)
class Performance:
    """Sound (n,) int16 at RATE, and (sample of the onset, pitch) of every note."""

    sound: np.ndarray
    notes: list[tuple[int, int]]


def perform(count: int, seed: int, lowest: int = 50, highest: int = 86) -> Performance:
    """`count` notes, one after the other, a quarter to a third of a second apart."""
    import fluidsynth

    rng = np.random.default_rng(seed)
    synth = fluidsynth.Synth(samplerate=float(RATE), gain=1.0)
    synth.setting("synth.reverb.active", 0)
    synth.setting("synth.chorus.active", 0)
    synth.program_select(0, synth.sfload(str(SOUNDFONT)), 0, 0)
    pieces, notes, done, before = [np.zeros(RATE)], [], RATE, 0
    for _ in range(count):
        pitch = int(rng.choice([p for p in range(lowest, highest) if abs(p - before) > 1]))
        held, rest = int(rng.integers(8_000, 10_000)), int(rng.integers(4_000, 6_000))
        notes.append((done, pitch))
        synth.noteon(0, pitch, int(rng.integers(80, 115)))
        pieces.append(synth.get_samples(held).reshape(-1, 2).mean(axis=1))
        synth.noteoff(0, pitch)
        pieces.append(synth.get_samples(rest).reshape(-1, 2).mean(axis=1))
        done, before = done + held + rest, pitch
    synth.delete()
    sound = np.concatenate([*pieces, np.zeros(RATE // 2)])
    return Performance((sound * 16_000 / np.abs(sound).max()).astype(np.int16), notes)
