"""Invented music: parts put together from figures, phrase by phrase."""

import numpy as np

from trainer.render.music import figures
from trainer.render.music.figures import SCALE_WEIGHTS, SCALES, Figure, Sketch
from trainer.render.music.notation import HIGHEST, LOWEST, Part, PartNote, Score

KEYS: dict[Figure, float] = {
    figures.melody: 3,
    figures.scale_run: 1,
    figures.arpeggio: 2,
    figures.block_chords: 2.5,
    figures.broken_chords: 1.5,
    figures.repeated_notes: 1.3,
    figures.trill: 0.5,
    figures.octaves: 0.8,
    figures.texture: 1,
}
LEAD: dict[Figure, float] = {
    figures.melody: 5,
    figures.long_tones: 2.5,
    figures.scale_run: 1,
    figures.arpeggio: 0.8,
    figures.repeated_notes: 1.7,
    figures.trill: 0.3,
}
BASS: dict[Figure, float] = {
    figures.bass_line: 4,
    figures.melody: 1,
    figures.repeated_notes: 0.5,
    figures.long_tones: 0.7,
}
CHORDS: dict[Figure, float] = {
    figures.block_chords: 4,
    figures.broken_chords: 1,
    figures.arpeggio: 1,
}
LEFT_HAND: dict[Figure, float] = {
    figures.broken_chords: 2,
    figures.bass_line: 2,
    figures.block_chords: 1.5,
    figures.arpeggio: 1,
    figures.octaves: 0.7,
}
THROUGHOUT: dict[Figure, float] = {figures.held_tones: 0.05, figures.steady_repeats: 0.03}
"""Figures that now and then last through a clip, and how often: pedal points, pulses."""
MIDDLE = (34, 92)
"""Keys that a pianist's hands seldom leave."""
ROLES = {"keys": KEYS, "lead": LEAD, "bass": BASS, "chords": CHORDS}


def draw_sketch(rng: np.random.Generator, low: int = 48, high: int = 84) -> Sketch:
    """A key, scale and tempo to invent within, from MIDI pitch `low` to `high`."""
    scale = SCALES[rng.choice(len(SCALES), p=SCALE_WEIGHTS)]
    beat = 60 / float(np.exp(rng.uniform(np.log(45), np.log(190))))
    return Sketch(rng, beat, int(rng.integers(12)), scale, low, high)


def compose_part(sketch: Sketch, role: str, seconds: float) -> Part:
    """One player for the whole clip of so many seconds, in the range given by the sketch."""
    throughout = _throughout(sketch, seconds)
    if throughout:
        return Part(tuple(throughout), role)
    return Part(tuple(_phrases(sketch, ROLES[role], seconds)), role)


def compose_keys(sketch: Sketch, seconds: float) -> Part:
    """A keyboard or guitar player for so many seconds: one hand, two, or chance; with pedal."""
    rng = sketch.rng
    low, high = sketch.low, sketch.high
    throughout = _throughout(sketch, seconds)
    if throughout:
        return Part(tuple(throughout), "keys")
    if rng.random() < 0.5 and high - low > 60:  # where most music for a wide keyboard lies
        low, high = max(low, MIDDLE[0]), min(high, MIDDLE[1])
    form = rng.choice(["two hands", "one hand", "texture"], p=[0.6, 0.28, 0.12])
    if form == "two hands" and high - low >= 30:
        middle = int(np.clip(rng.normal((low + high) / 2, 6), low + 14, high - 14))
        left = _hand(sketch, LEFT_HAND, _reach(rng, low, middle), seconds)
        notes = left + _hand(sketch, KEYS, _reach(rng, middle - 3, high), seconds)
    elif form == "texture":
        sketch.level = rng.uniform(0.3, 0.8)
        sketch.low, sketch.high = _reach(rng, low, high, widest=88)
        notes = figures.texture(sketch, rng.uniform(0, 1), seconds)
    else:
        notes = _hand(sketch, KEYS, _reach(rng, low, high), seconds)
    sketch.low, sketch.high = low, high
    return Part(tuple(notes), "keys")


