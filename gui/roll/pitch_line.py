"""The true pitch of a voice over its notes: bends, slides and vibrato."""

import math
from collections import deque
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QRegion

from gui.roll.geometry import NoteBox, Viewport
from gui.roll.painting import NAME_MARGIN, name_areas
from gui.style.note_style import NoteInk
from realtime.values.snapshot import RollNote

LONGEST_GAP_S = 0.12
"""Points that lie further apart in time are not joined."""
LARGEST_STEP = 2.0
"""Semitones between two points: no voice slides so fast, it is another note."""
REMEMBERED = 2000
"""Points; at thirty pictures a second more than a minute."""
Point = tuple[float, float]
"""(second, MIDI pitch with fraction)"""


class PitchLine:
    """Keeps the measured pitch of the note that sounds alone, over time."""

    def __init__(self) -> None:
        self._points: deque[Point] = deque(maxlen=REMEMBERED)

    def push(self, stream_s: float, pitch: float | None, notes: Sequence[RollNote] = ()) -> None:
        """Add what is heard at this second of the stream.

        Args:
            stream_s: second of the stream.
            pitch: MIDI pitch with its fraction, None where no one pitch is sure.
            notes: all that are shown; the line over one of them ends where it ends.
        """
        if self._points and stream_s < self._points[-1][0]:
            self._points.clear()
        if pitch is not None and not (self._points and stream_s == self._points[-1][0]):
            self._points.append((stream_s, pitch))
        if pitch is None:
            self._trim(notes)

    def _trim(self, notes: Sequence[RollNote]) -> None:
        """Drop points after the end of their note: it is known only a moment after it came."""
        while self._points:
            second, pitch = self._points[-1]
            ends = [
                note.offset_s for note in notes
                if note.onset_s <= second and abs(note.pitch - pitch) < 1.0
            ]  # fmt: skip
            if not ends or any(end_s is None or second <= end_s for end_s in ends):
                return
            self._points.pop()

    def between(self, start_s: float, end_s: float) -> list[Point]:
        """The points between two seconds of the stream."""
        return [point for point in self._points if start_s <= point[0] <= end_s]


def draw_pitch_line(
    painter: QPainter,
    viewport: Viewport,
    end_s: float,
    points: Iterable[Point],
    ink: NoteInk,
    notes: Sequence[NoteBox],
) -> None:
    """Draw points over the notes, joined where they follow closely; `end_s` is the right edge.

    The names of the notes, which are drawn already, are left free.
    """
    theme = ink.theme
    painter.save()
    free = QRegion(0, 0, math.ceil(viewport.width), math.ceil(viewport.height))
    for area in name_areas(notes, ink, viewport.row):
        free -= QRegion(area.adjusted(-NAME_MARGIN, 0, NAME_MARGIN, 0).toAlignedRect())
    painter.setClipRegion(free)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for part in _joined(points):
        line = QPolygonF(
            [
                QPointF(viewport.x(second, end_s), viewport.y(pitch) + viewport.row / 2)
                for second, pitch in part
            ]
        )
        for colour, width in ((theme.window, 4.0), (theme.text, 1.8)):
            pen = QPen(QColor(colour), width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPolyline(line)
    painter.restore()


def _joined(points: Iterable[Point]) -> list[Sequence[Point]]:
    parts: list[list[Point]] = []
    for point in points:
        before = parts[-1][-1] if parts else (-math.inf, 0.0)
        near = abs(point[1] - before[1]) <= LARGEST_STEP
        if near and point[0] - before[0] <= LONGEST_GAP_S:
            parts[-1].append(point)
        else:
            parts.append([point])
    return [part for part in parts if len(part) > 1]
