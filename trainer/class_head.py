"""Which instrument sounds, frame by frame: a small head on a network that stays as it is."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

MEMORY = "class_memory"
"""Name of the carried tensor."""


@dataclass(frozen=True)
class ClassHeadSettings:
    """Size of the class head."""

    hidden: int = 16
    """Features of a pitch that are pooled over pitches."""
    memory: int = 48
    """Units of the recurrent net that gathers evidence over time."""


class PitchPool(nn.Module):
    """A weighted mean and the maximum over pitches; the weights are learned.

    A class does not depend on which pitch is played, but only pitches that sound tell of it.

    Shape:
        - x: `(batch, frames, 88, width_in)`
        - output: `(batch, frames, 2 * hidden)`
    """

    def __init__(self, width_in: int, hidden: int) -> None:
        super().__init__()
        self.mix = nn.Linear(width_in, hidden + 1)

    def forward(self, x: Tensor) -> Tensor:
        """Pool; the last of the mixed features is the weight, before a softmax over pitches."""
        y = self.mix(x)
        hidden = torch.relu(y[..., :-1])
        weights = torch.softmax(y[..., -1:].transpose(2, 3), dim=-1)
        return torch.cat([(weights @ hidden).squeeze(2), hidden.amax(dim=2)], dim=-1)


class ClassHead(nn.Module):
    """Encoder and context of a frame -> class scores, by a small recurrent net.

    No gradient reaches what it listens to.

    Args:
        layouts: (rows, width) of the encoder's and of the context's output.
        classes: how many there are.
        settings: of the head.

    Shape:
        - frames, context: `(batch, frames, width)` or `(batch, frames, 88, width)`
        - memory: `(batch, memory)`
        - output: scores before the softmax `(batch, frames, classes)`, and the next memory
    """

    def __init__(
        self,
        layouts: tuple[tuple[int, int], tuple[int, int]],
        classes: int,
        settings: ClassHeadSettings = ClassHeadSettings(),
    ) -> None:
        super().__init__()
        self.settings = settings
        pitched = sum(width for rows, width in layouts if rows)
        flat = sum(width for rows, width in layouts if not rows)
        self.pool = PitchPool(pitched, settings.hidden) if pitched else None
        width = flat + (2 * settings.hidden if pitched else 0)
        self.remember = nn.GRU(width, settings.memory)
        self.out = nn.Linear(settings.memory, classes)

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """The carried memory, without its batch axis."""
        return {MEMORY: (self.settings.memory,)}

    def forward(self, frames: Tensor, context: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Advance; scores in float32 whatever the precision of the features."""
        given = [x.detach().float() for x in (frames, context)]
        heard = [x for x in given if x.ndim == 3]
        if self.pool is not None:
            heard.append(self.pool(torch.cat([x for x in given if x.ndim == 4], dim=-1)))
        x = torch.cat(heard, dim=-1).transpose(0, 1)
        y, memory = self.remember(x, memory[None])
        return self.out(y.transpose(0, 1)).float(), memory[0]


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