def add_pedal(part: Part, rng: np.random.Generator, seconds: float) -> Part:
    """Copy a part with the sustain pedal changed every one to four seconds."""
    changes, time = [], float(rng.uniform(0, 2))
    regular = float(rng.uniform(0.8, 3.5))
    while time < seconds:
        held = regular * float(rng.uniform(0.8, 1.2))
        changes.append((time, time + held - float(rng.uniform(0.03, 0.25))))
        time += held + (float(rng.uniform(0, 3)) if rng.random() < 0.15 else 0)
    return Part(part.notes, part.role, tuple(changes))


def compose_together(
    rng: np.random.Generator, roles: list[tuple[str, int, int]], seconds: float
) -> Score:
    """An ensemble sharing key, chord and tempo; `roles` are (role, lowest, highest key)."""
    shared, parts = draw_sketch(rng), []
    for role, low, high in roles:
        sketch = Sketch(rng, shared.beat, shared.key, shared.scale, low, high)
        sketch.voices = int(rng.integers(2, 6))
        if role == "keys":
            parts.append(compose_keys(sketch, seconds))
        else:
            sketch.low, sketch.high = _reach(rng, low, high, widest=24)
            parts.append(compose_part(sketch, role, seconds))
    return Score(tuple(parts))


def _throughout(sketch: Sketch, seconds: float) -> list[PartNote]:
    """The notes of a player who does one thing all the time; mostly none."""
    place = sketch.rng.random()
    for figure, share in THROUGHOUT.items():
        place -= share
        if place < 0:
            sketch.level = float(sketch.rng.uniform(0.3, 0.9))
            return figure(sketch, float(sketch.rng.uniform(0.1, 2)), seconds)
    return []


def _hand(
    sketch: Sketch, choice: dict[Figure, float], reach: tuple[int, int], seconds: float
) -> list[PartNote]:
    sketch.low, sketch.high = reach
    sketch.voices = int(sketch.rng.integers(1, 6))
    return _phrases(sketch, choice, seconds)


def _reach(rng: np.random.Generator, low: int, high: int, widest: int = 34) -> tuple[int, int]:
    """A stretch of keys within low..high; the ends of the keyboard get their share."""
    low, high = max(low, LOWEST), min(high, HIGHEST)
    width = min(high - low, int(rng.integers(10, max(11, widest))))
    # Beyond the ends and cut back, so that the outermost keys are as likely as the others.
    start = int(np.clip(rng.integers(low - 5, high - width + 6), low, high - width))
    return start, start + width


def _phrases(sketch: Sketch, choice: dict[Figure, float], seconds: float) -> list[PartNote]:
    rng, notes = sketch.rng, []
    kinds, weights = list(choice), np.array(list(choice.values()))
    weights = weights * rng.uniform(0.1, 1, len(weights))  # each clip has its own taste
    time = float(rng.uniform(0.05, 1.0))
    sketch.level = float(rng.uniform(0.25, 0.9))
    while time < seconds - 0.3:
        stop = min(seconds, time + float(rng.uniform(1.5, 7)))
        sketch.level = float(np.clip(sketch.level + rng.normal(0, 0.12), 0.18, 0.95))
        sketch.length = float(
            rng.choice([0.35, 0.6, 0.85, 0.97, 1.1], p=[0.1, 0.1, 0.3, 0.35, 0.15])
        )
        figure = kinds[rng.choice(len(kinds), p=weights / weights.sum())]
        notes += figure(sketch, time, stop)
        pause = rng.uniform(0.1, 1.5) if rng.random() < 0.3 else 0.0
        time = max(stop, notes[-1].onset + 0.05 if notes else stop) + float(pause)
    return notes
