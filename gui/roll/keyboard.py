"""The piano keys beside the roll; sounding keys light up in their note's colour."""

import math
from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.music.pitch_names import is_black, pitch_name
from gui.roll.fade import Fade
from gui.roll.geometry import Viewport, key_span
from gui.style.note_style import NoteInk, font
from gui.style.theme import DARK, TYPE

WIDTH = 76
BLACK_PART = 0.6
SHADOW = 7
HELD_VELOCITY = 100
STEPS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 12,
    Qt.Key.Key_PageDown: -12,
}
"""Keys -> semitones that the marked key moves up."""
HOLDING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Keyboard(QWidget):
    """Draws piano keys whose rows match those of the roll, low notes below."""

    pressed = Signal(int)
    """The pitch of a key that mouse or keyboard hold down."""
    released = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        bind_text(self.setAccessibleName, tr("Keyboard"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedWidth(WIDTH)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport = Viewport(1.0, 1.0, 8.0, 48.0, 83.0)
        self.lit: Mapping[int, int] = {}
        """Pitch -> velocity of the keys that are lit."""
        self._next: frozenset[int] = frozenset()
        """Keys that are to be played next."""
        self._fade = Fade(SHADOW)
        self._held: int | None = None
        self.marked: int | None = None
        """The key that the computer's keyboard would press."""
        self.set_ink(NoteInk(DARK, "letters"))

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self._ink = ink
        self.update()

    def show_keys(self, lit: Mapping[int, int], viewport: Viewport) -> None:
        """Light these keys: MIDI pitch -> velocity, 1-127."""
        if lit != self.lit or viewport != self.viewport:
            self.lit, self.viewport = dict(lit), viewport
            self.update()

    def show_next(self, pitches: Iterable[int]) -> None:
        """Mark the keys (MIDI pitches) that are to be played next."""
        wanted = frozenset(pitches)
        if wanted != self._next:
            self._next = wanted
            self.update()

    def pitch_at(self, place: QPointF) -> int:
        """MIDI pitch of the key at a place: black ones lie on the left part of the white ones."""
        row = self.viewport.row
        pitch = math.ceil(self.viewport.high - place.y() / row)
        if is_black(pitch) and place.x() > self.width() * BLACK_PART:
            pitch += 1 if place.y() < self.viewport.y(pitch) + row / 2 else -1
        return min(max(pitch, 0), 127)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hold down the key under the mouse."""
        self._hold(self.pitch_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Slide from key to key."""
        if self._held is not None:
            self._hold(self.pitch_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Release the key that the mouse holds."""
        self._hold(None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Release the held key: nobody could do so any more."""
        self._hold(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and pages mark another key in view; Space and Enter hold it down."""
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and key in STEPS and self.marked is not None:
            self._mark(self.marked + STEPS[Qt.Key(key)])
        elif plain and key in HOLDING:
            self._hold(self.marked)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Release the key that the keyboard of the computer holds."""
        if event.key() not in HOLDING:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self._hold(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark the key that was marked, or the one in the middle."""
        middle = (self.viewport.low + self.viewport.high) / 2
        self._mark(round(middle) if self.marked is None else self.marked)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Release the held key: its release would not be seen."""
        self._hold(None)
        self.update()

    def _mark(self, pitch: int) -> None:
        low, high = math.ceil(self.viewport.low), math.floor(self.viewport.high)
        self.marked = min(max(pitch, low, 0), high, 127)
        self.setAccessibleDescription(pitch_name(self.marked, self._ink.naming))
        if self._held is not None:
            self._hold(self.marked)
        self.update()

    def _hold(self, pitch: int | None) -> None:
        before, self._held = self._held, pitch
        if pitch == before:
            return
        if before is not None:
            self.released.emit(before)
        if pitch is not None:
            self.pressed.emit(pitch)
        self.update()

    def _velocity(self, pitch: int) -> int | None:
        """How loud a key sounds, None where it does not."""
        return HELD_VELOCITY if pitch == self._held else self.lit.get(pitch)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the keys: white ones first, black ones over them."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._ink.theme.line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pitches = range(max(int(self.viewport.low) - 2, 0), min(int(self.viewport.high) + 3, 128))
        self._draw_white(painter, [pitch for pitch in pitches if not is_black(pitch)])
        self._draw_black(painter, [pitch for pitch in pitches if is_black(pitch)])
        self._draw_shadow(painter)
        for pitch in self._next - set(self.lit):
            self._draw_next(painter, pitch)
        if self.hasFocus() and self.marked is not None:
            self._draw_mark(painter, self.marked)
        painter.end()

    def _draw_white(self, painter: QPainter, pitches: Sequence[int]) -> None:
        width, row, high = self.width(), self.viewport.row, self.viewport.high
        areas: dict[int, QRectF] = {}
        for pitch in pitches:
            top, bottom = key_span(pitch, high, row)
            areas[pitch] = QRectF(-4, top + 0.5, width + 3, bottom - top - 1.0)
        self._draw_keys(painter, areas, QColor(self._ink.theme.white_key))
        for pitch, area in areas.items():
            velocity, height = self._velocity(pitch), area.height() + 1.0
            lit = velocity is not None
            if height >= 9 and (pitch % 12 == 0 or lit):
                dark = QColor(self._ink.theme.key_text)
                text = self._ink.fill(pitch, max(velocity, 90))[1] if velocity is not None else dark
                painter.setPen(QPen(text))
                painter.setFont(font(min(height - 2, TYPE.small), bold=lit))
                painter.drawText(
                    QRectF(0, area.y() - 0.5, width - 6, height),
                    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                    pitch_name(pitch, self._ink.naming),
                )

    def _draw_black(self, painter: QPainter, pitches: Sequence[int]) -> None:
        width, row, high = self.width() * BLACK_PART + 4, self.viewport.row, self.viewport.high
        areas = {p: QRectF(-4, (high - p) * row + 0.5, width, row - 1.0) for p in pitches}
        self._draw_keys(painter, areas, QColor(self._ink.theme.black_key))

    def _draw_keys(self, painter: QPainter, areas: Mapping[int, QRectF], colour: QColor) -> None:
        """Keys of one colour, those that sound in their note's."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        sounding = []
        for pitch, area in areas.items():
            if pitch in self.lit or pitch == self._held:
                sounding.append(pitch)
            else:
                painter.drawRoundedRect(area, 2.5, 2.5)
        for pitch in sounding:
            velocity = self._velocity(pitch) or 0
            painter.setBrush(self._ink.fill(pitch, max(velocity, 90))[0])
            painter.drawRoundedRect(areas[pitch], 2.5, 2.5)

    def _draw_next(self, painter: QPainter, pitch: int) -> None:
        """A dot on a key that is to be played next."""
        row, high = self.viewport.row, self.viewport.high
        size = min(row - 2, 14.0)
        reach = self.width() * (BLACK_PART if is_black(pitch) else 1.0)
        painter.setPen(QPen(QColor(self._ink.theme.window), 1.5))
        painter.setBrush(self._ink.fill(pitch, 110)[0])
        centre = QPointF(reach - size, (high - pitch + 0.5) * row)
        painter.drawEllipse(centre, size / 2, size / 2)

    def _draw_mark(self, painter: QPainter, pitch: int) -> None:
        """A ring around the marked key."""
        row, high, width = self.viewport.row, self.viewport.high, float(self.width())
        top, bottom = key_span(pitch, high, row)
        if is_black(pitch):
            top, bottom, width = (high - pitch) * row, (high - pitch + 1) * row, width * BLACK_PART
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._ink.theme.accent), 2.0))
        area = QRectF(0, top, width, bottom - top).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.drawRoundedRect(area, 2.5, 2.5)

    def _draw_shadow(self, painter: QPainter) -> None:
        """The keys lie a little below the roll."""
        self._fade.draw(painter, self.height(), QColor(0, 0, 0, 90))
