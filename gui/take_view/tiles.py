"""Pictures of a take, cut into tiles that are painted once: scrolling only moves them."""

from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPixmap

WIDTH = 256
"""Of a tile, in logical pixels."""
KEPT = 96


class Tiles:
    """Keeps the tiles of one zoom; forgets all when the zoom, score or colours change.

    Args:
        paint: (painter, first second of the tile, its seconds) paints one tile.
    """

    def __init__(self, paint: Callable[[QPainter, float, float], None]) -> None:
        self._paint = paint
        self._key: object = None
        self._tiles: OrderedDict[int, QPixmap] = OrderedDict()
        self.painted = 0
        """Tiles painted so far."""

    def draw(
        self,
        painter: QPainter,
        start_s: float,
        per_second: float,
        size: tuple[int, int],
        key: object,
    ) -> None:
        """Draw the view that begins at `start_s`; `size` in logical pixels."""
        ratio = painter.device().devicePixelRatioF()
        whole_key = (key, per_second, size[1], ratio)
        if whole_key != self._key:
            self._key = whole_key
            self._tiles.clear()
        left = round(start_s * per_second * ratio) / ratio
        for index in range(int(left // WIDTH), int((left + size[0]) // WIDTH) + 1):
            tile = self._tiles.get(index)
            if tile is None:
                tile = self._tiles[index] = self._painted(index, per_second, size[1], ratio)
            self._tiles.move_to_end(index)
            painter.drawPixmap(QPointF(index * WIDTH - left, 0), tile)
        while len(self._tiles) > KEPT:
            self._tiles.popitem(last=False)

    def _painted(self, index: int, per_second: float, height: int, ratio: float) -> QPixmap:
        tile = QPixmap(round(WIDTH * ratio), max(round(height * ratio), 1))
        tile.setDevicePixelRatio(ratio)
        painter = QPainter(tile)
        self._paint(painter, index * WIDTH / per_second, WIDTH / per_second)
        painter.end()
        self.painted += 1
        return tile
