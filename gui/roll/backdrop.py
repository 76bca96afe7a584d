"""What has been played, as a picture that is moved, and stretched while the range of keys glides.

Tiles are painted for the range that is shown. Where it opens, tiles of the wider range are painted,
a few a picture, and shown magnified until the glide has arrived; where it closes, the tiles of the
wider range are magnified first and the others painted at the end.
"""

from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from gui.roll.geometry import Viewport
from gui.roll.painting import draw_grid, draw_rows, draw_times
from gui.roll.spectrogram import Spectrogram
from gui.roll.tiles import JoinedTiles, Look, RollTiles
from gui.style.note_style import NoteInk
from realtime.values.snapshot import RollNote

AHEAD = 1
"""Tiles of another range painted in one picture."""


class Backdrop:
    """Draws the backdrop of a viewport: rows, time grid, ended notes, and the times over them."""

    def __init__(self) -> None:
        self._front: RollTiles | None = None
        self._next: RollTiles | None = None
        """Tiles of the range that is wanted, while they are not all there yet."""

    @property
    def tiles(self) -> tuple[RollTiles, ...]:
        """What is drawn from, then what is being painted for another range, if anything."""
        return tuple(tiles for tiles in (self._front, self._next) if tiles is not None)

    def clear(self) -> None:
        """Drop all tiles: another stream begins."""
        self._front = self._next = None

    def draw(
        self,
        painter: QPainter,
        notes: Iterable[RollNote],
        now_s: float,
        viewport: Viewport,
        ink: NoteInk,
        ratio: float,
        spectrogram: Spectrogram | None = None,
        goal: tuple[float, float] | None = None,
    ) -> float:
        """Draw the view; returns `now_s` moved to a whole device pixel, for what comes on top.

        Args:
            notes: all that end after the left edge.
            now_s: stream time at the right edge.
            goal: lowest and highest pitch that the viewport glides to, None where it stands still.
        """
        look = Look(viewport.height, viewport.pixels_per_second, ink, ratio, spectrogram)
        if self._front is None or self._front.look != look:
            self._joined = JoinedTiles(look.tile_pixels, look.tile_height)
            self._front, self._next = self._tiles(look, viewport.low, viewport.high), None
        per_second = look.per_second * ratio
        since_s = now_s - viewport.seconds
        left = round(since_s * per_second)
        right = left + round(viewport.width * ratio)
        span = range(left // look.tile_pixels, -(-right // look.tile_pixels))
        ended = [note for note in notes if note.offset_s is not None]
        self._choose(viewport, goal or (viewport.low, viewport.high))
        if self._next is not None and self._next.update(ended, since_s, span, AHEAD):
            self._front, self._next = self._next, None
        else:
            self._front.update(ended, since_s, span)
        end_s = left / per_second + viewport.seconds
        if not self._front.covers(viewport.low, viewport.high):
            self._draw_ground(painter, viewport, end_s, ink)
        self._front.draw(painter, viewport, left, span)
        draw_times(painter, viewport, end_s, ink)
        return end_s

    def _choose(self, viewport: Viewport, goal: tuple[float, float]) -> None:
        """Which tiles are wanted: those in front, those that are being made, or new ones."""
        shown = (viewport.low, viewport.high)
        front = self._front
        assert front is not None
        if shown == goal:
            wanted = shown
            if not front.covers(*shown):
                self._front, self._next = self._tiles(front.look, *shown), None
                return
        elif front.covers(*shown) and front.covers(*goal):
            wanted = (front.low, front.high)
        elif self._next is not None and self._next.covers(*shown) and self._next.covers(*goal):
            wanted = (self._next.low, self._next.high)
        else:
            wanted = (min(shown[0], goal[0]), max(shown[1], goal[1]))
        if wanted == (front.low, front.high):
            self._next = None
        elif self._next is None or wanted != (self._next.low, self._next.high):
            self._next = self._tiles(front.look, *wanted)

    def _tiles(self, look: Look, low: float, high: float) -> RollTiles:
        return RollTiles(look, low, high, self._joined)

    def _draw_ground(
        self, painter: QPainter, viewport: Viewport, end_s: float, ink: NoteInk
    ) -> None:
        """Rows and lines of time where the range has opened and there are no tiles yet."""
        assert self._front is not None
        top, bottom = viewport.y(self._front.high), viewport.y(self._front.low - 1.0)
        for area in (
            QRectF(0, 0, viewport.width, top),
            QRectF(0, bottom, viewport.width, viewport.height - bottom),
        ):
            if area.height() > 0:
                painter.save()
                painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
                draw_rows(painter, viewport, ink)
                draw_grid(painter, viewport, end_s, ink)
                painter.restore()
