"""A shade that fades from left to right, painted once.

Qt hands gradients to a pool of threads and waits for them: on a busy machine that takes longer than
all the rest of a frame. A picture that is copied does not wait.
"""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPixmap


class Fade:
    """Fades an edge out over a given width, as high as the widget it is drawn on.

    Args:
        width: in logical pixels.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._picture = QPixmap()
        self._key: object = None

    def draw(self, painter: QPainter, height: int, colour: QColor) -> None:
        """Paint a fade from this colour at the left edge to nothing."""
        ratio = painter.device().devicePixelRatioF()
        key = (height, ratio, colour.rgba())
        if key != self._key:
            self._key = key
            self._picture = self._painted(height, ratio, colour)
        painter.drawPixmap(QPointF(0, 0), self._picture)

    def _painted(self, height: int, ratio: float, colour: QColor) -> QPixmap:
        picture = QPixmap(max(round(self._width * ratio), 1), max(round(height * ratio), 1))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        clear = QColor(colour)
        clear.setAlpha(0)
        shade = QLinearGradient(0, 0, self._width, 0)
        shade.setColorAt(0.0, colour)
        shade.setColorAt(1.0, clear)
        painter = QPainter(picture)
        painter.fillRect(picture.rect(), shade)
        painter.end()
        return picture
