"""Two small rolls: what was heard of the player's own phrase before and after the lesson."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.language.bound_texts import bind_text, follow_language
from gui.language.translate import Text, plural, tr
from gui.style.note_style import NoteInk, font
from gui.style.theme import SPACE, TYPE

Notes = Sequence[tuple[float, float, int]]
"""Onset and end in seconds, MIDI pitch."""
WIDTH, HEIGHT, CAPTION = 700, 150, 20
FEWEST_ROWS = 12
LOUDNESS = 100


class PhraseComparison(QWidget):
    """Draws a phrase as it was heard before and after, side by side, on the same scale."""

    def __init__(self, ink: NoteInk) -> None:
        super().__init__()
        self._ink = ink
        self._rolls: tuple[Notes, Notes] = ((), ())
        self.setMinimumSize(WIDTH, HEIGHT)
        bind_text(self.setAccessibleName, tr("Your phrase"))
        follow_language(self.update)

    def sizeHint(self) -> QSize:
        """Ask for room for both pictures, before and after."""
        return self.minimumSize()

    def show_phrase(self, before: Notes, after: Notes) -> None:
        """Show what was heard of the phrase before and after the lesson."""
        self._rolls = before, after
        bind_text(self.setAccessibleDescription, Text(lambda: " ".join(self._captions())))
        self.update()

    def _captions(self) -> list[str]:
        before, after = (plural(len(notes), "note", "notes") for notes in self._rolls)
        return [
            tr("Your phrase before: {count}", count=before),
            tr("Now: {count}", count=after),
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw captions, grounds and notes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        both = [*self._rolls[0], *self._rolls[1]]
        low = min((note[2] for note in both), default=60) - 1
        high = max(max((note[2] for note in both), default=72) + 1, low + FEWEST_ROWS)
        seconds = max((note[1] for note in both), default=1.0)
        width = (self.width() - 3 * SPACE) / 2
        for place, notes in enumerate(self._rolls):
            area = QRectF(place * (width + 3 * SPACE), CAPTION, width, self.height() - CAPTION)
            painter.setFont(font(TYPE.body))
            painter.setPen(QColor(self._ink.theme.dim))
            caption = QRectF(area.x(), 0, width, CAPTION)
            painter.drawText(caption, Qt.AlignmentFlag.AlignLeft, self._captions()[place])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._ink.theme.black_row))
            painter.drawRoundedRect(area, 4, 4)
            row = area.height() / (high - low + 1)
            for onset, end, pitch in notes:
                left = area.x() + onset / seconds * width
                length = max((end - onset) / seconds * width, 2.0)
                painter.setBrush(self._ink.fill(pitch, LOUDNESS)[0])
                box = QRectF(left, area.y() + (high - pitch) * row, length, max(row - 1, 2.0))
                painter.drawRoundedRect(box, 2, 2)
        painter.end()
