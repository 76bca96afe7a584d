"""Plays parts with recorded single notes, and labels exactly what can be heard."""

import numpy as np

from trainer.render.music.gestures import CONTROL_RATE, Manner, draw_loudness, draw_pitch
from trainer.render.music.notation import SAMPLE_RATE, PartNote
from trainer.render.sound.one_shots import SOURCE_RATE, OneShotRow, OneShots, load_recording
from trainer.render.sound.soundfonts import Voice, label_notes
from trainer.shards.note_tables import perceptual_delay

RATE_STEP = SOURCE_RATE / SAMPLE_RATE
CONTROL_STEP = SAMPLE_RATE // CONTROL_RATE
SINGLE_LAYER_DB = 26.0
"""How much quieter velocity 0 is than 1 where loudness was recorded once only."""
LAYERED_DB = 9.0
UNDAMPED = 90
"""MIDI pitch from which pianos have no dampers."""
UNDAMPED_FALL = 4.0
"""Seconds for 60 dB without a damper, beside the decay of the recording."""


class Sampler:
    """The one-shot player; holds nothing but the index."""

    def __init__(self, shots: OneShots) -> None:
        self._shots = shots

    def play(
        self, voice: Voice, n_samples: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """One voice -> audio (n_samples,) float32 at SAMPLE_RATE, its notes (n_notes,)."""
        out = np.zeros(n_samples, np.float32)
        tilt = float(rng.uniform(-0.3, 0.45))
        release = float(np.exp(rng.uniform(np.log(0.03), np.log(0.25))))
        breath = 10 ** (float(rng.uniform(-58, -34)) / 20) if voice.timbre.expressive else 0.0
        rows = []
        previous: PartNote | None = None
        for note in voice.part.notes:
            layer = float(np.clip(note.velocity + rng.normal(0, 0.05), 0, 1))
            take = self._shots.nearest(voice.timbre, note.pitch, layer)
            if take is None:
                continue
            slurred = previous if previous and note.onset - previous.offset < 0.03 else None
            start = round(note.onset * SAMPLE_RATE)
            sound, delay, held = _sound(
                note, take, voice, release, slurred.pitch if slurred else None, rng
            )
            bend = tilt + float(rng.normal(0, 0.04))
            sound[1:] += bend * sound[:-1]
            if breath:
                noise = rng.standard_normal(len(sound), np.float32)
                noise[1:] += 0.6 * noise[:-1]
                sound += breath * np.sqrt(np.mean(sound**2)) * 3 * noise * _edges(len(sound), 800)
            stop = min(len(out), start + len(sound))
            if stop > start:
                out[start:stop] += sound[: stop - start]
                rows.append((start + delay, start + max(held, delay), note))
            previous = note
        return out, label_notes(voice, rows)


def _sound(
    note: PartNote,
    take: OneShotRow,
    voice: Voice,
    release: float,
    slurred_from: int | None,
    rng: np.random.Generator,
) -> tuple[np.ndarray, int, int]:
    """One note: float32 (n,), its perceptual delay and its sounding length in samples."""
    sustained = voice.timbre.sustained
    recording = load_recording(take.path, take.looped, sustained)
    held = max(1, round((note.offset - note.onset) * SAMPLE_RATE))
    cents = 100 * (note.pitch - take.pitch) + voice.cents - take.cents + rng.normal(0, 3)
    skip, attack = _choose_attack(take, voice.manner, slurred_from is not None, rng)
    ratio = RATE_STEP * 2 ** (cents / 1200)
    held = min(held, int((recording.body - skip) / ratio))
    fall = damper_fall(voice, note.pitch)
    fade = int((0.9 * fall or release * rng.uniform(0.8, 1.2)) * SAMPLE_RATE)
    damped = held + int(voice.damping * SAMPLE_RATE)
    wanted = damped + fade
    if voice.timbre.expressive:
        count = wanted // CONTROL_STEP + 2
        step = slurred_from - note.pitch if slurred_from is not None else 0
        cents_curve = draw_pitch(voice.manner, rng, count, step)
        speed = ratio * 2 ** (_smooth(cents_curve, wanted) / 1200)
        place = skip + np.cumsum(speed) - speed[0]
    else:
        place = skip + ratio * np.arange(wanted)
    place = place[: np.searchsorted(place, len(recording.pcm) - 3)]
    sound = interpolate(recording.pcm, place)
    held, damped = min(held, len(sound)), min(damped, len(sound))
    if voice.timbre.expressive:
        loud = draw_loudness(voice.manner, rng, len(sound) // CONTROL_STEP + 2)
        sound *= 10 ** (_smooth(loud, len(sound)) / 20)
    sound *= 10 ** (_velocity_db(note.velocity, take, rng) / 20)
    rise = min(int(attack * SAMPLE_RATE), len(sound))
    if rise:
        sound[:rise] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)
    rest = np.arange(len(sound) - damped)
    if fall:
        sound[damped:] *= 10 ** (-3 * rest / (fall * SAMPLE_RATE))
    elif len(rest):
        sound[damped:] *= np.cos(0.5 * np.pi * rest / len(rest)) ** 2
    recorded = max(0.0, (take.attack - skip) / ratio)
    return sound, perceptual_delay(max(recorded, rise / 2)), held


def _choose_attack(
    take: OneShotRow, manner: Manner, slurred: bool, rng: np.random.Generator
) -> tuple[int, float]:
    """Source samples to leave out at the start, and the fade-in in seconds.

    A slow recorded attack is cut to the one wanted by the player; a fast one is kept, or
    softened by the fade.
    """
    shortest, longest = manner.attack_ms
    if longest <= 0:
        return 0, 0.0
    wanted = float(rng.uniform(shortest, max(shortest, longest))) / 1000
    if slurred:
        wanted = min(wanted, 0.05)
    if not slurred and rng.random() < 0.35 and take.attack < 0.08 * SOURCE_RATE:
        return 0, 0.0  # as recorded
    return max(0, int(take.attack - wanted * SOURCE_RATE)), wanted


def damper_fall(voice: Voice, pitch: int) -> float:
    """Seconds in which this string falls by 60 dB under its damper; 0 without dampers.

    Heavy strings go on longer: twice as long two octaves lower.
    """
    if voice.damper_fall and voice.timbre.family == "piano" and pitch >= UNDAMPED:
        return UNDAMPED_FALL
    return voice.damper_fall * 2 ** ((60 - pitch) / 24)


def _velocity_db(velocity: float, take: OneShotRow, rng: np.random.Generator) -> float:
    if take.n_layers == 1:
        return SINGLE_LAYER_DB * (velocity - 0.85) + rng.normal(0, 0.7)
    centre = take.layer / (take.n_layers - 1)
    return LAYERED_DB * (velocity - centre) + rng.normal(0, 0.7)


def _smooth(curve: np.ndarray, n_samples: int) -> np.ndarray:
    """A control curve (count,) at audio rate (n_samples,)."""
    result: np.ndarray = np.interp(
        np.arange(n_samples), np.arange(len(curve)) * CONTROL_STEP, curve
    )
    return result


def _edges(count: int, width: int) -> np.ndarray:
    window = np.ones(count, np.float32)
    width = min(width, count // 2)
    ramp = np.arange(width, dtype=np.float32) / max(1, width)
    window[:width], window[count - width :] = ramp, ramp[::-1]
    return window


def interpolate(pcm: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Values of int16 `pcm` (n,) at fractional places (m,), cubic Hermite -> float32 (m,)."""
    if not len(places):
        return np.zeros(0, np.float32)
    first = max(0, int(places[0]) - 2)
    x = pcm[first : int(places[-1]) + 4].astype(np.float32)
    x = np.concatenate([np.zeros(1, np.float32), x, np.zeros(3, np.float32)])
    x *= np.float32(1 / 32768)
    shifted = places - (first - 1)
    i = shifted.astype(np.int64)
    t = (shifted - i).astype(np.float32)
    a, b, c, d = x[i - 1], x[i], x[i + 1], x[i + 2]
    slope = 0.5 * (c - a)
    bend = a - 2.5 * b + 2 * c - 0.5 * d
    cubic = 0.5 * (d - a) + 1.5 * (b - c)
    return ((cubic * t + bend) * t + slope) * t + b
