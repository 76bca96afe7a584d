"""One take: head, overview, roll and keys, bar; plays it and keeps its edits."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from gui.language.bound_texts import bind_text
from gui.language.engine_messages import in_words
from gui.language.translate import plural, tr
from gui.roll.keyboard import Keyboard
from gui.style.note_style import NoteInk
from gui.takes.editor.bottom_bar import TakeBar
from gui.takes.editor.commands import Commands
from gui.takes.editor.context_menu import note_menu
from gui.takes.editor.gestures import Spot
from gui.takes.editor.key_bindings import ONCE, TakeAction, action_of
from gui.takes.editor.overview import Overview
from gui.takes.editor.picture import bent_line
from gui.takes.editor.roll import TakeRoll
from gui.takes.editor.saving.export import GRIDS, as_table
from gui.takes.editor.saving.export_dialog import ask_and_export
from gui.takes.editor.score import Score
from gui.takes.editor.sound.playback import Playback
from gui.takes.editor.sound.player import PlayerClient, why_silent
from gui.takes.editor.top_bar import TakeHead, no_recording, unreadable, version_name
from gui.takes.trash import discard
from realtime.files.bends import read_bends
from realtime.files.click import Click
from realtime.files.note_files import read_csv
from realtime.files.quantise import find_beats
from realtime.takes.library import (
    Take,
    TakeVersion,
    click_of,
    find_take,
    name_instrument,
    save_version,
)
from realtime.troubles.errors import UserError

LOW = 190
"""Pixels of height below which the overview is left out."""


class TakeEditor(QWidget):
    """Shows one take, plays it and keeps edits of its notes; `open` shows another."""

    said = Signal(object)
    """Something to tell the user."""
    failed = Signal(object)
    """Why something did not work."""
    changed = Signal()
    """The files of the take have changed."""
    trashed = Signal(object)
    """A `gui.takes.trash.Trashed`: a version that is in the trash now."""
    back = Signal()
    """The user wants to see the list."""
    refine_wanted = Signal()
    """The recording of this take should be listened to again."""

    def __init__(self, player: PlayerClient | None = None) -> None:
        super().__init__()
        self.take: Take | None = None
        self.version: TakeVersion | None = None
        self.player = player or PlayerClient(self)
        self.head, self.overview, self.bar = TakeHead(), Overview(), TakeBar()
        self.roll, self.keyboard = TakeRoll(), Keyboard()
        bind_text(self.keyboard.setToolTip, tr("Click a key to send it to the MIDI out"))
        self.commands = Commands(self.roll, self._explain_no_grid)
        playback = Playback(self.player, self.roll, self.keyboard, self.overview, self.bar)
        self.playback = playback
        self._own: dict[TakeAction, Callable[[], object]] = {
            TakeAction.BACK: self.back.emit,
            TakeAction.REFINE: self._refine,
            TakeAction.KEEP: self.keep_edits,
            TakeAction.DROP_VERSION: self._drop_version,
            TakeAction.EXPORT: self._export,
            TakeAction.SCORE: self._show_score,
            TakeAction.NEXT_GRID: self._next_grid,
            TakeAction.PLAY: playback.toggle,
            TakeAction.PLAY_FROM_START: playback.play_from_start,
            TakeAction.PLAY_HERE: playback.play,
            TakeAction.CENTRE: playback.centre,
            TakeAction.COPY: self._copy,
            TakeAction.LOOP: self.bar.toggle_loop,
            TakeAction.START: playback.go_to_start,
            TakeAction.END: playback.go_to_end,
        }
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        keys = QHBoxLayout()
        keys.setSpacing(0)
        keys.addWidget(self.roll, 1)
        keys.addWidget(self.keyboard)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.overview)
        column.addLayout(keys, 1)
        column.addWidget(self.bar)

    def _connect(self) -> None:
        self.head.asked.connect(self.do)
        self.head.version_chosen.connect(self._open_number)
        self.head.instrument_chosen.connect(self._name_instrument)
        self.bar.asked.connect(self.do)
        self.bar.velocity_chosen.connect(self.commands.set_velocity)
        self.bar.snap_chosen.connect(self._set_snap)
        self.roll.edited.connect(self._edited)
        self.roll.menu_wanted.connect(self._offer_menu)
        self.player.failed.connect(lambda trouble: self.failed.emit(why_silent(trouble)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the little room of a low window to the notes."""
        super().resizeEvent(event)
        self.overview.setVisible(self.height() >= LOW)

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        for part in (self.roll, self.keyboard, self.overview):
            part.set_ink(ink)
        for bar in (self.head, self.bar):
            bar.set_theme(ink.theme)
        bind_text(self.roll.setAccessibleDescription, self.roll.chosen_in_words())

    def open(self, take: Take, version: TakeVersion | None = None) -> bool:
        """Show this take; edits of the one before are kept as a version.

        False where they cannot be kept (the one before stays), or where the notes of this one
        cannot be read (of two versions of a take the one before stays, of two takes none).
        """
        edited = self.roll.history.changed
        if not self.keep_edits():
            return False
        if edited:
            take = find_take(take.folder, take.name) or take
        version = version or take.newest
        before = self.take
        try:
            score = Score(read_csv(version.csv))
        except (OSError, ValueError) as error:
            self.failed.emit(unreadable(version, error))
            if before is not None and (before.name, before.folder) != (take.name, take.folder):
                self.close_take()
            return False
        same_sound = before is not None and (before.name, before.sound) == (take.name, take.sound)
        self.take, self.version = take, version
        if not same_sound or not self.player.playing:
            self.player.open(take.sound)
        self.head.show_take(take, version)
        self.overview.show_sound(take.sound)
        self.bar.show_sound(take.sound is not None)
        self.player.set_mix(self.bar.chosen_mix)
        self.roll.open(score, take.seconds, beats_of(take, score))
        self._show_bends()
        self.bar.show_grid(self.roll.beats, self.roll.snap)
        self.playback.show_place()
        self.playback.prepare()
        return True

    def show_found(self, take: Take) -> None:
        """More notes of the open take were heard meanwhile; view and playback stay where they are.

        They are not shown where the notes were edited.
        """
        if self.version is None or self.roll.history.changed:
            return
        try:
            score = Score(read_csv(self.version.csv))
        except (OSError, ValueError) as error:
            self.failed.emit(unreadable(self.version, error))
            return
        self.show_renamed(take)
        self.roll.renew(score)
        self.roll.show_beats(beats_of(take, score))
        self.bar.show_grid(self.roll.beats, self.roll.snap)

    def show_renamed(self, take: Take) -> None:
        """The open take has another name, or more versions; its notes stay as they are here."""
        if self.version is not None:
            number = self.version.number
            self.version = next(each for each in take.versions if each.number == number)
            self.take = take
            self.head.show_take(take, self.version)

    def close_take(self) -> None:
        """Show none: its files are gone."""
        self.player.open(None)
        self.take, self.version = None, None
        self.overview.show_sound(None)
        self.roll.open(Score(), 0.0)

    def leave(self) -> bool:
        """The view is no longer seen: fall silent, keep edits; False where that fails."""
        self.player.pause()
        return self.keep_edits()

    def do(self, action: TakeAction) -> None:
        """Run what a button or key asks for."""
        if not self.commands.do(action):
            self._own[action]()

    def zoom(self, factor: float) -> None:
        """Show `factor` times as many seconds around the middle."""
        camera = self.roll.camera
        self.roll.set_camera(camera.zoomed(factor, camera.start_s + camera.seconds / 2))

    def reset_view(self) -> None:
        """Return to the usual zoom, around the place in view."""
        camera = self.roll.camera
        fitted = camera.fitted(self.roll.history.score.pitch_range(), self.roll.height())
        self.roll.set_camera(fitted.moved_to(camera.start_s))

    def keep_edits(self) -> bool:
        """Save edits, if there are any, as a new version; False where they cannot be saved."""
        history = self.roll.history
        if self.take is None or not history.changed:
            return True
        try:
            version = self.version = save_version(self.take, history.score.notes, "edited")
        except UserError as error:
            self.failed.emit(
                tr("The edits of {name} are not kept yet. {reason}",
                   name=self.take.name, reason=in_words(error.trouble))
            )  # fmt: skip
            return False
        self.take = replace(self.take, versions=(*self.take.versions, version))
        history.saved()
        self.said.emit(
            tr("Edits of {name} kept as version {number}.", name=self.take.name,
               number=self.version.number)
        )  # fmt: skip
        self.head.show_changed(False)
        self.changed.emit()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys that no control used."""
        if not self.press(event):
            super().keyPressEvent(event)

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key asks for; False where that is nothing here."""
        action = action_of(event.key(), event.modifiers())
        idle = action is TakeAction.UNDO and not self.roll.history.can_undo
        if action is None or self.take is None or idle:
            return False
        if not (action in ONCE and event.isAutoRepeat()):
            self.do(action)
        return True

    def _bends(self) -> list[tuple[float, float]]:
        """Pitch bend of the notes in view; none where they were edited."""
        version = self.version
        edited = version is None or self.roll.history.changed
        return [] if version is None or edited else read_bends(version.midi)

    def _show_bends(self) -> None:
        notes = self.roll.history.score.notes
        self.roll.picture.pitch_line = bent_line(notes, self._bends())

    def _set_snap(self, snap: str) -> None:
        self.roll.snap = snap

    def _next_grid(self) -> None:
        """The grid after the chosen one, by a key: the picker may have no room."""
        if self.roll.beats is None:
            self._explain_no_grid()
            return
        names = list(GRIDS)
        snap = names[(names.index(self.roll.snap) + 1) % len(names)]
        self._set_snap(snap)
        self.bar.show_grid(self.roll.beats, snap)
        self.said.emit(
            tr("Edits snap to {grid}.", grid=snap)
            if GRIDS[snap]
            else tr("Edits are free: no grid.")
        )

    def _explain_no_grid(self) -> None:
        self.said.emit(
            tr("The notes are still being heard: bars and a grid come with them.")
            if self.bar.heard()
            else tr(
                "There is no grid: the notes of this take keep no steady beat. "
                "A take that is played to the click (K) has one."
            )
        )

    def _offer_menu(self, spot: Spot | None, place: QPoint) -> None:
        if self.take is not None:
            menu = note_menu(self.roll, spot, self.do)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(place)

    def _refine(self) -> None:
        if self.take is None:
            return
        if self.take.sound is None:
            self.said.emit(no_recording())
        elif self.keep_edits():
            self.refine_wanted.emit()

    def _drop_version(self) -> None:
        """This version to the trash, its edits as one of their own; all comes back together."""
        version = self.version
        if version is None or version.kind == "played" or not self.keep_edits():
            return
        take, edited = self.take, self.version
        if take is None or edited is None:
            return
        going = [version] if edited.number == version.number else [version, edited]
        files = [path for each in going for path in each.files()]
        try:
            gone = discard(files, take.name, f"{take.name}, {version_name(version)}")
        except UserError as error:
            self.failed.emit(in_words(error.trouble))
            return
        numbers = {each.number for each in going}
        left = tuple(each for each in take.versions if each.number not in numbers)
        self.open(replace(take, versions=left))
        self.changed.emit()
        self.trashed.emit(gone)

    def _name_instrument(self, name: str) -> None:
        if self.take is not None:
            try:
                name_instrument(self.take, name)
            except UserError as error:
                self.failed.emit(in_words(error.trouble))
            self.changed.emit()

    def _export(self) -> None:
        if self.take is None:
            return
        try:
            notes = self.roll.history.score.notes
            said = ask_and_export(
                self, self.take, notes, self._bends(), self._show_score, self.roll.beats
            )
        except UserError as error:
            self.failed.emit(in_words(error.trouble))
            return
        if said:
            self.said.emit(said)

    def _show_score(self) -> None:
        notes = self.roll.history.score.notes
        if self.take is None or not notes:
            self.said.emit(
                tr("The notes are still being heard: the score can be seen once they are there.")
                if self.bar.heard()
                else tr("There are no notes to write a score of.")
            )
            return
        from gui.takes.editor.saving.score_page import ScorePage  # loads Qt's SVG

        ScorePage(self, self.take, notes, click_of(self.take)).open()

    def _copy(self) -> None:
        notes = self.roll.chosen_notes() or self.roll.history.score.notes
        QApplication.clipboard().setText(as_table(notes))
        self.said.emit(tr("Copied: {count}", count=plural(len(notes), "note", "notes")))

    def _open_number(self, number: int) -> None:
        """Edits are kept first: the take has one more version then."""
        opened = self.keep_edits()
        if self.take is None or self.version is None:
            return
        versions = {version.number: version for version in self.take.versions}
        opened = opened and number in versions and self.open(self.take, versions[number])
        if not opened:
            self.head.show_take(self.take, self.version)

    def _edited(self) -> None:
        history = self.roll.history
        self.bar.show_history(history)
        if history.changed:
            self.roll.picture.pitch_line = ()
        self.head.show_changed(history.changed)
        bind_text(self.roll.setAccessibleDescription, self.roll.chosen_in_words())


def beats_of(take: Take, score: Score) -> Click | None:
    """Bars and beats of a take: of the click it was played to, else those that its notes keep."""
    return click_of(take) or find_beats(score.notes)
