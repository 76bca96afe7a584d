"""Which instrument sounds, frame by frame: a small head on a network that stays as it is."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from realtime.values.ranges import Count, Dropout

MEMORY = "class_memory"
"""Name of the carried tensor."""


@dataclass(frozen=True)
class ClassHeadSettings:
    """Size of the class head."""

    memory: Count = 48
    """Units of the recurrent net that gathers evidence over time."""
    dropout: Dropout = 0.2
    """Share of features and units that are left out while the head is trained, 0-1."""


class ClassHead(nn.Module):
    """Context of a frame -> class scores, by a small recurrent net.

    A class does not depend on which pitch is played: mean and maximum over pitches stand for them.
    No gradient reaches what the head listens to.

    Args:
        rows: 88 where the context has a vector for each pitch, 0 where it has one a frame.
        width: of the context.
        classes: how many there are.
        settings: of the head.

    Shape:
        - context: `(batch, frames, width)` or `(batch, frames, 88, width)`
        - memory: `(batch, memory)`
        - output: scores before the softmax `(batch, frames, classes)`, and the next memory
    """

    def __init__(
        self, rows: int, width: int, classes: int, settings: ClassHeadSettings = ClassHeadSettings()
    ) -> None:
        super().__init__()
        self.settings = settings
        self.drop = nn.Dropout(settings.dropout)
        self.remember = nn.GRU(2 * width if rows else width, settings.memory)
        self.out = nn.Linear(settings.memory, classes)

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """The carried memory, `(memory,)` without its batch axis."""
        return {MEMORY: (self.settings.memory,)}

    def forward(self, context: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Advance by the frames of `context`; scores in float32 whatever its precision."""
        return self.judge(gather(context), memory)

    def judge(self, gathered: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Scores and the next memory from what `gather` made, `(batch, frames, width)`."""
        y, memory = self.remember(self.drop(gathered).transpose(0, 1), memory.unsqueeze(0))
        return self.out(self.drop(y)).transpose(0, 1), memory.squeeze(0)

    @torch.no_grad()
    def take_in_scale(self, mean: Tensor, deviation: Tensor) -> None:
        """Expect unscaled features from now on; `mean` and `deviation` are `(width,)`."""
        weights = self.remember.get_parameter("weight_ih_l0")
        weights.div_(deviation)
        self.remember.get_parameter("bias_ih_l0").sub_(weights @ mean)


def gather(context: Tensor) -> Tensor:
    """What the head is told of each frame: float32 (batch, frames, width), without a gradient."""
    x = context.detach().float()
    if x.ndim == 3:
        return x
    share = x.new_full((1, x.shape[2]), 1 / x.shape[2])
    return torch.cat([(share @ x).squeeze(2), x.amax(dim=2)], dim=-1)


class InstrumentHead(nn.Module):
    """Which instrument plays each pitch, by a linear map of the context.

    Shape:
        - context: `(batch, frames, 88, width)` or `(batch, frames, width)`
        - output: logits `(batch, frames, instruments, 88)`
    """

    FIRST_BIAS = -4.0

    def __init__(self, rows: int, pitches: int, width: int, instruments: int) -> None:
        super().__init__()
        self.rows, self.instruments = rows, instruments
        self.out = nn.Linear(width, instruments if rows else instruments * pitches)
        nn.init.constant_(self.out.bias, self.FIRST_BIAS)

    def forward(self, context: Tensor) -> Tensor:
        """Logits `(batch, frames, instruments, 88)`, float32 whatever the context's precision."""
        y = self.out(context).float()
        result: Tensor = y.transpose(2, 3) if self.rows else y.unflatten(-1, (self.instruments, -1))
        return result
