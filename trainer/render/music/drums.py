"""Drum grooves for the SoundFont's kits: heard, but never labelled."""

import numpy as np

from trainer.render.music.notation import Part, PartNote

KITS = (0, 8, 16, 24, 25, 32, 40)
"""Standard, room, power, electronic, TR-808, jazz, brush. Orchestral kits have tuned timpani."""
KICK, SNARE, HAT, OPEN_HAT, RIDE, CRASH = (35, 36), (38, 40, 37), 42, 46, 51, 49
TOMS, EXTRAS = (41, 43, 45, 47, 48, 50), (39, 54, 56, 69, 70, 75, 76, 44)


def draw_groove(rng: np.random.Generator, seconds: float) -> Part:
    """A random beat with fills, or free percussion, for the whole clip."""
    if rng.random() < 0.2:
        return _free(rng, seconds)
    step = 60 / float(rng.uniform(60, 190)) / 4
    kick, snare = int(rng.choice(KICK)), int(rng.choice(SNARE))
    cymbal = int(rng.choice([HAT, RIDE, OPEN_HAT, 54, 70]))
    every = int(rng.choice([1, 2, 2, 4]))
    kicks = {0, *rng.choice(16, int(rng.integers(1, 4)), replace=False).tolist()}
    snares = {4, 12} if rng.random() < 0.7 else set(rng.choice(16, 2, replace=False).tolist())
    extra, extras = int(rng.choice(EXTRAS)), set(rng.choice(16, 2, replace=False).tolist())
    level, hits = float(rng.uniform(0.4, 0.95)), []
    for i in range(int(seconds / step)):
        place, bar = i % 16, i // 16
        if bar % 4 == 3 and place >= 12:
            hits.append((i, int(rng.choice(TOMS)), level))
            continue
        if place in kicks:
            hits.append((i, kick, level))
        if place in snares:
            hits.append((i, snare, level))
        if place % every == 0:
            hits.append((i, cymbal, level * (0.8 if place % 4 == 0 else 0.55)))
        if place in extras and bar % 2:
            hits.append((i, extra, level * 0.7))
        if place == 0 and bar % 4 == 0:
            hits.append((i, CRASH, level))
    loose = float(rng.uniform(0, 0.012))
    return Part(
        tuple(
            _hit(max(0.0, i * step + float(rng.normal(0, loose))), key, velocity, rng)
            for i, key, velocity in hits
        )
    )


def _free(rng: np.random.Generator, seconds: float) -> Part:
    keys = rng.choice(np.array([*KICK, *SNARE, HAT, OPEN_HAT, *TOMS, *EXTRAS]), 5)
    count = int(seconds * rng.uniform(0.5, 7))
    onsets = np.sort(rng.uniform(0, seconds, count))
    return Part(tuple(_hit(float(t), int(rng.choice(keys)), 0.65, rng) for t in onsets))


def _hit(time: float, key: int, velocity: float, rng: np.random.Generator) -> PartNote:
    return PartNote(time, time + 0.1, key, float(np.clip(velocity + rng.normal(0, 0.07), 0.1, 1)))
