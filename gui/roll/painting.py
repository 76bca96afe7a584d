"""Draws notes: bodies (hollow where unsure), halos of sounding ones, names where there is room."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QStaticText

from gui.language.formats import duration
from gui.music.pitch_names import is_black
from gui.roll.geometry import NoteBox, Viewport
from gui.style.note_style import NoteInk, font
from gui.style.theme import TYPE

SMALLEST_LETTERS = 7


LARGEST_LETTERS = 12


NAME_MARGIN = 2.5


RADIUS = 3.0


OUTLINE = 1.5


HOLLOW_ALPHA = 34
"""Opacity, of 255, of what is inside an unsure note."""


HALO = ((5.0, 26), (2.5, 52))
"""(pixels around a sounding note, opacity) of its halo."""


def draw_notes(painter: QPainter, boxes: Sequence[NoteBox], ink: NoteInk, row: float) -> None:
    """Draw the notes and their names; `row` is the height of a semitone."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for box in boxes:
        _draw_body(painter, box, ink)
    letters = _letters(row)
    if letters:
        painter.setFont(font(letters, bold=True))
        for box in boxes:
            _draw_name(painter, box, ink, letters)


def name_areas(boxes: Sequence[NoteBox], ink: NoteInk, row: float) -> list[QRectF]:
    """Where the names of notes stand, for what must not cross them."""
    letters = _letters(row)
    placed = [_place_name(box, ink, letters) for box in boxes] if letters else []
    return [found[1] for found in placed if found is not None]


def _letters(row: float) -> int:
    """Size of the names' letters in rows so high; 0 where there is no room for names."""
    letters = int(min(row, LARGEST_LETTERS + 2.0)) - 1
    return letters if letters >= SMALLEST_LETTERS else 0


def draw_blocks(painter: QPainter, boxes: Sequence[NoteBox], ink: NoteInk) -> None:
    """Draw many small notes fast: plain rectangles, no names."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for box in boxes:
        area = QRectF(box.x, box.y, max(box.width, 1.0), box.height)
        painter.fillRect(area, ink.fill(box.pitch, box.velocity)[0])


def _draw_body(painter: QPainter, box: NoteBox, ink: NoteInk) -> None:
    colour, _ = ink.fill(box.pitch, box.velocity)
    radius = min(RADIUS, box.height / 2, box.width / 2)
    if box.sounding:
        for reach, alpha in HALO:
            halo = QColor(colour)
            halo.setAlpha(alpha)
            painter.setBrush(halo)
            area = QRectF(box.x, box.y, box.width, box.height)
            painter.drawRoundedRect(
                area.adjusted(-reach, -reach, reach, reach), radius + reach, radius + reach
            )
        colour = colour.lighter(118) if ink.theme.is_dark else colour.darker(112)
    area = QRectF(box.x, box.y, box.width, box.height)
    if box.unsure:
        _draw_hollow(painter, area, colour, radius)
        return
    painter.setBrush(colour)
    painter.drawRoundedRect(area, radius, radius)


def _draw_hollow(painter: QPainter, area: QRectF, colour: QColor, radius: float) -> None:
    inside = QColor(colour)
    inside.setAlpha(HOLLOW_ALPHA)
    painter.setBrush(inside)
    painter.setPen(QPen(colour, OUTLINE))
    half = OUTLINE / 2
    painter.drawRoundedRect(area.adjusted(half, half, -half, -half), radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)


def _draw_name(painter: QPainter, box: NoteBox, ink: NoteInk, letters: int) -> None:
    placed = _place_name(box, ink, letters)
    if placed is not None:
        text, area = placed
        on_body = ink.fill(box.pitch, box.velocity)[1]
        painter.setPen(QColor(ink.theme.text) if box.unsure else on_body)
        painter.drawStaticText(area.topLeft(), text)


def _place_name(box: NoteBox, ink: NoteInk, letters: int) -> tuple[QStaticText, QRectF] | None:
    """The name at the note's start (or where a long sounding note comes into view)."""
    left = max(box.x, 0.0) if box.sounding else box.x
    room = box.x + box.width - left - 2 * NAME_MARGIN
    text, width, height = ink.name(box.pitch, letters)
    if width > room:
        text, width, height = ink.short_name(box.pitch, letters)
        if width > room:
            return None
    x = left + min(NAME_MARGIN + 2.0, (room - width) / 2 + NAME_MARGIN)
    return text, QRectF(x, box.y + (box.height - height) / 2, width, height)


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
    """Lines of time; `end_s` is the second at the right edge."""
    theme = ink.theme
    faint, strong = QPen(QColor(theme.faint)), QPen(QColor(theme.line))
    for moment in viewport.grid_times(end_s):
        x = round(viewport.x(moment, end_s))
        whole = abs(moment - round(moment)) < 1e-6
        painter.setPen(strong if whole and round(moment) % 5 == 0 else faint)
        painter.drawLine(x, 0, x, round(viewport.height))


def draw_times(painter: QPainter, viewport: Viewport, end_s: float, ink: NoteInk) -> None:
    """The times of whole seconds, at the upper edge; `end_s` is the right edge."""
    painter.setFont(ink.times_font)
    painter.setPen(QColor(ink.theme.dim))
    for moment in viewport.grid_times(end_s):
        if abs(moment - round(moment)) < 1e-6:
            x = round(viewport.x(moment, end_s))
            text, ascent = ink.time(duration(moment))
            painter.drawStaticText(QPointF(x + 4, TYPE.tiny + 3 - ascent), text)
