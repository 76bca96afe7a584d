"""Log-mel frames, each ending at the newest sample, through two layers."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from realtime.values.ranges import Amount, Count, Positive, Whole
from trainer.network.layers.norms import NormKind
from trainer.network.layers.parts import Encoder
from trainer.network.layers.strided import StridedBlock, receptive_field, tail_shapes


@dataclass(frozen=True)
class LogMelSettings:
    """Mel bands and widths of the log-mel encoder."""

    sample_rate: Count = 16_000
    """Rate of the audio, Hz."""
    hop_samples: Count = 160
    """Samples between frames; 160 are 10 ms at 16 kHz."""
    window_samples: Count = 2048
    """Samples that a frame is computed from; 2048 are 128 ms at 16 kHz."""
    mels: Count = 160
    """Mel bands of the spectrum."""
    coefficients: Whole = 0
    """Cepstral coefficients (MFCC) that the layers see instead of mel bands; 0 for the bands."""
    lowest_hz: Amount = 30.0
    """Where the lowest band begins, in Hz."""
    highest_hz: Positive = 8000.0
    """Where the highest band ends, in Hz; half the sample rate at most."""
    channels: Count = 256
    """Features of every layer after the mel bands or coefficients, and of a frame."""
    layers: Whole = 2
    """Causal convolutions of two frames after the mel bands."""
    norm: NormKind = "channel"
    """channel, batch and none stream; instance needs the whole recording and is refused at export.
    batch lets frames see the batch's future while training."""
    floor: Positive = 3e-5
    """Added to the magnitude before the logarithm; 1 is a full-scale sine."""


class LogMelEncoder(Encoder):
    """Torchaudio's mel filter bank on right-aligned windows, then causal convolutions.

    Frame `i` covers the `window_samples` that end with hop `i`, where torchaudio's own
    MelSpectrogram centres its windows and so looks half a window ahead. The Fourier transform is a
    fixed matrix product, which ONNX runs everywhere.

    Shape:
        - audio: `(batch, hops * hop_samples)` in [-1, 1]
        - output: `(batch, hops, channels)`, the log-mel frames `(batch, hops, mels)`, next state
    """

    rows = 0
    fourier: Tensor
    bands: Tensor
    cosines: Tensor

    def __init__(self, settings: LogMelSettings = LogMelSettings()) -> None:
        super().__init__()
        self.settings = settings
        self.sample_rate, self.hop_samples = settings.sample_rate, settings.hop_samples
        self.bins, self.width = settings.mels, settings.channels
        self.tail_samples = settings.window_samples - settings.hop_samples
        size = settings.window_samples
        window = torch.hann_window(size, dtype=torch.float64)
        phase = 2 * math.pi * torch.outer(torch.arange(size), torch.arange(size // 2 + 1)) / size
        waves = torch.cat([torch.cos(phase), torch.sin(phase)], dim=1)
        fourier = (2 * window / window.sum())[:, None] * waves
        self.register_buffer("fourier", fourier.float(), persistent=False)
        self.register_buffer("bands", mel_bands(settings), persistent=False)
        self.coefficients = settings.coefficients
        if self.coefficients:
            cosines = cepstral_cosines(settings.mels, self.coefficients)
            self.register_buffer("cosines", cosines, persistent=False)
        widths = (self.coefficients or settings.mels, *[settings.channels] * settings.layers)
        self.blocks = nn.ModuleList(
            StridedBlock(widths[i], widths[i + 1], 1, settings.norm) for i in range(settings.layers)
        )

    @property
    def receptive_field(self) -> int:
        """Newest samples that a frame depends on."""
        ones = (1,) * self.settings.layers
        return receptive_field(ones, self.hop_samples, self.settings.window_samples)

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of carried tensors, without the batch axis, in order of `forward`."""
        tails = {f"mel{i}_tail": tail for i, tail in enumerate(tail_shapes(self.blocks))}
        return {"audio_tail": (self.tail_samples,), **tails}

    def forward(self, audio: Tensor, audio_tail: Tensor, *tails: Tensor) -> tuple[Tensor, ...]:
        """Encode every hop of `audio`; returns (frames, spectrum, *next state)."""
        with torch.no_grad(), torch.autocast(audio.device.type, enabled=False):
            joined = torch.cat([audio_tail, audio.float()], dim=1)
            frames = joined.unfold(1, self.settings.window_samples, self.hop_samples)
            cosine, sine = (frames @ self.fourier).chunk(2, dim=-1)
            power = (cosine * cosine + sine * sine) @ self.bands
            spectrum = (torch.log(torch.sqrt(power + 1e-18) + self.settings.floor) + 6.0) / 2.5
            x = spectrum @ self.cosines if self.coefficients else spectrum
        following = []
        for block, tail in zip(self.blocks, tails, strict=True):
            x, tail = block(x, tail)
            following.append(tail)
        return x, spectrum, joined[:, joined.shape[1] - self.tail_samples :], *following


def cepstral_cosines(mels: int, coefficients: int) -> Tensor:
    """The orthonormal DCT-II of log-mel bands, `(mels, coefficients)`.

    Raises:
        ValueError: if there are fewer bands than coefficients.
    """
    if coefficients > mels:
        raise ValueError(f"{coefficients} cepstral coefficients need as many mel bands, not {mels}")
    places = (torch.arange(mels, dtype=torch.float64) + 0.5) * math.pi / mels
    waves = torch.cos(places[:, None] * torch.arange(coefficients)) * math.sqrt(2 / mels)
    waves[:, 0] /= math.sqrt(2)
    return waves.float()


BEND_HZ, BEND_MELS = 1000.0, 15.0
"""Where the mel scale turns from linear to logarithmic."""
LOG_STEP = math.log(6.4) / 27
"""Growth of the logarithm of the frequency with each mel above."""


def mel_bands(settings: LogMelSettings) -> Tensor:
    """Slaney's triangular bands, `(window // 2 + 1, mels)`.

    Raises:
        ValueError: if a band is narrower than a Fourier bin and so would always be silent.
    """
    edge = settings.sample_rate / settings.window_samples
    bins = torch.arange(settings.window_samples // 2 + 1, dtype=torch.float64)[:, None] * edge
    ends = torch.tensor([settings.lowest_hz, settings.highest_hz], dtype=torch.float64)
    low, high = mels_of(ends).tolist()
    corners = hertz_of(torch.linspace(low, high, settings.mels + 2, dtype=torch.float64))
    rising = (bins - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - bins) / (corners[2:] - corners[1:-1])
    bands = torch.minimum(rising, falling).clamp(min=0).float()
    silent = int((bands.amax(dim=0) == 0).sum())
    if silent:
        raise ValueError(
            f"{silent} of {settings.mels} mel bands are narrower than {edge:.1f} Hz; "
            "use fewer mels or a longer window"
        )
    return bands


def mels_of(hertz: Tensor) -> Tensor:
    """Mels of frequencies in Hz (Slaney, 1998): linear up to 1 kHz, logarithmic above."""
    above = BEND_MELS + torch.log(hertz.clamp(min=BEND_HZ) / BEND_HZ) / LOG_STEP
    return torch.where(hertz < BEND_HZ, hertz * BEND_MELS / BEND_HZ, above)


def hertz_of(mels: Tensor) -> Tensor:
    """Frequencies in Hz of mels, the inverse of `mels_of`."""
    above = BEND_HZ * torch.exp((mels - BEND_MELS) * LOG_STEP)
    return torch.where(mels < BEND_MELS, mels * BEND_HZ / BEND_MELS, above)
