"""Timbres drawn at random: struck bars, bells and tines, and held reeds, pipes, drawbars, waves.

No recording has them; they are there so that what is learned is a tone, not a list of instruments.
"""

from dataclasses import dataclass, replace

import numpy as np

from trainer.render.music.gestures import CONTROL_RATE, draw_pitch
from trainer.render.music.notation import SAMPLE_RATE, PartNote
from trainer.render.sound.oscillators import (
    HIGHEST_HZ,
    HOP,
    add_harmonics,
    add_modes,
    control_steps,
)
from trainer.render.sound.soundfonts import Voice, label_notes
from trainer.render.sound.timbres import DRAWN, Timbre
from trainer.shards.note_tables import perceptual_delay

STRUCK = Timbre("drawn:struck", 11, "mallet", 36, 108, DRAWN)
HELD = Timbre("drawn:held", 80, "synth", 28, 104, DRAWN)

MODES: dict[str, tuple[float, ...]] = {
    "string": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
    "bar": (1, 2.756, 5.404, 8.933),
    "tuned bar": (1, 3.99, 9.9, 17.2),
    "tine": (1, 6.27, 17.55),
    "box": (1, 2.02, 5.9, 6.3, 11.2),
    "bell": (0.5, 1, 1.19, 1.5, 2, 2.51, 2.66, 3.01, 4.17),
    "pan": (1, 2, 3, 4.02, 5.1),
}
"""Frequencies of the partials of what is struck, as parts of the pitch."""
DRAWBARS = (0.5, 1.5, 1, 2, 3, 4, 5, 6, 8)
"""Pipes of a tonewheel organ, as parts of the key's pitch."""
HELD_KINDS = ("sine", "pipe", "odd", "saw", "reed", "drawbars")
SOFTEST_DB = 26.0
"""How much quieter velocity 0 is than 1."""
RING_DB = 40.0
"""A struck note counts as sounding until it has fallen by this much."""


@dataclass(frozen=True)
class StruckTone:
    """What one struck instrument sounds like."""

    ratios: np.ndarray
    levels: np.ndarray
    fall: float
    """Seconds in which middle C falls by 60 dB."""
    faster: float
    """How much faster higher partials fall: the exponent of their ratio."""
    beat_hz: float
    """Difference to a second, equal partial; 0: none."""
    knock: float
    """Level of the noise of the strike."""
    damped: bool
    """Does it end when the key is let go?"""


@dataclass(frozen=True)
class HeldTone:
    """What one held instrument sounds like."""

    levels: np.ndarray
    """Levels of its partials (partials,)."""
    octave_down: float
    """Fundamental of `levels` as a part of the key's pitch: 1, or 0.5 for drawbars."""
    attack: float
    release: float
    """How long the sound fades after a note's end, in seconds."""
    beat_hz: float
    beat_level: float
    """A second, equal tone beside the first, and its level."""
    breath: float
    """Level of the noise of breath, as a factor; 0 for none."""
    sway: float
    """Depth of slow unevenness, 0-1."""


