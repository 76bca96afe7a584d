"""Ticks of a MIDI file -> seconds, bars and beats."""

from bisect import bisect_right
from collections.abc import Sequence

USUAL_TEMPO = 500_000
"""Microseconds a quarter where a file names none."""


MOST_BARS = 100_000


class TooManyBars(ValueError):
    """A metre whose bars would fill the memory."""


class MusicalTime:
    """Tempo map and metre of a piece.

    Args:
        ticks_per_quarter: at least 1.
        tempi: (tick, microseconds a quarter), ascending.
        metres: (tick, beats a bar, which note is a beat: 4 is a quarter), ascending.
    """

    def __init__(
        self,
        ticks_per_quarter: int,
        tempi: Sequence[tuple[int, int]],
        metres: Sequence[tuple[int, int, int]],
    ) -> None:
        self._quarter = ticks_per_quarter
        self.tempi = sorted(dict([(0, USUAL_TEMPO), *tempi]).items())
        self._metres = sorted({row[0]: row for row in [(0, 4, 4), *metres]}.values())
        self._tempo_ticks = [tick for tick, _ in self.tempi]
        self._metre_ticks = [tick for tick, _, _ in self._metres]
        self._tempo_seconds = [0.0]
        for (before, tempo), (tick, _) in zip(self.tempi, self.tempi[1:], strict=False):
            gone = (tick - before) / self._quarter * tempo / 1e6
            self._tempo_seconds.append(self._tempo_seconds[-1] + gone)

    def seconds(self, tick: int) -> float:
        """When a tick comes, in seconds from the beginning."""
        index = bisect_right(self._tempo_ticks, tick) - 1
        begun, tempo = self.tempi[index]
        return self._tempo_seconds[index] + (tick - begun) / self._quarter * tempo / 1e6

    def metre(self, tick: int) -> tuple[int, int]:
        """Beats a bar, and which note is a beat, at a tick."""
        _, beats, unit = self._metres[bisect_right(self._metre_ticks, tick) - 1]
        return beats, unit

    def bars(self, last: int) -> list[tuple[int, int]]:
        """(tick, number from 1) of every bar that begins up to `last`; a new metre begins one.

        Raises:
            TooManyBars: if they are more than `MOST_BARS`.
        """
        starts: list[tuple[int, int]] = []
        at, changes = 0, iter([*self._metre_ticks[1:], last + 1])
        change = next(changes)
        while at <= last:
            if len(starts) == MOST_BARS:
                raise TooManyBars
            starts.append((at, len(starts) + 1))
            beats, unit = self.metre(at)
            following = at + max(1, round(beats * self._quarter * 4 / unit))
            while change <= at and change <= last:
                change = next(changes)
            at = min(following, change) if change > at else following
        return starts

    def place(self, tick: int, starts: Sequence[tuple[int, int]]) -> tuple[int, float]:
        """Number of the bar and beat (1 is its first) of a tick, within bars from `bars`."""
        index = max(bisect_right(starts, (tick, 10**9)) - 1, 0)
        begun, number = starts[index]
        _, unit = self.metre(tick)
        return number, round(1 + (tick - begun) / (self._quarter * 4 / unit), 4)
