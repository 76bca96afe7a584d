"""Tempo by itself: a phase vocoder changes how fast music goes and leaves its pitch alone."""

import math
from functools import cache

import numpy as np
import torch
from torch import Tensor

WINDOW = 1024
"""Samples: 64 ms at 16 kHz, between what low notes and what attacks would want."""
HOP = WINDOW // 4


def draw_tempo_ratio(rng: np.random.Generator, percent: float) -> float:
    """How many times as fast to play, up to `percent` faster or as much slower, even in its log."""
    return float((1 + percent / 100) ** rng.uniform(-1, 1))


def change_tempo(audio: np.ndarray, ratio: float) -> np.ndarray:
    """Play `audio` `ratio` times as fast at the same pitch.

    Attacks get softer by some ten milliseconds: this is for crops without labels.

    Args:
        audio: (samples,) float32.
        ratio: > 0; above 1 is faster.

    Returns:
        (about samples / ratio,) float32; what is shorter than a window is returned as it is.
    """
    if len(audio) < WINDOW:
        return audio
    window, advance = _window_and_advance()
    sound = torch.from_numpy(np.ascontiguousarray(audio, np.float32))
    spectrum = torch.stft(sound, WINDOW, HOP, window=window, return_complex=True)
    stretched = stretch(spectrum, ratio, advance)
    length = round(len(audio) / ratio)
    return torch.istft(stretched, WINDOW, HOP, window=window, length=length).numpy()


def stretch(spectrum: Tensor, ratio: float, advance: Tensor) -> Tensor:
    """Phase vocoder: frames of a spectrum read `ratio` apart (Flanagan and Golden, 1966).

    Magnitudes lie between those of the two frames around; the phase of a bin goes on as it did
    between the two.

    Args:
        spectrum: `(bins, frames)`, complex.
        ratio: > 0; above 1 gives fewer frames.
        advance: `(bins, 1)` phase that each bin gains in a hop by its own frequency.

    Returns:
        `(bins, ceil(frames / ratio))`, complex.
    """
    places = torch.arange(0, spectrum.shape[-1], ratio)
    left = places.long()
    padded = torch.nn.functional.pad(spectrum, (0, 2))
    before, after = padded[:, left], padded[:, left + 1]
    turned = after.angle() - before.angle() - advance
    turned = turned - 2 * math.pi * torch.round(turned / (2 * math.pi)) + advance
    phase = torch.cumsum(torch.cat([spectrum[:, :1].angle(), turned[:, :-1]], dim=-1), dim=-1)
    return torch.polar(torch.lerp(before.abs(), after.abs(), places - left), phase)


@cache
def _window_and_advance() -> tuple[Tensor, Tensor]:
    """The window, and by how much each bin's phase goes on in a hop."""
    return torch.hann_window(WINDOW), torch.linspace(0, math.pi * HOP, WINDOW // 2 + 1)[:, None]
