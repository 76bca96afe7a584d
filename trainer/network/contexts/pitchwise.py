"""The shipped context: what every pitch was heard to do, related pitches side by side."""

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

from realtime.inference.spec import PITCHES
from realtime.values.ranges import Count, Range, Whole
from trainer.network.layers.causal import ChannelNorm, HarmonicLayer, HarmonicStack, ResidualBlock
from trainer.network.layers.parts import Context

RELATED = (-24, -19, -12, -7, 0, 7, 12, 19, 24, 28)
"""Semitones between pitches that are mistaken for each other: octaves, fifths, partials."""


@dataclass(frozen=True)
class PitchwiseSettings:
    """Widths of the pitch-wise context."""

    channels: Count = 32
    """Features of a pitch; as many as the harmonic encoder's `channels`, where that comes
    before."""
    blocks: Whole = 2
    """Residual blocks before the recurrent nets."""
    offsets: tuple[Annotated[int, Range(-127, 127)], ...] = RELATED
    """Semitones from a pitch to those that it is mistaken for and looks at."""
    related_channels: Count = 12
    """Features of a pitch that related pitches see."""
    harmonics: tuple[Annotated[int, Range(-127, 127)], ...] = ()
    """Semitones at which each block after the first looks for partials and for what a pitch is a
    partial of; empty leaves these layers out. After the first block `offsets` are looked at."""
    harmonic_channels: Count = 16
    """Features of a pitch that these layers see."""
    global_width: Count = 48
    """Units of the recurrent net that hears all pitches at once."""
    width: Count = 48
    """Units of the recurrent net that all pitches share."""
    levels: bool = False
    """Hand the input on to the global net and to the head as well: the layer norms on the way
    forget how loud a sound is."""
    both_ways: bool = False
    """Let both recurrent nets hear the crop from its end, too: what a network would gain from all
    of the future. It cannot be played live, and `jtm export` refuses it."""


class PitchwiseContext(Context):
    """Residual blocks with a second harmonic stack, a small global net, one LSTM shared by pitches.

    Shape:
        - x: `(batch, frames, 88, channels)`
        - output: `(batch, frames, 88, width + channels)` and the next state; with `levels` the
          input stands behind it. With `both_ways` there is twice the width; what comes back in
          time begins with zeros at the end of every call, and is not part of the state
    """

    def __init__(self, settings: PitchwiseSettings = PitchwiseSettings()) -> None:
        super().__init__()
        self.settings = settings
        channels = settings.channels
        self.blocks = nn.ModuleList([ResidualBlock(channels) for _ in range(settings.blocks)])
        self.harmonic = nn.ModuleList(
            HarmonicLayer(channels, settings.harmonic_channels, PITCHES, settings.harmonics)
            for _ in range(settings.blocks - 1 if settings.harmonics else 0)
        )
        self.relate_norm = ChannelNorm(channels)
        self.narrow = nn.Linear(channels, settings.related_channels)
        self.relate = HarmonicStack(settings.related_channels, channels, PITCHES, settings.offsets)
        self.norm = ChannelNorm(channels)
        ways = 2 if settings.both_ways else 1
        levels = 2 if settings.levels else 1
        self.everywhere = nn.LSTM(
            2 * levels * channels, settings.global_width, bidirectional=settings.both_ways
        )
        self.spread = nn.Linear(ways * settings.global_width, channels)
        self.each_pitch = nn.LSTM(channels, settings.width, bidirectional=settings.both_ways)
        self.rows = PITCHES
        self.width = ways * settings.width + levels * channels

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of carried tensors, without the batch axis, in order of `forward`."""
        tail = (2, PITCHES, self.settings.channels)
        tails = {f"block{i}_tail{j}": tail for i in range(len(self.blocks)) for j in (1, 2)}
        return {
            **tails,
            "global_memory": (self.settings.global_width,),
            "global_cell": (self.settings.global_width,),
            "pitch_memory": (PITCHES, self.settings.width),
            "pitch_cell": (PITCHES, self.settings.width),
        }

    def forward(self, x: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """Advance over the frames of `x`; returns (context, *next state)."""
        batch, frames = x.shape[:2]
        tails, memories = list(state[:-4]), state[-4:]
        levels = [x] if self.settings.levels else []
        for index, block in enumerate(self.blocks):
            x, *tails[2 * index : 2 * index + 2] = block(x, *tails[2 * index : 2 * index + 2])
            if index == 0:
                related = self.relate(self.narrow(self.relate_norm(x)))
                x = x + torch.relu(related)
            elif self.harmonic:
                x = self.harmonic[index - 1](x)
        x = self.norm(x)
        heard = [x, *levels]
        summary = torch.cat(
            [part for y in heard for part in (y.mean(dim=2), y.max(dim=2).values)], dim=-1
        )
        overall, *overall_state = run_lstm(self.everywhere, summary.transpose(0, 1), *memories[:2])
        x = torch.relu(x + self.spread(overall.transpose(0, 1))[:, :, None])
        rows = x.transpose(0, 1).reshape(frames, batch * PITCHES, -1)
        flat = [memory.reshape(batch * PITCHES, self.settings.width) for memory in memories[2:]]
        y, *pitch_state = run_lstm(self.each_pitch, rows, *flat)
        y = y.reshape(frames, batch, PITCHES, -1).transpose(0, 1)
        context = torch.cat([y.to(x.dtype), x, *(part.to(x.dtype) for part in levels)], dim=-1)
        return (
            context,
            *(tail.float() for tail in tails),
            *(memory.reshape(batch, -1) for memory in overall_state),
            *(memory.reshape(batch, PITCHES, -1) for memory in pitch_state),
        )


def run_lstm(
    net: nn.LSTM, x: Tensor, hidden: Tensor, cell: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """One layer over `(frames, rows, width_in)` from memories `(rows, width)`.

    Returns:
        `(frames, rows, width)`, and the memories `(1, rows, width)`, kept in float32. A net of both
        directions gives `(frames, rows, 2 * width)`; its way back begins with zeros, and only the
        memories of its way forward are returned.
    """
    hidden, cell = hidden[None].to(x.dtype), cell[None].to(x.dtype)
    if net.bidirectional:
        hidden, cell = (torch.cat([part, torch.zeros_like(part)]) for part in (hidden, cell))
    y, (hidden, cell) = net(x, (hidden, cell))
    return y.to(x.dtype), hidden[:1].float(), cell[:1].float()
