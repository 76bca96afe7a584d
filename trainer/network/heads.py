"""What is read off the context: onset, frame, offset and velocity of every pitch."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from realtime.inference.spec import PITCHES

OUTPUTS = 4
"""Count of outputs a pitch: onset, frame, offset, velocity."""
FIRST_BIAS = (-5.0, -3.0, -5.0, 0.0)
"""Logits before training: notes are rare."""


class Activations(NamedTuple):
    """Logits of every look-ahead, each `(batch, frames, look_aheads, 88)`.

    Output frame `i` of look-ahead `L` describes input frame `i - L`.
    """

    onset: Tensor
    frame: Tensor
    offset: Tensor
    velocity: Tensor


class TranscriptionHead(nn.Module):
    """One hidden layer shared by pitches, then four logits for each look-ahead.

    Shape:
        - context: `(batch, frames, 88, width)`
        - output: four times `(batch, frames, look_aheads, 88)`
    """

    def __init__(self, width: int, hidden: int, look_aheads: int) -> None:
        super().__init__()
        self.look_aheads = look_aheads
        self.hidden = nn.Linear(width, hidden)
        self.out = nn.Linear(hidden, OUTPUTS * look_aheads)
        with torch.no_grad():
            self.out.bias.view(OUTPUTS, -1).copy_(torch.tensor(FIRST_BIAS)[:, None])

    def forward(self, context: Tensor) -> Activations:
        """Logits, each float32 `(batch, frames, look_aheads, 88)`, whatever the precision.

        Args:
            context: `(batch, frames, 88, width)`.
        """
        y = self.out(torch.relu(self.hidden(context))).float()
        y = y.unflatten(-1, (OUTPUTS, self.look_aheads)).permute(3, 0, 1, 4, 2)
        return Activations(y[0], y[1], y[2], y[3])


class FrameHead(nn.Module):
    """A linear map of one vector a frame to all logits of all pitches.

    Shape:
        - context: `(batch, frames, width)`
        - output: four times `(batch, frames, look_aheads, 88)`
    """

    def __init__(self, width: int, look_aheads: int) -> None:
        super().__init__()
        self.look_aheads = look_aheads
        self.out = nn.Linear(width, OUTPUTS * look_aheads * PITCHES)
        with torch.no_grad():
            self.out.bias.view(OUTPUTS, -1).copy_(torch.tensor(FIRST_BIAS)[:, None])

    def forward(self, context: Tensor) -> Activations:
        """Logits, each float32 `(batch, frames, look_aheads, 88)`, whatever the precision.

        Args:
            context: `(batch, frames, width)`.
        """
        y = self.out(context).float().unflatten(-1, (OUTPUTS, self.look_aheads, PITCHES))
        return Activations(y[:, :, 0], y[:, :, 1], y[:, :, 2], y[:, :, 3])


def make_head(rows: int, width: int, hidden: int, look_aheads: int) -> nn.Module:
    """The transcription head for a context of `rows` pitch rows, or of one vector (0 rows)."""
    if rows:
        return TranscriptionHead(width, hidden, look_aheads)
    return FrameHead(width, look_aheads)
