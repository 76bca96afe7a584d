"""The main window: builds its parts, gives them frames, and connects their signals."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
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
from gui.language.engine_messages import in_words
from gui.language.translate import spoken_locale, tr, use_language
from gui.music.instruments import instrument_word
from gui.notices.message_layer import MessageLayer
from gui.notices.notice import Notice
from gui.notices.notice_stack import NoticeStack
from gui.notices.notice_view import NoticeCard
from gui.notices.toast import Toast
from gui.notices.wish import Wish
from gui.roll.live_roll import RollPane
from gui.settings.choices import ENGINE_FIELDS, PLACE_FIELDS, Choices
from gui.settings.store import SettingsStore
from gui.settings.top_bar import TopBar
from gui.widgets.input_filter import InputFilter
from gui.window.actions import Actions
from gui.window.appearance import Appearance
from gui.window.compact import CompactShape, compact_notices
from gui.window.dropped_files import DroppedFiles
from gui.window.file_sound import FileSound
from gui.window.focus import FocusHome
from gui.window.model_and_folder import ModelAndFolder
from gui.window.pages.practice_navigation import PracticeNavigation
from gui.window.pages.takes_navigation import TakesNavigation
from gui.window.shell import Page

if TYPE_CHECKING:
    from gui.window.pages.takes_page import TakesPage


LEAST_ROLL = 24
"""Height that is left to the roll of a small window that shows settings or a message."""


def open_window(controller: Controller, store: SettingsStore, scan: DeviceScan) -> "MainWindow":
    """A window in the language that was chosen last, which says where settings made no sense."""
    choices, _ = store.load()
    use_language(choices.language)
    window = MainWindow(controller, store, scan)
    if store.backup is not None:
        said = tr(
            "Not all of your settings could be read; they are kept in {path}.", path=store.backup
        )
        window.toast.show_text(said, "warning")
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
        # Children are made inside their parent: a finished part that gets a parent is styled anew.
        self._root = QWidget()
        self.setCentralWidget(self._root)
        self.top_bar = TopBar(self._root)
        self.jobs, self.toast = JobStrip(), Toast()
        self.pane, self.transport, self.status = RollPane(), Transport(), StatusBar()
        self.log = NoteLog()
        self.log_window = NoteLogWindow(self)
        self.pages = QStackedWidget()
        self.pane.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = NoticeCard(self.pane.roll)
        self.files, self._looks = DroppedFiles(self), Appearance(self)
        self.file_sound = FileSound(self)
        self.places, self._manners = ModelAndFolder(self), InputFilter(self)
        self.practice = PracticeNavigation(self)
        self.takes_navigation = TakesNavigation(self)
        self.takes_navigation.made.connect(self._manners.teach)
        self.practice.made.connect(self._manners.teach)
        self.wishes = Actions(self)
        self._home = FocusHome(self)
        self._heard = ("", "")
        """(state, input) at the last picture: a change means that something was plugged."""
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
        root = self._root
        root.setObjectName("root")
        column = QVBoxLayout(root)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        self.messages = MessageLayer(root, self.pages, lambda: self.page.message_place)
        self.notices = NoticeStack(self.messages)
        for strip in (self.jobs, self.toast):
            self.messages.add(strip)
        self.pages.addWidget(self.pane)
        column.addWidget(self.pages, 1)
        column.addWidget(self.transport)
        column.addWidget(self.status)
        self._manners.teach(root)

    def _connect(self) -> None:
        controller, top, transport = self.controller, self.top_bar, self.transport
        controller.frame.connect(self.show_frame)
        controller.settings_changed.connect(top.show_settings)
        controller.refused.connect(lambda trouble: self.toast.show_text(in_words(trouble), "error"))
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
        self.toast.spoken.connect(lambda text: self.log_window.show_lines([text]))
        self.toast.undo_clicked.connect(lambda: self.do(Wish.BRING_BACK))
        self.status.report_wanted.connect(lambda: self.do(Wish.REPORT))
        controller.wanted.connect(self.do)
        self.notices.acted.connect(controller.act)
        self.notices.dismissed.connect(controller.dismiss)
        self.card.acted.connect(controller.act)
        QApplication.styleHints().colorSchemeChanged.connect(self._looks.refresh)

    @property
    def takes(self) -> "TakesPage":
        """Page of takes, made when it is first wanted."""
        return self.takes_navigation.page

    @property
    def shows_takes(self) -> bool:
        """Whether the page of takes is in front."""
        return self.takes_navigation.shown

    def show_frame(self, frame: Frame) -> None:
        """Show one picture of the engine in every part of the window."""
        now_s = self.pane.show_snapshot(frame.snapshot, frame.wall_s)
        self.transport.show_frame(frame, now_s)
        self.file_sound.follow(frame)
        self.transport.show_tuning(instrument_word(frame.snapshot.instrument), self.pane.reading)
        self._looks.follow(frame.snapshot)
        self.log_window.show_lines(self.log.update(frame.snapshot))
        self.top_bar.show_frame(frame)
        self.status.show_frame(frame)
        self.show_notices(self.files.notices(frame.notices))
        self.messages.follow()
        self.places.follow(frame.snapshot)
        self.practice.follow(frame)
        self.takes_navigation.follow(frame.snapshot.last_take)
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
        hidden = self.pane.big_tuner.isVisible() or self.messages.covers(self.card)
        self.card.show_notice(None if hidden else centre)
        others = [
            notice for notice in notices
            if notice is not centre and not (notice.kind == "hint" and self.shows_takes)
        ]  # fmt: skip
        self.notices.show_notices(others, self.height())

    @property
    def widget(self) -> QMainWindow:
        """The window itself: parent of dialogs and helpers."""
        return self

    @property
    def page(self) -> Page:
        """Page in front: live roll, takes or practice."""
        return cast(Page, self.pages.currentWidget())

    def do(self, wish: Wish) -> None:
        """Carry out the action of this wish."""
        self.wishes.do(wish)

    def choose(self, field: str, value: Any) -> None:
        """Change one of the window's own choices."""
        self.choices = self.choices.with_choice(field, value)
        if field in (*ENGINE_FIELDS, *PLACE_FIELDS):
            self.controller.change(**{field: value})
        if field == "language":
            use_language(value)
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
        self.pages.setMinimumHeight(LEAST_ROLL)
        if compact:
            self.takes_navigation.show(False)
        self.top_bar.setVisible(not compact)
        self.status.setVisible(not compact)
        self.transport.set_compact(compact)
        self.shape.take(compact)
        self.wishes.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys that no control used."""
        if not self._home.press(event):
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
        if self.takes_navigation.page_if_made is not None:
            self.takes_navigation.page_if_made.close_player()
        self.controller.close()
        self._scan.wait()
        super().closeEvent(event)

    def _may_close(self) -> bool:
        takes = self.takes_navigation.page_if_made
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
