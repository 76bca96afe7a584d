"""The takes of a folder: list, rename, trash, open folder."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from gui.language.bound_texts import bind_text, follow_language
from gui.language.engine_messages import in_words
from gui.language.translate import tr
from gui.style.icons import icon
from gui.style.theme import SPACE, Theme, mix
from gui.takes.take_list import TakeList
from gui.takes.trash import discard
from gui.widgets.bound_button import icon_button
from realtime.takes.library import Take, list_takes, rename_take
from realtime.troubles.errors import UserError


class LibraryPanel(QWidget):
    """Lists the takes of one folder; `refresh` reads the folder again."""

    opened = Signal(object)
    """A take should be shown; carries the `Take`."""
    trashed = Signal(object)
    """A `gui.takes.trash.Trashed`: a take that is in the trash now."""
    renamed = Signal(object, object)
    """The `Take` as it was, and under its new name."""
    failed = Signal(object)
    """Why something did not work."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("takes")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.folder = Path()
        self.takes: list[Take] = []
        self.ready_to_go: Callable[[str], bool] = lambda name: True
        """Asked before a take goes to the trash: its edits must be kept."""
        self.offer_more: Callable[[Take, QMenu], None] = lambda take, menu: None
        """Adds what else can be done with a take to its menu."""
        self.title = QLabel()
        bind_text(self.title.setText, tr("Takes"))
        self.title.setObjectName("takesTitle")
        self.list = TakeList()
        self.rename = icon_button(tr("Rename"), "F2")
        self.discard = icon_button(tr("Move the take to the trash"), tr("Del"))
        self.show_folder = icon_button(tr("Open the folder"))
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        for button in (self.rename, self.discard, self.show_folder):
            head.addWidget(button)
        head.setContentsMargins(SPACE * 3, SPACE, SPACE * 2, SPACE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, SPACE)
        column.setSpacing(SPACE)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        self.list.opened.connect(self._open)
        self.list.renamed.connect(self._rename)
        self.list.discarded.connect(self._discard)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._offer_menu)
        self.rename.clicked.connect(self.list.rename_current)
        self.discard.clicked.connect(lambda: self._discard(self.list.current_name()))
        self.show_folder.clicked.connect(self._show_folder)
        follow_language(self._show_again)

    def set_theme(self, theme: Theme) -> None:
        """Draw the list in the colours of another theme."""
        faded = mix(theme.dim, theme.surface, 0.5)
        self.list.set_theme(theme)
        self.rename.setIcon(icon("rename", theme.text, faded))
        self.discard.setIcon(icon("trash", theme.text, faded))
        self.show_folder.setIcon(icon("folder", theme.text, faded))

    def refresh(self, current: str = "") -> None:
        """Read the folder again, with `current` (or what was) marked."""
        current = current or self.list.current_name()
        self.takes = list_takes(self.folder)
        self.list.show_takes(self.takes, current)
        for button in (self.rename, self.discard):
            button.setEnabled(bool(self.takes))

    def _show_again(self) -> None:
        self.list.show_takes(self.takes, self.list.current_name())

    def mark(self, name: str) -> None:
        """Mark this take in the list without opening it."""
        self.list.mark(name)

    def find_take(self, name: str) -> Take | None:
        """The take of this name."""
        return next((take for take in self.takes if take.name == name), None)

    def menu_for(self, take: Take) -> QMenu:
        """What can be done with a take."""
        menu = QMenu(self)
        menu.setAccessibleName(tr("Menu"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"{tr('Open')}\tEnter", lambda: self.opened.emit(take))
        self.offer_more(take, menu)
        menu.addSeparator()
        menu.addAction(f"{tr('Rename')}\tF2", self.list.rename_current)
        menu.addAction(tr("Show in folder"), self._show_folder)
        away = f"{tr('Move the take to the trash')}\t{tr('Del')}"
        menu.addAction(away, lambda: self._discard(take.name))
        return menu

    def _offer_menu(self, place: QPoint) -> None:
        """For the take under the mouse, which is marked; with the menu key for the marked one."""
        if self.list.itemAt(place) is None and self.list.underMouse():
            return
        take = self.find_take(self.list.current_name())
        if take is not None:
            self.menu_for(take).popup(self.list.viewport().mapToGlobal(place))

    def _open(self, name: str) -> None:
        take = self.find_take(name)
        if take is not None:
            self.opened.emit(take)

    def _rename(self, name: str, wanted: str) -> None:
        take = self.find_take(name)
        if take is None:
            return
        try:
            rename_take(take, wanted)
            name = wanted.strip().strip(".")
        except UserError as error:
            self.failed.emit(in_words(error.trouble))
        self.refresh(name)
        fresh = self.find_take(name)
        if fresh is not None and name != take.name:
            self.renamed.emit(take, fresh)

    def _discard(self, name: str) -> None:
        take = self.find_take(name) if self.ready_to_go(name) else None
        if take is None:
            return
        row = self.list.currentRow()
        try:
            self.trashed.emit(discard(take.files(), name))
        except UserError as error:
            self.failed.emit(in_words(error.trouble))
        self.refresh()
        if self.takes:
            self.list.setCurrentRow(min(row, len(self.takes) - 1))

    def _show_folder(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.folder))):
            self.failed.emit(tr("The takes are in {folder}", folder=self.folder))
