"""Causal transformer over a window of past frames, its keys and values as explicit state."""

import math
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from realtime.values.ranges import Count, Dropout
from trainer.network.layers.parts import Context


@dataclass(frozen=True)
class TransformerSettings:
    """Size of the transformer context."""

    width: Count = 256
    """Features of a frame; a multiple of `heads`."""
    heads: Count = 4
    """Attention heads of a layer."""
    layers: Count = 2
    """Layers on top of each other."""
    feedforward: Count = 1024
    """Units of the hidden layer between attentions."""
    window: Count = 128
    """Frames that a frame attends to in each layer, itself included."""
    positions: Literal["relative", "absolute"] = "relative"
    """relative: learned for each distance (right for endless sound); absolute: sinusoids of the
    frame number, which begin anew every `window` frames."""
    dropout: Dropout = 0.0
    """Chance (0-1) that a feature is left out, in training only."""


class TransformerContext(Context):
    """Pre-norm transformer layers that attend to the last `window` frames only.

    Before the first frame every key and value is zero: silence is something that can be attended
    to, and a frame needs no other mark of how much was heard.

    Shape:
        - x: `(batch, frames, width_in)`
        - output: `(batch, frames, width)` and the next state: for each layer the keys and values
          of the last window - 1 frames, `(batch, window - 1, width)`, then `(batch, 1)` the frame
          number modulo the window
    """

    rows = 0

    def __init__(self, width_in: int, settings: TransformerSettings = TransformerSettings()):
        super().__init__()
        if settings.width % settings.heads:
            raise ValueError("context.transformer.width must be a multiple of heads")
        self.settings = settings
        self.width = settings.width
        self.enter = nn.Linear(width_in, settings.width)
        self.layers = nn.ModuleList(TransformerLayer(settings) for _ in range(settings.layers))
        self.norm = nn.LayerNorm(settings.width)
        self.absolute = settings.positions == "absolute"
        if self.absolute:
            self.register_buffer(
                "waves", sinusoids(settings.window, settings.width), persistent=False
            )

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of carried tensors, without the batch axis, in order of `forward`."""
        past = (self.settings.window - 1, self.settings.width)
        layers = range(self.settings.layers)
        shapes: dict[str, tuple[int, ...]] = {
            f"{part}{i}": past for i in layers for part in ("keys", "values")
        }
        return {**shapes, "frame_number": (1,)} if self.absolute else shapes

    def forward(self, x: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """Advance over the frames of `x`; returns (context, *next state)."""
        frames, window = x.shape[1], self.settings.window
        x = self.enter(x)
        counter: list[Tensor] = []
        if self.absolute:
            number = (state[-1] + torch.arange(frames, device=x.device)) % window
            x = x + self.get_buffer("waves")[number.long()].to(x.dtype)
            counter = [(state[-1] + frames) % window]
        following: list[Tensor] = []
        for index, layer in enumerate(self.layers):
            x, keys, values = layer(x, *state[2 * index : 2 * index + 2])
            following += [keys, values]
        return self.norm(x).to(x.dtype), *following, *counter


class TransformerLayer(nn.Module):
    """Attention over the window, then a feed-forward net, each added to its input.

    Relative positions after Shaw et al. (arXiv 1803.02155, equation 4): a learned vector for each
    distance is added to the keys.

    Shape:
        - x and output: `(batch, frames, width)`
        - keys, values: `(batch, window - 1, width)`, those of the frames before
    """

    def __init__(self, settings: TransformerSettings) -> None:
        super().__init__()
        width = settings.width
        self.heads, self.window = settings.heads, settings.window
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.widen = nn.Linear(width, settings.feedforward)
        self.narrow = nn.Linear(settings.feedforward, width)
        self.dropout = nn.Dropout(settings.dropout)
        self.distances = None
        if settings.positions == "relative":
            size = (self.window, width // self.heads)
            self.distances = nn.Parameter(torch.randn(size) / math.sqrt(width))

    def forward(self, x: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Transform the frames of `x`, given the keys and values of those before."""
        queries, new_keys, new_values = self.project(self.norm1(x).to(x.dtype)).chunk(3, dim=-1)
        keys = torch.cat([keys.to(new_keys.dtype), new_keys], dim=1)
        values = torch.cat([values.to(new_values.dtype), new_values], dim=1)
        attended = self.attend(*(self._split(part) for part in (queries, keys, values)))
        x = x + self.dropout(self.out(attended.transpose(1, 2).flatten(2)))
        hidden = F.gelu(self.widen(self.norm2(x).to(x.dtype)))
        x = x + self.dropout(self.narrow(hidden))
        kept = keys.shape[1] - (self.window - 1)
        return x, keys[:, kept:].float(), values[:, kept:].float()

    def attend(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Attention `(batch, heads, frames, width / heads)` of each query to its own window."""
        frames, sources = queries.shape[2], keys.shape[2]
        now = torch.arange(frames, device=queries.device)[:, None] + self.window - 1
        distance = now - torch.arange(sources, device=queries.device)
        inside = (distance >= 0) & (distance < self.window)
        if self.distances is None:
            return F.scaled_dot_product_attention(queries, keys, values, attn_mask=inside)
        by_distance = queries @ self.distances.to(queries.dtype).T
        index = distance.clamp(0, self.window - 1).expand(*queries.shape[:3], sources)
        bias = by_distance.gather(-1, index) / math.sqrt(queries.shape[-1])
        bias = bias.masked_fill(~inside, -torch.inf)
        return F.scaled_dot_product_attention(queries, keys, values, attn_mask=bias)

    def _split(self, x: Tensor) -> Tensor:
        return torch.unflatten(x, -1, (self.heads, -1)).transpose(1, 2)


def sinusoids(positions: int, width: int) -> Tensor:
    """`(positions, width)` sines and cosines (arXiv 1706.03762, section 3.5)."""
    rates = torch.exp(-math.log(10_000.0) * torch.arange(0, width, 2) / width)
    phase = torch.arange(positions)[:, None] * rates
    return torch.stack([torch.sin(phase), torch.cos(phase)], dim=-1).flatten(1)[:, :width]
