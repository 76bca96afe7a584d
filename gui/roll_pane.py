"""Roll and keys together: they share one clock, one pitch range and one zoom."""

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.ink import NoteInk
from gui.key_range import KeyRange
from gui.keyboard import Keyboard
from gui.piano_roll import PianoRoll
from gui.roll_clock import RollClock
from gui.roll_geometry import Viewport
from gui.words import tr
from realtime.snapshot import Snapshot

SHORTEST_S, LONGEST_S = 2.0, 30.0
WHEEL_NOTCH = 120.0
ENDED = ("file-ended", "failed", "no-input")
"""States in which no more sound comes: the picture stands still."""


class RollPane(QWidget):
    """Shows snapshots as scrolling notes; the wheel zooms time, Ctrl+wheel zooms pitch."""

    def __init__(self) -> None:
        super().__init__()
        self.roll = PianoRoll()
        self.keyboard = Keyboard()
        self.seconds = 8.0
        """Seconds on the screen."""
        self.range = KeyRange()
        self.calm = False
        """Reduced motion: pages that stand still with a line that moves over them."""
        self._clock = RollClock()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.roll, 1)
        row.addWidget(self.keyboard)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip("")
        self.setAccessibleName(tr("Notes"))

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self.roll.set_ink(ink)
        self.keyboard.set_ink(ink)

    def show_snapshot(self, snapshot: Snapshot, wall_s: float) -> float:
        """Draw the picture of this moment; returns the stream time at the right edge."""
        self._clock.frozen = snapshot.state in ENDED
        now_s = self._clock.update(snapshot.stream_s, wall_s)
        edge_s = now_s
        if self.calm:
            edge_s = (math.floor(now_s / self.seconds) + 1) * self.seconds
        since = edge_s - self.seconds
        visible = [n for n in snapshot.notes if n.offset_s is None or n.offset_s > since]
        if self.calm:
            self.range.settle()
        low, high = self.range.update((note.pitch for note in visible), wall_s)
        viewport = Viewport(
            max(self.roll.width(), 1), max(self.roll.height(), 1), self.seconds, low, high
        )
        self.roll.show_notes(visible, edge_s, viewport, now_s if self.calm else None)
        lit = {note.pitch: note.velocity for note in visible if note.offset_s is None}
        self.keyboard.show_keys(lit, viewport)
        return now_s

    def zoom_time(self, factor: float) -> None:
        """Show `factor` times as many seconds."""
        self.seconds = min(max(self.seconds * factor, SHORTEST_S), LONGEST_S)

    def reset_view(self) -> None:
        """The usual zoom, following what is played."""
        self.seconds = 8.0
        self.range.follow()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom time; with Ctrl zoom pitch; with Shift move up and down."""
        delta = event.angleDelta()
        notches = (delta.y() or delta.x()) / WHEEL_NOTCH
        keys = event.modifiers()
        if keys & Qt.KeyboardModifier.ControlModifier:
            part = 1.0 - event.position().y() / max(self.height(), 1)
            centre = self.range.low + part * (self.range.high - self.range.low)
            self.range.zoom(0.85**notches, centre)
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self.range.move(2.0 * notches)
        else:
            self.zoom_time(0.85**notches)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus where the keyboard brought it."""
        by_keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.roll.set_ring(event.reason() in by_keyboard)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus."""
        self.roll.set_ring(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the usual view."""
        self.reset_view()
