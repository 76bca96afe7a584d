"""All bars of the piece in one strip: where one is, what went badly, what is repeated."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.style.note_style import NoteInk, font
from gui.style.theme import DARK, TYPE
from realtime.practice.live.plan import bar_lengths
from realtime.practice.pieces import Piece

HEIGHT = 26


class BarStrip(QWidget):
    """Shows the bars of a piece; a click chooses where to begin, a drag which bars repeat."""

    placed = Signal(int)
    """Index of the bar that was clicked on."""
    dragged = Signal(int, int)
    """Indices of the first and last bar that were dragged over."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        bind_text(self.setAccessibleName, tr("Bars"))
        bind_text(self.setToolTip, tr("Click a bar to begin there; drag over bars to repeat them"))
        self._ink = NoteInk(DARK, "letters")
        self._bars: list[tuple[float, float, str]] = []
        self._end_s = 1.0
        self._place_s = 0.0
        self._loop: tuple[int, int] | None = None
        self._mistakes: dict[int, int] = {}
        self._from: int | None = None
        self._moved = False

    def set_ink(self, ink: NoteInk) -> None:
        """Draw the bars in the colours of another theme."""
        self._ink = ink
        self.update()

    def show_piece(self, piece: Piece) -> None:
        """Draw the bars of another piece."""
        rows = zip(bar_lengths(piece.bars), piece.bars, strict=False)
        self._bars = [(begin, length, bar.printed) for (begin, length), bar in rows]
        self._end_s = max((begin + length for begin, length, _ in self._bars), default=1.0)
        self._mistakes, self._loop = {}, None
        self.update()

    def show_moment(
        self, place_s: float, loop: tuple[int, int] | None, mistakes: dict[int, int]
    ) -> None:
        """Draw the place in seconds, the bars that are repeated, and mistakes by index of bar."""
        now = (round(place_s, 2), loop, mistakes)
        if now != (round(self._place_s, 2), self._loop, self._mistakes):
            self._place_s, self._loop, self._mistakes = place_s, loop, mistakes
            self.update()

    def bar_at(self, x: float) -> int:
        """Index of the bar at so many pixels from the left."""
        wanted = x / max(self.width(), 1) * self._end_s
        found = [index for index, (begin, _, _) in enumerate(self._bars) if begin <= wanted]
        return found[-1] if found else 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag, or click."""
        if self._bars:
            self._from, self._moved = self.bar_at(event.position().x()), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Repeat what is dragged over."""
        if self._from is None:
            return
        here = self.bar_at(event.position().x())
        if here != self._from or self._moved:
            self._moved = True
            self.dragged.emit(min(self._from, here), max(self._from, here))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click without a drag begins there."""
        if self._from is not None and not self._moved:
            self.placed.emit(self._from)
        self._from = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bars as wide as they are long."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._ink.theme
        painter.fillRect(self.rect(), QColor(theme.surface))
        scale, free_x = self.width() / self._end_s, -1.0
        painter.setFont(font(TYPE.tiny))
        for index, (begin, length, printed) in enumerate(self._bars):
            area = QRectF(begin * scale + 1, 3, max(length * scale - 2, 1), HEIGHT - 6)
            looped = self._loop is not None and self._loop[0] <= index <= self._loop[1]
            painter.setPen(QPen(QColor(theme.accent), 1.5) if looped else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.hover if looped else theme.raised))
            painter.drawRoundedRect(area, 3, 3)
            if self._mistakes.get(index):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.error))
                painter.drawRect(QRectF(area.x() + 2, area.bottom() - 4, area.width() - 4, 3))
            if area.x() > free_x and area.width() >= 9:
                painter.setPen(QColor(theme.text if looped else theme.dim))
                painter.drawText(QPointF(area.x() + 4, area.y() + 13), printed)
                free_x = area.x() + 24
        x = min(max(self._place_s, 0.0), self._end_s) * scale
        painter.fillRect(QRectF(x - 1, 0, 2, HEIGHT), QColor(theme.accent))
        painter.end()
