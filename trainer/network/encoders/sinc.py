"""Learned band-pass filters, long enough to tell semitones apart."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from realtime.inference.spec import LOWEST_PITCH
from realtime.values.ranges import Count, Positive
from trainer.network.layers.norms import NormKind
from trainer.network.layers.parts import Encoder
from trainer.network.layers.strided import StridedBlock, receptive_field, tail_shapes


@dataclass(frozen=True)
class SincSettings:
    """Filters and widths of the sinc encoder."""

    sample_rate: Count = 16_000
    """Rate of the audio, Hz."""
    hop_samples: Count = 160
    """Samples between frames; 160 are 10 ms at 16 kHz."""
    filters: Count = 192
    """Band-pass filters, two a semitone from A0 up before training."""
    cycles: Positive = 34.0
    """Length of a filter in periods of its first frequency, from the shortest to the longest."""
    shortest_window_ms: Positive = 16.0
    """Shortest filter, in ms: that of high frequencies."""
    longest_window_ms: Positive = 128.0
    """Longest filter, in ms. 128 ms are 2048 taps at 16 kHz: neighbouring semitones part from
    middle C up."""
    strides: tuple[Count, ...] = (2, 1)
    """Step of each layer after the filters; the filters answer every hop / product samples."""
    channels: Count = 256
    """Features of every layer after the filters, and of a frame."""
    norm: NormKind = "channel"
    """channel, batch and none stream; instance needs the whole recording and is refused at export.
    batch lets frames see the batch's future while training."""
    floor: Positive = 1e-4
    """Added to the magnitude before the logarithm; 1 is a full-scale sine."""


