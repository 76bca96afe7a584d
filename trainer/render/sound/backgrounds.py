"""Sounds without notes: noise, hum, clicks, silence. float32 (n,) at SAMPLE_RATE, peak near 1."""

import numpy as np
from scipy.signal import butter, sosfilt

from trainer.render.music.notation import SAMPLE_RATE


def make_noise(rng: np.random.Generator, n_samples: int) -> np.ndarray:
    """Coloured noise, bursts, hum with hiss, clicks, or a mixture of two; `(n_samples,)`."""
    makers = (colour_noise, burst_noise, hum, clicks)
    weights = (0.35, 0.3, 0.2, 0.15)
    sound = makers[rng.choice(4, p=weights)](rng, n_samples)
    if rng.random() < 0.35:
        other = makers[rng.choice(4, p=weights)](rng, n_samples)
        sound = sound + other * float(rng.uniform(0.1, 1))
    return normalise_peak(sound)


def colour_noise(rng: np.random.Generator, n_samples: int) -> np.ndarray:
    """Steady or slowly swelling noise of a random broad band, float32 `(n_samples,)`, peak 1."""
    sound = rng.standard_normal(n_samples).astype(np.float32)
    low = float(np.exp(rng.uniform(np.log(30), np.log(2000))))
    high = min(7800.0, low * float(rng.uniform(3, 60)))
    sound = sosfilt(
        butter(int(rng.integers(1, 4)), [low, high], "band", fs=SAMPLE_RATE, output="sos"), sound
    )
    if rng.random() < 0.5:
        points = int(rng.integers(4, 60))
        swell = 10 ** (rng.uniform(-30, 0, points) / 20)
        sound = sound * np.interp(np.arange(n_samples), np.linspace(0, n_samples, points), swell)
    return normalise_peak(sound)


def burst_noise(rng: np.random.Generator, n_samples: int) -> np.ndarray:
    """Short noisy strikes, regular or not, as claps and steps are: float32 `(n_samples,)`."""
    sound = np.zeros(n_samples, np.float32)
    every = float(np.exp(rng.uniform(np.log(0.08), np.log(1.5))))
    regular = rng.random() < 0.5
    centre = float(np.exp(rng.uniform(np.log(150), np.log(5000))))
    shape = butter(
        1, [centre * 0.6, min(7900.0, centre * 1.9)], "band", fs=SAMPLE_RATE, output="sos"
    )
    decay = float(np.exp(rng.uniform(np.log(0.004), np.log(0.12))))
    time = float(rng.uniform(0, every))
    while time < n_samples / SAMPLE_RATE:
        length = int(6 * decay * SAMPLE_RATE)
        strike = rng.standard_normal(length) * np.exp(-np.arange(length) / SAMPLE_RATE / decay)
        strike = sosfilt(shape, strike) * float(rng.uniform(0.2, 1))
        start = int(time * SAMPLE_RATE)
        stop = min(n_samples, start + length)
        sound[start:stop] += strike[: stop - start]
        time += every * (1.0 if regular else float(rng.exponential(1)) + 0.02)
    return normalise_peak(sound)


def hum(rng: np.random.Generator, n_samples: int) -> np.ndarray:
    """Mains hum of 50 or 60 Hz with harmonics, and some hiss; switched on some time in every other.

    What is there from the first sample on is as much hum as what begins within the clip.
    """
    time = np.arange(n_samples) / SAMPLE_RATE
    base = float(rng.choice([50.0, 60.0])) * (1 + float(rng.normal(0, 0.0005)))
    fall = float(rng.uniform(0.5, 2))
    sound = np.zeros(n_samples)
    for harmonic in range(1, int(rng.integers(3, 20))):
        level = harmonic**-fall * float(rng.uniform(0.1, 1))
        sound += level * np.sin(2 * np.pi * base * harmonic * time + rng.uniform(0, 6.28))
    if rng.random() < 0.5:
        begin = int(rng.uniform(0, 0.8) * n_samples)
        rise = max(1, int(rng.uniform(0, 0.05) * SAMPLE_RATE))
        sound *= np.clip((np.arange(n_samples) - begin) / rise, 0, 1)
    hiss = rng.standard_normal(n_samples) * 10 ** (float(rng.uniform(-40, -15)) / 20)
    return normalise_peak(sound + hiss)


def clicks(rng: np.random.Generator, n_samples: int) -> np.ndarray:
    """Single clicks and crackle, float32 (n_samples,), scaled to a peak of 1."""
    sound = np.zeros(n_samples)
    count = int(np.exp(rng.uniform(np.log(3), np.log(400))))
    sound[rng.integers(0, n_samples, count)] = rng.normal(0, 1, count)
    shape = butter(1, float(rng.uniform(800, 7000)), "low", fs=SAMPLE_RATE, output="sos")
    return normalise_peak(sosfilt(shape, sound))


def silence(rng: np.random.Generator, n_samples: int) -> np.ndarray:
    """Digital silence, or the hiss of an open input (-90 to -60 dBFS): float32 `(n_samples,)`."""
    level = 0.0 if rng.random() < 0.5 else 10 ** (float(rng.uniform(-90, -60)) / 20)
    return (rng.standard_normal(n_samples) * level).astype(np.float32)


def normalise_peak(sound: np.ndarray) -> np.ndarray:
    """The sound, `(samples,)` or `(samples, channels)`, scaled to a peak of 1, or zeros."""
    peak = float(np.abs(sound).max(initial=0.0))
    return (sound / peak if peak > 0 else sound).astype(np.float32)


def mix_below(music: np.ndarray, background: np.ndarray, below_db: float) -> np.ndarray:
    """Music with a background whose level (RMS) is `below_db` under the music's."""
    loud = float(np.sqrt(np.mean(music**2)))
    quiet = float(np.sqrt(np.mean(background**2)))
    if loud == 0 or quiet == 0:
        return music
    return music + background * (loud / quiet * 10 ** (-below_db / 20))
