"""Asks whether edits that cannot be saved may be lost."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.dialog import Dialog
from gui.strip import plain_label
from gui.theme import SPACE
from gui.words import tr


class LoseEdits(Dialog):
    """Accepted where the user gives them up; whoever closes it stays.

    Args:
        parent: what would be left.
        name: of the take.
    """

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Edits are not kept"))
        words = plain_label(wrap=True)
        words.setText(
            tr(
                "The edits of {name} cannot be written. Stay to free some space or to save them "
                "somewhere else; or lose them.",
                name=name,
            )
        )
        words.setMinimumWidth(88 * SPACE)
        self.stay, self.lose = QPushButton(tr("Stay")), QPushButton(tr("Lose the edits"))
        self.stay.setProperty("primary", True)
        self.stay.setDefault(True)
        self.stay.clicked.connect(self.reject)
        self.lose.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in (self.lose, self.stay):
            button.setAccessibleName(button.text())
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 6, SPACE * 5, SPACE * 6, SPACE * 5)
        column.setSpacing(SPACE * 4)
        column.addWidget(words)
        column.addLayout(row)
