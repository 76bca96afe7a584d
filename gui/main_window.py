"""The window: puts the parts together and passes frames down and wishes up."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.actions import Actions
from gui.appearance import dress, wanted_theme
from gui.choices import Choices
from gui.controller import Controller
from gui.device_scan import DeviceScan
from gui.dialog import is_panic
from gui.frame import Frame
from gui.ink import NoteInk
from gui.instrument_words import instrument_word
from gui.job_strip import JobStrip
from gui.key_guess import KeyFollower
from gui.key_names import key_name
from gui.main_menu import build_menu
from gui.note_log import NoteLog
from gui.note_log_window import NoteLogWindow
from gui.notice_view import NoticeCard, NoticeStrip
from gui.notices import drop_notice
from gui.pitch_names import spelled
from gui.roll_pane import RollPane
from gui.said_strip import SaidStrip
from gui.settings_store import SettingsStore
from gui.shortcuts import KEYS
from gui.status_bar import StatusBar
from gui.theme import Theme
from gui.top_bar import TopBar
from gui.transport import Transport
from gui.tuner import Tuner
from gui.words import language
from realtime.errors import UserError

if TYPE_CHECKING:
    from gui.takes_page import TakesPage

USUAL_SIZE = (960, 540)
SMALLEST_SIZE = (420, 300)
COMPACT_SIZE = (460, 200)
COMPACT_SMALLEST = (300, 110)


class MainWindow(QMainWindow):
    """The whole window around one controller.

    Args:
        controller: not yet started.
        store: where choices are remembered.
        scan: reads the lists of devices.
    """

    language_chosen = Signal(str)
    """Every word has to be said anew: the window wants to be replaced."""

    def __init__(self, controller: Controller, store: SettingsStore, scan: DeviceScan) -> None:
        super().__init__()
        self.setWindowTitle("Jaka to melodia")
        self.setAcceptDrops(True)
        self.controller = controller
        self._store, self._scan = store, scan
        self.choices, geometry = store.load()
        self.top_bar, self.strip = TopBar(), NoticeStrip()
        self.jobs, self.told = JobStrip(), SaidStrip()
        self.pane, self.transport, self.status = RollPane(), Transport(), StatusBar()
        self._actions = Actions(self)
        self.log, self._keys, self._tuner = NoteLog(), KeyFollower(), Tuner()
        self.log_window = NoteLogWindow(self)
        self.pages = QStackedWidget()
        self.pane.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = NoticeCard(self.pane.roll)
        self._dragging = False
        self._heard = ("", "")
        """(state, input) at the last picture: a change means that something was plugged."""
        self._newest_take = ""
        self._keys_shown = ""
        self._lay_out()
        self._connect()
        self._usual_geometry, self._usual_place = QByteArray(), QRect()
        self.pane.seconds = self.choices.seconds
        self.resize(*USUAL_SIZE)
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
        self.set_compact(self.choices.compact)
        self.refresh_look()
        self.top_bar.show_settings(controller.settings)
        self.pane.setFocus()
        scan.start()

    def _lay_out(self) -> None:
        root = QWidget()
        root.setObjectName("root")
        column = QVBoxLayout(root)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.top_bar, self.strip, self.jobs, self.told):
            column.addWidget(part)
        self.pages.addWidget(self.pane)
        column.addWidget(self.pages, 1)
        column.addWidget(self.transport)
        column.addWidget(self.status)
        self.setCentralWidget(root)

    def _connect(self) -> None:
        controller, top, transport = self.controller, self.top_bar, self.transport
        controller.frame.connect(self.show_frame)
        controller.settings_changed.connect(top.show_settings)
        controller.rescan.connect(self._scan.start)
        top.changed.connect(lambda fields: controller.change(**fields))
        top.input_chosen.connect(controller.choose_input)
        top.learn_clicked.connect(controller.learn_room)
        top.rescan.connect(self._scan.start)
        self.pane.keyboard.pressed.connect(controller.press)
        self.pane.keyboard.released.connect(controller.release)
        transport.record_clicked.connect(controller.toggle_recording)
        transport.panic_clicked.connect(controller.panic)
        transport.save_clicked.connect(lambda: self.do("save"))
        transport.compact_clicked.connect(lambda: self.do("compact"))
        transport.takes_clicked.connect(lambda: self.do("takes"))
        self.told.undo_clicked.connect(lambda: self.do("bring_back"))
        self.jobs.refined.connect(lambda csv: self.takes.refined(csv))
        self.jobs.keep_wanted.connect(self._keep_job)
        self.status.clicked.connect(lambda: self.do("report"))
        controller.wanted.connect(self.do)
        self.strip.acted.connect(controller.act)
        self.card.acted.connect(controller.act)
        for name, keys in KEYS.items():
            for key in keys:
                shortcut = QShortcut(QKeySequence(key), self)
                shortcut.activated.connect(lambda n=name: self.do(n))
        QApplication.styleHints().colorSchemeChanged.connect(self.refresh_look)

    @cached_property
    def takes(self) -> "TakesPage":
        """The page of takes. Made when it is first wanted: the window opens sooner without."""
        from gui.takes_page import TakesPage

        page = TakesPage()
        page.said.connect(self.told.say)
        page.trashed.connect(self._actions.trashed)
        page.refine_wanted.connect(self._refine)
        page.view.player.changed.connect(self._mute_midi)
        page.view.calm = self.choices.calm
        page.set_ink(self._ink)
        self.pages.addWidget(page)
        return page

    @property
    def _takes_made(self) -> "TakesPage | None":
        return self.__dict__.get("takes")

    def show_frame(self, frame: Frame) -> None:
        """Show one moment."""
        now_s = self.pane.show_snapshot(frame.snapshot, frame.wall_s)
        self.transport.show_frame(frame, now_s)
        self.transport.now_playing.show_instrument(instrument_word(frame.snapshot.instrument))
        self.transport.now_playing.show_tuning(self._tuner.hear(frame.snapshot))
        key = self._keys.key
        if self._keys.update(frame.snapshot.notes, frame.snapshot.stream_s) != key:
            self._refresh_ink(wanted_theme(self.choices.theme))
        self.log_window.show_lines(self.log.update(frame.snapshot))
        self.top_bar.show_frame(frame)
        self.status.show_frame(frame)
        notice = drop_notice() if self._dragging else frame.notice
        centre = notice is not None and notice.centre and not self.choices.compact
        self.card.show_notice(notice if centre else None)
        hint = notice is not None and notice.kind == "hint" and self.choices.compact
        self.strip.show_notice(None if centre or hint else notice)
        if frame.snapshot.last_take != self._newest_take:
            self._newest_take = frame.snapshot.last_take
            if self.shows_takes:
                self.enter_takes()
        heard = (frame.snapshot.state, frame.snapshot.input_name)
        if heard != self._heard:
            self._heard = heard
            self._scan.start()
        devices = self._scan.poll()
        if devices is not None:
            self.top_bar.show_devices(devices)

    @property
    def shows_takes(self) -> bool:
        """Whether the page of takes is in front."""
        return self.pages.currentWidget() is not self.pane

    def show_takes(self, shown: bool) -> None:
        """Bring the page of takes to the front, or the live roll."""
        if shown == self.shows_takes:
            return
        self.pages.setCurrentWidget(self.takes if shown else self.pane)
        self.transport.takes.setChecked(shown)
        if shown:
            self.enter_takes()
            self.takes.library.list.setFocus()
        else:
            self.takes.leave()
            self.pane.setFocus()

    def do(self, name: str) -> None:
        """Run an action of a key or the menu, by name."""
        getattr(self._actions, name)()

    def choose(self, field: str, value: Any) -> None:
        """Change one of the window's own choices."""
        self.choices = replace(self.choices, **{field: value})
        self.refresh_look()
        if field == "language":
            self.language_chosen.emit(value)

    def refresh_look(self, _scheme: object = None) -> None:
        """Put theme and naming on every part."""
        theme = wanted_theme(self.choices.theme)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        dress(application, theme)
        self.pane.calm = self.choices.calm
        if self._takes_made is not None:
            self._takes_made.view.calm = self.choices.calm
        self.pane.show_spectrogram(self.choices.spectrogram)
        if self.choices.keys != self._keys_shown:
            self._keys_shown = self.choices.keys
            self.pane.range.set_keyboard(self.choices.keys)
        self._refresh_ink(theme)
        self.status.set_theme(theme)
        old = self.top_bar.menu.menu()
        self.top_bar.menu.setMenu(build_menu(self, self.choices, self.do, self.choose))
        if old is not None:
            old.deleteLater()

    def _refresh_ink(self, theme: Theme) -> None:
        """Colours and names of notes; the names follow the key of the music."""
        usual = "german" if language() == "pl" else "letters"
        key = self._keys.key
        naming = spelled(self.choices.naming or usual, key is not None and key.flats)
        ink = self._ink = NoteInk(theme, naming)
        self.transport.now_playing.show_key(key_name(key, naming))
        self.log.naming = ink.naming
        self.pane.set_ink(ink)
        if self._takes_made is not None:
            self._takes_made.set_ink(ink)
        self.top_bar.set_theme(theme, ink.naming)
        self.transport.set_theme(theme, ink)

    def set_compact(self, compact: bool) -> None:
        """A small window that stays on top, or the usual one."""
        changed = compact != self.choices.compact
        if changed and compact:
            self._usual_geometry, self._usual_place = self.saveGeometry(), self.geometry()
        self.choices = replace(self.choices, compact=compact)
        if compact:
            self.show_takes(False)
        self.top_bar.setVisible(not compact)
        self.status.setVisible(not compact)
        self.transport.set_compact(compact)
        self.setMinimumSize(*(COMPACT_SMALLEST if compact else SMALLEST_SIZE))
        visible = self.isVisible()
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, compact)
        if compact:
            self.resize(*COMPACT_SIZE)
        elif changed and self._usual_place.isValid():
            self.setGeometry(self._usual_place)
        elif changed:
            self.resize(*USUAL_SIZE)
        if visible:
            self.show()

    def enter_takes(self) -> None:
        """Show what is in the folder of takes now."""
        newest = Path(self._newest_take).stem if self._newest_take else ""
        self.takes.enter(self.controller.takes_folder, newest)

    def _mute_midi(self) -> None:
        """What a take plays should not come back through the microphone as MIDI."""
        playing = self.takes.view.player.playing
        self.controller.mute_midi(playing and self.choices.mute_midi)

    def _keep_job(self) -> None:
        """The notes of a dropped file become a take, which is then shown."""
        from realtime.take_import import keep_as_take

        job, folder = self.jobs.job, self.controller.takes_folder
        if job is None:
            return
        try:
            name = keep_as_take(folder, job.sound, job.midi.with_suffix(".csv"))
        except UserError as error:
            self.jobs.fail(str(error))
            return
        self.jobs.close_job()
        self.show_takes(True)
        self.takes.enter(folder, name)

    def _refine(self, sound: str) -> None:
        self.jobs.refine(Path(sound), replace(self.controller.settings, latency_ms=None))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space that no control wanted plays the open take, or starts or stops the demo.

        Ctrl+Z where no edit is left to undo brings back what went to the trash.
        """
        if is_panic(event):
            self.do("panic")
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.do("bring_back")
        elif event.key() == Qt.Key.Key_M and not event.modifiers():
            self.do("mute")
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            if not self.shows_takes:
                self.controller.toggle_demo()
            elif self.takes.view.take is not None:
                self.takes.view.do("play")
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept one local file."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()
            self._dragging = True

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The file went elsewhere."""
        self._dragging = False

    def dropEvent(self, event: QDropEvent) -> None:
        """Turn the dropped file into notes."""
        self._dragging = False
        path = Path(event.mimeData().urls()[0].toLocalFile())
        event.acceptProposedAction()
        self.jobs.transcribe(path, self.controller.settings.model)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the card in the middle."""
        super().resizeEvent(event)
        self.card.place()

    def changeEvent(self, event: QEvent) -> None:
        """Save work while minimised."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.controller.set_visible(not self.isMinimized())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the choices, then stop everything."""
        geometry = self._usual_geometry if self.choices.compact else self.saveGeometry()
        self.choices = replace(self.choices, seconds=round(self.pane.seconds, 3))
        self._store.save(self.remembered(), geometry)
        self.hide()
        self.jobs.discard()
        if self._takes_made is not None:
            self._takes_made.close_player()
        self.controller.close()
        self._scan.wait()
        super().closeEvent(event)

    def replace_with(self, fresh: "MainWindow") -> None:
        """Let a new window take this one's place, engine and all."""
        self.controller.frame.disconnect(self.show_frame)
        self.controller.settings_changed.disconnect(self.top_bar.show_settings)
        self.controller.rescan.disconnect(self._scan.start)
        self.controller.wanted.disconnect(self.do)
        fresh.pane.seconds = self.pane.seconds
        fresh.setGeometry(self.geometry())
        fresh.show()
        fresh.show_takes(self.shows_takes)
        self.jobs.discard()
        if self._takes_made is not None:
            self._takes_made.close_player()
        self.hide()
        self.deleteLater()

    def remembered(self) -> Choices:
        """The choices with the engine's settings; a played file is not one of them."""
        settings = replace(self.controller.settings, input=self.controller.microphone)
        return self.choices.with_engine(settings)
