"""The line at the bottom: device, delay, speed, loss, model, MIDI lamp. A click copies a report."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui.frame import Frame
from gui.status_text import short_name, status_items
from gui.theme import DARK, SPACE, Theme
from gui.words import tr

REFRESH_S = 0.25
"""Figures that change faster than this cannot be read."""
LAMP_S = 0.12
PRIORITY = {"input": 0, "latency": 0, "lost": 560, "speed": 700, "model": 820}
"""Narrowest window that still has room for each cell."""


class Lamp(QWidget):
    """Lights for a moment when MIDI is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.lit = False
        self.theme = DARK
        self.setAccessibleName(tr("MIDI activity"))

    def sizeHint(self) -> QSize:
        """A small round lamp."""
        return QSize(10, 10)

    def show_lit(self, lit: bool) -> None:
        """Light or darken."""
        if lit != self.lit:
            self.lit = lit
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lamp."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.good if self.lit else self.theme.line))
        painter.drawEllipse(QRectF(1, self.height() / 2 - 4, 8, 8))
        painter.end()


class StatusBar(QWidget):
    """One line of figures."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Status"))
        self.setToolTip(tr("Click to copy a report"))
        self._cells: dict[str, QLabel] = {}
        self._shown_at = -REFRESH_S
        self._sent = 0
        self._sent_at = -LAMP_S
        self.lamp = Lamp()
        self.midi = _cell()
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE * 4, SPACE - 1, SPACE * 3, SPACE)
        row.setSpacing(SPACE * 5)
        for name in ("input", "latency", "speed", "lost", "model"):
            self._cells[name] = _cell()
            row.addWidget(self._cells[name])
        row.addStretch(1)
        tail = QHBoxLayout()
        tail.setSpacing(SPACE)
        tail.addWidget(self.midi)
        tail.addWidget(self.lamp)
        row.addLayout(tail)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.lamp.theme = theme
        self.lamp.update()

    def show_frame(self, frame: Frame) -> None:
        """Show the figures of this moment."""
        snapshot = frame.snapshot
        if snapshot.midi_sent > self._sent:
            self._sent_at = frame.wall_s
        self._sent = snapshot.midi_sent
        self.lamp.show_lit(frame.wall_s - self._sent_at < LAMP_S)
        if frame.wall_s - self._shown_at < REFRESH_S:
            return
        self._shown_at = frame.wall_s
        port = short_name(snapshot.midi_name, 22)
        muted = frame.settings.midi_muted and bool(port)
        words = tr("MIDI: {port}", port=port) if port else tr("MIDI off")
        if muted and frame.muted:
            words = tr("MIDI is muted (M)")
        elif muted:
            words = tr("MIDI is quiet while a take plays")
        self.midi.setText(words)
        for item in status_items(snapshot):
            cell = self._cells[item.name]
            cell.setText(item.text)
            cell.setToolTip(item.tip)
            if cell.property("worry") != item.worry:
                cell.setProperty("worry", item.worry)
                cell.style().unpolish(cell)
                cell.style().polish(cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click copies a report."""
        self.clicked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        for name, cell in self._cells.items():
            cell.setVisible(self.width() >= PRIORITY[name])


def _cell() -> QLabel:
    label = QLabel()
    label.setObjectName("status")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setMinimumWidth(20)
    return label
