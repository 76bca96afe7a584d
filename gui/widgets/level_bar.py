"""The input level meter, with peak hold and clip lamp."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.style.theme import DARK, Theme
from gui.widgets.level import Level, position

SEGMENTS = 30
WARM_DB, HOT_DB = -12.0, -3.0


class LevelBar(QWidget):
    """A row of segments; the rightmost lamp lights when the input clips and stays a while."""

    def __init__(self) -> None:
        super().__init__()
        bind_text(self.setAccessibleName, tr("Input level"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(72)
        self.level = Level()
        self._theme = DARK

    def sizeHint(self) -> QSize:
        """Wide enough to read, as high as the pickers."""
        return QSize(150, 28)

    def set_theme(self, theme: Theme) -> None:
        """Draw the meter in the colours of another theme."""
        self._theme = theme
        self.update()

    def show_level(self, level: Level) -> None:
        """Show this level, and whether it clips; the tip says the peak in decibels."""
        if level == self.level:
            return
        if level.clipped != self.level.clipped:
            bind_text(self.setAccessibleDescription, tr("clipping") if level.clipped else "")
        self.level = level
        peak = f"{level.peak_db:.0f} dB" if level.peak_db > -119 else tr("silence")
        bind_text(self.setToolTip, tr("Input level, peak {peak}", peak=peak))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the segments, the peak and the clip lamp."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        top, height = self.height() / 2 - 6.0, 12.0
        lamp = 14.0
        width = self.width() - lamp - 4.0
        count = min(SEGMENTS, max(int(width / 5), 4))
        step = width / count
        peak_segment = round(self.level.peak * count) - 1
        for index in range(count):
            part = (index + 0.5) / count
            colour = QColor(self._segment_colour(part))
            if part > self.level.bar and index != peak_segment:
                colour = QColor(theme.line)
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(index * step, top, step - 1.5, height), 1.2, 1.2)
        painter.setBrush(QColor(theme.error if self.level.clipped else theme.line))
        painter.drawRoundedRect(QRectF(self.width() - lamp, top, lamp, height), 3, 3)
        if self.level.clipped:
            painter.setPen(QColor(theme.on_record))
            painter.drawText(
                QRectF(self.width() - lamp, top, lamp, height), Qt.AlignmentFlag.AlignCenter, "!"
            )
        painter.end()

    def _segment_colour(self, part: float) -> str:
        if part >= position(HOT_DB):
            return self._theme.error
        return self._theme.warning if part >= position(WARM_DB) else self._theme.good
