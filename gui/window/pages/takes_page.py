"""The page of takes: the list at the left, one take at the right; one of them where narrow."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QMenu, QWidget

from gui.bars.take_button import TakeButton
from gui.controller.controller import Controller
from gui.jobs.job_strip import JobStrip
from gui.language.translate import tr
from gui.notices.toast import Toast
from gui.style.note_style import NoteInk
from gui.takes.closing_questions import LoseEdits
from gui.takes.dragged import dragged_midi
from gui.takes.editor.editor import TakeEditor
from gui.takes.editor.key_bindings import TakeAction
from gui.takes.editor.sound.player import PlayerClient
from gui.takes.library_panel import LibraryPanel
from gui.takes.no_take import NoTake
from gui.takes.trash import Trashed
from realtime.files.note_files import read_csv
from realtime.takes.library import Take, TakeVersion, find_take, save_version
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why

LIST_WIDTH = 264
NARROW = 720


class TakesPage(QWidget):
    """Joins the list and the view of a take."""

    said = Signal(object)
    """Something to tell the user."""
    failed = Signal(object)
    """Why something did not work."""
    refine_wanted = Signal(object)
    """The `Take` whose recording should be listened to again."""
    renamed = Signal(object, object)
    """A `Take` as it was, and under its new name."""
    trashed = Signal(object)
    """A `gui.takes.trash.Trashed`: what is in the trash now."""
    practise_wanted = Signal(str)
    """Path of the notes of a take that should be practised."""
    record_wanted = Signal()
    """The user wants to record a first take."""

    def __init__(self, player: PlayerClient | None = None) -> None:
        super().__init__()
        self.library, self.view = LibraryPanel(), TakeEditor(player)
        self.hint = NoTake()
        self._why_not = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self.library)
        row.addWidget(self.view, 1)
        row.addWidget(self.hint, 1)
        self.hint.record_wanted.connect(self.record_wanted)
        self.library.ready_to_go = self.keep_edits_of
        self.library.list.dragged = self._to_drag
        self.library.offer_more = self._offer_more
        self.library.opened.connect(self.show_take)
        self.library.trashed.connect(self._gone)
        self.library.trashed.connect(self.trashed)
        self.view.trashed.connect(self.trashed)
        self.library.renamed.connect(self._renamed)
        self.library.renamed.connect(self.renamed)
        self.view.said.connect(self.said)
        for part in (self.library, self.view):
            part.failed.connect(self.failed)
        self.view.failed.connect(self._fail)
        self.view.changed.connect(self.show_changed)
        self.view.back.connect(self._back)
        self.view.refine_wanted.connect(lambda: self.refine_wanted.emit(self.view.take))
        self._arrange()

    def join(self, told: Toast, jobs: JobStrip, newest: TakeButton, controller: Controller) -> None:
        """Be a page of a window: what it says and changes goes to these parts of it."""
        self.said.connect(told.show_text)
        self.failed.connect(lambda reason: told.show_text(reason, "error"))
        self.renamed.connect(jobs.queue.follow)
        self._follow_hearing(jobs.queue.awaits_notes)
        self.renamed.connect(newest.newest.rename)
        self.view.keyboard.pressed.connect(controller.press)
        self.view.keyboard.released.connect(controller.release)

    @property
    def opened(self) -> Take | None:
        """Take in view, None where none is."""
        return self.view.take

    @property
    def shown_version(self) -> TakeVersion | None:
        """The version of its notes in view."""
        return self.view.version

    def _follow_hearing(self, heard: Callable[[str], bool]) -> None:
        """Say of takes whose notes are still to come that they are being heard.

        Args:
            heard: whether that is so, by the name of a take.
        """
        self.library.list.heard = heard
        self.view.bar.heard = lambda: self.view.take is not None and heard(self.view.take.name)

    def export(self) -> None:
        """Ask where and how the take in view shall be saved."""
        self.view.do(TakeAction.EXPORT)

    def play(self) -> None:
        """Play the take in view, or pause."""
        self.view.do(TakeAction.PLAY)

    def zoom_time(self, factor: float) -> None:
        """Show `factor` times as many seconds of the take in view."""
        self.view.zoom(factor)

    def reset_view(self) -> None:
        """Return the take in view to its usual zoom."""
        self.view.reset_view()

    def set_calm(self, calm: bool) -> None:
        """Turn pages rather than glide."""
        self.view.playback.calm = calm

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self.library.set_theme(ink.theme)
        self.view.set_ink(ink)

    def enter(self, folder: Path, newest: str = "") -> None:
        """Show the takes of a folder, and open one: `newest` (a name), or the first."""
        self.library.folder = folder
        if self.view.version is not None and not self.view.version.csv.is_file():
            self._close()
        self.view.keep_edits()
        opened = self.view.take.name if self.view.take else ""
        self.library.refresh(newest)
        takes = self.library.takes
        known = (self.library.find_take(name) for name in (newest, opened))
        take = next((each for each in known if each is not None), takes[0] if takes else None)
        if take is None:
            self._close()
        else:
            self.library.refresh(take.name)
            if take != self.view.take:
                self._open(take)
        self._arrange()

    @property
    def home(self) -> QWidget:
        """What takes the keys where no control of the page has them."""
        listed = self.library.isVisibleTo(self)
        return self.library.list if listed or self.view.take is None else self.view.roll

    @property
    def message_place(self) -> QWidget:
        """The notes of the open take, beside all controls; where none is in view, what is."""
        if self.view.isVisibleTo(self):
            return self.view.roll
        return self.hint if self.hint.isVisibleTo(self) else self.library

    def leave(self) -> None:
        """The page is no longer seen."""
        self.view.leave()

    def may_close(self) -> bool:
        """Whether nothing is lost with this page: edits are kept now, or the user gives them up."""
        if self.view.leave() or self.view.take is None:
            return True
        if LoseEdits(self, self.view.take.name).exec():
            self.view.roll.history.saved()
            return True
        return False

    def close_player(self) -> None:
        """End what plays, for good."""
        self.view.leave()
        self.view.player.close()

    def show_take(self, take: Take) -> None:
        """Open this take in the editor."""
        if self.view.take is None or take.name != self.view.take.name:
            self._open(take)
        self._arrange(listed=False)

    def keep_edits_of(self, name: str) -> bool:
        """Keep the edits of this take before its files go; False where they cannot be kept."""
        opened = self.view.take
        return opened is None or opened.name != name or self.view.keep_edits()

    def _to_drag(self, take: Take) -> Path | None:
        """The .mid of what is shown, edits and all; None where those cannot be kept."""
        if not self.keep_edits_of(take.name):
            return None
        opened, version = self.view.take, self.view.version
        shown = opened is not None and opened.name == take.name and version is not None
        return dragged_midi(take, version if shown and version is not None else take.newest)

    def _offer_more(self, take: Take, menu: QMenu) -> None:
        """Add what the page can do with a take to its menu in the list."""
        menu.addAction(tr("Practise this take"), lambda: self._practise(take))
        refine = menu.addAction(tr("Refine"), lambda: self._do(take, TakeAction.REFINE))
        refine.setEnabled(take.sound is not None)
        menu.addAction(tr("Score…"), lambda: self._do(take, TakeAction.SCORE))
        menu.addAction(tr("Save as…"), lambda: self._do(take, TakeAction.EXPORT))

    def _do(self, take: Take, action: TakeAction) -> None:
        self.show_take(take)
        if self.view.take is not None and self.view.take.name == take.name:
            self.view.do(action)

    def _practise(self, take: Take) -> None:
        if self.keep_edits_of(take.name):
            fresh = self.library.find_take(take.name) or take
            self.practise_wanted.emit(str(fresh.newest.csv))

    def refined(self, take: Take, csv: Path) -> TakeVersion | None:
        """A recording was listened to again: these are its notes. None where the take is gone.

        They are shown where the take is open, unless it was edited since `take` was heard.

        Raises:
            UserError: if they cannot be written.
        """
        fresh = find_take(take.folder, take.name)
        if fresh is None:
            return None
        try:
            version = save_version(fresh, read_csv(csv), "refined")
        except (OSError, ValueError) as error:
            raise UserError(Code.FILE_UNREADABLE, path=csv, reason=why(error)) from error
        opened = self.view.take is not None and self.view.take.name == take.name
        edited = self.view.roll.history.changed or self.view.version not in take.versions
        self.show_changed()
        if opened and not edited:
            self.show_version(take.name, version)
        return version

    def edits(self, name: str) -> bool:
        """Whether the notes of this take are open and were edited."""
        opened = self.view.take
        return opened is not None and opened.name == name and self.view.roll.history.changed

    def show_more_notes(self, name: str) -> None:
        """More notes of a new take are there; they are shown where it is open and not edited."""
        opened = self.view.take
        waits = opened is not None and opened.name == name and not self.edits(name)
        self.show_changed()
        fresh = self.library.find_take(name)
        if waits and fresh is not None and len(fresh.versions) == 1:
            self.view.show_found(fresh)

    def show_version(self, name: str, version: TakeVersion) -> None:
        """Open this version of a take, if it is there; edits of what was open are kept first."""
        take = self.library.find_take(name)
        if take is not None and version in take.versions and self.view.open(take, version):
            self.library.mark(name)
            self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that the list does not want are for the take."""
        if not (self.view.isVisible() and self.view.press(event)):
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """May become small: then only the list or the take is shown."""
        return QSize(240, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show list and take side by side, or one of them where it is narrow."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self, listed: bool | None = None) -> None:
        narrow = self.width() < NARROW
        opened = self.view.take is not None
        if listed is None:
            listed = not (narrow and opened and self.view.isVisibleTo(self))
        bare = not self.library.takes
        self.library.setVisible(not narrow or (not bare and (listed or not opened)))
        self.library.setMaximumWidth(16_777_215 if narrow else LIST_WIDTH)
        self.library.setMinimumWidth(0 if narrow else LIST_WIDTH)
        self.view.setVisible(opened and not (narrow and listed))
        self.hint.setVisible(not opened and (bare or not narrow))
        self.view.head.back.setVisible(narrow)

    def _back(self) -> None:
        self._arrange(listed=True)
        self.library.list.setFocus()

    def _gone(self, gone: Trashed) -> None:
        if self.view.take is not None and self.view.take.name == gone.take:
            self._close(gone.take)
            self._arrange(listed=True)

    def _open(self, take: Take) -> None:
        """Open a take; where the edits of the one before cannot be kept, that one stays marked."""
        opened = self.view.open(take)
        if opened:
            self.hint.invite_to_choose()
        else:
            self.hint.show_reason(self._why_not)
        if not opened and self.view.take is not None:
            stays = self.view.take.name
            QTimer.singleShot(0, self, lambda: self.library.mark(stays))

    def _close(self, gone: str = "") -> None:
        """Show no take; without any but the one that is `gone` there is none to choose either."""
        self.view.close_take()
        if any(take.name != gone for take in self.library.takes):
            self.hint.invite_to_choose()
        else:
            self.hint.invite_to_record()

    def _fail(self, reason: str) -> None:
        self._why_not = reason

    def _renamed(self, before: Take, after: Take) -> None:
        if self.view.take is not None and self.view.take.name == before.name:
            self.view.show_renamed(after)

    def show_changed(self) -> None:
        """Files were added: list again, and know all versions of the open take."""
        self.library.refresh()
        if self.view.take is not None and self.view.version is not None:
            fresh = self.library.find_take(self.view.take.name)
            if fresh is not None:
                self.view.show_renamed(fresh)
