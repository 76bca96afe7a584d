"""A tuner over the whole roll, to be read from two metres."""

from collections import deque

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.music.pitch_names import pitch_name
from gui.music.tuner import IN_TUNE_CENTS, Reading, cents_text
from gui.style.note_style import NoteInk, font
from gui.style.theme import DARK, SPACE

SCALE_CENTS = 50.0
HISTORY_S = 6.0
"""Seconds of the past that are drawn below the scale."""
HELD_S = 2.0
"""The last reading stays so long, dimmed, after its note has ended."""
NAME_PART, NAME_MOST = 0.34, 260
"""Height of the letters: part of the tuner, and pixels at most."""


class BigTuner(QWidget):
    """Shows one note with its cents on a scale of half a semitone to either side."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        bind_text(self.setAccessibleName, tr("Large tuner"))
        self._ink = NoteInk(DARK, "letters")
        self._reading: Reading | None = None
        self._at_s = 0.0
        """Stream time of the newest picture."""
        self._heard_s = -HELD_S
        """Stream time of the newest reading."""
        self._past: deque[tuple[float, float]] = deque()
        """(stream time, cents) of readings, the oldest first."""
        self.hide()

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self._ink = ink
        self.update()

    def show_reading(self, reading: Reading | None, stream_s: float) -> None:
        """Show this reading; the last one stays for a moment where there is none."""
        if stream_s < self._at_s:
            self._past.clear()
            self._heard_s = stream_s - HELD_S
        self._at_s = stream_s
        if reading is not None:
            if self._reading is None or reading.pitch != self._reading.pitch:
                self._past.clear()
            self._reading, self._heard_s = reading, stream_s
            self._past.append((stream_s, reading.cents))
        while self._past and self._past[0][0] < stream_s - HISTORY_S:
            self._past.popleft()
        if self.isVisible():
            self.setAccessibleDescription(self.text())
            self.update()

    def text(self) -> str:
        """What is shown, in words: "A4 +3 ¢"; "" where nothing is heard."""
        if self._reading is None or self._at_s - self._heard_s > HELD_S:
            return ""
        name = pitch_name(self._reading.pitch, self._ink.naming)
        return f"{name} {cents_text(self._reading.cents)}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw name, scale, needle, cents and the line of the last seconds."""
        theme = self._ink.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.window))
        if not self.text():
            painter.setFont(font(min(self.height() * 0.09, 34)))
            painter.setPen(QColor(theme.dim))
            painter.drawText(
                self.rect().adjusted(6 * SPACE, 0, -6 * SPACE, 0),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                tr("Play one note at a time"),
            )
            painter.end()
            return
        assert self._reading is not None
        cents = self._reading.cents
        fresh = self._at_s == self._heard_s
        right = abs(cents) <= IN_TUNE_CENTS
        colour = QColor(theme.good if right else theme.warning)
        colour.setAlphaF(1.0 if fresh else 0.45)
        name_px = min(self.height() * NAME_PART, NAME_MOST)
        self._draw_words(painter, name_px, colour)
        self._draw_scale(painter, name_px * 1.25, cents, colour, right)
        painter.end()

    def _draw_words(self, painter: QPainter, name_px: float, colour: QColor) -> None:
        """The note in the middle, the cents in figures at its right."""
        assert self._reading is not None
        name = pitch_name(self._reading.pitch, self._ink.naming)
        painter.setFont(font(name_px, bold=True))
        painter.setPen(QColor(self._ink.theme.text))
        area = QRectF(0, 0, self.width(), name_px * 1.25)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, name)
        wide = QFontMetricsF(painter.font()).horizontalAdvance(name)
        painter.setFont(font(name_px * 0.42, bold=True))
        painter.setPen(colour)
        left = self.width() / 2 + wide / 2 + 6 * SPACE
        painter.drawText(
            QRectF(left, 0, self.width() - left, name_px * 1.25),
            Qt.AlignmentFlag.AlignVCenter,
            cents_text(self._reading.cents),
        )

    def _draw_scale(
        self, painter: QPainter, top: float, cents: float, colour: QColor, right: bool
    ) -> None:
        """A scale with ten-cent marks, the needle, and where it was in the last seconds."""
        theme = self._ink.theme
        wide = min(self.width() - 16 * SPACE, 1100.0)
        middle, reach = self.width() / 2, wide / 2
        high = max((self.height() - top) * 0.36, 24.0)
        zone = reach * IN_TUNE_CENTS / SCALE_CENTS
        painter.setPen(Qt.PenStyle.NoPen)
        green = QColor(theme.good)
        green.setAlpha(60)
        painter.setBrush(green)
        painter.drawRect(QRectF(middle - zone, top, 2 * zone, self.height() - top - 2 * SPACE))
        for mark in range(-50, 51, 10):
            x = middle + reach * mark / SCALE_CENTS
            long = high if mark == 0 else high * (0.62 if mark % 50 == 0 else 0.4)
            painter.setPen(QPen(QColor(theme.text if mark == 0 else theme.dim), 3))
            painter.drawLine(QPointF(x, top + high - long), QPointF(x, top + high))
        x = middle + reach * min(max(cents / SCALE_CENTS, -1.0), 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        size = max(high * 0.34, 10.0)
        if right:
            painter.drawEllipse(QPointF(x, top + high / 2), size, size)
        else:  # the needle points to where it should go
            away = -size if cents > 0 else size
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(x - away, top + high / 2 - size),
                        QPointF(x - away, top + high / 2 + size),
                        QPointF(x + away, top + high / 2),
                    ]
                )
            )
        self._draw_past(painter, top + high + 2 * SPACE, middle, reach)

    def _draw_past(self, painter: QPainter, top: float, middle: float, reach: float) -> None:
        """The last seconds run downwards."""
        room = self.height() - top - 2 * SPACE
        if room < 4 * SPACE or len(self._past) < 2:
            return
        line = QPolygonF(
            [
                QPointF(
                    middle + reach * min(max(cents / SCALE_CENTS, -1.0), 1.0),
                    top + room * (self._at_s - second) / HISTORY_S,
                )
                for second, cents in self._past
            ]
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._ink.theme.text), 3))
        painter.drawPolyline(line)
