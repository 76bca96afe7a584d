"""A dialog with words and a few buttons; whoever closes it has chosen none."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.dialog import Dialog
from gui.strip import plain_label
from gui.theme import SPACE


class Question(Dialog):
    """Asks; which button is the right one is up to who asks.

    Args:
        parent: what it is about.
        title: of the dialog.
        text: that is asked.
        buttons: from the left; the last one is what Enter presses.
    """

    def __init__(
        self, parent: QWidget, title: str, text: str, buttons: Sequence[QPushButton]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.words = plain_label(wrap=True)
        self.words.setText(text)
        self.words.setMinimumWidth(88 * SPACE)
        self.setAccessibleDescription(text)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in buttons:
            button.setAccessibleName(button.text())
            row.addWidget(button)
        buttons[-1].setProperty("primary", True)
        buttons[-1].setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 6, SPACE * 5, SPACE * 6, SPACE * 5)
        column.setSpacing(SPACE * 4)
        column.addWidget(self.words)
        column.addLayout(row)
        buttons[-1].setFocus()
