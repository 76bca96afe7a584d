"""The shipped front end: log-frequency spectra -> gathered harmonics of every pitch."""

from dataclasses import dataclass, replace
from typing import Annotated

import torch
from torch import Tensor, nn

from realtime.inference.spec import PITCHES
from realtime.values.ranges import Amount, Count, Positive, Range
from trainer.network.encoders.spectrum import LogFrequencySpectrum, SpectrumSettings
from trainer.network.layers.causal import CausalConv, HarmonicStack
from trainer.network.layers.parts import Encoder

HARMONICS = (-12, 0, 12, 19, 24, 28, 31, 34, 36)
"""Semitones from a pitch to its sub-octave, itself and partials 2-8."""


@dataclass(frozen=True)
class HarmonicSettings:
    """Widths of the harmonic encoder."""

    spectrum: SpectrumSettings = SpectrumSettings()
    local_channels: Count = 16
    """Features of one semitone's neighbourhood before harmonics are gathered."""
    channels: Count = 32
    """Features of a pitch after its harmonics were gathered."""
    offsets: tuple[Annotated[int, Range(-127, 127)], ...] = HARMONICS
    """Semitones from a pitch to the rows that are gathered for it: its octaves and partials."""
    attack_cycles: Amount = 0.0
    """Window of a second, faster spectrum beside the first, in periods of a bin; 0 leaves it out.
    It blurs neighbouring tones and shows at once when one starts."""
    attack_shortest_ms: Positive = 16.0
    """Shortest window of that second spectrum, in ms."""
    attack_longest_ms: Positive = 96.0
    """Longest window of that second spectrum, in ms."""


class SpectralViews(nn.Module):
    """The spectrum, and the faster one where there are two, side by side.

    Shape:
        - audio: `(batch, hops * hop_samples)`, tail: `(batch, tail_samples)`
        - output: `(batch, hops, bins, views)`, the first view being the spectrum; next tail
    """

    def __init__(self, settings: HarmonicSettings) -> None:
        super().__init__()
        self.spectrum = LogFrequencySpectrum(settings.spectrum)
        self.attack: LogFrequencySpectrum | None = None
        if settings.attack_cycles > 0:
            self.attack = LogFrequencySpectrum(attack_settings(settings))
        self.tail_samples = self.spectrum.tail_samples

    def forward(self, audio: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """Process every whole hop of `audio`; see the shapes above."""
        spectrum, next_tail = self.spectrum(audio, tail)
        views = [spectrum]
        if self.attack is not None:
            recent = tail[:, tail.shape[1] - self.attack.tail_samples :]
            views.append(self.attack(audio, recent)[0])
        return torch.stack(views, dim=-1), next_tail


class HarmonicEncoder(Encoder):
    """One or two spectra -> local features per semitone -> gathered harmonics per pitch.

    Shape:
        - audio: `(batch, hops * hop_samples)`
        - output: `(batch, hops, 88, channels)`, the spectrum `(batch, hops, bins)`, next state
    """

    def __init__(self, settings: HarmonicSettings = HarmonicSettings()) -> None:
        super().__init__()
        self.settings = settings
        self.views = SpectralViews(settings)
        self.local = CausalConv(1 + self._two, settings.local_channels, (3, 7), row_stride=3)
        self.gather = HarmonicStack(
            settings.local_channels, settings.channels, PITCHES, settings.offsets
        )
        self.bins = 3 * settings.spectrum.semitones
        self.sample_rate = settings.spectrum.sample_rate
        self.hop_samples = settings.spectrum.hop_samples
        self.rows, self.width = PITCHES, settings.channels

    @property
    def _two(self) -> bool:
        return self.settings.attack_cycles > 0

    @property
    def receptive_field(self) -> int:
        """Newest samples that a frame depends on: the longest window and the frames before it."""
        return self.views.tail_samples + (1 + self.local.tail_frames) * self.hop_samples

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of carried tensors, without the batch axis, in order of `forward`."""
        return {
            "audio_tail": (self.views.tail_samples,),
            "spectrum_tail": (self.local.tail_frames, self.bins, 1 + self._two),
        }

    def forward(
        self, audio: Tensor, audio_tail: Tensor, spectrum_tail: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Encode every hop of `audio`."""
        with torch.no_grad(), torch.autocast(audio.device.type, enabled=False):
            views, next_tail = self.views(audio.float(), audio_tail)
        x, spectrum_tail = self.local(views, spectrum_tail)
        return self.gather(torch.relu(x)), views[..., 0], next_tail, spectrum_tail.float()


def attack_settings(settings: HarmonicSettings) -> SpectrumSettings:
    """The second spectrum: the first one's bins under shorter windows."""
    return replace(
        settings.spectrum,
        cycles=settings.attack_cycles,
        shortest_window_ms=settings.attack_shortest_ms,
        longest_window_ms=settings.attack_longest_ms,
    )
