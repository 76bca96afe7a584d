"""Between an encoder and a context that want different layouts: pitch rows or one vector."""

from torch import Tensor, nn

from trainer.network.layers.parts import Context


class RowsToVector(nn.Module):
    """Linear map of all rows: `(batch, frames, rows, width_in)` -> `(batch, frames, width)`."""

    def __init__(self, rows: int, width_in: int, width: int) -> None:
        super().__init__()
        self.mix = nn.Linear(rows * width_in, width)

    def forward(self, x: Tensor) -> Tensor:
        """Mix all rows of a frame into one vector."""
        result: Tensor = self.mix(x.flatten(2))
        return result


class VectorToRows(nn.Module):
    """Linear map to pitch rows: `(batch, frames, width_in)` -> `(batch, frames, rows, width)`."""

    def __init__(self, width_in: int, rows: int, width: int) -> None:
        super().__init__()
        self.rows = rows
        self.mix = nn.Linear(width_in, rows * width)

    def forward(self, x: Tensor) -> Tensor:
        """Spread the vector of a frame over its rows."""
        result: Tensor = self.mix(x).unflatten(-1, (self.rows, -1))
        return result


class NoContext(Context):
    """Hands the encoder's frames on: a head directly on the encoder."""

    def __init__(self, rows: int, width: int) -> None:
        super().__init__()
        self.rows, self.width = rows, width

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Carry nothing from one call to the next."""
        return {}

    def forward(self, x: Tensor) -> tuple[Tensor]:
        """The frames as they are."""
        return (x,)