class SincBank(nn.Module):
    """Log magnitude of quadrature pairs of windowed sinc filters with learned edges.

    SincNet's filter (arXiv 1808.00158, equation 4) is the difference of two low-passes,
    `2 f2 sinc(2 f2 t) - 2 f1 sinc(2 f1 t) = 2 b sinc(b t) cos(2 pi f t)` with centre `f` and width
    `b`. Here each comes with its sine twin, so that the magnitude does not depend on the phase, and
    with a window whose length follows the pitch; JTM's 11 taps are 1.4 kHz wide. Learned: the
    centre in semitones and the logarithm of the width.

    Shape:
        - audio: `(batch, frames * step)` in [-1, 1]
        - tail: `(batch, longest - step)`, the samples before
        - output: `(batch, frames, filters)`, about zero mean in music, and the next tail
    """

    def __init__(self, settings: SincSettings, step: int) -> None:
        super().__init__()
        self.settings = settings
        self.step = step
        rate = settings.sample_rate
        pitches = LOWEST_PITCH + torch.arange(settings.filters) / 2
        frequencies = hertz(pitches)
        if float(frequencies[-1]) > 0.48 * rate:
            raise ValueError("encoder.sinc.filters reach above the Nyquist frequency")
        limits = (settings.shortest_window_ms, settings.longest_window_ms)
        shortest, self.longest = (round(limit * rate / 1000) for limit in limits)
        lengths = (settings.cycles * rate / frequencies).clamp(shortest, self.longest).round()
        self.semitones = nn.Parameter(pitches.clone())
        self.log_widths = nn.Parameter(torch.log(0.0595 * frequencies))
        self.groups: list[tuple[int, int, int]] = []
        start, size = 0, self.longest
        while start < settings.filters:
            smaller = size // 2
            fits = (lengths <= smaller).nonzero() if smaller >= shortest else lengths[:0].nonzero()
            end = int(fits[0]) if len(fits) else settings.filters
            if end > start:
                windows = [right_aligned_window(int(n), size) for n in lengths[start:end]]
                name = f"window{len(self.groups)}"
                self.register_buffer(name, torch.stack(windows), persistent=False)
                self.groups.append((start, end, size))
            start, size = end, smaller
        self.register_buffer("middles", lengths / 2, persistent=False)

    @property
    def tail_samples(self) -> int:
        """Samples before a call that its first frame needs."""
        return self.longest - self.step

    def kernels(self, group: int) -> Tensor:
        """Cosine and sine filters of a group, `(size, 2 * filters)`; differentiable."""
        start, end, size = self.groups[group]
        rate = self.settings.sample_rate
        centre = hertz(self.semitones[start:end, None]).clamp(10.0, 0.49 * rate)
        width = torch.exp(self.log_widths[start:end, None]).clamp(1.0, 0.25 * rate)
        age = torch.arange(size - 1, -1, -1, device=centre.device)
        time = (self.get_buffer("middles")[start:end, None] - 0.5 - age) / rate
        envelope = self.get_buffer(f"window{group}") * torch.sinc(width * time)
        envelope = 2 * envelope / envelope.abs().sum(dim=1, keepdim=True)
        phase = 2 * math.pi * centre * time
        return torch.cat([envelope * torch.cos(phase), envelope * torch.sin(phase)]).T

    def forward(self, audio: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """Log magnitudes `(batch, frames, filters)` of audio `(batch, samples)`."""
        kernels = [self.kernels(group) for group in range(len(self.groups))]
        audio = torch.cat([tail, audio], dim=1)
        magnitudes = filter_magnitudes(audio, kernels, self.longest, self.step)
        spectrum = (torch.log(magnitudes + self.settings.floor) + 6.0) / 2.5
        return spectrum, audio[:, audio.shape[1] - self.tail_samples :]

    def fixed(self) -> nn.Module:
        """Copy the bank with its filters as constants, for the exporter."""
        return FixedBank(self)


class FixedBank(nn.Module):
    """A trained `SincBank` whose filters are computed already; same forward."""

    def __init__(self, bank: SincBank) -> None:
        super().__init__()
        self.floor, self.step = bank.settings.floor, bank.step
        self.longest, self.tail_samples = bank.longest, bank.tail_samples
        self.names = [f"kernel{group}" for group in range(len(bank.groups))]
        for group, name in enumerate(self.names):
            self.register_buffer(name, bank.kernels(group).detach().contiguous())

    def forward(self, audio: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """Filter audio `(batch, samples)` as `SincBank.forward` does."""
        audio = torch.cat([tail, audio], dim=1)
        kernels = [self.get_buffer(name) for name in self.names]
        magnitudes = filter_magnitudes(audio, kernels, self.longest, self.step)
        spectrum = (torch.log(magnitudes + self.floor) + 6.0) / 2.5
        return spectrum, audio[:, audio.shape[1] - self.tail_samples :]


class SincEncoder(Encoder):
    """Learned filters, then strided convolutions down to one vector a hop.

    Shape:
        - audio: `(batch, hops * hop_samples)`
        - output: `(batch, hops, channels)`, the filters' answers `(batch, hops, filters)`, state
    """

    rows = 0

    def __init__(self, settings: SincSettings = SincSettings()) -> None:
        super().__init__()
        self.settings = settings
        self.sample_rate, self.hop_samples = settings.sample_rate, settings.hop_samples
        self.bins, self.width = settings.filters, settings.channels
        self.steps_per_hop = math.prod(settings.strides)
        self.bank = SincBank(settings, settings.hop_samples // self.steps_per_hop)
        widths = (settings.filters, *[settings.channels] * len(settings.strides))
        self.blocks = nn.ModuleList(
            StridedBlock(widths[i], widths[i + 1], stride, settings.norm)
            for i, stride in enumerate(settings.strides)
        )

    @property
    def receptive_field(self) -> int:
        """Newest samples that a frame depends on."""
        return receptive_field(self.settings.strides, self.bank.step, self.bank.longest)

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of carried tensors, without the batch axis, in order of `forward`."""
        tails = {f"sinc{i}_tail": tail for i, tail in enumerate(tail_shapes(self.blocks))}
        return {"audio_tail": (self.bank.tail_samples,), **tails}

    def forward(self, audio: Tensor, audio_tail: Tensor, *tails: Tensor) -> tuple[Tensor, ...]:
        """Encode every hop of `audio`; returns (frames, spectrum, *next state)."""
        with torch.autocast(audio.device.type, enabled=False):
            x, audio_tail = self.bank(audio.float(), audio_tail)
        spectrum = x[:, self.steps_per_hop - 1 :: self.steps_per_hop].detach()
        following = []
        for block, tail in zip(self.blocks, tails, strict=True):
            x, tail = block(x, tail)
            following.append(tail)
        return x, spectrum, audio_tail, *following


def filter_magnitudes(audio: Tensor, kernels: list[Tensor], longest: int, step: int) -> Tensor:
    """Magnitude of each filter's answer at every step, `(batch, frames, filters)`.

    Args:
        audio: `(batch, longest - step + frames * step)`.
        kernels: groups of filters, `(size, 2 * filters)` each: all cosines, then all sines.
        longest: samples of the longest filter.
        step: samples between frames.
    """
    magnitudes = []
    for kernel in kernels:
        frames = audio[:, longest - kernel.shape[0] :].unfold(1, kernel.shape[0], step)
        cosine, sine = (frames @ kernel).chunk(2, dim=-1)
        magnitudes.append(torch.sqrt(cosine * cosine + sine * sine + 1e-12))
    return torch.cat(magnitudes, dim=-1)


def right_aligned_window(length: int, size: int) -> Tensor:
    """Hamming window of `length` in the newest part of `size` samples."""
    window = torch.zeros(size)
    window[size - length :] = torch.hamming_window(length, periodic=False)
    return window


def hertz(semitones: Tensor) -> Tensor:
    """MIDI numbers (fractions too) -> Hz, A4 = 440."""
    return 440.0 * torch.exp((semitones - 69.0) * (math.log(2.0) / 12.0))
