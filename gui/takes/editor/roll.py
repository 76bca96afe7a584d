"""The roll of a take: look around, choose notes, move and stretch them."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.language.bound_texts import bind_text
from gui.language.formats import duration
from gui.language.translate import decimal, tr
from gui.music.pitch_names import pitch_name
from gui.style.note_style import NoteInk
from gui.style.theme import DARK
from gui.takes.editor import edits
from gui.takes.editor.camera import Camera
from gui.takes.editor.edits import History
from gui.takes.editor.gestures import Gesture, Spot, hit_note, near_end
from gui.takes.editor.picture import TakePicture
from gui.takes.editor.saving.export import GRIDS
from gui.takes.editor.score import Score
from realtime.files.click import Click
from realtime.files.quantise import Grid, grid_of
from realtime.values.notes import Note

WHEEL_NOTCH = 120.0
NEW_NOTE_S = 0.25
NEW_VELOCITY = 80


class TakeRoll(QWidget):
    """Shows and edits one `History`."""

    edited = Signal()
    """The notes, or which of them are chosen, have changed."""
    camera_changed = Signal()
    """The part of the take that is to be seen has changed."""
    sought = Signal(float)
    """The user wants to hear from this second."""
    menu_wanted = Signal(object, object)
    """(spot, point of the screen): what can be done there should be offered."""

    def __init__(self) -> None:
        super().__init__()
        bind_text(self.setAccessibleName, tr("Notes of the take"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 60)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.history = History(Score())
        self.camera = Camera(0.0)
        self.picture = TakePicture(NoteInk(DARK, "letters"))
        self.playhead_s = 0.0
        self.loop: tuple[float, float] | None = None
        self.beats: Click | None = None
        """Where bars and beats of the take lie, None where it keeps none."""
        self.snap = "off"
        """Grid that edits snap to, one of `GRIDS`."""
        self._hovered: int | None = None
        """Index of the note under the mouse, None where there is none."""
        self._gesture: Gesture | None = None
        self._frame = QRectF()
        self._preview: tuple[Note, ...] | None = None
        self._ring = False

    def open(self, score: Score, length_s: float, beats: Click | None = None) -> None:
        """Show these notes from their start, with these bars and beats."""
        self.show_beats(beats)
        self._hovered = None
        self.history = History(score)
        self.camera = Camera(max(length_s, score.seconds)).fitted(
            score.pitch_range(), self.height()
        )
        self.playhead_s = 0.0
        self._gesture, self._preview = None, None
        self.refresh()

    def renew(self, score: Score) -> None:
        """Show other notes of the same take, without moving in time."""
        before = self.camera
        self.history = History(score)
        fitted = Camera(max(before.length_s, score.seconds)).fitted(
            score.pitch_range(), self.height()
        )
        self.camera = replace(fitted, seconds=before.seconds).moved_to(before.start_s)
        self.refresh()

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self.picture.ink = ink
        self.update()

    def show_beats(self, beats: Click | None) -> None:
        """Lay these bars and beats under the notes, None for seconds."""
        self.beats = self.picture.beats = beats
        self.update()

    @property
    def grid(self) -> Grid | None:
        """What edits snap to, None where they do not."""
        steps = GRIDS[self.snap]
        return grid_of(self.beats, steps) if self.beats is not None and steps else None

    def refresh(self) -> None:
        """Draw again: the history of edits has changed."""
        self.picture.score = self.history.score
        self.picture.hidden = frozenset()
        self.update()
        self.edited.emit()
        self.camera_changed.emit()

    def do(self, edited: edits.Edited) -> None:
        """Make an edit that can be undone."""
        self.history.do(edited)
        self.refresh()

    def add(self, second: float, pitch: int) -> None:
        """Add a short note, which is then the chosen one."""
        length_s = NEW_NOTE_S
        if self.grid is not None:
            second, length_s = self.grid.near(second), self.grid.step_s
        note = Note(second, second + length_s, pitch, NEW_VELOCITY, second)
        self.do(edits.add(self.history.score, note))

    def choose(self, chosen: edits.Selection) -> None:
        """Make these notes the chosen ones."""
        self.history.choose(chosen)
        self.update()
        self.edited.emit()

    def set_camera(self, camera: Camera) -> None:
        """Show another part of the take."""
        if camera != self.camera:
            self.camera = camera
            self.update()
            self.camera_changed.emit()

    def show_playhead(self, second: float) -> None:
        """Move the line that says where playback is."""
        if second != self.playhead_s:
            self.playhead_s = second
            self.update()

    def chosen_notes(self) -> list[Note]:
        """The chosen notes, by onset."""
        return [self.history.score.notes[index] for index in sorted(self.history.chosen)]

    def chosen_in_words(self) -> str:
        """The chosen note for a screen reader, "" unless it is a single one."""
        chosen = self.chosen_notes()
        if len(chosen) != 1:
            return ""
        note = chosen[0]
        return tr(
            "{name} at {at}, {length} s long, velocity {velocity}",
            name=pitch_name(note.pitch, self.picture.ink.naming),
            at=duration(note.onset_s),
            length=decimal(note.offset_s - note.onset_s, ".2f"),
            velocity=note.velocity,
        )

    def reveal(self, note: Note) -> None:
        """Bring a note into view."""
        camera = self.camera
        if not camera.start_s <= note.onset_s < camera.end_s:
            camera = camera.moved_to(note.onset_s - camera.seconds / 3)
        if not camera.low <= note.pitch <= camera.high:
            camera = camera.pitch_moved(note.pitch - (camera.low + camera.high) / 2)
        self.set_camera(camera)

    def spot(self, place: QPointF) -> Spot:
        """Moment and pitch that lie under a pixel."""
        view = self.camera.viewport(self.width(), self.height())
        second = self.camera.start_s + place.x() / view.pixels_per_second
        pitch = int(view.high + 1.0 - place.y() / view.row)
        return Spot(second, pitch, place.x(), place.y())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw notes, choice and playhead."""
        painter = QPainter(self)
        width, height, camera = self.width(), self.height(), self.camera
        self.picture.draw(painter, camera, width, height)
        if self.loop is not None:
            self.picture.draw_shade(painter, camera, *self.loop, height)
        if self._hovered is not None and self._hovered < len(self.history.score):
            self.picture.draw_hovered(painter, camera, self.history.score.notes[self._hovered])
        notes = self._preview if self._preview is not None else self.chosen_notes()
        self.picture.draw_chosen(painter, camera, notes)
        self.picture.draw_line(painter, camera, self.playhead_s, height)
        accent = QColor(self.picture.ink.theme.accent)
        if not self._frame.isEmpty():
            painter.setPen(QPen(accent, 1.0))
            fill = QColor(accent)
            fill.setAlpha(36)
            painter.setBrush(fill)
            painter.drawRect(self._frame)
        if self._ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(accent, 2.0))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose, or take hold of notes."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        keys = event.modifiers()
        adding = bool(
            keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        )
        per_second = self.camera.viewport(self.width(), self.height()).pixels_per_second
        spot = self.spot(event.position())
        history = self.history
        self._gesture = Gesture(history.score, history.chosen, spot, per_second, adding)
        self.choose(self._gesture.chosen)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or show what could be dragged."""
        spot = self.spot(event.position())
        if self._gesture is None:
            self._point_at(spot)
            return
        edited = self._gesture.to(spot, self.grid)
        if edited is not None:
            self.picture.hidden = self._gesture.chosen
            self._preview = tuple(edited[0].notes[index] for index in edited[1])
        elif self._gesture.kind == "frame" and self._gesture.moved:
            self._frame = QRectF(self._from_point(), event.position()).normalized()
            self.history.choose(self._gesture.chosen)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Make the edit that was dragged."""
        gesture, self._gesture = self._gesture, None
        self._frame, self._preview = QRectF(), None
        self.picture.hidden = frozenset()
        if gesture is None:
            return
        spot = self.spot(event.position())
        edited = gesture.to(spot, self.grid)
        if edited is not None:
            self.do(edited)
            return
        self.choose(gesture.chosen)
        if gesture.kind == "frame" and not gesture.moved:
            self.sought.emit(max(spot.second, 0.0))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the note there, or with that place."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self.history.chosen:
            self.menu_wanted.emit(None, self.mapToGlobal(self.rect().center()))
            return
        spot = self.spot(QPointF(event.pos()))
        per_second = self.camera.viewport(self.width(), self.height()).pixels_per_second
        hit = hit_note(self.history.score, spot, per_second)
        if hit is None:
            self.choose(frozenset())
        elif hit not in self.history.chosen:
            self.choose(frozenset({hit}))
        self.menu_wanted.emit(spot, event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        """No note is under the mouse any more."""
        self._hovered = None
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click where nothing is adds a note."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        spot = self.spot(event.position())
        per_second = self.camera.viewport(self.width(), self.height()).pixels_per_second
        if hit_note(self.history.score, spot, per_second) is None:
            self.add(spot.second, spot.pitch)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom time; with Ctrl zoom pitch; with Shift move up and down; sideways moves time."""
        notches = event.angleDelta().y() / WHEEL_NOTCH
        keys, spot = event.modifiers(), self.spot(event.position())
        if keys & Qt.KeyboardModifier.ControlModifier:
            self.set_camera(self.camera.pitch_zoomed(0.85**notches, spot.pitch))
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self.set_camera(
                self.camera.pitch_moved(2.0 * (notches or event.angleDelta().x() / 120.0))
            )
        elif notches:
            self.set_camera(self.camera.zoomed(0.85**notches, spot.second))
        else:
            step = event.angleDelta().x() / WHEEL_NOTCH * self.camera.seconds / 8
            self.set_camera(self.camera.moved_to(self.camera.start_s - step))
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The overview wants to know."""
        super().resizeEvent(event)
        self.camera_changed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus where the keyboard brought it."""
        by_keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._ring = event.reason() in by_keyboard
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the frame that shows the focus."""
        self._ring = False
        self.update()

    def _from_point(self) -> QPointF:
        assert self._gesture is not None
        return QPointF(self._gesture.start.x, self._gesture.start.y)

    def _point_at(self, spot: Spot) -> None:
        per_second = self.camera.viewport(self.width(), self.height()).pixels_per_second
        hit = hit_note(self.history.score, spot, per_second)
        if hit != self._hovered:
            self._hovered = hit
            self.update()
        shape = Qt.CursorShape.ArrowCursor
        if hit is not None:
            at_end = near_end(self.history.score, hit, spot, per_second)
            shape = Qt.CursorShape.SizeHorCursor if at_end else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)
