"""The sheet of all keys, in as many columns as the screen has room for; it scrolls if it must."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.language.translate import tr
from gui.style.theme import SPACE
from gui.takes.editor.key_bindings import descriptions as of_a_take
from gui.widgets.dialogs import Dialog
from gui.window.shortcuts import listed, playing, window

AROUND = 40
"""Pixels of the screen that are left free beside the sheet."""
BAR = 12


class CheatSheet(Dialog):
    """Dialog that lists all keys under headings.

    Args:
        parent: the window; the sheet fits the screen that it is on.
        screen: another size, in pixels, for tests.
    """

    def __init__(self, parent: QWidget, screen: QSize | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        self.setObjectName("sheet")
        self.setAccessibleName(tr("Keys"))
        room = (screen or parent.screen().availableGeometry().size()) - QSize(AROUND, AROUND)
        playing_part = _part(tr("While you play"), playing())
        window_part = _part(tr("At any time"), window())
        take_part = _part(tr("A take"), of_a_take())
        list_part = _part(tr("The list of takes"), listed())
        apart = ((playing_part,), (window_part, list_part), (take_part,))
        paired = ((playing_part, window_part, list_part), (take_part,))
        stacked = ((playing_part, window_part, list_part, take_part),)
        _align((playing_part, window_part, take_part, list_part))
        inside = QWidget()
        inside.setObjectName("drawer")
        for columns in (apart, paired, stacked):
            wide = sum(max(part.sizeHint().width() for part in parts) for parts in columns)
            if wide + 6 * SPACE * len(columns) + 6 * SPACE + BAR <= room.width():
                break
        else:
            _wrap(stacked[0])
        _fill(inside, columns)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(tr("Keys"))
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        whole = inside.sizeHint() + QSize(BAR, 2)
        self.resize(whole.boundedTo(room))
        area.setFocus()


def _fill(inside: QWidget, columns: tuple[tuple[QWidget, ...], ...]) -> None:
    row = QHBoxLayout(inside)
    row.setContentsMargins(SPACE * 6, SPACE * 5, SPACE * 6, SPACE * 5)
    row.setSpacing(SPACE * 6)
    for parts in columns:
        column = QVBoxLayout()
        column.setSpacing(SPACE * 5)
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        row.addLayout(column)
    row.addStretch(1)


def _wrap(parts: tuple[QWidget, ...]) -> None:
    """On a screen too narrow for a single column the descriptions take several lines."""
    for part in parts:
        for label in part.findChildren(QLabel):
            label.setWordWrap(label.objectName() == "what")


def _align(parts: tuple[QWidget, ...]) -> None:
    """Let the descriptions of all parts begin at the same place."""
    keys = [label for part in parts for label in part.findChildren(QLabel, "key")]
    widest = max(label.sizeHint().width() for label in keys)
    for label in keys:
        label.setMinimumWidth(widest)


def _part(heading: str, rows: list[tuple[str, str]]) -> QWidget:
    part = QWidget()
    grid = QGridLayout(part)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(SPACE * 3)
    grid.setVerticalSpacing(SPACE + 2)
    title = QLabel(heading)
    title.setObjectName("stripTitle")
    grid.addWidget(title, 0, 0, 1, 2)
    for row, (keys, what) in enumerate(rows, 1):
        key = QLabel(keys)
        key.setObjectName("key")
        key.setAlignment(Qt.AlignmentFlag.AlignCenter)
        grid.addWidget(key, row, 0)
        description = QLabel(what)
        description.setObjectName("what")
        grid.addWidget(description, row, 1)
    grid.setColumnStretch(1, 1)
    for label in part.findChildren(QLabel):
        label.ensurePolished()
    return part
