"""Asks what becomes of a take whose folder cannot be written, before all is closed."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QPushButton, QWidget

from gui.question import Question
from gui.words import tr


class UnwrittenTake(Question):
    """Whoever closes it stays; `choose_clicked` tells of the other two ways which one it was.

    Args:
        parent: the window that is about to close.
        folder: that cannot be written.
        rescue: folders that are tried instead, the first first.
    """

    def __init__(self, parent: QWidget, folder: Path, rescue: Sequence[Path]) -> None:
        self.choose_clicked = False
        """Whether another folder shall be chosen."""
        self.stay = QPushButton(tr("Stay"))
        self.leave = QPushButton(tr("Close anyway"))
        self.choose = QPushButton(tr("Choose a folder…"))
        elsewhere = [str(other) for other in rescue if other != folder]
        text = tr(
            "A take is only in memory: {folder} cannot be written. Closing now writes it to "
            "{rescue} if that is possible; otherwise it is lost.",
            folder=folder,
            rescue=tr(" or ").join(elsewhere),
        )
        buttons = (self.stay, self.leave, self.choose)
        super().__init__(parent, tr("The take is not on disk yet"), text, buttons)
        self.stay.clicked.connect(self.reject)
        self.leave.clicked.connect(self.accept)
        self.choose.clicked.connect(self._choose)

    def _choose(self) -> None:
        self.choose_clicked = True
        self.accept()
