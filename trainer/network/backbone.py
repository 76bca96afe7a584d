"""Encoder and context: what pretraining learns and every head listens to."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from trainer.network.architectures import (
    BackboneSettings,
    ContextSettings,
    EncoderSettings,
    build_context,
    build_encoder,
)
from trainer.network.encoders.joined import JoinedEncoder


class BackboneOutput(NamedTuple):
    """What a backbone makes of the next hops."""

    frames: Tensor
    """The encoder's output, `(batch, frames, width)` or `(batch, frames, 88, width)`."""
    context: Tensor
    """The context's output, in either layout."""
    spectrum: Tensor
    """What the encoder looked at, `(batch, frames, bins)`; no bins where it has none."""
    state: tuple[Tensor, ...]
    """Memory that is handed to the next call."""


class Backbone(nn.Module):
    """An encoder and a context by name; state is a flat tuple named by `state_shapes`.

    Where there are `joined` ones, they stand side by side in place of the encoder.
    """

    def __init__(
        self,
        encoder: EncoderSettings,
        context: ContextSettings,
        joined: Sequence[BackboneSettings] = (),
    ) -> None:
        super().__init__()
        self.architecture = (encoder, context, tuple(joined))
        self.encoder = (
            JoinedEncoder([Backbone(part.encoder, part.context) for part in joined])
            if joined
            else build_encoder(encoder)
        )
        self.bridge, self.context = build_context(context, self.encoder.rows, self.encoder.width)

    @property
    def hop_samples(self) -> int:
        """Length of a frame, in samples of the encoder's rate."""
        return self.encoder.hop_samples

    @property
    def sample_rate(self) -> int:
        """Rate of the audio that `listen` expects, Hz."""
        return self.encoder.sample_rate

    @property
    def device(self) -> torch.device:
        """Device on which the weights lie."""
        return next(self.parameters()).device

    @property
    def spectrum_bins(self) -> int:
        """Rows of the spectrum that `listen` gives, 0 for none."""
        return self.encoder.bins

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of carried tensors, without the batch axis, in order of `forward`."""
        return {**self.encoder.state_shapes(), **self.context.state_shapes()}

    def initial_state(self, batch: int = 1) -> tuple[Tensor, ...]:
        """Silence before the first sample."""
        return tuple(
            self.initial_value(name, (batch, *shape), self.device)
            for name, shape in self.state_shapes().items()
        )

    def initial_value(self, name: str, shape: tuple[int, ...], device: torch.device) -> Tensor:
        """The carried tensor `name` before the first sample: zeros."""
        return torch.zeros(shape, device=device)

    def encode(self, audio: Tensor, state: tuple[Tensor, ...]) -> BackboneOutput:
        """Encode the next hops.

        Args:
            audio: `(batch, hops * hop_samples)`, float32 in [-1, 1].
            state: what the previous call returned, or `initial_state(batch)`.

        Raises:
            ValueError: if the audio is no whole number of hops: what is left over would be lost,
                and the state would not fit what comes next.
        """
        if audio.shape[1] % self.hop_samples:
            raise ValueError(
                f"{audio.shape[1]} samples are no whole number of hops of {self.hop_samples}"
            )
        split = len(self.encoder.state_shapes())
        end = split + len(self.context.state_shapes())
        frames, spectrum, *encoder_state = self.encoder(audio, *state[:split])
        context, *context_state = self.context(self.bridge(frames), *state[split:end])
        return BackboneOutput(frames, context, spectrum, (*encoder_state, *context_state))
