"""Sums of partials whose pitch and levels move, at SAMPLE_RATE."""

import numpy as np

from trainer.render.music.notation import SAMPLE_RATE

HOP = 80
"""Samples between two values of a control curve (200 a second)."""
HIGHEST_HZ = 7400.0
"""Partials above are left out."""


def control_steps(n_samples: int) -> int:
    """Values of a control curve that cover so many samples."""
    return -(-n_samples // HOP) + 1


def smooth(curve: np.ndarray, n_samples: int) -> np.ndarray:
    """A control curve (steps,) on straight lines at audio rate (n_samples,) float32."""
    rise = np.arange(HOP, dtype=np.float32) / HOP
    curve = np.asarray(curve, np.float32)
    lines: np.ndarray = curve[:-1, None] + (curve[1:] - curve[:-1])[:, None] * rise
    return lines.reshape(-1)[:n_samples]


def turns(hertz: np.ndarray, n_samples: int) -> np.ndarray:
    """Phase in turns, float64 (n_samples,), of a frequency given as a control curve (steps,)."""
    return np.cumsum(smooth(hertz, n_samples), dtype=np.float64) / SAMPLE_RATE


def add_harmonics(hertz: np.ndarray, levels: np.ndarray, n_samples: int) -> np.ndarray:
    """Whole multiples of a moving fundamental.

    Args:
        hertz: of the fundamental (steps,).
        levels: amplitude of every partial (partials, steps).
        n_samples: length of the result.

    Returns:
        float32 (n_samples,); a partial above HIGHEST_HZ is silent while it is.
    """
    first = np.exp(2j * np.pi * (turns(hertz, n_samples) % 1.0)).astype(np.complex64)
    wave, sound = np.ones_like(first), np.zeros(n_samples, np.float32)
    for number, level in enumerate(levels, start=1):
        wave = wave * first
        heard = np.where(number * hertz < HIGHEST_HZ, level, 0.0)
        if heard.any():
            sound += wave.imag * smooth(heard, n_samples)
    return sound


def add_modes(
    hertz: float, ratios: np.ndarray, levels: np.ndarray, falls: np.ndarray, n_samples: int
) -> np.ndarray:
    """Partials of fixed frequency that die away, each at its own rate.

    Args:
        hertz: of the tone.
        ratios: of the partials to it (partials,).
        levels: amplitudes at the start (partials,).
        falls: seconds in which each falls by 60 dB (partials,).
        n_samples: length of the result.
    """
    time = np.arange(n_samples, dtype=np.float32) / SAMPLE_RATE
    sound = np.zeros(n_samples, np.float32)
    for ratio, level, fall in zip(ratios, levels, falls, strict=True):
        if ratio * hertz < HIGHEST_HZ:
            turned = (time.astype(np.float64) * (ratio * hertz)) % 1.0
            sound += (
                level
                * np.sin(2 * np.pi * turned.astype(np.float32))
                * 10 ** (-3 * time / np.float32(fall))
            )
    return sound