class DrawnPlayer:
    """Plays parts with an instrument that is drawn anew for each of them."""

    def play(
        self, voice: Voice, n_samples: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """One voice -> audio (n_samples,) float32 at SAMPLE_RATE, its notes (n_notes,)."""
        struck = voice.timbre.family == STRUCK.family
        tone = draw_struck(rng) if struck else draw_held(rng)
        out, rows = np.zeros(n_samples, np.float32), []
        for note in voice.part.notes:
            start = round(note.onset * SAMPLE_RATE)
            if start >= n_samples:
                continue
            if isinstance(tone, StruckTone):
                sound, delay, held = _strike(note, tone, voice, rng)
            else:
                sound, delay, held = _hold(note, tone, voice, rng)
            sound *= 10 ** (SOFTEST_DB * (note.velocity - 0.85) / 20)
            stop = min(n_samples, start + len(sound))
            out[start:stop] += sound[: stop - start]
            rows.append((start + delay, start + held, note))
        return out, label_notes(voice, rows)


def draw_struck(rng: np.random.Generator) -> StruckTone:
    """A struck or plucked instrument."""
    kind = str(rng.choice([*MODES, "chance"]))
    if kind == "chance":
        more = np.sort(np.exp(rng.uniform(np.log(1.4), np.log(14), int(rng.integers(1, 6)))))
        ratios = np.concatenate([[1.0], more])
    else:
        ratios = np.array(MODES[kind], float)
    if kind == "string":
        number = np.arange(1, len(ratios) + 1)
        ratios = ratios * np.sqrt(1 + 10 ** rng.uniform(-5, -2.7) * number**2)
    elif kind != "bell":
        ratios[1:] *= 1 + rng.normal(0, 0.01, len(ratios) - 1)
    slope = float(rng.uniform(0.5, 2.2))
    decibels = rng.uniform(-14, 3, len(ratios)) - 6 * slope * np.log2(np.maximum(ratios, 1))
    levels = 10 ** (np.minimum(decibels, 2) / 20)
    levels[np.argmin(np.abs(ratios - 1))] = 1.0
    return StruckTone(
        ratios,
        levels,
        fall=float(np.exp(rng.uniform(np.log(0.4), np.log(7)))),
        faster=float(rng.uniform(0.2, 1.2)),
        beat_hz=float(rng.uniform(0.2, 4)) if rng.random() < 0.3 else 0.0,
        knock=10 ** (float(rng.uniform(-50, -14)) / 20),
        damped=bool(rng.random() < 0.6),
    )


def draw_held(rng: np.random.Generator) -> HeldTone:
    """An instrument that sounds as long as it is played."""
    kind = str(rng.choice(HELD_KINDS, p=[0.16, 0.14, 0.14, 0.18, 0.14, 0.24]))
    number = np.arange(1, 41, dtype=float)
    if kind == "sine":
        levels = 10 ** (-rng.uniform(20, 60) / 20) * (number == 2) + (number == 1)
    elif kind == "pipe":
        levels = number ** -float(rng.uniform(1.5, 3.5)) * 10 ** (rng.uniform(-6, 3, 40) / 20)
    elif kind == "odd":
        even = 10 ** (-float(rng.uniform(10, 60)) / 20)
        levels = np.where(number % 2 == 1, 1, even) * number ** -float(rng.uniform(0.7, 1.6))
    elif kind == "saw":
        width = float(rng.uniform(0.1, 0.5)) if rng.random() < 0.4 else 0.0
        comb = np.abs(np.sin(np.pi * number * width)) if width else 1.0
        levels = comb * number ** -float(rng.uniform(0.8, 1.6))
    elif kind == "reed":
        levels = number**-0.8 * 10 ** (rng.uniform(-12, 6, 40) / 20)
    else:
        levels = np.zeros(40)
        for ratio, bar in zip(DRAWBARS, rng.integers(0, 9, len(DRAWBARS)), strict=True):
            levels[round(2 * ratio) - 1] = 10 ** (-3 * (8 - bar) / 20) if bar else 0.0
        levels[1] = max(levels[1], 0.3)
    beat = rng.random() < 0.35
    return HeldTone(
        levels / np.sqrt(np.sum(levels**2)),
        octave_down=0.5 if kind == "drawbars" else 1.0,
        attack=float(np.exp(rng.uniform(np.log(0.003), np.log(0.06)))),
        release=float(np.exp(rng.uniform(np.log(0.01), np.log(0.15)))),
        beat_hz=float(np.exp(rng.uniform(np.log(0.2), np.log(7)))) if beat else 0.0,
        beat_level=float(rng.uniform(0.3, 1)),
        breath=10 ** (float(rng.uniform(-50, -22)) / 20) if kind in ("pipe", "reed") else 0.0,
        sway=float(rng.uniform(0, 0.3)) if rng.random() < 0.5 else 0.0,
    )


def _strike(
    note: PartNote, tone: StruckTone, voice: Voice, rng: np.random.Generator
) -> tuple[np.ndarray, int, int]:
    """One note: float32 (n,), samples to its labelled onset, and to its labelled end."""
    hertz = _hertz(note.pitch) * 2 ** ((voice.cents + float(rng.normal(0, 2))) / 1200)
    fall = tone.fall * 2 ** ((60 - note.pitch) / 24)
    ring = int(fall * RING_DB / 60 * SAMPLE_RATE)
    held = round((note.offset - note.onset) * SAMPLE_RATE)
    fade = int(rng.uniform(0.03, 0.2) * SAMPLE_RATE)
    length = min(held + fade, ring) if tone.damped else ring
    brighter = np.maximum(tone.ratios, 1) ** (0.8 * (note.velocity - 0.7))
    falls = fall / np.maximum(tone.ratios, 1) ** tone.faster
    sound = add_modes(hertz, tone.ratios, tone.levels * brighter, falls, length)
    if tone.beat_hz:
        beside = replace(tone, ratios=tone.ratios * (1 + tone.beat_hz / hertz))
        sound += add_modes(hertz, beside.ratios, 0.6 * tone.levels * brighter, falls, length)
    rise = min(length, int(rng.uniform(0.0005, 0.004) * SAMPLE_RATE) + 1)
    sound[:rise] *= np.linspace(0, 1, rise)
    knock = min(length, int(0.02 * SAMPLE_RATE))
    strike = rng.standard_normal(knock) * np.exp(-np.arange(knock) / (0.004 * SAMPLE_RATE))
    sound[:knock] += (tone.knock * strike).astype(np.float32)
    if tone.damped and held < length:
        rest = np.arange(length - held) / fade
        sound[held:] *= np.cos(0.5 * np.pi * np.minimum(rest, 1)) ** 2
    else:
        sound[-rise:] *= np.linspace(1, 0, rise)
    return sound, perceptual_delay(rise), min(held, length) if tone.damped else length


def _hold(
    note: PartNote, tone: HeldTone, voice: Voice, rng: np.random.Generator
) -> tuple[np.ndarray, int, int]:
    """One note: float32 (n,), samples to its labelled onset, and to its labelled end."""
    held = round((note.offset - note.onset) * SAMPLE_RATE)
    length = held + int(tone.release * SAMPLE_RATE)
    steps = control_steps(length)
    cents = np.full(steps, voice.cents + float(rng.normal(0, 2)))
    if voice.manner.vibrato_cents:
        bend = draw_pitch(voice.manner, rng, steps * HOP * CONTROL_RATE // SAMPLE_RATE + 2)
        places = np.arange(steps) * HOP * CONTROL_RATE / SAMPLE_RATE
        cents = cents + np.interp(places, np.arange(len(bend)), bend)
    hertz = np.full(steps, tone.octave_down * _hertz(note.pitch)) * 2 ** (cents / 1200)
    count = max(1, min(len(tone.levels), int(HIGHEST_HZ / hertz.min())))
    levels = np.repeat(tone.levels[:count, None], steps, axis=1)
    if tone.sway:
        rate, phase = rng.uniform(0.3, 3, (count, 1)), rng.uniform(0, 2 * np.pi, (count, 1))
        time = np.arange(steps) * HOP / SAMPLE_RATE
        levels = levels * (1 - tone.sway * (0.5 + 0.5 * np.sin(2 * np.pi * rate * time + phase)))
    sound = add_harmonics(hertz, levels, length)
    if tone.beat_hz:
        sound += add_harmonics(hertz + tone.beat_hz, tone.beat_level * levels, length)
    if tone.breath:
        sound += tone.breath * rng.standard_normal(length).astype(np.float32)
    rise = max(1, min(held, int(tone.attack * SAMPLE_RATE)))
    sound[:rise] *= np.linspace(0, 1, rise)
    fade = length - held
    if fade:
        sound[held:] *= np.linspace(1, 0, fade) ** 2
    return sound, perceptual_delay(rise / 2), held


def _hertz(pitch: int) -> float:
    return float(440.0 * 2 ** ((pitch - 69) / 12))
