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


def _keep(path: QPainterPath) -> None:
    path.arcMoveTo(QRectF(2.5, 2.5, 11, 11), 150)
    path.arcTo(QRectF(2.5, 2.5, 11, 11), 150, -300)
    _line(path, (2.2, 2.2), (2.6, 5.6), (6, 5.2))
    _line(path, (8, 5), (8, 8.3), (10.2, 9.8))


def _panic(path: QPainterPath) -> None:
    _line(path, (8, 2.2), (14.3, 13.3), (1.7, 13.3), (8, 2.2))
    _line(path, (8, 6.2), (8, 9.4))
    _line(path, (8, 11.2), (8, 11.5))


def _tune(path: QPainterPath) -> None:
    for y, x in ((4, 10.5), (8, 5), (12, 9)):
        _line(path, (2, y), (x - 1.7, y))
        _line(path, (x + 1.7, y), (14, y))
        path.addEllipse(QPointF(x, y), 1.7, 1.7)


def _practice(path: QPainterPath) -> None:
    """Notes on their way to a line, one of them hit."""
    _line(path, (4.5, 2), (4.5, 14))
    for y, x, end in ((4.2, 7.5, 13.5), (8, 4.5, 9.5), (11.8, 8.5, 12)):
        _line(path, (x, y), (end, y))


def _headphones(path: QPainterPath) -> None:
    path.moveTo(2.4, 10.5)
    path.cubicTo(2.4, 0.4, 13.6, 0.4, 13.6, 10.5)
    path.addRoundedRect(QRectF(2.4, 8.8, 2.8, 5), 1.1, 1.1)
    path.addRoundedRect(QRectF(10.8, 8.8, 2.8, 5), 1.1, 1.1)


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


def _pause(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(4, 3.2, 3, 9.6), 0.8, 0.8)
    path.addRoundedRect(QRectF(9, 3.2, 3, 9.6), 0.8, 0.8)


def _loop(path: QPainterPath) -> None:
    _line(path, (2.5, 8.5), (2.5, 6.5), (4, 5), (13, 5))
    _line(path, (10.8, 2.6), (13.2, 5), (10.8, 7.4))
    _line(path, (13.5, 7.9), (13.5, 9.9), (12, 11.4), (3, 11.4))
    _line(path, (5.2, 9), (2.8, 11.4), (5.2, 13.8))


def _undo(path: QPainterPath) -> None:
    _turn(path, 1.0, 0.0)


def _redo(path: QPainterPath) -> None:
    _turn(path, -1.0, 16.0)


def _turn(path: QPainterPath, side: float, origin: float) -> None:
    _line(path, *((origin + side * x, y) for x, y in ((6, 2.5), (2.5, 6), (6, 9.5))))
    path.moveTo(origin + side * 2.8, 6)
    path.lineTo(origin + side * 9, 6)
    path.cubicTo(
        *(origin + side * 14.5, 6), *(origin + side * 14.5, 13.2), *(origin + side * 8, 13.2)
    )


def _trash(path: QPainterPath) -> None:
    _line(path, (2.5, 4.2), (13.5, 4.2))
    _line(path, (6, 4), (6, 2.3), (10, 2.3), (10, 4))
    _line(path, (4, 4.5), (4.6, 13.7), (11.4, 13.7), (12, 4.5))
    _line(path, (6.9, 7), (6.9, 11))
    _line(path, (9.1, 7), (9.1, 11))


def _delete(path: QPainterPath) -> None:
    _line(path, (5.4, 3.2), (14, 3.2), (14, 12.8), (5.4, 12.8), (1.6, 8), (5.4, 3.2))
    _cross(path, 9.2, 8, 2)


def _drop_version(path: QPainterPath) -> None:
    _line(path, (5, 2.2), (13.8, 2.2), (13.8, 10.6))
    path.addRoundedRect(QRectF(2.2, 5, 8.8, 8.8), 1.2, 1.2)
    _cross(path, 6.6, 9.4, 1.8)


def _cross(path: QPainterPath, x: float, y: float, reach: float) -> None:
    _line(path, (x - reach, y - reach), (x + reach, y + reach))
    _line(path, (x - reach, y + reach), (x + reach, y - reach))


def _merge(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(1.8, 5.5, 12.4, 5), 1.4, 1.4)
    _line(path, (8, 2.2), (8, 4))
    _line(path, (8, 12), (8, 13.8))


def _refine(path: QPainterPath) -> None:
    _line(path, (7, 2), (8.4, 6.6), (13, 8), (8.4, 9.4), (7, 14), (5.6, 9.4), (1, 8), (5.6, 6.6))
    path.closeSubpath()
    _line(path, (13, 1.6), (13, 4.4))
    _line(path, (11.6, 3), (14.4, 3))


def _folder(path: QPainterPath) -> None:
    _line(path, (2, 12.8), (2, 3.4), (6.2, 3.4), (7.8, 5.2), (14, 5.2), (14, 12.8), (2, 12.8))


def _takes(path: QPainterPath) -> None:
    for y in (4, 8, 12):
        _line(path, (2.4, y), (2.6, y))
        _line(path, (5.5, y), (13.5, y))


def _rename(path: QPainterPath) -> None:
    _line(path, (2.5, 13.5), (3.2, 10.4), (10.9, 2.7), (13.3, 5.1), (5.6, 12.8), (2.5, 13.5))
    _line(path, (9.2, 4.4), (11.6, 6.8))


def _back(path: QPainterPath) -> None:
    _line(path, (9.8, 3.2), (5, 8), (9.8, 12.8))


def _line(path: QPainterPath, *points: tuple[float, float]) -> None:
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)


FILLED: dict[str, Callable[[QPainterPath], None]] = {
    "record": _record,
    "stop": _stop,
    "play": _play,
    "pause": _pause,
}
DRAWN: dict[str, Callable[[QPainterPath], None]] = {
    "save": _save,
    "keep": _keep,
    "panic": _panic,
    "tune": _tune,
    "headphones": _headphones,
    "menu": _menu,
    "compact": _compact,
    "microphone": _microphone,
    "file": _file,
    "loop": _loop,
    "undo": _undo,
    "redo": _redo,
    "trash": _trash,
    "delete": _delete,
    "drop_version": _drop_version,
    "merge": _merge,
    "refine": _refine,
    "folder": _folder,
    "takes": _takes,
    "back": _back,
    "practice": _practice,
    "rename": _rename,
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
