"""Asks whether edits that cannot be saved may be lost."""

from PySide6.QtWidgets import QPushButton, QWidget

from gui.question import Question
from gui.words import tr


class LoseEdits(Question):
    """Accepted where the user gives them up; whoever closes it stays.

    Args:
        parent: what would be left.
        name: of the take.
    """

    def __init__(self, parent: QWidget, name: str) -> None:
        self.lose, self.stay = QPushButton(tr("Lose the edits")), QPushButton(tr("Stay"))
        text = tr(
            "The edits of {name} cannot be written. Stay to free some space or to save them "
            "somewhere else; or lose them.",
            name=name,
        )
        super().__init__(parent, tr("Edits are not kept"), text, (self.lose, self.stay))
        self.stay.clicked.connect(self.reject)
        self.lose.clicked.connect(self.accept)
