"""What keys, menu and buttons do to the window: one `QAction` for each, shared by all of them."""

import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QToolButton

from gui.language.bound_texts import bind_text
from gui.language.engine_messages import in_words
from gui.language.formats import duration
from gui.language.translate import Text, decimal, tr, translated
from gui.notices.wish import Wish
from gui.settings.round_trip_dialog import LoopDialog
from gui.settings.sound_settings_bar import why_locked
from gui.settings.tap_tempo import TapTempo
from gui.takes.copies import files_of, save_copy, show_folder
from gui.takes.trash import Trashed, discard, put_back
from gui.widgets.about import About
from gui.widgets.open_dialog import ask_for_file
from gui.window.cheat_sheet import CheatSheet
from gui.window.menu import ROLL
from gui.window.shortcuts import Face, faces, shown, tip_with_keys
from realtime.files.sound_files import SOUND_SUFFIXES
from realtime.troubles.errors import UserError

if TYPE_CHECKING:
    from gui.teach.teaching import Teaching
    from gui.window.shell import Shell

MIDDLE_C, TRIED_MS = 60, 500


class Actions:
    """The actions of the window, and what each does where it is not the controller's.

    Args:
        window: asked for all that is done; the actions and their keys are its own.
    """

    def __init__(self, window: "Shell") -> None:
        self._window = window
        self._trashed: list[Trashed] = []
        self._taps = TapTempo()
        self._granted: dict[Wish, Callable[[], object]] = {
            Wish.RECORD: self.record,
            Wish.NOTHING_TO_RECORD: self.nothing_to_record,
            Wish.NOTHING_TO_KEEP: self.nothing_to_keep,
            Wish.KEPT_ALREADY: self.kept_already,
            Wish.PANIC: self.panic,
            Wish.COMPACT: self.compact,
            Wish.USUAL_VIEW: self.usual_view,
            Wish.TAKES: self.takes,
            Wish.PRACTICE: lambda: window.practice.toggle(),
            Wish.OPEN: self.open,
            Wish.SAVE: self.save,
            Wish.DISCARD: self.discard,
            Wish.BRING_BACK: self.bring_back,
            Wish.FOLDER: self.folder,
            Wish.TAKES_FOLDER: lambda: window.places.choose_folder(),
            Wish.MODEL: lambda: window.places.choose_model(),
            Wish.ZOOM_IN: lambda: window.page.zoom_time(0.8),
            Wish.ZOOM_OUT: lambda: window.page.zoom_time(1.25),
            Wish.RESET_VIEW: lambda: window.page.reset_view(),
            Wish.LOG: self.log,
            Wish.SHEET: self.sheet,
            Wish.ABOUT: self.about,
            Wish.REPORT: self.report,
            Wish.SPECTROGRAM: self.spectrogram,
            Wish.TUNER: self.tuner,
            Wish.MUTE: self.mute,
            Wish.SYNTH: self.synth,
            Wish.CLICK: self.click,
            Wish.TAP: self.tap,
            Wish.LOOP: self.loop,
            Wish.TEACH: lambda: self.teaching.open_guide(window.pane.ink),
            Wish.INSTRUMENTS: lambda: self.teaching.open_list(window.pane.ink),
            Wish.TRY_MIDI: self.try_midi,
            Wish.NO_PORT: self.no_port,
            Wish.SETTINGS: lambda: self._open_settings(window.top_bar.tune),
            Wish.HEARING: lambda: self._open_settings(window.top_bar.listen),
            Wish.MENU: self.menu,
            Wish.QUIT: self.quit,
        }
        self._made = {wish: self._make(wish, face) for wish, face in faces().items()}
        window.pane.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        window.pane.addActions([self._made[wish] for wish in ROLL])

    @property
    def granted(self) -> frozenset[Wish]:
        """What is not the controller's to grant."""
        return frozenset(self._granted)

    def __getitem__(self, wish: Wish) -> QAction:
        """The action of a wish, for menus and buttons."""
        return self._made[wish]

    def do(self, wish: Wish) -> None:
        """Grant a wish; what is on or off shows so everywhere."""
        if wish in self._granted:
            self._granted[wish]()
        else:
            self._window.controller.act(wish)
        self.refresh()

    def refresh(self) -> None:
        """Check and enable each action as the window stands now."""
        window, controller = self._window, self._window.controller
        on = {
            Wish.TAKES: window.shows_takes,
            Wish.PRACTICE: window.practice.shown,
            Wish.COMPACT: window.choices.compact,
            Wish.LOG: window.log_window.isVisible(),
            Wish.SPECTROGRAM: window.choices.spectrogram,
            Wish.TUNER: window.pane.big_tuner.isVisibleTo(window.pane),
            Wish.MUTE: controller.muted,
            Wish.SYNTH: controller.settings.synth,
            Wish.CLICK: controller.settings.click,
        }
        for wish, is_on in on.items():
            self._made[wish].setChecked(is_on)

    def _make(self, wish: Wish, face: Face) -> QAction:
        action = QAction(self._window.widget)
        bind_text(
            action.setText,
            Text(lambda: f"{translated(face.text)}\t{shown(face.told_keys)}".rstrip()),
        )
        bind_text(action.setToolTip, tip_with_keys(face))
        action.setShortcuts([QKeySequence(key) for key in face.keys])
        action.setAutoRepeat(face.repeats)
        action.setCheckable(face.switch)
        action.triggered.connect(lambda: self.do(wish))
        self._window.widget.addAction(action)
        return action

    def record(self) -> None:
        """Begin a take, or end and keep it."""
        self._window.controller.toggle_recording()

    def nothing_to_record(self) -> None:
        """A take was wanted while no sound comes."""
        self._window.toast.show_text(
            tr("There is nothing to record: no sound comes in. Choose an input, or play the demo.")
        )

    def nothing_to_keep(self) -> None:
        """What was just played should be kept, but there is nothing."""
        minutes = self._window.controller.settings.recent_minutes
        self._window.toast.show_text(
            tr(
                "There is nothing to keep: no note was heard in the last {minutes} minutes.",
                minutes=decimal(minutes, "g"),
            )
            if minutes
            else tr("Nothing is held in memory: choose how many minutes in the menu, under Takes.")
        )

    def kept_already(self) -> None:
        """What was just played should be kept, and is."""
        window = self._window
        newest, last = window.takes_navigation.newest, window.controller.last
        held = duration(last.snapshot.held_s) if last is not None else ""
        again = (
            tr("Keep all {length}", length=held),
            lambda: window.controller.keep_recent(whole=True),
        )
        there = [(tr("Open"), lambda: window.takes_navigation.open(newest))] if newest else []
        window.toast.offer(
            tr("Nothing was played since the last take was kept."), *there, again, goes=True
        )

    def kept(self, take: str) -> None:
        """A take is finished: say what it is called, and show the ways to it."""
        window = self._window
        offers = [
            (tr("Open"), lambda: window.takes_navigation.open(take)),
            (tr("Show in folder"), lambda: self._show_in_folder(take)),
        ]
        shown = offers[1:] if window.shows_takes else offers  # there it opens by itself
        window.toast.offer(tr("Kept as “{name}”.", name=Path(take).stem), *shown, goes=True)

    def _show_in_folder(self, take: str) -> None:
        said = show_folder(self._window.takes_navigation.place_of(take) or take)
        if said:
            self._window.toast.show_text(said)

    def panic(self) -> None:
        """Silence every MIDI note that may sound; in a take no note is chosen any more."""
        self._window.controller.panic()
        if self._window.shows_takes:
            self._window.takes_navigation.page.view.roll.choose(frozenset())

    def compact(self) -> None:
        """The small window, or the usual one."""
        self._window.set_compact(not self._window.choices.compact)

    def takes(self) -> None:
        """The page of takes, or the live roll."""
        if self._window.choices.compact:
            self._window.set_compact(False)
        self._window.takes_navigation.show(not self._window.shows_takes)

    def open(self) -> None:
        """Ask for a sound file and turn it into notes."""
        path = ask_for_file(
            self._window.widget, tr("Sound file to notes"), tr("Sound files"), SOUND_SUFFIXES
        )
        if path is not None:
            self._window.files.transcribe(path)

    def save(self) -> None:
        """Save the open take, or a copy of the newest one."""
        window = self._window
        if window.shows_takes and window.takes.opened is not None:
            window.takes.export()
            return
        try:
            said = save_copy(window.widget, window.takes_navigation.newest)
        except UserError as error:
            window.toast.show_text(in_words(error.trouble), "error")
            return
        if said:
            window.toast.show_text(said)

    def discard(self) -> None:
        """Move the open take to the trash, or the newest one."""
        window = self._window
        takes = window.takes_navigation
        page = takes.page_if_made
        opened = page.opened if page is not None and window.shows_takes else None
        take = str(opened.folder / f"{opened.name}.mid") if opened else takes.newest
        if not take:
            window.toast.show_text(tr("There is no take yet: press R to record one."))
            return
        if page is not None and not page.keep_edits_of(Path(take).stem):
            return
        try:
            self.trashed(discard(files_of(take), Path(take).stem))
        except UserError as error:
            window.toast.show_text(in_words(error.trouble), "error")
            return
        window.takes_navigation.enter_if_shown()

    def trashed(self, gone: Trashed) -> None:
        """Something is in the trash now: say so, and offer the way back."""
        window = self._window
        window.takes_navigation.exclude(path for path, _ in gone.moves)
        if gone.can_come_back:
            self._trashed.append(gone)
        said = tr("{name} is in the trash.", name=gone.label)
        window.toast.show_text(said, undo=gone.can_come_back)

    def bring_back(self) -> None:
        """Undo the last move to the trash; again, the one before."""
        window = self._window
        if not self._trashed:
            window.toast.show_text(tr("There is nothing to undo."))
            return
        gone = self._trashed.pop()
        try:
            put_back(gone)
        except UserError as error:
            window.toast.show_text(in_words(error.trouble), "error")
            return
        window.takes_navigation.include(path for path, _ in gone.moves)
        window.toast.show_text(tr("{name} is back.", name=gone.label), undo=bool(self._trashed))
        if window.shows_takes:
            window.takes.enter(window.controller.takes_folder, gone.take)

    def folder(self) -> None:
        """Open the folder of the takes."""
        said = show_folder(self._window.takes_navigation.newest)
        if said:
            self._window.toast.show_text(said)

    def usual_view(self) -> None:
        """Out of the compact window, where something must be chosen."""
        self._window.set_compact(False)

    def log(self) -> None:
        """Show the notes as text, or hide them."""
        log = self._window.log_window
        log.setVisible(not log.isVisible())

    def sheet(self) -> None:
        """Show the sheet of keys."""
        CheatSheet(self._window.widget).open()

    def about(self) -> None:
        """Say what this is, and what is new in it."""
        About(self._window.widget).open()

    def report(self) -> None:
        """Copy a report on how everything is."""
        QApplication.clipboard().setText(self._window.controller.report())
        self._window.toast.show_text(
            tr("A report is on the clipboard: paste it where you ask for help.")
        )

    def spectrogram(self) -> None:
        """The model's own input behind the notes, or not."""
        self._window.choose("spectrogram", not self._window.choices.spectrogram)

    def tuner(self) -> None:
        """The large tuner over the live notes, or the notes again."""
        window, shown = self._window, self._window.pane.big_tuner.isVisible()
        if window.practice.shown:
            window.practice.toggle()
        window.takes_navigation.show(False)
        window.pane.show_tuner(not shown)

    def mute(self) -> None:
        """Keep MIDI quiet, or let it leave again."""
        controller = self._window.controller
        controller.toggle_mute()
        self._window.toast.show_text(
            tr("MIDI is muted: nothing is sent until you press M again.")
            if controller.muted
            else tr("MIDI is sent again.")
        )

    def synth(self) -> None:
        """Hear the notes on the synth, or no longer."""
        controller = self._window.controller
        controller.change(synth=not controller.settings.synth)
        controller.flush()
        self._window.toast.show_text(
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
        if self._window.top_bar.tempo_locked:
            self._window.toast.show_text(why_locked())
            return
        bpm = self._taps.tap(time.monotonic())
        if bpm is not None:
            self._window.controller.change(click_bpm=bpm)

    def loop(self) -> None:
        """Open the dialog that measures the audio loop."""
        window, controller = self._window, self._window.controller
        dialog = LoopDialog(window.widget)
        dialog.begun.connect(controller.measure_loop)
        dialog.given_up.connect(controller.stop_measuring)
        controller.frame.connect(dialog.show_frame)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @cached_property
    def teaching(self) -> "Teaching":
        """Lessons and taught instruments, loaded when they are first wanted."""
        from gui.teach.teaching import Teaching

        window = self._window
        return Teaching(window.widget, window.controller, window.choose, window.toast.show_text)

    def try_midi(self) -> None:
        """Send a middle C to MIDI port and synth for a moment."""
        controller = self._window.controller
        controller.press(MIDDLE_C)
        QTimer.singleShot(TRIED_MS, controller, lambda: controller.release(MIDDLE_C))

    def no_port(self) -> None:
        """A key was pressed, but there is nowhere to send it."""
        self._window.toast.show_text(
            tr("Choose a MIDI out or turn the synth on (H): then the keys can be heard.")
        )

    def _open_settings(self, button: QToolButton) -> None:
        """Open the settings behind a button, with the keys in the first of them, or close them."""
        self.usual_view()
        self._window.top_bar.toggle(button)

    def menu(self) -> None:
        """Open the menu, with its first entry chosen."""
        self.usual_view()
        self._window.top_bar.open_menu()

    def quit(self) -> None:
        """Close the window, which may ask before."""
        self._window.close()
