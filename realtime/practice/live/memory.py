"""What the network said since a run began, by frames of the stream."""

import numpy as np
import numpy.typing as npt

from realtime.practice.attacks import NetworkRolls
from realtime.values.arrays import Floats

GROWTH = 4096
"""Frames by which the memory grows."""


class Memory:
    """Rows of probabilities; frames that were never heard, in a gap of the input, are 0.

    Args:
        frame_s: seconds a frame.
        pitch_low: MIDI number of the first column.
        pitch_count: columns.
        kept_s: what is older may be forgotten.
    """

    def __init__(self, frame_s: float, pitch_low: int, pitch_count: int, kept_s: float) -> None:
        self.frame_s, self.pitch_low = frame_s, pitch_low
        self._kept = round(kept_s / frame_s)
        self._rows: npt.NDArray[np.float16] = np.zeros((2, GROWTH, pitch_count), dtype=np.float16)
        self._first = 0
        """Frame of the stream in the first row."""
        self._count: int | None = None
        """Rows in use; None before the first."""

    @property
    def end_s(self) -> float:
        """Seconds of the stream up to which something is known, 0 before the first frame."""
        return 0.0 if self._count is None else (self._first + self._count) * self.frame_s

    def add(self, frame: int, onset: Floats, sounding: Floats) -> None:
        """Take the row of a frame of the stream; frames only go forward."""
        if self._count is None:
            self._first, self._count = frame, 0
        row = frame - self._first
        if row < self._count:
            return
        if row - self._count >= self._kept:
            self._drop(self._count)
            self._first, row = frame, 0
        elif row >= self._rows.shape[1] and self._count > self._kept:
            row -= self._drop(self._count - self._kept)
        while row >= self._rows.shape[1]:
            more = np.zeros_like(self._rows[:, :GROWTH])
            self._rows = np.concatenate([self._rows, more], axis=1)
        self._rows[0, row], self._rows[1, row] = onset, sounding
        self._count = row + 1

    def _drop(self, rows: int) -> int:
        assert self._count is not None
        left = self._count - rows
        self._rows[:, :left] = self._rows[:, rows : self._count]
        self._rows[:, left:] = 0
        self._first, self._count = self._first + rows, left
        return rows

    def since(self, stream_s: float) -> tuple[NetworkRolls, float]:
        """All that is known from a second of the stream on, and the second of its first row."""
        count = self._count or 0
        first = min(max(round(stream_s / self.frame_s) - self._first, 0), count)
        rows = self._rows[:, first:count].astype(np.float32)
        begin_s = (self._first + first) * self.frame_s
        heard = NetworkRolls(
            rows[0], rows[1], self.frame_s, self.pitch_low, len(rows[0]) * self.frame_s
        )
        return heard, begin_s
