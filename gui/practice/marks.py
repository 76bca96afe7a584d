"""How verdicts look: each has a colour and a shape, so that nobody needs to tell colours apart."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gui.style.theme import Theme

KINDS = ("right", "early", "late", "wrong", "missed", "extra", "unsure")


def colour_of(kind: str, theme: Theme) -> QColor:
    """The colour of a verdict."""
    colours = {
        "right": theme.good,
        "early": theme.accent,
        "late": theme.warning,
        "wrong": theme.error,
        "extra": theme.error,
    }
    return QColor(colours.get(kind, theme.dim))


def mark_path(kind: str, area: QRectF) -> QPainterPath:
    """The shape of a verdict in a square.

    A tick, a chevron back or on, a cross, an empty ring, a rhombus, a dot.
    """
    path = QPainterPath()
    if kind == "missed":
        path.addEllipse(area)
        return path
    if kind == "unsure":
        third = area.width() / 3
        path.addEllipse(area.adjusted(third, third, -third, -third))
        return path
    lines = {
        "right": ((0.0, 0.55), (0.36, 0.9), (1.0, 0.12)),
        "early": ((0.75, 0.0), (0.2, 0.5), (0.75, 1.0)),
        "late": ((0.25, 0.0), (0.8, 0.5), (0.25, 1.0)),
        "extra": ((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5), (0.5, 0.0)),
        "wrong": ((0.05, 0.05), (0.95, 0.95)),
    }
    _line(path, area, lines[kind])
    if kind == "wrong":
        _line(path, area, ((0.95, 0.05), (0.05, 0.95)))
    return path


def _line(path: QPainterPath, area: QRectF, points: tuple[tuple[float, float], ...]) -> None:
    places = [QPointF(area.x() + x * area.width(), area.y() + y * area.height()) for x, y in points]
    path.moveTo(places[0])
    for place in places[1:]:
        path.lineTo(place)


def draw_mark(painter: QPainter, kind: str, area: QRectF, colour: QColor) -> None:
    """Draw the shape of a verdict, filled where it encloses something."""
    pen = QPen(colour, max(1.6, area.width() / 6))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    filled = kind in ("extra", "unsure")
    painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
    painter.drawPath(mark_path(kind, area))


def draw_verdict(painter: QPainter, box: QRectF, kind: str, theme: Theme, ground: QColor) -> None:
    """Draw a note that was judged, with its mark at its beginning.

    Args:
        painter: with antialiasing.
        box: of the note.
        kind: right | early | late | wrong | missed | unsure.
        theme: for the colours.
        ground: what is behind the note.
    """
    colour = colour_of(kind, theme)
    radius = min(4.0, box.height() / 2, box.width() / 2)
    solid = kind in ("right", "early", "late")
    body = QColor(colour)
    body.setAlpha(255 if solid else 40)
    painter.setBrush(body)
    if solid:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        style = Qt.PenStyle.DotLine if kind in ("missed", "unsure") else Qt.PenStyle.SolidLine
        painter.setPen(QPen(colour, 1.6, style))
    painter.drawRoundedRect(box, radius, radius)
    size = min(max(box.height() - 5, 6.0), 16.0)
    if box.width() >= size + 4:
        y = box.center().y() - size / 2
        ink = QColor(ground) if solid else colour
        draw_mark(painter, kind, QRectF(box.x() + 4, y, size, size), ink)
