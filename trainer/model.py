"""The transcriber: the one forward that training, export and the live path share."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainer.contexts import PitchwiseContext, PitchwiseSettings
from trainer.encoders import HarmonicEncoder, HarmonicSettings
from trainer.heads import Activations, TranscriptionHead


@dataclass(frozen=True)
class ModelSettings:
    """Architecture of a transcriber."""

    encoder: HarmonicSettings = HarmonicSettings()
    context: PitchwiseSettings = PitchwiseSettings()
    head_hidden: int = 48
    look_aheads: tuple[int, ...] = (2, 4, 8)
    """Frames of look-ahead that the network answers for, each with outputs of its own."""
    default_look_ahead: int = 4


class Transcriber(nn.Module):
    """Raw audio -> activations of every pitch, causal, with the whole past in `state`.

    `forward` is the only one: training calls it once on a crop, the live path once a hop, and the
    exporter traces it. State is a flat tuple of float32 tensors named by `state_shapes`.
    """

    def __init__(self, settings: ModelSettings = ModelSettings()) -> None:
        super().__init__()
        if settings.encoder.channels != settings.context.channels:
            raise ValueError("encoder.channels and context.channels must be equal")
        self.settings = settings
        self.encoder = HarmonicEncoder(settings.encoder)
        self.context = PitchwiseContext(settings.context)
        self.head = TranscriptionHead(
            self.context.width, settings.head_hidden, len(settings.look_aheads)
        )

    @property
    def hop_samples(self) -> int:
        """Samples per frame."""
        return self.settings.encoder.spectrum.hop_samples

    @property
    def sample_rate(self) -> int:
        """Rate of the audio that `forward` expects, Hz."""
        return self.settings.encoder.spectrum.sample_rate

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes (without the batch axis) of the carried tensors, in order."""
        return {**self.encoder.state_shapes(), **self.context.state_shapes()}

    def initial_state(self, batch: int = 1) -> tuple[Tensor, ...]:
        """Silence before the first sample."""
        device = self.head.out.weight.device
        return tuple(
            self.initial_value(name, (batch, *shape), device)
            for name, shape in self.state_shapes().items()
        )

    def initial_value(self, name: str, shape: tuple[int, ...], device: torch.device) -> Tensor:
        """The carried tensor `name` before the first sample: zeros."""
        return torch.zeros(shape, device=device)

    def forward(
        self, audio: Tensor, state: tuple[Tensor, ...]
    ) -> tuple[Activations, Tensor, tuple[Tensor, ...]]:
        """Hear the next hops.

        Args:
            audio: `(batch, hops * hop_samples)`, float32 in [-1, 1].
            state: what the previous call returned, or `initial_state(batch)`.

        Returns:
            Activations `(batch, hops, look_aheads, 88)`, the spectrum `(batch, hops, bins)` that
            the encoder started from, and the next state.
        """
        encoder_states = len(self.encoder.state_shapes())
        x, spectrum, *encoder_state = self.encoder(audio, *state[:encoder_states])
        context, *context_state = self.context(x, *state[encoder_states:])
        return self.head(context), spectrum, (*encoder_state, *context_state)
