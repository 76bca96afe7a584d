"""What keys and menu do to the window, by name."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog

from gui.language.engine_messages import in_words
from gui.language.translate import tr
from gui.settings.sound_settings_bar import why_locked
from gui.settings.tap_tempo import TapTempo
from gui.takes.copies import files_of, save_copy, show_folder
from gui.takes.trash import Trashed, discard, put_back
from gui.window.cheat_sheet import CheatSheet
from gui.window.round_trip_dialog import LoopDialog
from realtime.errors import UserError
from realtime.files.sound_files import SOUND_SUFFIXES

if TYPE_CHECKING:
    from gui.window.shell import Shell

MIDDLE_C, TRIED_MS = 60, 500


class Actions:
    """One method an action; the names are those of `gui.window.shortcuts.KEYS`."""

    def __init__(self, window: "Shell") -> None:
        self._window = window
        self._trashed: list[Trashed] = []
        self._taps = TapTempo()

    def record(self) -> None:
        """Begin a take, or end and keep it."""
        self._window.controller.toggle_recording()

    def nothing_to_record(self) -> None:
        """A take was wanted while no sound comes."""
        self._window.told.say(
            tr("There is nothing to record: no sound comes in. Choose an input, or play the demo.")
        )

    def panic(self) -> None:
        """Silence every MIDI note."""
        self._window.controller.panic()

    def compact(self) -> None:
        """The small window, or the usual one."""
        self._window.set_compact(not self._window.choices.compact)

    def takes(self) -> None:
        """The page of takes, or the live roll."""
        if self._window.choices.compact:
            self._window.set_compact(False)
        self._window.show_takes(not self._window.shows_takes)

    def open(self) -> None:
        """Ask for a sound file and turn it into notes."""
        window = self._window
        patterns = " ".join(f"*{suffix}" for suffix in sorted(SOUND_SUFFIXES))
        path, _ = QFileDialog.getOpenFileName(
            window.widget, tr("Sound file to notes"), "", f"{tr('Sound files')} ({patterns})"
        )
        if path:
            window.files.transcribe(Path(path))

    def save(self) -> None:
        """Save the open take, or a copy of the newest one."""
        window = self._window
        if window.shows_takes and window.takes.view.take is not None:
            window.takes.view.do("export")
            return
        try:
            said = save_copy(window.widget, window.transport.take.path)
        except UserError as error:
            window.told.say(in_words(error.trouble), "error")
            return
        if said:
            window.told.say(said)

    def discard(self) -> None:
        """Move the open take to the trash, or the newest one."""
        window = self._window
        page = window.takes_if_made
        opened = page.view.take if page is not None and window.shows_takes else None
        take = str(opened.folder / f"{opened.name}.mid") if opened else window.transport.take.path
        if not take:
            window.told.say(tr("There is no take yet: press R to record one."))
            return
        if page is not None and not page.keep_edits_of(Path(take).stem):
            return
        try:
            self.trashed(discard(files_of(take), Path(take).stem))
        except UserError as error:
            window.told.say(in_words(error.trouble), "error")
            return
        if window.shows_takes:
            window.enter_takes()

    def trashed(self, gone: Trashed) -> None:
        """Something is in the trash now: say so, and offer the way back."""
        window = self._window
        window.transport.take.newest.forget(path for path, _ in gone.moves)
        window.transport.take.refresh()
        if gone.can_come_back:
            self._trashed.append(gone)
        said = tr("{name} is in the trash.", name=gone.label)
        window.told.say(said, undo=gone.can_come_back)

    def hand_over(self, other: "Actions") -> None:
        """Another window knows where takes are, and brings back what went to the trash in this."""
        other._trashed, self._trashed = self._trashed, []
        other._window.transport.take.newest = self._window.transport.take.newest

    def bring_back(self) -> None:
        """Undo the last move to the trash; again, the one before."""
        window = self._window
        if not self._trashed:
            window.told.say(tr("There is nothing to undo."))
            return
        gone = self._trashed.pop()
        try:
            put_back(gone)
        except UserError as error:
            window.told.say(in_words(error.trouble), "error")
            return
        window.transport.take.newest.recall(path for path, _ in gone.moves)
        window.transport.take.refresh()
        window.told.say(tr("{name} is back.", name=gone.label), undo=bool(self._trashed))
        if window.shows_takes:
            window.takes.enter(window.controller.takes_folder, gone.take)

    def folder(self) -> None:
        """Open the folder of the takes."""
        said = show_folder(self._window.transport.take.path)
        if said:
            self._window.told.say(said)

    def takes_folder(self) -> None:
        """Ask where takes shall go."""
        self._window.places.choose_folder()

    def model(self) -> None:
        """Ask for a model of the user's own."""
        self._window.places.choose_model()

    def usual_view(self) -> None:
        """Out of the compact window, where something must be chosen."""
        self._window.set_compact(False)

    def zoom_in(self) -> None:
        """Show fewer seconds."""
        self._zoom(0.8)

    def zoom_out(self) -> None:
        """Show more seconds."""
        self._zoom(1.25)

    def reset_view(self) -> None:
        """The usual zoom."""
        window = self._window
        (window.takes.view if window.shows_takes else window.pane).reset_view()

    def log(self) -> None:
        """Show the notes as text, or hide them."""
        window = self._window.log_window
        window.setVisible(not window.isVisible())

    def sheet(self) -> None:
        """Show the keys."""
        CheatSheet(self._window.widget).open()

    def report(self) -> None:
        """Copy a report on how everything is."""
        QApplication.clipboard().setText(self._window.controller.report())
        self._window.told.say(tr("A report is on the clipboard: paste it where you ask for help."))

    def spectrogram(self) -> None:
        """The model's own input behind the notes, or not."""
        self._window.choose("spectrogram", not self._window.choices.spectrogram)

    def mute(self) -> None:
        """Keep MIDI quiet, or let it leave again."""
        controller = self._window.controller
        controller.toggle_mute()
        self._window.told.say(
            tr("MIDI is muted: nothing is sent until you press M again.")
            if controller.muted
            else tr("MIDI is sent again.")
        )

    def synth(self) -> None:
        """Hear the notes on the synth, or no longer."""
        controller = self._window.controller
        controller.change(synth=not controller.settings.synth)
        controller.flush()
        self._window.told.say(
            tr("You hear your notes on the synth. Use headphones, or it hears itself.")
            if controller.settings.synth
            else tr("The synth is silent.")
        )

    def click(self) -> None:
        """A click, or no longer."""
        controller = self._window.controller
        controller.change(click=not controller.settings.click)
        controller.flush()

    def tap(self) -> None:
        """A beat of the tempo that is wanted; a take that is played to the click keeps its own."""
        if self._window.top_bar.sound.tempo_locked:
            self._window.told.say(why_locked())
            return
        bpm = self._taps.tap(time.monotonic())
        if bpm is not None:
            self._window.controller.change(click_bpm=bpm)

    def loop(self) -> None:
        """Measure the audio loop."""
        window, controller = self._window, self._window.controller
        dialog = LoopDialog(window.widget)
        dialog.begun.connect(controller.measure_loop)
        dialog.given_up.connect(controller.stop_measuring)
        controller.frame.connect(dialog.show_frame)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def try_midi(self) -> None:
        """Send a middle C to MIDI port and synth for a moment."""
        controller = self._window.controller
        controller.press(MIDDLE_C)
        QTimer.singleShot(TRIED_MS, controller, lambda: controller.release(MIDDLE_C))

    def no_port(self) -> None:
        """A key was pressed, but there is nowhere to send it."""
        self._window.told.say(
            tr("Choose a MIDI out or turn the synth on (H): then the keys can be heard.")
        )

    def quit(self) -> None:
        """Close the window."""
        self._window.close()

    def _zoom(self, factor: float) -> None:
        if self._window.shows_takes:
            self._window.takes.view.zoom(factor)
        else:
            self._window.pane.zoom_time(factor)
