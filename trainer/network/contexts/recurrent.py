"""GRU, LSTM and plain recurrent contexts with their memories as explicit state."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from realtime.values.ranges import Count
from trainer.network.layers.parts import Context

NETS: dict[str, Callable[..., nn.RNNBase]] = {"gru": nn.GRU, "lstm": nn.LSTM, "rnn": nn.RNN}


@dataclass(frozen=True)
class RecurrentSettings:
    """Size of a recurrent context."""

    width: Count = 256
    """Units of each layer: the width of what the context gives."""
    layers: Count = 1
    """Layers on top of each other."""


class RecurrentContext(Context):
    """Stacked recurrent layers over frames.

    Shape:
        - x: `(batch, frames, width_in)`
        - output: `(batch, frames, width)` and the next state: each layer's memory `(batch, width)`,
          and for the LSTM then each layer's cell
    """

    rows = 0

    def __init__(
        self,
        kind: Literal["gru", "lstm", "rnn"],
        width_in: int,
        settings: RecurrentSettings = RecurrentSettings(),
    ) -> None:
        super().__init__()
        self.settings = settings
        self.width = settings.width
        self.parts = ("memory", "cell") if kind == "lstm" else ("memory",)
        self.net = NETS[kind](width_in, settings.width, settings.layers)

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of carried tensors, without the batch axis, in order of `forward`."""
        layers = range(self.settings.layers)
        return {f"{part}{i}": (self.settings.width,) for part in self.parts for i in layers}

    def forward(self, x: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """Advance over the frames of `x`; returns (context, *next state)."""
        layers = self.settings.layers
        memories = [
            torch.stack(state[i : i + layers]).to(x.dtype) for i in range(0, len(state), layers)
        ]
        y, following = self.net(
            x.transpose(0, 1), tuple(memories) if len(memories) > 1 else memories[0]
        )
        if len(memories) == 1:
            following = (following,)
        flat = [layer.float() for memory in following for layer in memory.unbind(0)]
        return y.transpose(0, 1).to(x.dtype), *flat
