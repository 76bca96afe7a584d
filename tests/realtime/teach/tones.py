"""Sounds with known notes, made where they are needed."""

import numpy as np

RATE = 16_000


def pluck(pitch, seconds=0.6, gain=0.3, partials=(1, 2, 3, 4), rate=RATE, fall=5.0):
    """A struck tone that dies away; `partials` are multiples of its frequency."""
    time = np.arange(int(seconds * rate)) / rate
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    sound = sum(
        np.sin(2 * np.pi * frequency * n * time) * np.exp(-n * fall * time / 2) / n
        for n in partials
        if frequency * n < 0.45 * rate
    )
    sound *= np.minimum(1, np.arange(len(time)) / (0.003 * rate))
    sound[-int(0.01 * rate) :] *= np.linspace(1, 0, int(0.01 * rate))
    return (gain * sound).astype(np.float32)


def one_after_another(sounds, pause=0.25, rate=RATE, noise=2e-4):
    """Sounds with pauses between and soft noise over all: samples and the second each begins at."""
    gap = np.zeros(int(pause * rate), np.float32)
    parts, starts, place = [np.zeros(rate, np.float32)], [], rate
    for sound in sounds:
        starts.append(place / rate)
        parts += [sound, gap]
        place += len(sound) + len(gap)
    audio = np.concatenate(parts)
    rng = np.random.default_rng(5)
    return audio + noise * rng.standard_normal(len(audio)).astype(np.float32), starts
