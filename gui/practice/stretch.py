"""The stretch of a piece that is practised: where it begins, and which bars are repeated."""

from realtime.practice.live.plan import bar_lengths
from realtime.practice.pieces import Piece

USUAL_LOOP = 2
"""Bars of a loop that nobody has chosen."""


class Stretch:
    """Bars of one piece, by index in the order of playing.

    Args:
        piece: which may have no bars; it is one bar then.
    """

    def __init__(self, piece: Piece) -> None:
        self._rows = bar_lengths(piece.bars) or [(0.0, piece.duration_s)]
        self.start = 0
        self.loop: tuple[int, int] | None = None

    @property
    def count(self) -> int:
        """How many bars there are."""
        return len(self._rows)

    @property
    def bounds_s(self) -> tuple[float, float]:
        """Begin and end of what is played, in seconds of the piece."""
        if self.loop is None:
            return self._rows[self.start][0], float("inf")
        first, last = self.loop
        begin_s, length_s = self._rows[last]
        return self._rows[first][0], begin_s + length_s

    def begin_at(self, index: int) -> None:
        """Begin at a bar; a loop that does not hold it is given up."""
        self.start = min(max(index, 0), self.count - 1)
        if self.loop is not None and not self.loop[0] <= self.start <= self.loop[1]:
            self.loop = None

    def move(self, bars: int) -> None:
        """Begin so many bars later; a loop moves along."""
        if self.loop is None:
            self.begin_at(self.start + bars)
            return
        first, last = self.loop
        moved = min(max(bars, -first), self.count - 1 - last)
        self.loop, self.start = (first + moved, last + moved), first + moved

    def extend(self, bars: int) -> None:
        """Repeat so many bars more, or fewer."""
        first, last = self.loop or (self.start, self.start)
        self.repeat(first, min(max(last + bars, first), self.count - 1))

    def repeat(self, first: int, last: int) -> None:
        """Choose these bars to be repeated."""
        self.loop, self.start = (first, last), first

    def toggle(self) -> None:
        """Repeat some bars from where it begins, or repeat nothing."""
        if self.loop is not None:
            self.loop = None
        else:
            self.repeat(self.start, min(self.start + USUAL_LOOP, self.count) - 1)
