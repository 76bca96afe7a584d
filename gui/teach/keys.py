"""Piano keys from left to right: which to play, which was heard, which are taken."""

from collections.abc import Collection

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.music.pitch_names import is_black, pitch_name
from gui.style.note_style import NoteInk, font
from gui.style.theme import TYPE

LOWEST, HIGHEST = 21, 108
NAME_HEIGHT, KEYS_HEIGHT = 26.0, 84.0
BLACK_HEIGHT, BLACK_WIDTH = 0.62, 0.62
DOT = 3.0
NAME_GAP = 6.0
"""Pixels that lie at least between two names."""
WIDTH = 700


class LessonKeys(QWidget):
    """A picture of a piano's keys, with the names of those that matter above them."""

    def __init__(self, ink: NoteInk) -> None:
        super().__init__()
        self._ink = ink
        self._asked: frozenset[int] = frozenset()
        self._taken: frozenset[int] = frozenset()
        self._heard = 0
        bind_text(self.setAccessibleName, tr("Keyboard"))
        self.setMinimumSize(WIDTH, round(NAME_HEIGHT + KEYS_HEIGHT) + 2)

    def sizeHint(self) -> QSize:
        """Room for 52 white keys."""
        return self.minimumSize()

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self._ink = ink
        self.update()

    def show_keys(self, asked: Collection[int], taken: Collection[int], heard: int) -> None:
        """Mark the keys that are asked for, the taken ones, and one heard instead (0: none)."""
        now = frozenset(asked), frozenset(taken), heard
        if now != (self._asked, self._taken, self._heard):
            self._asked, self._taken, self._heard = now
            names = [pitch_name(pitch, self._ink.naming) for pitch in sorted(self._asked)]
            self.setAccessibleDescription(", ".join(names))
            self.update()

    def key_area(self, pitch: int) -> QRectF:
        """Where a key is drawn."""
        white = self.width() / _white_keys(LOWEST, HIGHEST + 1)
        left = white * _white_keys(LOWEST, pitch)
        if is_black(pitch):
            width = white * BLACK_WIDTH
            return QRectF(left - width / 2, NAME_HEIGHT, width, KEYS_HEIGHT * BLACK_HEIGHT)
        return QRectF(left + 0.5, NAME_HEIGHT, white - 1, KEYS_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw white keys, black ones over them, then names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pitches = range(LOWEST, HIGHEST + 1)
        for black in (False, True):
            for pitch in pitches:
                if is_black(pitch) == black:
                    self._draw_key(painter, pitch)
        for pitch, area in self.name_areas().items():
            self._draw_name(painter, pitch, area)
        painter.end()

    def _colour(self, pitch: int) -> str:
        theme = self._ink.theme
        if pitch in self._asked:
            return theme.accent
        if pitch == self._heard:
            return theme.warning
        return theme.black_key if is_black(pitch) else theme.white_key

    def _draw_key(self, painter: QPainter, pitch: int) -> None:
        area, theme = self.key_area(pitch), self._ink.theme
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(QColor(self._colour(pitch)))
        painter.drawRoundedRect(area, 2, 2)
        if pitch in self._taken:
            # A dot below, so that the colour alone need not say it.
            centre = QPointF(area.center().x(), area.bottom() - 3 * DOT)
            painter.setPen(QPen(QColor(theme.window), 1))
            painter.setBrush(QColor(theme.good))
            painter.drawEllipse(centre, DOT, DOT)

    def name_areas(self) -> dict[int, QRectF]:
        """Where names are written: above their keys, and beside each other where keys are near."""
        metrics = QFontMetricsF(font(TYPE.body, bold=True))
        areas: dict[int, QRectF] = {}
        end = 0.0
        shown = sorted({*self._asked, self._heard} & {*range(LOWEST, HIGHEST + 1)})
        for pitch in shown:
            width = metrics.horizontalAdvance(self._name(pitch)) + 2
            left = max(self.key_area(pitch).center().x() - width / 2, end)
            areas[pitch] = QRectF(left, 0, width, NAME_HEIGHT - 4)
            end = left + width + NAME_GAP
        end = float(self.width())
        for pitch in reversed(shown):  # what does not fit at the right end moves back
            area = areas[pitch]
            area.moveRight(min(area.right(), end))
            end = area.left() - NAME_GAP
        return areas

    def _name(self, pitch: int) -> str:
        name = pitch_name(pitch, self._ink.naming)
        return f"({name})" if self._is_other(pitch) else name

    def _is_other(self, pitch: int) -> bool:
        return pitch == self._heard and pitch not in self._asked

    def _draw_name(self, painter: QPainter, pitch: int, area: QRectF) -> None:
        theme = self._ink.theme
        painter.setFont(font(TYPE.body, bold=True))
        painter.setPen(QColor(theme.warning if self._is_other(pitch) else theme.text))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._name(pitch))


def _white_keys(first: int, last: int) -> int:
    """White keys from `first` on, below `last`."""
    return sum(not is_black(pitch) for pitch in range(first, last))
