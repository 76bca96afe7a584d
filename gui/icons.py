"""The icons: paths in a square of 16 units, sharp at every scale, coloured by the theme."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

SIZES = (16, 32, 48)


def _record(path: QPainterPath) -> None:
    path.addEllipse(QPointF(8, 8), 5, 5)


def _stop(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(3.5, 3.5, 9, 9), 1.5, 1.5)


def _play(path: QPainterPath) -> None:
    path.moveTo(5, 3)
    path.lineTo(13, 8)
    path.lineTo(5, 13)
    path.closeSubpath()


def _save(path: QPainterPath) -> None:
    _line(path, (8, 2), (8, 10))
    _line(path, (4.7, 6.8), (8, 10), (11.3, 6.8))
    _line(path, (2.5, 11), (2.5, 13.5), (13.5, 13.5), (13.5, 11))


def _panic(path: QPainterPath) -> None:
    _line(path, (8, 2.2), (14.3, 13.3), (1.7, 13.3), (8, 2.2))
    _line(path, (8, 6.2), (8, 9.4))
    _line(path, (8, 11.2), (8, 11.5))


def _tune(path: QPainterPath) -> None:
    for y, x in ((4, 10.5), (8, 5), (12, 9)):
        _line(path, (2, y), (x - 1.7, y))
        _line(path, (x + 1.7, y), (14, y))
        path.addEllipse(QPointF(x, y), 1.7, 1.7)


def _menu(path: QPainterPath) -> None:
    for y in (4, 8, 12):
        _line(path, (2.5, y), (13.5, y))


def _compact(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(2, 3, 12, 10), 1.5, 1.5)
    path.addRoundedRect(QRectF(7.5, 8, 5, 3.5), 0.8, 0.8)


def _microphone(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(5.7, 1.8, 4.6, 7.4), 2.3, 2.3)
    path.moveTo(3.2, 7.6)
    path.cubicTo(3.2, 13.2, 12.8, 13.2, 12.8, 7.6)
    _line(path, (8, 11.8), (8, 14.2))


def _file(path: QPainterPath) -> None:
    _line(path, (4.5, 12), (4.5, 3.5), (12.5, 2), (12.5, 10.5))
    path.addEllipse(QPointF(3, 12), 1.6, 1.6)
    path.addEllipse(QPointF(11, 10.5), 1.6, 1.6)


def _line(path: QPainterPath, *points: tuple[float, float]) -> None:
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)


FILLED: dict[str, Callable[[QPainterPath], None]] = {
    "record": _record,
    "stop": _stop,
    "play": _play,
}
DRAWN: dict[str, Callable[[QPainterPath], None]] = {
    "save": _save,
    "panic": _panic,
    "tune": _tune,
    "menu": _menu,
    "compact": _compact,
    "microphone": _microphone,
    "file": _file,
}


def icon(name: str, colour: str, disabled: str = "") -> QIcon:
    """The icon `name` in a colour, and in another for a disabled control."""
    made = QIcon()
    for size in SIZES:
        made.addPixmap(_pixmap(name, size, colour), QIcon.Mode.Normal)
        if disabled:
            made.addPixmap(_pixmap(name, size, disabled), QIcon.Mode.Disabled)
    return made


def application_icon(ground: str, notes: tuple[str, ...]) -> QIcon:
    """Four rising notes on a rounded square."""
    made = QIcon()
    for size in (16, 32, 64, 128, 256):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size / 16, size / 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(0, 0, 16, 16), 3.5, 3.5)
        places = ((2, 10.5, 4), (5, 7.8, 4), (8, 5.1, 4), (10.5, 2.4, 3.5))
        for (x, y, width), colour in zip(places, notes, strict=False):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(x, y, width, 2.2), 1, 1)
        painter.end()
        made.addPixmap(pixmap)
    return made


def _pixmap(name: str, size: int, colour: str) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    path = QPainterPath()
    (FILLED.get(name) or DRAWN[name])(path)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 16, size / 16)
    if name in FILLED:
        painter.fillPath(path, QColor(colour))
    else:
        pen = QPen(QColor(colour), 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, pen)
    painter.end()
    return pixmap
