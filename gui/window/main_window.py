"""The window: puts the parts together and passes frames down and wishes up."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.bars.note_log import NoteLog, NoteLogWindow
from gui.bars.status_bar import StatusBar
from gui.bars.transport import Transport
from gui.controller.controller import Controller
from gui.controller.device_scan import DeviceScan
from gui.controller.frame import Frame
from gui.jobs.job_strip import JobStrip
from gui.language.bound_texts import follow_language, retranslate
from gui.language.translate import speak, spoken_locale, tr
from gui.music.instruments import instrument_word
from gui.music.tuner import Tuner
from gui.notices.message_layer import MessageLayer
from gui.notices.notice import Notice
from gui.notices.notice_stack import NoticeStack
from gui.notices.notice_view import NoticeCard
from gui.notices.toast import SaidStrip
from gui.notices.wish import Wish
from gui.roll.live_roll import RollPane
from gui.settings.choices import ENGINE_FIELDS, PLACE_FIELDS, Choices
from gui.settings.store import SettingsStore
from gui.settings.top_bar import TopBar
from gui.widgets.dialogs import is_panic
from gui.widgets.input_filter import ControlManners
from gui.window.actions import Actions
from gui.window.appearance import Looks
from gui.window.compact import CompactShape, compact_notices
from gui.window.dropped_files import GivenFiles
from gui.window.file_sound import FileSound
from gui.window.focus import FocusHome
from gui.window.model_and_folder import Places
from gui.window.practice_door import PracticeDoor
from gui.window.shell import Page

if TYPE_CHECKING:
    from gui.window.takes_page import TakesPage


LEAST_ROLL = 24
"""Height that is left to the roll of a compact window while there is a message."""


def open_window(controller: Controller, store: SettingsStore, scan: DeviceScan) -> "MainWindow":
    """A window in the language that was chosen last, which says where settings made no sense."""
    choices, _ = store.load()
    speak(choices.language)
    window = MainWindow(controller, store, scan)
    if store.backup is not None:
        said = tr(
            "Not all of your settings could be read; they are kept in {path}.", path=store.backup
        )
        window.told.say(said, "warning")
    return window


class MainWindow(QMainWindow):
    """The whole window around one controller.

    Args:
        controller: not yet started.
        store: where choices are remembered.
        scan: reads the lists of devices.
    """

    def __init__(self, controller: Controller, store: SettingsStore, scan: DeviceScan) -> None:
        super().__init__()
        self.setWindowTitle("Jaka to melodia")
        self.setLocale(spoken_locale())
        follow_language(self._follow_language)
        self.controller = controller
        self._store, self._scan = store, scan
        self.choices, geometries = store.load()
        self.top_bar = TopBar()
        self.jobs, self.told = JobStrip(), SaidStrip()
        self.pane, self.transport, self.status = RollPane(), Transport(), StatusBar()
        self.log, self._tuner = NoteLog(), Tuner()
        self.log_window = NoteLogWindow(self)
        self.pages = QStackedWidget()
        self.pane.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = NoticeCard(self.pane.roll)
        self.files, self._looks = GivenFiles(self), Looks(self)
        self.file_sound = FileSound(self)
        self.places, self._manners = Places(self), ControlManners(self)
        self.practice = PracticeDoor(self)
        self.wishes = Actions(self)
        self._home = FocusHome(self)
        self._heard = ("", "")
        """(state, input) at the last picture: a change means that something was plugged."""
        self._newest_take = ""
        self._unasked = False
        """Whether the window closes where nobody may be there to answer."""
        self._lay_out()
        self._connect()
        self.pane.seconds = self.choices.seconds
        self.shape = CompactShape(self, geometries)
        self.set_compact(self.choices.compact)
        self._looks.refresh()
        self.top_bar.show_settings(controller.settings)
        self.pane.setFocus()
        scan.start()

    def _lay_out(self) -> None:
        root = QWidget()
        root.setObjectName("root")
        column = QVBoxLayout(root)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        self.messages = MessageLayer(root, lambda: self.page.message_place)
        self.notices = NoticeStack(self.messages)
        for strip in (self.jobs, self.told):
            self.messages.add(strip)
        self.pages.addWidget(self.pane)
        column.addWidget(self.pages, 1)
        column.addWidget(self.transport)
        column.addWidget(self.status)
        self.setCentralWidget(root)
        self._manners.teach(root)

    def _connect(self) -> None:
        controller, top, transport = self.controller, self.top_bar, self.transport
        controller.frame.connect(self.show_frame)
        controller.settings_changed.connect(top.show_settings)
        controller.rescan.connect(self._scan.start)
        top.changed.connect(lambda fields: controller.change(**fields))
        top.input_chosen.connect(controller.choose_input)
        top.learn_clicked.connect(controller.learn_room)
        top.rescan.connect(self._scan.start)
        top.wanted.connect(self.do)
        self.pane.keyboard.pressed.connect(controller.press)
        self.pane.keyboard.released.connect(controller.release)
        controller.settings_changed.connect(self.wishes.refresh)
        transport.bind(
            record=self.wishes[Wish.RECORD],
            keep=self.wishes[Wish.KEEP],
            panic=self.wishes[Wish.PANIC],
            save=self.wishes[Wish.SAVE],
            compact=self.wishes[Wish.COMPACT],
            takes=self.wishes[Wish.TAKES],
            practice=self.wishes[Wish.PRACTICE],
        )
        self.told.spoken.connect(lambda text: self.log_window.show_lines([text]))
        self.told.undo_clicked.connect(lambda: self.do(Wish.BRING_BACK))
        self.status.report_wanted.connect(lambda: self.do(Wish.REPORT))
        controller.wanted.connect(self.do)
        self.notices.acted.connect(controller.act)
        self.notices.dismissed.connect(controller.dismiss)
        self.card.acted.connect(controller.act)
        QApplication.styleHints().colorSchemeChanged.connect(self._looks.refresh)

    @cached_property
    def takes(self) -> "TakesPage":
        """The page of takes. Made when it is first wanted: the window opens sooner without."""
        from gui.window.takes_page import TakesPage

        page = TakesPage()
        page.join(self.told, self.jobs, self.transport.take, self.controller)
        page.refine_wanted.connect(self.files.refine)
        page.trashed.connect(self.wishes.trashed)
        page.record_wanted.connect(self._record_first)
        page.view.player.changed.connect(self._mute_midi)
        page.set_calm(self.choices.calm)
        page.set_ink(self._looks.ink)
        self.pages.addWidget(page)
        self._manners.teach(page)
        return page

    @property
    def takes_if_made(self) -> "TakesPage | None":
        """The page of takes, None as long as nobody wanted it."""
        return self.__dict__.get("takes")

    def show_frame(self, frame: Frame) -> None:
        """Show one picture of the engine in every part of the window."""
        now_s = self.pane.show_snapshot(frame.snapshot, frame.wall_s)
        self.transport.show_frame(frame, now_s)
        self.file_sound.follow(frame)
        self.transport.show_tuning(
            instrument_word(frame.snapshot.instrument), self._tuner.hear(frame.snapshot)
        )
        self._looks.follow(frame.snapshot)
        self.log_window.show_lines(self.log.update(frame.snapshot))
        self.top_bar.show_frame(frame)
        self.status.show_frame(frame)
        self.show_notices(self.files.notices(frame.notices))
        self.messages.follow()
        self.places.follow(frame.snapshot)
        self.practice.follow(frame)
        if frame.snapshot.last_take != self._newest_take:
            self._newest_take = frame.snapshot.last_take
            if self._newest_take:
                self.wishes.kept(self._newest_take)
            if self.shows_takes:
                self.enter_takes()
        heard = (frame.snapshot.state, frame.snapshot.input_name)
        if heard != self._heard:
            self._heard = heard
            self._scan.start()
        devices = self._scan.poll()
        if devices is not None:
            self.top_bar.show_devices(devices)

    def show_notices(self, notices: tuple[Notice, ...]) -> None:
        """One in the middle where there is room, the others as messages."""
        if self.choices.compact:
            self.card.show_notice(None)
            self.notices.show_notices(compact_notices(notices), self.height())
            return
        centre = next((notice for notice in notices if notice.centre), None)
        self.card.show_notice(centre)
        others = [notice for notice in notices if notice is not centre]
        self.notices.show_notices(others, self.height())

    @property
    def shows_takes(self) -> bool:
        """Whether the page of takes is in front."""
        return self.takes_if_made is not None and self.pages.currentWidget() is self.takes_if_made

    def show_takes(self, shown: bool) -> None:
        """Bring the page of takes to the front, or the live roll."""
        if shown == self.shows_takes:
            return
        self.practice.leave()
        self.pages.setCurrentWidget(self.takes if shown else self.pane)
        self.transport.take.setVisible(not shown)
        if shown:
            self.enter_takes()
            self.takes.library.list.setFocus()
        else:
            self.takes.leave()
            self.pane.setFocus()
        self.wishes.refresh()

    @property
    def widget(self) -> QMainWindow:
        """The window itself: parent of dialogs and helpers."""
        return self

    @property
    def page(self) -> Page:
        """Page in front: live roll, takes or practice."""
        return cast(Page, self.pages.currentWidget())

    @property
    def newest_take(self) -> str:
        """The .mid of the newest take where it is now, "" where there is none."""
        return self.transport.take.path

    def place_of(self, written: str) -> str:
        """The .mid that the engine wrote as `written`, wherever it is now; "" where it is gone."""
        return self.transport.take.place_of(written)

    def open_take(self, written: str) -> None:
        """Show the take that the engine wrote as `written` on the page of takes."""
        self.set_compact(False)
        self.show_takes(True)
        self.takes.enter(self.controller.takes_folder, Path(self.place_of(written)).stem)

    def forget_files(self, paths: Iterable[Path]) -> None:
        """These files of takes are in the trash."""
        self.transport.take.forget(paths)

    def recall_files(self, paths: Iterable[Path]) -> None:
        """Count these files of takes as there again: they are back from the trash."""
        self.transport.take.recall(paths)

    def do(self, wish: Wish) -> None:
        """Carry out the action of this wish."""
        self.wishes.do(wish)

    def choose(self, field: str, value: Any) -> None:
        """Change one of the window's own choices."""
        self.choices = self.choices.with_choice(field, value)
        if field in (*ENGINE_FIELDS, *PLACE_FIELDS):
            self.controller.change(**{field: value})
        if field == "language":
            speak(value)
            retranslate()
        else:
            self._looks.refresh()

    def _follow_language(self) -> None:
        """Write numbers and call notes as the language does."""
        self.setLocale(spoken_locale())
        self._looks.refresh()

    def set_compact(self, compact: bool) -> None:
        """A small window that stays on top, or the usual one."""
        self.choices = replace(self.choices, compact=compact)
        self.pages.setMinimumHeight(LEAST_ROLL if compact else 0)
        if compact:
            self.show_takes(False)
        self.top_bar.setVisible(not compact)
        self.status.setVisible(not compact)
        self.transport.set_compact(compact)
        self.shape.take(compact)
        self.wishes.refresh()

    def enter_takes(self) -> None:
        """Show what is in the folder of takes now."""
        newest = self.transport.take.place_of(self._newest_take)
        self.takes.enter(self.controller.takes_folder, Path(newest).stem if newest else "")

    def _record_first(self) -> None:
        """Record where what is played is seen, unless that goes on already."""
        self.show_takes(False)
        last = self.controller.last
        if last is None or not last.snapshot.recording:
            self.do(Wish.RECORD)

    def _mute_midi(self) -> None:
        """What a take plays should not come back through the microphone as MIDI."""
        playing = self.takes.view.player.playing
        self.controller.mute_midi(playing and self.choices.mute_midi)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space that no control wanted plays the open take, or starts or stops the demo.

        Enter in a number box gives the keys back. Ctrl+Z without edits brings back from the trash.
        """
        if is_panic(event):
            self.do(Wish.PANIC)
        elif self.practice.press(event):
            pass
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.do(Wish.BRING_BACK)
        elif event.key() == Qt.Key.Key_M and not event.modifiers():
            if not event.isAutoRepeat():
                self.do(Wish.MUTE)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(
            QApplication.focusWidget(), QAbstractSpinBox
        ):
            self._home.go()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            if not self.shows_takes:
                self.controller.toggle_demo()
            elif self.takes.opened is not None:
                self.takes.play()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw less while the window is minimised."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.controller.set_visible(not self.isMinimized())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the choices, then stop everything, unless work would be lost."""
        if not (self._unasked or self._may_close()):
            event.ignore()
            return
        self.file_sound.close()
        self.choices = replace(self.choices, seconds=round(self.pane.seconds, 3))
        self._store.save(self.remembered(), self.shape.geometries())
        self.hide()
        self.jobs.discard()
        if self.takes_if_made is not None:
            self.takes_if_made.close_player()
        self.controller.close()
        self._scan.wait()
        super().closeEvent(event)

    def _may_close(self) -> bool:
        takes = self.takes_if_made
        kept = takes is None or takes.may_close()
        return kept and self.files.may_close() and self.places.may_close()

    def close_unasked(self) -> None:
        """Close where nobody may be there to answer: what is heard already becomes takes."""
        self._unasked = True
        self.jobs.discard()
        self.close()

    def remembered(self) -> Choices:
        """The choices with the engine's settings; a played file is not one of them."""
        settings = replace(self.controller.settings, input=self.controller.microphone)
        return self.choices.with_engine(settings)
