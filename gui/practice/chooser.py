"""The chooser of a piece to practise: bundled ones, the user's takes, or a file."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.language.bound_texts import bind_text, follow_language
from gui.language.translate import tr
from gui.practice.words import bundled_names, mode_names
from gui.style.theme import SPACE
from gui.widgets.bound_button import text_button
from gui.widgets.open_dialog import ask_for_file
from gui.widgets.plain import plain_label
from realtime.practice.history import runs
from realtime.practice.open_piece import MIDI_SUFFIXES, bundled_pieces
from realtime.practice.readers.score_pieces import SUFFIXES
from realtime.takes.library import list_takes

MOST_TAKES = 12
WIDEST = 560
PIECE_SUFFIXES = MIDI_SUFFIXES | SUFFIXES
NAME = Qt.ItemDataRole.UserRole


class Chooser(QWidget):
    """Lists pieces; Enter or a double click opens the chosen one."""

    chosen = Signal(str)
    """What `open_piece` opens: a bundled piece, a take, or a file."""
    left = Signal()
    """The user goes back without having chosen a piece."""

    def __init__(self) -> None:
        super().__init__()
        self._takes: Path | None = None
        title = plain_label("cardTitle")
        bind_text(title.setText, tr("What do you want to practise?"))
        self.hint = plain_label("cardText", wrap=True)
        self.list = QListWidget()
        bind_text(self.list.setAccessibleName, tr("What do you want to practise?"))
        self.list.setStyleSheet(
            f"QListWidget::item {{ min-height: {9 * SPACE}px; padding-left: {3 * SPACE}px; }}"
        )
        self.open = text_button(tr("Open a file…"))
        bind_text(
            self.open.setToolTip, tr("A .mid, .musicxml or .mxl file; it may also be dropped here")
        )
        self.begin = text_button(tr("Practise"))
        self.begin.setProperty("primary", True)
        row = QHBoxLayout()
        row.addWidget(self.open)
        row.addStretch(1)
        row.addWidget(self.begin)
        inside = QWidget()
        inside.setMaximumWidth(WIDEST)
        column = QVBoxLayout(inside)
        column.setSpacing(SPACE * 3)
        column.addWidget(title)
        column.addWidget(self.hint)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(SPACE * 4, SPACE * 4, SPACE * 4, SPACE * 4)
        outer.addStretch(1)
        outer.addWidget(inside, 4)
        outer.addStretch(1)
        self.list.itemActivated.connect(lambda item: self.chosen.emit(item.data(NAME)))
        self.begin.clicked.connect(self._begin)
        self.open.clicked.connect(self.ask)
        self.show_hint("")
        follow_language(self._list_again)

    def show_hint(self, words: str) -> None:
        """Show why a piece could not be opened, or that it is being read; "" the usual hint."""
        usual = tr("Play it on your own instrument; the program listens and tells what was right.")
        bind_text(self.hint.setText, words or usual)

    def refresh(self, takes: Path) -> None:
        """List what there is now, with the last result of each."""
        self._takes = takes
        last = {row["piece"]: row for row in runs()}
        marked = self.list.currentRow()
        self.list.clear()
        names = bundled_names()
        for path in bundled_pieces():
            shown = names.get(path.stem, path.stem)
            self._add(path.stem.partition("-")[2], shown, last.get(path.stem))
        for take in list_takes(takes)[:MOST_TAKES]:
            self._add(take.name, tr("Your take {name}", name=take.name), last.get(take.name))
        self.list.setCurrentRow(max(0, marked))

    def _list_again(self) -> None:
        if self._takes is not None:
            self.refresh(self._takes)

    def ask(self) -> None:
        """Ask for a file with a dialog, and open what is chosen."""
        path = ask_for_file(self, tr("Piece to practise"), tr("Pieces"), PIECE_SUFFIXES)
        if path is not None:
            self.chosen.emit(str(path))

    def _begin(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.chosen.emit(item.data(NAME))

    def _add(self, name: str, text: str, row: dict[str, str] | None) -> None:
        if row is not None:
            share = round(100 * float(row["right_share"]))
            told = tr("last time {share} % right", share=share)
            modes = [name for mode, (name, _) in mode_names().items() if mode == row["mode"]]
            text = ", ".join((f"{text}   ·   {told}", *modes))
        item = QListWidgetItem(text)
        item.setData(NAME, name)
        self.list.addItem(item)
