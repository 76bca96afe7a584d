"""The page of takes: the list at the left, one take at the right; one of them where narrow."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QWidget

from gui.ink import NoteInk
from gui.library.library_panel import LibraryPanel
from gui.take_view.player import Player
from gui.take_view.take_view import TakeView
from gui.trash import Trashed
from gui.words import tr
from realtime.errors import UserError
from realtime.note_files import read_csv
from realtime.take_library import Take, save_version

LIST_WIDTH = 264
NARROW = 720


class TakesPage(QWidget):
    """Joins the list and the view of a take."""

    said = Signal(str)
    """Something to tell the user."""
    refine_wanted = Signal(str)
    """The sound file that should be listened to again."""
    trashed = Signal(object)
    """A `gui.trash.Trashed`: what is in the trash now."""
    left = Signal()
    """The user wants to go back to the live roll."""

    def __init__(self, player: Player | None = None) -> None:
        super().__init__()
        self.library, self.view = LibraryPanel(), TakeView(player)
        self.hint = QLabel(tr("Choose a take to see it."))
        self.hint.setObjectName("quiet")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self.library)
        row.addWidget(self.view, 1)
        row.addWidget(self.hint, 1)
        self._refining: Take | None = None
        self.library.opened.connect(self.show_take)
        self.library.trashed.connect(self._gone)
        self.library.trashed.connect(self.trashed)
        self.view.trashed.connect(self.trashed)
        self.library.renamed.connect(self._renamed)
        self.library.said.connect(self.said)
        self.view.said.connect(self.said)
        self.view.changed.connect(self._changed)
        self.view.back.connect(self._back)
        self.view.refine_wanted.connect(self._refine)
        self._arrange()

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self.library.set_theme(ink.theme)
        self.view.set_ink(ink)

    def enter(self, folder: Path, newest: str = "") -> None:
        """Show the takes of a folder, and open one: `newest` (a name), or the first."""
        self.library.folder = folder
        if self.view.version is not None and not self.view.version.csv.is_file():
            self.view.close_take()
        opened = self.view.take.name if self.view.take else ""
        self.library.refresh(newest)
        takes = self.library.takes
        known = (self.library.find(name) for name in (newest, opened))
        take = next((each for each in known if each is not None), takes[0] if takes else None)
        if take is None:
            self.view.close_take()
        else:
            self.library.refresh(take.name)
            if take != self.view.take:
                self.view.open(take)
        self._arrange()

    def leave(self) -> None:
        """The page is no longer seen."""
        self.view.leave()

    def close_player(self) -> None:
        """End what plays, for good."""
        self.view.leave()
        self.view.player.close()

    def show_take(self, take: Take) -> None:
        """Open a take."""
        if self.view.take is None or take.name != self.view.take.name:
            self.view.open(take)
        self._arrange(listed=False)

    def refined(self, csv: str) -> None:
        """The recording was listened to again: these are its notes."""
        take, self._refining = self._refining, None
        if take is None:
            return
        fresh = next((t for t in self.library.takes if t.name == take.name), take)
        try:
            version = save_version(fresh, read_csv(Path(csv)), "refined")
        except (UserError, OSError) as error:
            self.said.emit(str(error))
            return
        self.said.emit(
            tr("{name}: refined as version {number}.", name=take.name, number=version.number)
        )
        self._changed()
        fresh_take = self.library.find(take.name)
        if fresh_take is not None and self.view.take and self.view.take.name == take.name:
            self.view.open(fresh_take)

    def minimumSizeHint(self) -> QSize:
        """May become small: then only the list or the take is shown."""
        return QSize(240, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show both, or one."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self, listed: bool | None = None) -> None:
        narrow = self.width() < NARROW
        opened = self.view.take is not None
        if listed is None:
            listed = not (narrow and opened and self.view.isVisibleTo(self))
        self.library.setVisible(not narrow or listed or not opened)
        self.library.setMaximumWidth(16_777_215 if narrow else LIST_WIDTH)
        self.library.setMinimumWidth(0 if narrow else LIST_WIDTH)
        self.view.setVisible(opened and not (narrow and listed))
        self.hint.setVisible(not opened and not narrow)
        self.view.head.back.setVisible(narrow)

    def _back(self) -> None:
        self._arrange(listed=True)
        self.library.list.setFocus()

    def _gone(self, gone: Trashed) -> None:
        if self.view.take is not None and self.view.take.name == gone.take:
            self.view.close_take()
            self._arrange(listed=True)

    def _renamed(self, take: Take) -> None:
        if self.view.take is not None:
            self.view.show_renamed(take)

    def _changed(self) -> None:
        """Files were added: list again, and know all versions of the open take."""
        self.library.refresh()
        if self.view.take is not None and self.view.version is not None:
            fresh = self.library.find(self.view.take.name)
            if fresh is not None:
                self.view.show_renamed(fresh)

    def _refine(self, sound: str) -> None:
        self._refining = self.view.take
        self.refine_wanted.emit(sound)
