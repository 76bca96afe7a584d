"""What is read off the context: onset, frame, offset and velocity of every pitch."""

from typing import NamedTuple

import torch
from torch import Tensor, nn


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

    OUTPUTS = 4

    def __init__(self, width: int, hidden: int, look_aheads: int) -> None:
        super().__init__()
        self.look_aheads = look_aheads
        self.hidden = nn.Linear(width, hidden)
        self.out = nn.Linear(hidden, self.OUTPUTS * look_aheads)
        with torch.no_grad():
            bias = self.out.bias.view(self.OUTPUTS, look_aheads)
            bias[0] = -5.0
            bias[1] = -3.0
            bias[2] = -5.0
            bias[3] = 0.0

    def forward(self, context: Tensor) -> Activations:
        """Logits in float32 whatever the precision of the context."""
        y = self.out(torch.relu(self.hidden(context))).float()
        y = y.unflatten(-1, (self.OUTPUTS, self.look_aheads)).permute(0, 1, 3, 4, 2)
        return Activations(y[:, :, 0], y[:, :, 1], y[:, :, 2], y[:, :, 3])
