"""Mouse gestures on notes: choose, move, lengthen, draw a frame. No Qt."""

from dataclasses import dataclass

from gui.takes.editor import edits
from gui.takes.editor.edits import Edited, Selection
from gui.takes.editor.score import Score
from realtime.files.quantise import Grid

NEAR_PX = 6.0
"""A note is taken by its end within so many pixels of it."""
START_PX = 4.0
"""The mouse must go this far before anything moves."""


@dataclass(frozen=True)
class Spot:
    """A place on the roll."""

    second: float
    pitch: int
    x: float
    y: float


class Gesture:
    """One press of the mouse, until it is let go.

    Args:
        score: the notes.
        chosen: those chosen before.
        spot: where the button went down.
        per_second: pixels a second takes.
        adding: whether a key was held that adds to what is chosen.
    """

    def __init__(
        self, score: Score, chosen: Selection, spot: Spot, per_second: float, adding: bool = False
    ) -> None:
        self._score, self.start = score, spot
        self._before = chosen if adding else frozenset()
        self.moved = False
        hit = self._held = hit_note(score, spot, per_second)
        self.kind = "frame"
        """frame | move | resize"""
        if hit is None:
            self.chosen = self._before
            return
        if adding:
            self.chosen = chosen ^ {hit}
        else:
            self.chosen = chosen if hit in chosen else frozenset({hit})
        self.kind = "resize" if near_end(score, hit, spot, per_second) else "move"

    def to(self, spot: Spot, grid: Grid | None = None) -> Edited | None:
        """The mouse is here now: the edit so far, None where nothing is edited.

        Args:
            spot: where the mouse is.
            grid: to which the note that is held snaps, by its start or by the end that is dragged.
        """
        distance = max(abs(spot.x - self.start.x), abs(spot.y - self.start.y))
        self.moved = self.moved or distance >= START_PX
        if not self.moved:
            return None
        if self.kind == "frame":
            self.chosen = self._before | self._framed(spot)
            return None
        seconds = spot.second - self.start.second
        if grid is not None and self._held is not None:
            note = self._score.notes[self._held]
            held_s = note.offset_s if self.kind == "resize" else note.onset_s
            seconds = grid.near(held_s + seconds) - held_s
        if self.kind == "resize":
            return edits.resize(self._score, self.chosen, seconds)
        return edits.move(self._score, self.chosen, seconds, spot.pitch - self.start.pitch)

    def _framed(self, spot: Spot) -> Selection:
        start, end = sorted((spot.second, self.start.second))
        low, high = sorted((spot.pitch, self.start.pitch))
        return self._score.within(start, end, low, high)


def hit_note(score: Score, spot: Spot, per_second: float) -> int | None:
    """The note under the mouse, with two pixels of slack; `per_second` are pixels of a second."""
    exact = score.at(spot.second, spot.pitch)
    return exact if exact is not None else score.at(spot.second, spot.pitch, 2.0 / per_second)


def near_end(score: Score, index: int, spot: Spot, per_second: float) -> bool:
    """Whether the mouse is at the end of a longer note; `per_second` are pixels of a second."""
    note = score.notes[index]
    length = (note.offset_s - note.onset_s) * per_second
    return length > 3 * NEAR_PX and (note.offset_s - spot.second) * per_second < NEAR_PX
