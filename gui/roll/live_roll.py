"""Roll and keys together: they share one clock, one pitch range, one zoom and one place in time."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.music.tuner import Reading, Tuner
from gui.roll.big_tuner import BigTuner
from gui.roll.clock import RollClock
from gui.roll.geometry import Viewport
from gui.roll.key_range import KeyRange
from gui.roll.keyboard import Keyboard
from gui.roll.piano_roll import PianoRoll
from gui.roll.spectrogram import Spectrogram
from gui.style.note_style import NoteInk
from gui.style.theme import DARK, SPACE
from realtime.values.snapshot import ENDED, Snapshot

SHORTEST_S, LONGEST_S = 2.0, 30.0


REMEMBERED_S = 30.0
"""The engine tells the notes of the last half minute: one cannot look back further."""


WHEEL_NOTCH = 120.0


STEP_PART = 0.1
"""Part of the view by which a key moves it."""


_KEYS: dict[tuple[int, bool], tuple[str, float]] = {
    (Qt.Key.Key_Left, False): ("move", -1.0),
    (Qt.Key.Key_Right, False): ("move", 1.0),
    (Qt.Key.Key_Up, False): ("shift", 2.0),
    (Qt.Key.Key_Down, False): ("shift", -2.0),
    (Qt.Key.Key_PageUp, False): ("shift", 12.0),
    (Qt.Key.Key_PageDown, False): ("shift", -12.0),
    (Qt.Key.Key_Up, True): ("zoom", 0.85),
    (Qt.Key.Key_Down, True): ("zoom", 1 / 0.85),
    (Qt.Key.Key_End, False): ("follow", 0.0),
    (Qt.Key.Key_C, False): ("follow", 0.0),
}
"""(key, whether Ctrl is held) -> what it does, and how much."""


class RollPane(QWidget):
    """Shows snapshots as scrolling notes; wheel and keys zoom and move the view."""

    followed = Signal(bool)
    """Whether the newest notes are in view has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.roll = PianoRoll()
        self.keyboard = Keyboard()
        bind_text(self.keyboard.setToolTip, tr("Click a key to send it to the MIDI out"))
        self.ink = NoteInk(DARK, "letters")
        """Colours of notes, and how their names are written."""
        self.seconds = 8.0
        """Seconds that the width of the roll shows."""
        self.range = KeyRange()
        self.calm = False
        """Reduced motion: pages that stand still with a line that moves over them."""
        self.held_s: float | None = None
        """Stream time that the user holds at the right edge; None follows the newest notes."""
        self.now_s = 0.0
        """Stream time that has been reached."""
        self.reading: Reading | None = None
        """How the note that sounds alone is tuned, None where none does."""
        self._clock = RollClock()
        self._spectrogram = Spectrogram()
        self.tuner = Tuner()
        """Hears how the note that sounds alone is tuned."""
        self.big_tuner = BigTuner(self.roll)
        self.back = QPushButton(self.roll)
        bind_text(self.back.setText, tr("Back to now"))
        bind_text(self.back.setAccessibleName, tr("Back to now"))
        bind_text(self.back.setToolTip, tr("Follow the newest notes again (End)"))
        self.back.setProperty("primary", True)
        self.back.clicked.connect(self.follow)
        self.back.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.roll, 1)
        row.addWidget(self.keyboard)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip("")
        bind_text(self.setAccessibleName, tr("Notes"))

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self.ink = ink
        self.roll.set_ink(ink)
        self.big_tuner.set_ink(ink)
        self.keyboard.set_ink(ink)

    def set_keyboard(self, keys: str) -> None:
        """Show the keys of this keyboard, "" those that are played."""
        self.range.set_keyboard(keys)

    def show_spectrogram(self, shown: bool) -> None:
        """Draw the model's input behind the notes, or not."""
        self.roll.spectrogram = self._spectrogram if shown else None
        self.roll.update()

    def show_tuner(self, shown: bool) -> None:
        """Lay the large tuner over the notes, or show them again."""
        self.big_tuner.setVisible(shown)
        self._place_back()

    def show_snapshot(self, snapshot: Snapshot, wall_s: float) -> float:
        """Draw the picture of this second of the wall clock; returns the second of the stream."""
        self._clock.frozen = snapshot.state in ENDED
        now_s = self._clock.update(snapshot.stream_s, wall_s)
        if now_s < self.now_s:
            self.roll.clear()
        self.now_s = now_s
        self._spectrogram.push(snapshot)
        self.reading = self.tuner.push(snapshot)
        self.roll.pitch_line.push(snapshot.stream_s, self.tuner.pitch, snapshot.notes)
        self.big_tuner.show_reading(self.reading, snapshot.stream_s)
        edge_s = self._edge(now_s)
        since = edge_s - self.seconds
        visible = [n for n in snapshot.notes if n.offset_s is None or n.offset_s > since]
        if self.calm:
            self.range.jump_to_target()
        low, high = self.range.update((note.pitch for note in visible), wall_s, self.roll.height())
        viewport = Viewport(
            max(self.roll.width(), 1), max(self.roll.height(), 1), self.seconds, low, high
        )
        standing = self.calm or self.held_s is not None
        line_s = now_s if standing else None
        self.roll.show_notes(visible, edge_s, viewport, line_s, self.range.goal)
        lit = {note.pitch: note.velocity for note in snapshot.notes if note.offset_s is None}
        self.keyboard.show_keys(lit, viewport)
        return now_s

    def move_time(self, seconds: float) -> None:
        """Look so many seconds earlier (negative) or later; at the newest it follows again."""
        edge_s = self.now_s if self.held_s is None else self.held_s
        earliest = max(self.now_s - REMEMBERED_S, 0.0) + min(self.seconds, self.now_s)
        held_s = max(edge_s + seconds, min(earliest, self.now_s))
        self._hold(held_s if held_s < self.now_s - 1e-3 else None)

    def follow(self) -> None:
        """Show the newest notes as they come."""
        self._hold(None)

    def zoom_time(self, factor: float) -> None:
        """Show `factor` times as many seconds."""
        self.seconds = min(max(self.seconds * factor, SHORTEST_S), LONGEST_S)

    def reset_view(self) -> None:
        """The usual zoom, following what is played."""
        self.seconds = 8.0
        self.range.follow()
        self.follow()

    @property
    def message_place(self) -> QWidget:
        """The notes, beside the keys."""
        return self.roll

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom time; with Ctrl zoom pitch; with Shift move up and down; sideways moves time."""
        delta = event.angleDelta()
        keys = event.modifiers()
        notches = (delta.y() or delta.x()) / WHEEL_NOTCH
        if keys & Qt.KeyboardModifier.ControlModifier:
            part = 1.0 - event.position().y() / max(self.height(), 1)
            centre = self.range.low + part * (self.range.high - self.range.low)
            self.range.zoom(0.85**notches, centre)
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self.range.move(2.0 * notches)
        elif delta.y():
            self.zoom_time(0.85**notches)
        else:
            self.move_time(-notches * STEP_PART * self.seconds)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, with Ctrl they zoom pitch; End follows again."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        what, amount = _KEYS.get((event.key(), control), ("", 0.0))
        if what == "move":
            self.move_time(amount * STEP_PART * self.seconds)
        elif what == "shift":
            self.range.move(amount)
        elif what == "zoom":
            self.range.zoom(amount, (self.range.low + self.range.high) / 2)
        elif what == "follow":
            self.follow()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus where the keyboard brought it."""
        by_keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.roll.set_ring(event.reason() in by_keyboard)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the frame that shows the focus."""
        self.roll.set_ring(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the usual view."""
        self.reset_view()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button in its corner."""
        super().resizeEvent(event)
        self._place_back()

    def _edge(self, now_s: float) -> float:
        """Stream time at the right edge."""
        if self.held_s is not None:
            self.held_s = max(self.held_s, now_s - REMEMBERED_S + self.seconds)
            if self.held_s < now_s:
                return self.held_s
            self._hold(None)
        if self.calm:
            return (math.floor(now_s / self.seconds) + 1) * self.seconds
        return now_s

    def _hold(self, held_s: float | None) -> None:
        changed = (held_s is None) != (self.held_s is None)
        self.held_s = held_s
        if changed:
            self.back.setVisible(held_s is not None)
            self._place_back()
            self.followed.emit(held_s is None)

    def _place_back(self) -> None:
        self.big_tuner.setGeometry(self.roll.rect())
        self.back.raise_()
        self.back.adjustSize()
        corner = self.roll.rect().bottomRight()
        self.back.move(
            corner.x() - self.back.width() - 2 * SPACE, corner.y() - self.back.height() - 2 * SPACE
        )
