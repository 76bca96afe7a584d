"""The scrolling piano roll: time flows to the left, new notes leave the keys at the right."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.ink import NoteInk, font
from gui.pitch_names import is_black
from gui.roll_geometry import NoteBox, Viewport
from gui.status_text import duration
from gui.theme import DARK, TYPE
from gui.words import tr
from realtime.snapshot import RollNote

SMALLEST_LETTERS = 8
LARGEST_LETTERS = 12
NAME_MARGIN = 2.5
FADE_WIDTH = 48
GLOW_ALPHA = ((5.0, 26), (2.5, 52))
"""(pixels around a sounding note, opacity) of its halo."""


class PianoRoll(QWidget):
    """Draws the notes of one viewport at one moment; `show_notes` changes both."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Piano roll"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 60)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._ground: QPixmap | None = None
        self._ground_key: tuple[object, ...] = ()
        self._notes: Sequence[RollNote] = ()
        self._now_s = 0.0
        self._viewport = Viewport(1.0, 1.0, 8.0, 48.0, 83.0)
        self.set_ink(NoteInk(DARK, "letters"))

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self._ink = ink
        self._ground = None
        self.update()

    def show_notes(self, notes: Sequence[RollNote], now_s: float, viewport: Viewport) -> None:
        """Draw these notes; `now_s` is the right edge."""
        self._notes, self._now_s, self._viewport = notes, now_s, viewport
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw one frame."""
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ground_pixmap())
        self._draw_grid(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        boxes = self._viewport.boxes(self._notes, self._now_s)
        for box in boxes:
            self._draw_body(painter, box)
        self._draw_names(painter, boxes)
        self._draw_edges(painter)
        painter.end()

    def _draw_body(self, painter: QPainter, box: NoteBox) -> None:
        colour, _ = self._ink.fill(box.pitch, box.velocity)
        radius = min(3.0, box.height / 2, box.width / 2)
        if box.sounding:
            for reach, alpha in GLOW_ALPHA:
                halo = QColor(colour)
                halo.setAlpha(alpha)
                painter.setBrush(halo)
                painter.drawRoundedRect(
                    QRectF(
                        box.x - reach, box.y - reach, box.width + 2 * reach, box.height + 2 * reach
                    ),
                    radius + reach,
                    radius + reach,
                )
            colour = colour.lighter(118) if self._ink.theme.is_dark else colour.darker(112)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(box.x, box.y, box.width, box.height), radius, radius)

    def _draw_names(self, painter: QPainter, boxes: Sequence[NoteBox]) -> None:
        """Names on the notes that have room, without octave where only that fits."""
        letters = int(min(self._viewport.row, LARGEST_LETTERS + 2.0)) - 1
        if letters < SMALLEST_LETTERS:
            return
        painter.setFont(font(letters, bold=True))
        for box in boxes:
            left = max(box.x, 0.0)
            room = box.x + box.width - left - 2 * NAME_MARGIN
            text, width, height = self._ink.name(box.pitch, letters)
            if width > room:
                text, width, height = self._ink.short_name(box.pitch, letters)
                if width > room:
                    continue
            painter.setPen(self._ink.fill(box.pitch, box.velocity)[1])
            x = left + min(NAME_MARGIN + 2.0, (room - width) / 2 + NAME_MARGIN)
            painter.drawStaticText(QPointF(x, box.y + (box.height - height) / 2), text)
        painter.setPen(Qt.PenStyle.NoPen)

    def _draw_grid(self, painter: QPainter) -> None:
        theme, viewport = self._ink.theme, self._viewport
        painter.setFont(font(TYPE.tiny))
        faint, strong, dim = QPen(QColor(theme.faint)), QPen(QColor(theme.line)), QColor(theme.dim)
        height = self.height()
        for moment in viewport.grid_times(self._now_s):
            x = round(viewport.x(moment, self._now_s))
            whole = abs(moment - round(moment)) < 1e-6
            painter.setPen(strong if whole and round(moment) % 5 == 0 else faint)
            painter.drawLine(x, 0, x, height)
            if whole:
                painter.setPen(dim)
                painter.drawText(x + 4, TYPE.tiny + 3, duration(moment))

    def _draw_edges(self, painter: QPainter) -> None:
        """Old notes fade out at the left; at the right a line says now."""
        ground = QColor(self._ink.theme.window)
        clear = QColor(ground)
        clear.setAlpha(0)
        fade = QLinearGradient(0, 0, FADE_WIDTH, 0)
        fade.setColorAt(0.0, ground)
        fade.setColorAt(1.0, clear)
        painter.fillRect(QRectF(0, 0, FADE_WIDTH, self.height()), fade)
        painter.fillRect(
            QRectF(self.width() - 1.5, 0, 1.5, self.height()), QColor(self._ink.theme.accent)
        )

    def _ground_pixmap(self) -> QPixmap:
        """Rows of white and black keys, and the line under every C; redrawn when the view moves."""
        viewport, theme, ratio = self._viewport, self._ink.theme, self.devicePixelRatioF()
        key = (self.width(), self.height(), viewport.low, viewport.high, theme.name, ratio)
        if self._ground is not None and key == self._ground_key:
            return self._ground
        ground = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        ground.setDevicePixelRatio(ratio)
        ground.fill(QColor(theme.window))
        painter = QPainter(ground)
        black, faint, strong = QColor(theme.black_row), QColor(theme.faint), QColor(theme.line)
        for pitch in range(int(viewport.low) - 1, int(viewport.high) + 2):
            top = viewport.y(pitch)
            if is_black(pitch):
                painter.fillRect(QRectF(0, top, self.width(), viewport.row), black)
            elif pitch % 12 in (0, 5) and top + viewport.row > 1.0:
                line = strong if pitch % 12 == 0 else faint
                painter.fillRect(QRectF(0, top + viewport.row - 0.5, self.width(), 1), line)
        painter.end()
        self._ground, self._ground_key = ground, key
        return ground
