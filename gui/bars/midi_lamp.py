"""The lamp that says whether MIDI leaves, in the status bar and, when compact, beside the notes."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.controller.frame import Frame
from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.style.theme import DARK, Theme
from gui.widgets.plain import set_plain_tip

LAMP_S = 0.12
SIZE = 14


class Lamp(QWidget):
    """Lights for a moment when MIDI is sent; a struck-out ring while the user keeps it quiet."""

    def __init__(self) -> None:
        super().__init__()
        self.lit = self.muted = False
        self.theme = DARK
        self._sent, self._sent_at = 0, -LAMP_S
        bind_text(self.setAccessibleName, tr("MIDI activity"))
        bind_text(self.setToolTip, tr("MIDI activity"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Ask for the room of a small round lamp."""
        return QSize(SIZE, SIZE)

    def set_theme(self, theme: Theme) -> None:
        """Draw the lamp in the colours of another theme."""
        self.theme = theme
        self.update()

    def show_frame(self, frame: Frame) -> None:
        """Light, darken, or show that nothing leaves."""
        sent = frame.snapshot.midi_sent
        if sent > self._sent:
            self._sent_at = frame.wall_s
        self._sent = sent
        lit = frame.wall_s - self._sent_at < LAMP_S
        if (lit, frame.muted) == (self.lit, self.muted):
            return
        if frame.muted != self.muted:
            said = tr("MIDI is muted (M)") if frame.muted else ""
            bind_text(self.setAccessibleDescription, said)
            set_plain_tip(self, said or tr("MIDI activity"))
        self.lit, self.muted = lit, frame.muted
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lamp: bright just after a message left, crossed out while MIDI is muted."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.width() / 2, self.height() / 2)
        if self.muted:
            painter.setPen(QPen(QColor(self.theme.warning), 2.0))
            painter.drawEllipse(middle, 4.5, 4.5)
            painter.drawLine(middle + QPointF(-5, 5), middle + QPointF(5, -5))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.good if self.lit else self.theme.line))
            painter.drawEllipse(QRectF(middle.x() - 4, middle.y() - 4, 8, 8))
        painter.end()
