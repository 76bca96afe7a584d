"""The notes to come, moving towards the present, and what became of those that were due."""

import time
from bisect import bisect_left

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.practice.marks import colour_of, draw_mark, draw_verdict
from gui.practice.performance import kind_of
from gui.roll.geometry import Viewport
from gui.roll.key_range import KeyRange
from gui.roll.painting import draw_rows
from gui.style.note_style import NoteInk, font
from gui.style.theme import DARK, TYPE
from realtime.practice.live.plan import beats_of
from realtime.practice.pieces import Piece, PieceNote
from realtime.values.snapshot import ExtraNote, JudgedNote

PAST = 0.27
"""Part of the width that shows what lies behind."""
HEAD = 20
"""Pixels for the numbers of bars."""
SECONDS, LARGE_SECONDS = 7.0, 4.5
SHORTEST_S, LONGEST_S = 2.0, 30.0
OTHERS_ALPHA = 70


class ScoreRoll(QWidget):
    """Draws one moment of a piece; knows neither engine nor run."""

    placed = Signal(float)
    """A second of the piece that was clicked on."""

    def __init__(self) -> None:
        super().__init__()
        bind_text(self.setAccessibleName, tr("Notes of the piece"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 60)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._ink = NoteInk(DARK, "letters")
        self._mine: tuple[PieceNote, ...] = ()
        self._others: tuple[PieceNote, ...] = ()
        self._starts: list[float] = []
        self._other_starts: list[float] = []
        self._longest_s = 0.0
        self._beats: list[tuple[float, bool]] = []
        self._bars: list[tuple[float, str]] = []
        self._place_s = 0.0
        self._verdicts: dict[int, JudgedNote] = {}
        self._extras: list[ExtraNote] = []
        self._next: tuple[int, ...] = ()
        self._stretch: tuple[float, float] | None = None
        self._count = 0
        self._zoom = 1.0
        self._range, self._settled = KeyRange(), False
        self.large = False
        self.viewport = Viewport(1, 1, SECONDS, 48, 72)

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self._ink = ink
        self.update()

    def show_piece(
        self, piece: Piece, mine: tuple[PieceNote, ...], others: tuple[PieceNote, ...]
    ) -> None:
        """Draw another piece, or other parts of it."""
        self._mine, self._others = mine, others
        self._starts = [note.onset_s for note in mine]
        self._other_starts = [note.onset_s for note in others]
        lengths = [note.offset_s - note.onset_s for note in (*mine, *others)]
        self._longest_s = max(lengths, default=0.0)
        self._beats = beats_of(piece.bars)
        self._bars = [(bar.onset_s, bar.printed) for bar in piece.bars]
        self._verdicts, self._extras, self._next = {}, [], ()
        self._range = KeyRange()
        self._range.follow()
        self._settled = False
        self.update()

    def show_moment(
        self,
        place_s: float,
        verdicts: dict[int, JudgedNote],
        extras: list[ExtraNote],
        following: tuple[int, ...] = (),
        stretch: tuple[float, float] | None = None,
        count: int = 0,
    ) -> None:
        """Draw this moment.

        Args:
            place_s: second of the piece at the line of the present.
            verdicts: of notes, by their index.
            extras: notes that the piece does not have.
            following: pitches that are to be played next.
            stretch: what is repeated, in seconds of the piece.
            count: beats that are still counted, 0 for none.
        """
        self._place_s, self._verdicts, self._extras = place_s, verdicts, extras
        self._next, self._stretch, self._count = following, stretch, count
        if not self._settled:
            self.fit()
            self._range.jump_to_target()
            self._settled = True
        self.update()

    @property
    def seconds(self) -> float:
        """Seconds of the piece that are in view."""
        return (LARGE_SECONDS if self.large else SECONDS) * self._zoom

    def zoom(self, factor: float) -> None:
        """Show `factor` times as many seconds; 0 is the usual zoom."""
        usual = LARGE_SECONDS if self.large else SECONDS
        wanted = self._zoom * factor * usual if factor else usual
        self._zoom = min(max(wanted, SHORTEST_S), LONGEST_S) / usual
        self.update()

    def fit(self) -> Viewport:
        """The pitches that are or will soon be in view, in the size that there is."""
        first = bisect_left(self._starts, self.place_at(0))
        last = bisect_left(self._starts, self.place_at(1.4 * self.width()))
        near = [note.pitch for note in self._mine[first:last]]
        low, high = self._range.update(near, time.monotonic())
        size = max(self.width(), 1), max(self.height(), 1)
        self.viewport = Viewport(*size, self.seconds, low, high)
        return self.viewport

    def x_of(self, place_s: float) -> float:
        """Where a second of the piece is."""
        return PAST * self.width() + (place_s - self._place_s) * self.width() / self.seconds

    def place_at(self, x: float) -> float:
        """Second of the piece at a place."""
        return self._place_s + (x - PAST * self.width()) * self.seconds / max(self.width(), 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which second of the piece was clicked."""
        self.placed.emit(self.place_at(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom time in and out around the mouse."""
        self.zoom(0.85 ** (event.angleDelta().y() / 120))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw rows, bars, the other parts, the notes, the line of the present."""
        painter = QPainter(self)
        viewport = self.fit()
        painter.fillRect(self.rect(), QColor(self._ink.theme.window))
        draw_rows(painter, viewport, self._ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_stretch(painter)
        self._draw_bars(painter)
        self._draw_others(painter, viewport)
        self._draw_mine(painter, viewport)
        self._draw_extras(painter, viewport)
        x = PAST * self.width()
        painter.fillRect(QRectF(x - 1, 0, 2, self.height()), QColor(self._ink.theme.accent))
        self._draw_count(painter)
        painter.end()

    def _draw_stretch(self, painter: QPainter) -> None:
        """What is not repeated lies in the shade."""
        if self._stretch is None:
            return
        shade = QColor(self._ink.theme.black_row)
        shade.setAlpha(170)
        left, right = self.x_of(self._stretch[0]), self.x_of(self._stretch[1])
        if left > 0:
            painter.fillRect(QRectF(0, 0, left, self.height()), shade)
        if right < self.width():
            painter.fillRect(QRectF(right, 0, self.width() - right, self.height()), shade)

    def _draw_bars(self, painter: QPainter) -> None:
        theme, from_s, to_s = self._ink.theme, self.place_at(0), self.place_at(self.width())
        faint, strong = QColor(theme.faint), QColor(theme.dim)
        for beat_s, _ in self._beats[bisect_left(self._beats, (from_s,)) :]:
            if beat_s > to_s:
                break
            painter.fillRect(QRectF(round(self.x_of(beat_s)), 0, 1, self.height()), faint)
        painter.setFont(font((2 if self.large else 1) * TYPE.small, bold=True))
        strong.setAlpha(150)
        first = max(0, bisect_left(self._bars, (from_s,)) - 1)
        for begin_s, printed in self._bars[first:]:
            x = round(self.x_of(begin_s))
            if begin_s > to_s:
                break
            painter.fillRect(QRectF(x, 0, 1, self.height()), strong)
            painter.setPen(QColor(theme.dim))
            painter.drawText(QPointF(x + 5, (30 if self.large else 15)), printed)

    def _boxes(
        self, notes: tuple[PieceNote, ...], starts: list[float], viewport: Viewport
    ) -> list[tuple[int, QRectF]]:
        """(index, area) of the notes in view."""
        first = bisect_left(starts, self.place_at(0) - self._longest_s)
        last = bisect_left(starts, self.place_at(self.width()))
        height = max(viewport.row - 1.0, 3.0)
        boxes = []
        for index in range(first, last):
            note = notes[index]
            left, right = self.x_of(note.onset_s), self.x_of(note.offset_s)
            if right > 0:
                area = QRectF(left, viewport.y(note.pitch) + 0.5, max(right - left - 2, 4), height)
                boxes.append((index, area))
        return boxes

    def _draw_others(self, painter: QPainter, viewport: Viewport) -> None:
        colour = QColor(self._ink.theme.dim)
        colour.setAlpha(OTHERS_ALPHA)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for _, area in self._boxes(self._others, self._other_starts, viewport):
            quarter = area.height() / 4
            painter.drawRoundedRect(area.adjusted(0, quarter, 0, -quarter), 2, 2)

    def _draw_mine(self, painter: QPainter, viewport: Viewport) -> None:
        theme, ground = self._ink.theme, QColor(self._ink.theme.window)
        letters = int(min(viewport.row - 2, 26 if self.large else 13))
        for index, area in self._boxes(self._mine, self._starts, viewport):
            note, verdict = self._mine[index], self._verdicts.get(index)
            if verdict is not None:
                draw_verdict(painter, area, kind_of(verdict), theme, ground)
                self._draw_moment(painter, note, verdict, area)
                continue
            due = note.onset_s <= self._place_s - 0.15
            fill, text = self._ink.fill(note.pitch, 96)
            radius = min(4.0, area.height() / 2, area.width() / 2)
            if note.pitch in self._next and abs(note.onset_s - self._next_s()) < 0.035:
                painter.setPen(QPen(QColor(theme.text), 2))
            else:
                painter.setPen(Qt.PenStyle.NoPen)
            body = QColor(fill)
            body.setAlpha(150 if due else 255)
            painter.setBrush(body)
            painter.drawRoundedRect(area, radius, radius)
            if letters >= 7:
                name, width, height = self._ink.name(note.pitch, letters)
                if width + 6 > area.width():
                    name, width, height = self._ink.short_name(note.pitch, letters)
                if width + 4 <= area.width():
                    painter.setFont(font(letters, bold=True))
                    painter.setPen(text)
                    y = area.y() + (area.height() - height) / 2
                    painter.drawStaticText(QPointF(area.x() + 4, y), name)

    def _next_s(self) -> float:
        """When the notes that are to be played next are due: the first ones not judged."""
        index = bisect_left(self._starts, self._place_s - 0.06)
        while index < len(self._mine) and index in self._verdicts:
            index += 1
        return self._starts[index] if index < len(self._starts) else -1.0

    def _draw_moment(
        self, painter: QPainter, note: PieceNote, verdict: JudgedNote, area: QRectF
    ) -> None:
        """A stroke where an early or late note came."""
        if verdict.error_ms is None or kind_of(verdict) not in ("early", "late"):
            return
        x = self.x_of(note.onset_s + verdict.error_ms / 1000)
        colour = colour_of(verdict.judgement, self._ink.theme)
        painter.fillRect(QRectF(x - 1, area.y() - 3, 2, area.height() + 6), colour)

    def _draw_extras(self, painter: QPainter, viewport: Viewport) -> None:
        size = min(max(viewport.row - 2, 8.0), 18.0)
        for extra in self._extras:
            sure = extra.certainty >= 0.5
            kind = "extra" if sure else "unsure"
            x, y = self.x_of(extra.place_s), viewport.y(extra.pitch) + (viewport.row - size) / 2
            if -size < x < self.width():
                area = QRectF(x - size / 2, y, size, size)
                draw_mark(painter, kind, area, colour_of(kind, self._ink.theme))

    def _draw_count(self, painter: QPainter) -> None:
        if not self._count:
            return
        painter.setFont(font(min(self.height() / 3, 96), bold=True))
        painter.setPen(QColor(self._ink.theme.accent))
        area = QRectF(0, 0, PAST * self.width() - 12, self.height())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), str(self._count))
