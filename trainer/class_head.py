"""Which instrument sounds, frame by frame: a small head on a network that stays as it is."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

MEMORY = "class_memory"
"""Name of the carried tensor."""


FARTHEST = 5.0
"""Standard deviations beyond which a feature says no more."""


@dataclass(frozen=True)
class ClassHeadSettings:
    """Size of the class head."""

    hidden: int = 64
    """Units that mix the features of a frame."""
    memory: int = 48
    """Units of the recurrent net that gathers evidence over time."""
    dropout: float = 0.3
    """Share of units that are left out while the head is trained, 0-1."""


class ClassHead(nn.Module):
    """Encoder and context of a frame -> class scores, by a small recurrent net.

    A class does not depend on which pitch is played: mean and maximum over pitches stand for them,
    standardised, because some features are a hundred times as large as others. No gradient reaches
    what the head listens to.

    Args:
        layouts: (rows, width) of the encoder's and of the context's output.
        classes: how many there are.
        settings: of the head.

    Shape:
        - frames, context: `(batch, frames, width)` or `(batch, frames, 88, width)`
        - memory: `(batch, memory)`
        - output: scores before the softmax `(batch, frames, classes)`, and the next memory
    """

    mean: Tensor
    deviation: Tensor

    def __init__(
        self,
        layouts: tuple[tuple[int, int], tuple[int, int]],
        classes: int,
        settings: ClassHeadSettings = ClassHeadSettings(),
    ) -> None:
        super().__init__()
        self.settings = settings
        width = sum(2 * width if rows else width for rows, width in layouts)
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("deviation", torch.ones(width))
        self.mix = nn.Linear(width, settings.hidden)
        self.drop = nn.Dropout(settings.dropout)
        self.remember = nn.GRU(settings.hidden, settings.memory)
        self.out = nn.Linear(settings.memory, classes)

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """The carried memory, without its batch axis."""
        return {MEMORY: (self.settings.memory,)}

    def forward(self, frames: Tensor, context: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Advance; scores in float32 whatever the precision of the features."""
        return self.judge(gather(frames, context), memory)

    def judge(self, gathered: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Scores and the next memory from what `gather` made, `(batch, frames, width)`."""
        x = ((gathered - self.mean) / self.deviation).clamp(-FARTHEST, FARTHEST)
        x = self.drop(torch.relu(self.mix(x))).transpose(0, 1)
        y, memory = self.remember(x, memory[None])
        return self.out(self.drop(y.transpose(0, 1))), memory[0]

    def standardise(self, gathered: Tensor) -> None:
        """Take mean and deviation from examples `(n, width)`."""
        self.mean.copy_(gathered.mean(dim=0))
        self.deviation.copy_(gathered.std(dim=0).clamp(min=1e-3))


def gather(frames: Tensor, context: Tensor) -> Tensor:
    """What the head is told of each frame: float32 (batch, frames, width), without a gradient."""
    given = [x.detach().float() for x in (frames, context)]
    told = [x for x in given if x.ndim == 3]
    pitched = [x for x in given if x.ndim == 4]
    if pitched:
        x = torch.cat(pitched, dim=-1)
        told += [x.mean(dim=2), x.amax(dim=2)]
    return torch.cat(told, dim=-1)


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
        """Logits in float32 whatever the precision of the context."""
        y = self.out(context).float()
        return y.transpose(2, 3) if self.rows else y.unflatten(-1, (self.instruments, -1))
