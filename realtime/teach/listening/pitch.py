"""Fundamental frequency by YIN (de Cheveigne and Kawahara 2002, JASA 111, 1917)."""

import numpy as np
import numpy.typing as npt

from realtime.values.arrays import Doubles

LOWEST_HZ = 26.0
HIGHEST_HZ = 4700.0
THRESHOLD = 0.15
"""Aperiodicity below which the shortest period is taken, from the paper's 0.1 to 0.2."""


def difference(window: npt.NDArray[np.float32], longest: int) -> Doubles:
    """Cumulative mean normalised difference of a window for lags 0 to `longest` - 1.

    The squared difference of the window's first half and the same moved by a lag, from sums of
    squares and a correlation by FFT (equations 6 to 8 of the paper).
    """
    x = window.astype(np.float64)
    half = len(x) - longest
    size = 1 << (len(x) + half).bit_length()
    spectrum = np.fft.rfft(x, size) * np.conj(np.fft.rfft(x[:half], size))
    correlation = np.fft.irfft(spectrum, size)[:longest]
    squares = np.concatenate([[0.0], np.cumsum(x * x)])
    energy = squares[half : half + longest] - squares[:longest]
    differences = np.maximum(energy[0] + energy - 2 * correlation, 0.0)
    normal = np.ones(longest)
    means = np.cumsum(differences[1:])
    normal[1:] = differences[1:] * np.arange(1, longest) / np.maximum(means, 1e-12)
    return normal


def estimate_pitch(
    window: npt.NDArray[np.float32], rate: int, lowest_hz: float = LOWEST_HZ
) -> tuple[float, float]:
    """MIDI pitch of a window and how periodic it is (0-1); (nan, 0) where it has no pitch.

    Args:
        window: (n,) samples; two periods of the lowest frequency are needed.
        rate: Hz.
        lowest_hz: lowest frequency that is looked for.
    """
    longest = min(int(rate / lowest_hz) + 2, len(window) // 2)
    shortest = max(2, int(rate / HIGHEST_HZ))
    if longest <= shortest + 2 or not np.any(window):
        return float("nan"), 0.0
    normal = difference(window, longest)
    below = np.flatnonzero(normal[shortest:-1] < THRESHOLD)
    if len(below):
        lag = shortest + int(below[0])
        while lag + 1 < longest - 1 and normal[lag + 1] < normal[lag]:
            lag += 1
    else:
        lag = shortest + int(np.argmin(normal[shortest:-1]))
    left, middle, right = normal[lag - 1 : lag + 2]
    bend = left - 2 * middle + right
    # Between two lags lies the deepest point of a valley; on a slope there is none.
    period = lag + (min(max(0.5 * (left - right) / bend, -0.5), 0.5) if bend > 1e-12 else 0.0)
    return 69 + 12 * float(np.log2(rate / period / 440)), float(np.clip(1 - middle, 0, 1))
