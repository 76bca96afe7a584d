"""Paints the notes of a take: tiles below, chosen notes and the playhead on top."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from gui.roll.bars import draw_bar_numbers, draw_bars
from gui.roll.geometry import Viewport
from gui.roll.painting import draw_blocks, draw_grid, draw_notes, draw_rows, draw_times
from gui.roll.pitch_line import Point, draw_pitch_line
from gui.style.note_style import NoteInk
from gui.takes.editor.camera import Camera
from gui.takes.editor.edits import Selection
from gui.takes.editor.score import Score
from realtime.files.click import Click
from realtime.values.notes import Note
from realtime.values.snapshot import RollNote

WIDTH = 256
"""Width of a tile, in logical pixels."""


KEPT = 96


class Tiles:
    """Keeps the tiles of one zoom; forgets all when the zoom, score or colours change.

    Args:
        paint: (painter, first second of the tile, its seconds) paints one tile.
    """

    def __init__(self, paint: Callable[[QPainter, float, float], None]) -> None:
        self._paint = paint
        self._key: object = None
        self._tiles: OrderedDict[int, QPixmap] = OrderedDict()
        self.painted = 0
        """Number of tiles painted so far, for measurements."""

    def draw(
        self,
        painter: QPainter,
        start_s: float,
        per_second: float,
        size: tuple[int, int],
        key: object,
    ) -> None:
        """Draw the view that begins at `start_s`; `size` in logical pixels."""
        ratio = painter.device().devicePixelRatioF()
        whole_key = (key, per_second, size[1], ratio)
        if whole_key != self._key:
            self._key = whole_key
            self._tiles.clear()
        left = round(start_s * per_second * ratio) / ratio
        for index in range(int(left // WIDTH), int((left + size[0]) // WIDTH) + 1):
            tile = self._tiles.get(index)
            if tile is None:
                tile = self._tiles[index] = self._painted(index, per_second, size[1], ratio)
            self._tiles.move_to_end(index)
            painter.drawPixmap(QPointF(index * WIDTH - left, 0), tile)
        while len(self._tiles) > KEPT:
            self._tiles.popitem(last=False)

    def _painted(self, index: int, per_second: float, height: int, ratio: float) -> QPixmap:
        tile = QPixmap(round(WIDTH * ratio), max(round(height * ratio), 1))
        tile.setDevicePixelRatio(ratio)
        painter = QPainter(tile)
        self._paint(painter, index * WIDTH / per_second, WIDTH / per_second)
        painter.end()
        self.painted += 1
        return tile


SPILL = 120.0
"""Painted beyond the right edge of a tile, so that notes go on in the next one seamlessly."""


BLOCKS_BELOW = 24.0
"""Pixels a second below which notes are plain rectangles."""


class TakePicture:
    """Draws one score through one camera."""

    def __init__(self, ink: NoteInk) -> None:
        self.ink = ink
        self.score = Score()
        self.hidden: Selection = frozenset()
        """Notes that the tiles leave out: they are being dragged."""
        self.beats: Click | None = None
        """Bars and beats to draw in place of seconds, None for seconds."""
        self.pitch_line: tuple[Point, ...] = ()
        """True pitch of notes that are bent, over them."""
        self.tiles = Tiles(self._paint_tile)
        self._view = Viewport(1, 1, 1, 48, 83)

    def draw(self, painter: QPainter, camera: Camera, width: int, height: int) -> None:
        """Draw the ground, the grid and the notes."""
        self._view = camera.viewport(width, height)
        shown = (self.score, self.hidden, self.beats, self.pitch_line)
        key = (*shown, self.ink, camera.low, camera.high)
        per_second = self._view.pixels_per_second
        self.tiles.draw(painter, camera.start_s, per_second, (width, height), key)

    def draw_chosen(
        self, painter: QPainter, camera: Camera, notes: Sequence[Note], ringed: bool = True
    ) -> None:
        """Notes on top, with a ring that says they are chosen."""
        view = self._view
        boxes = view.boxes(map(roll_note, notes), camera.end_s)
        draw_notes(painter, boxes, self.ink, view.row)
        if not ringed:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.ink.theme.text), 2.0))
        for box in boxes:
            area = QRectF(box.x, box.y, box.width, box.height)
            painter.drawRoundedRect(area.adjusted(-1.5, -1.5, 1.5, 1.5), 4, 4)

    def draw_hovered(self, painter: QPainter, camera: Camera, note: Note) -> None:
        """A thin ring around the note under the mouse."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.ink.theme.accent), 1.5))
        for box in self._view.boxes([roll_note(note)], camera.end_s):
            area = QRectF(box.x, box.y, box.width, box.height)
            painter.drawRoundedRect(area.adjusted(-1, -1, 1, 1), 4, 4)

    def draw_line(self, painter: QPainter, camera: Camera, second: float, height: int) -> None:
        """Draw the playhead over the notes."""
        x = self._view.x(second, camera.end_s)
        painter.fillRect(QRectF(x - 0.75, 0, 1.5, height), QColor(self.ink.theme.accent))

    def draw_shade(
        self, painter: QPainter, camera: Camera, start_s: float, end_s: float, height: int
    ) -> None:
        """The stretch of time that is looped."""
        colour = QColor(self.ink.theme.accent)
        colour.setAlpha(26)
        left, right = self._view.x(start_s, camera.end_s), self._view.x(end_s, camera.end_s)
        painter.fillRect(QRectF(left, 0, right - left, height), colour)

    def _paint_tile(self, painter: QPainter, start_s: float, seconds: float) -> None:
        per_second = self._view.pixels_per_second
        wide_s = seconds + SPILL / per_second
        view = Viewport(
            wide_s * per_second, self._view.height, wide_s, self._view.low, self._view.high
        )
        end_s = start_s + wide_s
        draw_rows(painter, view, self.ink)
        if self.beats is None:
            draw_grid(painter, view, end_s, self.ink)
            draw_times(painter, view, end_s, self.ink)
        else:
            draw_bars(painter, view, end_s, self.beats, self.ink)
            draw_bar_numbers(painter, view, end_s, self.beats, self.ink)
        notes = self.score.notes
        visible = [
            roll_note(notes[index])
            for index in self.score.between(start_s, end_s)
            if index not in self.hidden
        ]
        boxes = view.boxes(visible, end_s)
        if per_second < BLOCKS_BELOW:
            draw_blocks(painter, boxes, self.ink)
        else:
            draw_notes(painter, boxes, self.ink, view.row)
        if self.pitch_line:
            points = [point for point in self.pitch_line if start_s - 1 <= point[0] <= end_s + 1]
            draw_pitch_line(painter, view, end_s, points, self.ink, boxes)


def roll_note(note: Note) -> RollNote:
    """A note as the roll takes it."""
    return RollNote(note.onset_s, note.offset_s, note.pitch, note.velocity)


def bent_line(notes: Sequence[Note], bends: Sequence[tuple[float, float]]) -> tuple[Point, ...]:
    """True pitch of the notes that are bent while they sound alone.

    Args:
        notes: by onset.
        bends: (seconds, cents from then on) of all notes together, by time.
    """
    points: list[Point] = []
    at = 0
    for index, note in enumerate(notes):
        after_s = notes[index + 1].onset_s if index + 1 < len(notes) else note.offset_s
        end_s = min(note.offset_s, after_s)
        while at < len(bends) and bends[at][0] < note.onset_s:
            at += 1
        inside = at
        while inside < len(bends) and bends[inside][0] < end_s:
            points.append((bends[inside][0], note.pitch + bends[inside][1] / 100))
            inside += 1
    return tuple(points)
