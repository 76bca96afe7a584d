"""Where notes go on the roll: seconds and pitches -> pixels. Newest right, low notes below."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from gui.music.pitch_names import is_black
from realtime.values.snapshot import RollNote


class NoteBox(NamedTuple):
    """A note's rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float
    pitch: int
    velocity: int
    sounding: bool
    unsure: bool = False


@dataclass(frozen=True)
class Viewport:
    """The part of time and pitch that is on the screen."""

    width: float
    height: float
    seconds: float
    """Seconds from the left edge to the right edge, which is now."""
    low: float
    """Lowest pitch that is to be seen, MIDI."""
    high: float
    """Highest visible pitch (its row is wholly visible)."""

    @property
    def row(self) -> float:
        """Height of one semitone in pixels."""
        return self.height / (self.high + 1.0 - self.low)

    @property
    def pixels_per_second(self) -> float:
        """Width of a second, in pixels."""
        return self.width / self.seconds

    def y(self, pitch: float) -> float:
        """Pixels from the top to the row of a MIDI pitch."""
        return (self.high - pitch) * self.row

    def x(self, stream_s: float, now_s: float) -> float:
        """Pixels from the left at which a second is while `now_s` is at the right edge."""
        return self.width - (now_s - stream_s) * self.pixels_per_second

    def boxes(self, notes: Iterable[RollNote], now_s: float) -> list[NoteBox]:
        """Rectangles, in pixels, of the visible notes; one that sounds reaches the right edge."""
        row, width, high = self.row, self.width, self.high
        per_second = self.pixels_per_second
        height = max(row - 1.0, 2.0)
        boxes = []
        for note in notes:
            end_s = note.offset_s
            sounding = end_s is None
            right = width if end_s is None else width - (now_s - end_s) * per_second
            if right <= 0.0:
                continue
            left = width - (now_s - note.onset_s) * per_second
            top = (high - note.pitch) * row
            if left >= width or top <= -row or top >= self.height:
                continue
            boxes.append(
                NoteBox(
                    left,
                    top + 0.5,
                    max(min(right, width) - left, 3.0),
                    height,
                    note.pitch,
                    note.velocity,
                    sounding,
                    note.unsure,
                )
            )
        return boxes

    def grid_times(self, now_s: float) -> list[float]:
        """Seconds of the vertical lines, the one left of the view too: its label may show."""
        step = grid_step(self.pixels_per_second)
        first = int((now_s - self.seconds) / step)
        last = int(now_s / step)
        return [index * step for index in range(max(first, 0), last + 1)]


def grid_step(pixels_per_second: float) -> float:
    """Seconds between two lines of the time grid."""
    for step in (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0):
        if step * pixels_per_second >= 60.0:
            return step
    return 300.0


def key_span(pitch: int, high: float, row: float) -> tuple[float, float]:
    """Top and bottom of a piano key beside rows of equal height, of which `high` is the topmost.

    White keys reach to the middle of their black neighbours, so black keys match their rows.
    """
    top = (high - pitch) * row
    bottom = top + row
    if not is_black(pitch):
        top -= row / 2 if is_black(pitch + 1) else 0.0
        bottom += row / 2 if is_black(pitch - 1) else 0.0
    return top, bottom
