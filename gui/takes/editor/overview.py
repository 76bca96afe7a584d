"""The whole take in a strip: where the view is, where playback is; a click goes there."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from gui.language.bound_texts import bind_text
from gui.language.formats import duration
from gui.language.translate import tr
from gui.style.note_style import NoteInk
from gui.style.theme import DARK, mix, note_colour
from gui.takes.editor.camera import Camera
from gui.takes.editor.score import Score
from gui.takes.editor.sound.wave import WaveReader

HEIGHT = 40
PITCHES = 88
STEP_PART = 0.1
MOVES = {
    Qt.Key.Key_Left: -STEP_PART,
    Qt.Key.Key_Right: STEP_PART,
    Qt.Key.Key_PageUp: -1.0,
    Qt.Key.Key_PageDown: 1.0,
}
"""Keys -> views that the view moves on."""


class Overview(QWidget):
    """A small picture of the recording's wave and all notes, painted once per score and width."""

    wanted = Signal(float)
    """The view should have this second in its middle."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        bind_text(self.setAccessibleName, tr("Overview of the take"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._ink = NoteInk(DARK, "letters")
        self._score, self._camera, self._playhead_s = Score(), Camera(0.0), 0.0
        self.wave = WaveReader(self)
        """What is shown behind the notes."""
        self.wave.changed.connect(self._repaint)
        self._picture = QPixmap()
        self._key: tuple[object, ...] = ()

    def set_ink(self, ink: NoteInk) -> None:
        """Draw the strip in the colours of another theme."""
        self._ink = ink
        self.update()

    def show_view(self, score: Score, camera: Camera, playhead_s: float) -> None:
        """Show where the view and playback are."""
        self._score, self._camera, self._playhead_s = score, camera, playhead_s
        self.update()

    def show_sound(self, sound: Path | None) -> None:
        """Show the wave of this recording behind the notes as soon as it is read; None for none."""
        self.wave.open(sound)

    def _repaint(self) -> None:
        self._key = ()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the notes of the whole take, the part in view and the playhead."""
        theme, length_s = self._ink.theme, max(self._camera.length_s, 1e-3)
        key = (self._score, self._ink, self.width(), self.devicePixelRatioF(), length_s)
        if key != self._key:
            self._key, self._picture = key, self._painted(length_s)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        scale = self.width() / length_s
        left, width = self._camera.start_s * scale, max(self._camera.seconds * scale, 3.0)
        shade = QColor(theme.window)
        shade.setAlpha(150)
        painter.fillRect(QRectF(0, 0, left, HEIGHT), shade)
        painter.fillRect(QRectF(left + width, 0, self.width(), HEIGHT), shade)
        painter.setPen(QColor(theme.accent))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(left + 0.5, 0.5, min(width, self.width() - left) - 1, HEIGHT - 1))
        line = QRectF(self._playhead_s * scale - 0.75, 0, 1.5, HEIGHT)
        painter.fillRect(line, QColor(theme.accent))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 2.0))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the view to the clicked place."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the view along with the mouse while its button is held."""
        self._go(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the view a little, pages by all that is seen, Home and End to the ends."""
        camera, key = self._camera, event.key()
        middle_s = camera.start_s + camera.seconds / 2
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in MOVES:
            self.wanted.emit(middle_s + MOVES[Qt.Key(key)] * camera.seconds)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.wanted.emit(0.0 if key == Qt.Key.Key_Home else camera.length_s)
        else:
            super().keyPressEvent(event)
        self._describe()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus, and say what is seen."""
        self._describe()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the frame that shows the focus."""
        self.update()

    def _describe(self) -> None:
        """Only when a key asks: playback would have a screen reader talk without end."""
        start, end = duration(self._camera.start_s), duration(self._camera.end_s)
        whole = duration(self._camera.length_s)
        said = tr("{start} to {end} of {whole}", start=start, end=end, whole=whole)
        bind_text(self.setAccessibleDescription, said)

    def _go(self, event: QMouseEvent) -> None:
        part = event.position().x() / max(self.width(), 1)
        self.wanted.emit(part * self._camera.length_s)

    def _painted(self, length_s: float) -> QPixmap:
        ratio = self.devicePixelRatioF()
        width = max(round(self.width() * ratio), 1)
        picture = QPixmap(width, round(HEIGHT * ratio))
        picture.fill(QColor(self._ink.theme.surface))
        painter = QPainter(picture)
        self._paint_wave(painter, picture.width(), picture.height())
        columns, pitches = self._score.density(width, length_s)
        step = picture.height() / PITCHES
        colours = {pitch: QColor(note_colour(self._ink.theme, pitch, 90)) for pitch in set(pitches)}
        long = max(round(0.2 * width / length_s), round(2 * ratio))
        places = set(zip(columns.tolist(), pitches.tolist(), strict=True))
        for column, pitch in places:
            y = picture.height() - (pitch - 20) * step
            painter.fillRect(QRectF(column, y, long, max(step, 1.5)), colours[pitch])
        painter.end()
        picture.setDevicePixelRatio(ratio)
        return picture

    def _paint_wave(self, painter: QPainter, width: int, height: int) -> None:
        """Draw the recording around the middle, the loudest moment as high as the strip."""
        peaks, theme = self.wave.peaks, self._ink.theme
        if peaks is None or not peaks.any():
            return
        columns = peaks[np.arange(width) * len(peaks) // width] / peaks.max()
        colour = QColor(mix(theme.dim, theme.surface, 0.45))
        for x, loud in enumerate(columns.tolist()):
            high = max(loud * (height - 2), 1.0)
            painter.fillRect(QRectF(x, (height - high) / 2, 1, high), colour)
