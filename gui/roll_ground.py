"""What lies under the notes: rows of keys and the grid of time."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gui.ink import NoteInk, font
from gui.pitch_names import is_black
from gui.roll_geometry import Viewport
from gui.status_text import duration
from gui.theme import TYPE


def draw_rows(painter: QPainter, viewport: Viewport, ink: NoteInk) -> None:
    """Rows of white and black keys, a line under every C and a faint one under every F."""
    theme, width = ink.theme, viewport.width
    painter.fillRect(QRectF(0, 0, width, viewport.height), QColor(theme.window))
    black, faint, strong = QColor(theme.black_row), QColor(theme.faint), QColor(theme.line)
    for pitch in range(int(viewport.low) - 1, int(viewport.high) + 2):
        top = viewport.y(pitch)
        bottom = top + viewport.row
        if is_black(pitch):
            painter.fillRect(QRectF(0, top, width, viewport.row), black)
        elif pitch % 12 in (0, 5) and bottom > 1.0:
            line = strong if pitch % 12 == 0 else faint
            painter.fillRect(QRectF(0, bottom - 0.5, width, 1), line)


def draw_grid(painter: QPainter, viewport: Viewport, end_s: float, ink: NoteInk) -> None:
    """Lines of time with their labels; `end_s` is the right edge."""
    theme = ink.theme
    painter.setFont(font(TYPE.tiny))
    faint, strong, dim = QPen(QColor(theme.faint)), QPen(QColor(theme.line)), QColor(theme.dim)
    for moment in viewport.grid_times(end_s):
        x = round(viewport.x(moment, end_s))
        whole = abs(moment - round(moment)) < 1e-6
        painter.setPen(strong if whole and round(moment) % 5 == 0 else faint)
        painter.drawLine(x, 0, x, round(viewport.height))
        if whole:
            painter.setPen(dim)
            painter.drawText(x + 4, TYPE.tiny + 3, duration(moment))
