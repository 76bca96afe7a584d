"""A fixed log-frequency spectrum whose windows all end at the newest sample."""

import functools
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from realtime.inference.spec import LOWEST_PITCH
from realtime.troubles.errors import UserError
from realtime.values.pitches import hertz
from realtime.values.ranges import Count, Positive, Share


@dataclass(frozen=True)
class SpectrumSettings:
    """The log-frequency spectrum that the harmonic encoder starts from."""

    sample_rate: Count = 16_000
    """Rate of the audio, Hz."""
    hop_samples: Count = 160
    """Samples between frames; 160 are 10 ms at 16 kHz."""
    semitones: Count = 101
    """Rows of one semitone each, from A0 up; three bins a row."""
    cycles: Positive = 24.0
    """Length of a bin's window in periods of its frequency, from the shortest to the longest."""
    shortest_window_ms: Positive = 32.0
    """Shortest window of a bin, in ms: that of high pitches."""
    longest_window_ms: Positive = 256.0
    """Longest window of a bin, in ms: that of low pitches."""
    peak_position: Share = 0.75
    """Where in its window a bin listens most: 0.5 is the middle, 1 the newest sample."""
    floor: Positive = 1e-4
    """Added to the magnitude before the logarithm; 1 is a full-scale sine."""


class LogFrequencySpectrum(nn.Module):
    """Natural-log magnitudes, three bins a semitone, each window ending at the newest sample.

    Long windows for low tones, short ones for high; all asymmetric, so that an attack shows early.
    Fixed (no parameters), in values that half precision holds exactly: files store them in it.
    After
    `double()` the spectrum is free of rounding, still in the type of the audio.
    Output is `(log(|X| + floor) + 6) / 2.5`, about zero mean in music.

    Shape:
        - audio: `(batch, hops * hop_samples)` in [-1, 1]
        - tail: `(batch, longest_window - hop_samples)`, the samples before
        - output: `(batch, hops, 3 * semitones)` and the next tail
    """

    BINS_PER_SEMITONE = 3

    def __init__(self, settings: SpectrumSettings = SpectrumSettings()) -> None:
        """Compute the kernels.

        Raises:
            UserError: if a window is shorter than a sample.
        """
        super().__init__()
        self.settings = settings
        rate = settings.sample_rate
        bins = self.BINS_PER_SEMITONE * settings.semitones
        pitches = LOWEST_PITCH + (torch.arange(bins, dtype=torch.float64) - 1) / 3
        self.frequencies = hertz(pitches).tolist()
        shortest = round(settings.shortest_window_ms * rate / 1000)
        longest = round(settings.longest_window_ms * rate / 1000)
        if min(shortest, longest) < 1:
            raise UserError(
                f"Windows of {settings.shortest_window_ms:g} to {settings.longest_window_ms:g} ms "
                f"hold no sample at {rate} Hz; give spectrum.shortest_window_ms and "
                f"longest_window_ms at least {1000 / rate:.2g}."
            )
        lengths = [
            min(max(round(settings.cycles * rate / f), shortest), longest) for f in self.frequencies
        ]
        self.tail_samples = longest - settings.hop_samples
        self.group_sizes: list[int] = []
        start = 0
        size = longest
        while start < bins:
            half = size // 2
            end = start
            while end < bins and (lengths[end] > half or half < shortest):
                end += 1
            if end > start:
                group = tuple(zip(self.frequencies[start:end], lengths[start:end], strict=True))
                matrix = _make_kernels(group, size, rate, settings.peak_position)
                name = f"kernel{len(self.group_sizes)}"
                self.register_buffer(name, matrix.clone(), persistent=False)
                self.group_sizes.append(size)
            start, size = end, half

    def forward(self, audio: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """Spectrum of every hop of `audio`, given the samples before it."""
        hop = self.settings.hop_samples
        audio = torch.cat([tail, audio], dim=1)
        magnitudes = []
        for index, size in enumerate(self.group_sizes):
            kernel = self.get_buffer(f"kernel{index}")
            start = self.tail_samples + hop - size
            frames = audio[:, start:].unfold(1, size, hop)
            cosine, sine = (frames.to(kernel.dtype) @ kernel).chunk(2, dim=-1)
            magnitudes.append(torch.sqrt(cosine * cosine + sine * sine + 1e-18))
        spectrum = torch.log(torch.cat(magnitudes, dim=-1) + self.settings.floor)
        spectrum = ((spectrum + 6.0) / 2.5).to(audio.dtype)
        return spectrum, audio[:, audio.shape[1] - self.tail_samples :]


@functools.lru_cache(maxsize=32)
def _make_kernels(
    bins: tuple[tuple[float, int], ...], size: int, sample_rate: int, peak: float
) -> Tensor:
    """Compute cosines, then sines, of some bins under their windows; kept for the next network.

    Args:
        bins: frequency in Hz and length of the window in samples of each bin.
        size: rows of the matrix in samples; windows end at the last.
        sample_rate: in Hz.
        peak: where in a window its peak lies, as a share of its length.

    Returns:
        `(size, 2 * bins)`, float32, in values that half precision holds exactly.
    """
    kernels = torch.zeros(2, len(bins), size, dtype=torch.float64)
    for index, (frequency, length) in enumerate(bins):
        position = (torch.arange(length, dtype=torch.float64) + 0.5) / length
        rise = 0.5 - 0.5 * torch.cos(math.pi * position / peak)
        fall = 0.5 + 0.5 * torch.cos(math.pi * (position - peak) / (1 - peak))
        window = torch.where(position < peak, rise, fall)
        window = 2 * window / window.sum()
        phase = 2 * math.pi * frequency * torch.arange(length) / sample_rate
        kernels[0, index, size - length :] = window * torch.cos(phase)
        kernels[1, index, size - length :] = window * torch.sin(phase)
    return kernels.half().float().flatten(0, 1).T.contiguous()
