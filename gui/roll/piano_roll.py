"""The scrolling piano roll: time flows to the left, new notes leave the keys at the right."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.roll.backdrop import Backdrop
from gui.roll.fade import Fade
from gui.roll.geometry import Viewport
from gui.roll.painting import draw_notes
from gui.roll.pitch_line import PitchLine, draw_pitch_line
from gui.roll.spectrogram import Spectrogram
from gui.style.note_style import NoteInk
from gui.style.theme import DARK
from realtime.values.snapshot import RollNote

FADE_WIDTH = 48


class PianoRoll(QWidget):
    """Draws the notes of one viewport at one moment; `show_notes` changes both."""

    def __init__(self) -> None:
        super().__init__()
        bind_text(self.setAccessibleName, tr("Piano roll"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 60)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport = Viewport(1.0, 1.0, 8.0, 48.0, 83.0)
        """Part of the music that was painted last."""
        self._strip, self._fade = Backdrop(), Fade(FADE_WIDTH)
        self._notes: Sequence[RollNote] = ()
        self.edge_s = 0.0
        """Stream time at the right edge."""
        self.line_s: float | None = None
        self._goal: tuple[float, float] | None = None
        self._ring = False
        self.pitch_line = PitchLine()
        """True pitch of the note that sounds alone, drawn over the notes."""
        self.spectrogram: Spectrogram | None = None
        """Drawn behind the notes where there is one."""
        self.set_ink(NoteInk(DARK, "letters"))

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self.ink = ink
        self.update()

    def set_ring(self, shown: bool) -> None:
        """Show that the keyboard focus is here."""
        self._ring = shown
        self.update()

    def show_notes(
        self,
        notes: Sequence[RollNote],
        now_s: float,
        viewport: Viewport,
        line_s: float | None = None,
        goal: tuple[float, float] | None = None,
    ) -> None:
        """Draw these notes; `now_s` is the right edge.

        Where the picture stands still, `line_s` is the moment that has been reached in it. `goal`
        is the lowest and highest pitch that the viewport glides to.
        """
        self._notes, self.edge_s, self.viewport = notes, now_s, viewport
        self.line_s, self._goal = line_s, goal
        self.update()

    def clear(self) -> None:
        """Another stream begins: what was painted is of the one before."""
        self._strip.clear()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw one frame: the strip, sounding notes over it, the edges."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if self.viewport.height < self.height() or self.viewport.width < self.width():
            painter.fillRect(self.rect(), QColor(self.ink.theme.window))
        now_s = self._strip.draw(
            painter,
            self._notes,
            self.edge_s,
            self.viewport,
            self.ink,
            ratio,
            self.spectrogram,
            self._goal,
        )
        sounding = [note for note in self._notes if note.offset_s is None]
        boxes = self.viewport.boxes(sounding, now_s)
        if self.line_s is not None:
            x = self.viewport.x(self.line_s, now_s)
            boxes = [box._replace(width=max(min(x, self.width()) - box.x, 3.0)) for box in boxes]
            painter.fillRect(QRectF(x - 1, 0, 2, self.height()), QColor(self.ink.theme.accent))
        draw_notes(painter, boxes, self.ink, self.viewport.row)
        points = self.pitch_line.between(now_s - self.viewport.seconds, now_s)
        if points:
            boxes += self.viewport.boxes(
                [note for note in self._notes if note.offset_s is not None], now_s
            )
            draw_pitch_line(painter, self.viewport, now_s, points, self.ink, boxes)
        if self.line_s is None:
            self._draw_edges(painter)
        self._draw_ring(painter)
        painter.end()

    def _draw_edges(self, painter: QPainter) -> None:
        """Old notes fade out at the left; at the right a line says now."""
        self._fade.draw(painter, self.height(), QColor(self.ink.theme.window))
        painter.fillRect(
            QRectF(self.width() - 2, 0, 2, self.height()), QColor(self.ink.theme.accent)
        )

    def _draw_ring(self, painter: QPainter) -> None:
        if self._ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.ink.theme.accent), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
