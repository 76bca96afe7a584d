"""The part of the roll that no longer changes, painted once and then only moved."""

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap

from gui.ink import NoteInk
from gui.note_paint import draw_notes
from gui.roll_geometry import Viewport
from gui.roll_ground import draw_grid, draw_rows
from gui.spectrogram import Spectrogram
from realtime.snapshot import RollNote

SCREENS = 2
"""Length of the strip in widths of the view: it is painted anew once it has been used up."""


class RollStrip:
    """Rows, time grid and ended notes on one long picture; a note is painted once, at its end."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._key: tuple[object, ...] = ()
        self._origin_s = 0.0
        self._drawn: set[RollNote] = set()
        self._spectrum_s = 0.0
        """Up to here the spectrogram is on the picture."""

    def draw(
        self,
        painter: QPainter,
        notes: Iterable[RollNote],
        now_s: float,
        viewport: Viewport,
        ink: NoteInk,
        ratio: float,
        spectrogram: Spectrogram | None = None,
    ) -> float:
        """Draw the view; returns `now_s` moved to a whole device pixel, for what comes on top."""
        start = now_s - viewport.seconds
        key = (viewport, ink, ratio, spectrogram)
        used_up = now_s > self._origin_s + SCREENS * viewport.seconds
        if key != self._key or start < self._origin_s or used_up:
            self._begin(start, viewport, ink, ratio)
            self._key = key
        if spectrogram is not None:
            self._add_spectrum(spectrogram, viewport, ink)
        self._add(notes, viewport, ink)
        per_second = viewport.pixels_per_second * ratio
        x = round((start - self._origin_s) * per_second)
        view = QRectF(x, 0, viewport.width * ratio, self._picture.height())
        painter.drawPixmap(QRectF(0, 0, viewport.width, viewport.height), self._picture, view)
        return self._origin_s + x / per_second + viewport.seconds

    def _long(self, viewport: Viewport) -> Viewport:
        return replace(viewport, width=SCREENS * viewport.width, seconds=SCREENS * viewport.seconds)

    def _begin(self, start_s: float, viewport: Viewport, ink: NoteInk, ratio: float) -> None:
        width = round(SCREENS * viewport.width * ratio)
        height = round(viewport.height * ratio)
        if (self._picture.width(), self._picture.height()) != (width, height):
            self._picture = QPixmap(width, height)
        self._picture.setDevicePixelRatio(ratio)
        self._origin_s = start_s
        self._drawn.clear()
        self._spectrum_s = start_s
        painter = QPainter(self._picture)
        long = self._long(viewport)
        draw_rows(painter, long, ink)
        draw_grid(painter, long, self._origin_s + long.seconds, ink)
        painter.end()

    def _add_spectrum(self, spectrogram: Spectrogram, viewport: Viewport, ink: NoteInk) -> None:
        long = self._long(viewport)
        painter = QPainter(self._picture)
        edge_s = self._origin_s + long.seconds
        self._spectrum_s = spectrogram.draw(painter, long, edge_s, self._spectrum_s, ink.theme)
        painter.end()

    def _add(self, notes: Iterable[RollNote], viewport: Viewport, ink: NoteInk) -> None:
        fresh = [n for n in notes if n.offset_s is not None and n not in self._drawn]
        if not fresh:
            return
        self._drawn.update(fresh)
        long = self._long(viewport)
        painter = QPainter(self._picture)
        draw_notes(painter, long.boxes(fresh, self._origin_s + long.seconds), ink, viewport.row)
        painter.end()
