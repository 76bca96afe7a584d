"""The taught instruments: rename, teach more, export as a file, delete."""

import shutil
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.language.bound_texts import bind_text
from gui.language.engine_messages import in_words
from gui.language.translate import plural, tr
from gui.style.theme import SPACE
from gui.takes.trash import into_trash
from gui.widgets.bound_button import text_button
from gui.widgets.dialogs import Dialog, Question
from gui.widgets.plain import plain_label
from gui.widgets.save_dialog import ask_where
from realtime.inference.instruments import (
    WHOLE_SUFFIX,
    check_new_name,
    instrument_path,
    list_instruments,
    taught_path,
)
from realtime.teach.keeping import copy_instrument, read_card
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, why
from realtime.values.atomic import whole_file

WIDTH, HEIGHT = 520, 300


class InstrumentsDialog(Dialog):
    """Lists the instruments that were taught, to choose, rename and remove them."""

    more_wanted = Signal(str)
    """Name of an instrument that should be taught more."""
    new_wanted = Signal()
    """A lesson for a new instrument should begin."""
    changed = Signal(str, str)
    """(name before, name now): "" where it was deleted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        bind_text(self.setWindowTitle, tr("Taught instruments"))
        self.list = QListWidget()
        bind_text(self.list.setAccessibleName, tr("Taught instruments"))
        self.list.setMinimumSize(WIDTH, HEIGHT)
        self.about = plain_label("quiet", wrap=True)
        self.about.setMinimumHeight(2 * self.about.fontMetrics().lineSpacing())
        self.rename = text_button(tr("Rename…"))
        self.more = text_button(tr("Teach more"))
        self.export = text_button(tr("Export…"))
        self.delete = text_button(tr("Delete"))
        self.new = text_button(tr("Teach another"))
        self.leave = text_button(tr("Close"))
        row = QHBoxLayout()
        for button in (self.rename, self.more, self.export, self.delete):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.new, self.leave):
            row.addWidget(button)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 6, SPACE * 5, SPACE * 6, SPACE * 5)
        column.setSpacing(SPACE * 3)
        for part in (self.list, self.about):
            column.addWidget(part)
        column.addLayout(row)
        self.list.currentTextChanged.connect(lambda _: self._show_about())
        self.rename.clicked.connect(self._ask_name)
        self.more.clicked.connect(self._teach_more)
        self.export.clicked.connect(self._ask_where)
        self.delete.clicked.connect(self._ask_to_delete)
        self.new.clicked.connect(self._teach_another)
        self.leave.clicked.connect(self.reject)
        self.refresh()

    @property
    def chosen(self) -> str:
        """Name of the instrument that is marked, "" where none is."""
        item = self.list.currentItem()
        return item.text() if item is not None else ""

    def refresh(self, chosen: str = "") -> None:
        """Read the list of taught instruments again."""
        self.list.clear()
        names = list_instruments()
        self.list.addItems(names)
        if names:
            self.list.setCurrentRow(names.index(chosen) if chosen in names else 0)
        self._show_about()

    def rename_to(self, name: str) -> None:
        """Give the marked instrument another name."""
        before = self.chosen
        if not before or name == before:
            return
        source = taught_path(before)
        try:
            others = [other for other in list_instruments() if other != before]
            name = check_new_name(name, others)
            if name in others:
                raise UserError(Code.NAME_TAKEN, name=name)
            target = instrument_path(name, source.suffix == WHOLE_SUFFIX)
            one_file = target.exists() and target.samefile(source)  # capitals alone differ
            copy_instrument(source, target)
            if not one_file:
                _remove(source)
        except UserError as error:
            self._show_words(in_words(error.trouble))
            return
        except OSError as error:
            self._show_words(tr("It keeps its name: {reason}.", reason=why(error)))
            return
        self.changed.emit(before, name)
        self.refresh(name)

    def export_to(self, target: Path) -> None:
        """Copy the marked instrument's file."""
        try:
            with whole_file(target) as partial:
                shutil.copyfile(taught_path(self.chosen), partial)
        except UserError as error:
            self._show_words(in_words(error.trouble))
            return
        self._show_words(tr("Saved to {path}.", path=target))

    def delete_chosen(self) -> None:
        """Move the marked instrument to the trash."""
        name = self.chosen
        path = taught_path(name)
        moved, _ = into_trash(path)
        if not moved:
            self._show_words(in_words(Trouble(Code.NOT_TRASHED, path=path)))
            return
        into_trash(path.with_suffix(".svg"))
        self.changed.emit(name, "")
        self.refresh()

    def _show_about(self) -> None:
        for button in (self.rename, self.more, self.export, self.delete):
            button.setEnabled(bool(self.chosen))
        self._show_words(about_instrument(self.chosen))

    def _show_words(self, words: str) -> None:
        bind_text(self.about.setText, words)

    def _ask_name(self) -> None:
        title, asked = tr("Rename"), tr("Name")
        name, given = QInputDialog.getText(self, title, asked, text=self.chosen)
        if given:
            self.rename_to(name.strip())

    def _ask_where(self) -> None:
        suffix = taught_path(self.chosen).suffix
        start = Path.home() / f"{self.chosen}{suffix}"
        target = ask_where(self, tr("Export the instrument"), start, suffix)
        if target is not None:
            self.export_to(target)

    def _ask_to_delete(self) -> None:
        stay, go = QPushButton(tr("Cancel")), QPushButton(tr("Delete"))
        text = tr("Move “{name}” to the trash?", name=self.chosen)
        question = Question(self, tr("Delete"), text, (go, stay))
        go.clicked.connect(question.accept)
        stay.clicked.connect(question.reject)
        if question.exec():
            self.delete_chosen()

    def _teach_more(self) -> None:
        name = self.chosen
        self.accept()
        self.more_wanted.emit(name)

    def _teach_another(self) -> None:
        self.accept()
        self.new_wanted.emit()


def about_instrument(name: str) -> str:
    """What the card of an instrument says, in a line or two."""
    if not name:
        return tr("Nothing was taught yet.")
    try:
        card = read_card(taught_path(name))
        count = plural(int(card["notes_used"]), "note", "notes")
        before, after = (round(100 * card[part]["onset_f1"]) for part in ("before", "after"))
        return tr(
            "Taught on {day} by {count}. Notes that it had not met: {before} % heard right before, "
            "{after} % after.",
            day=str(card["taught"])[:10],
            count=count,
            before=before,
            after=after,
        )
    except (UserError, OSError, KeyError, TypeError, ValueError):
        return tr("Its file cannot be read.")


def _remove(instrument: Path) -> None:
    """Remove an instrument's files, which were copied before."""
    for path in (instrument, instrument.with_suffix(".svg")):
        path.unlink(missing_ok=True)
