"""How bowed, blown and sung notes live after their start: swells, vibrato, scoops, attacks."""

from dataclasses import dataclass

import numpy as np

CONTROL_RATE = 100
"""Hz; gestures are drawn at this rate and smoothed up by whoever plays them."""


@dataclass(frozen=True)
class Manner:
    """The habits of one player during one clip."""

    vibrato_hz: float = 5.5
    vibrato_cents: float = 0.0
    vibrato_delay: float = 0.2
    """Seconds before the vibrato sets in."""
    swell_db: float = 0.0
    """Depth of crescendo, diminuendo and hairpins."""
    scoop_share: float = 0.0
    """How many notes start off pitch and slide into it, 0..1."""
    attack_ms: tuple[float, float] = (0.0, 0.0)
    """Shortest and longest attack; (0, 0) leaves the recorded attack alone."""


def draw_manner(family: str, rng: np.random.Generator) -> Manner:
    """Habits that suit a family of `timbres.EXPRESSIVE`; plain for the others."""
    if family not in ("bowed", "ensemble", "brass", "reed", "pipe", "voice"):
        return Manner()
    still = {"bowed": 0.2, "ensemble": 0.7, "brass": 0.5, "reed": 0.45, "pipe": 0.3, "voice": 0.3}
    cents = 0.0 if rng.random() < still[family] else rng.uniform(5, 35)
    slowest = float(np.exp(rng.uniform(np.log(20), np.log(120))))
    return Manner(
        vibrato_hz=float(rng.uniform(4, 7)),
        vibrato_cents=float(cents),
        vibrato_delay=float(rng.uniform(0.05, 0.5)),
        swell_db=float(rng.uniform(1, 12)),
        scoop_share=float(rng.choice([0.0, 0.15, 0.5], p=[0.35, 0.45, 0.2])),
        attack_ms=(10.0, slowest),
    )


def draw_loudness(manner: Manner, rng: np.random.Generator, count: int) -> np.ndarray:
    """Loudness of one note in dB, 0 or below, at CONTROL_RATE (count,)."""
    place = np.linspace(0, 1, count)
    depth = manner.swell_db * float(rng.uniform(0.3, 1))
    shape = rng.choice(["level", "grow", "fade", "hairpin", "accent", "dip"])
    if shape == "grow":
        curve = -depth * (1 - place)
    elif shape == "fade":
        curve = -depth * place
    elif shape == "hairpin":
        peak = float(rng.uniform(0.25, 0.75))
        curve = -depth * np.abs(np.interp(place, [0, peak, 1], [1, 0, 1]))
    elif shape == "accent":
        curve = -0.7 * depth * (1 - np.exp(-place * count / CONTROL_RATE / 0.15))
    elif shape == "dip":
        curve = -0.6 * depth * np.sin(np.pi * place)
    else:
        curve = np.zeros(count)
    wobble = np.cumsum(rng.normal(0, 0.12, count))
    wobble -= np.linspace(wobble[0], wobble[-1], count)
    return np.maximum(curve + np.clip(wobble, -2, 2), -14.0) - 0.5


def draw_pitch(
    manner: Manner, rng: np.random.Generator, count: int, step_from: int = 0
) -> np.ndarray:
    """Deviation of one note from its pitch in cents, at CONTROL_RATE (count,).

    Args:
        manner: the player's habits.
        rng: chance.
        count: control steps.
        step_from: semitones to the previous note when the two are slurred (0: not slurred).
    """
    time = np.arange(count) / CONTROL_RATE
    cents = np.zeros(count)
    if manner.vibrato_cents and count > 0.25 * CONTROL_RATE:
        delay = manner.vibrato_delay * float(rng.uniform(0.6, 1.4))
        onset = np.clip((time - delay) / 0.3, 0, 1)
        depth = manner.vibrato_cents * float(rng.uniform(0.6, 1.2))
        rate = manner.vibrato_hz * float(rng.uniform(0.92, 1.08))
        cents += depth * onset * np.sin(2 * np.pi * rate * time + rng.uniform(0, 2 * np.pi))
    if rng.random() < manner.scoop_share:
        width = float(rng.uniform(0.02, 0.07))
        if step_from:
            start = float(np.clip(100 * step_from, -120, 120)) * float(rng.uniform(0.3, 0.9))
        else:
            start = -float(rng.uniform(15, 70))
        cents += start * np.exp(-time / width)
    if manner.swell_db:
        cents += np.cumsum(rng.normal(0, 0.25, count))
    return np.clip(cents, -150, 150)
