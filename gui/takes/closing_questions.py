"""Asks before files that are still heard, or edits that cannot be kept, are lost."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QPushButton, QWidget

from gui.jobs.job import FileJob
from gui.language.formats import short_name
from gui.language.translate import plural, tr
from gui.widgets.dialogs import Question

NAMED = 3
"""Files that are called by their names; the others are counted."""


class StopHearing(Question):
    """Asks whether to close while files are still transcribed; accepted means close.

    Args:
        parent: the window that is about to close.
        unheard: jobs that run or wait.
    """

    def __init__(self, parent: QWidget, unheard: Sequence[FileJob]) -> None:
        said = tr("Still being heard; closing stops that: {names}.", names=_names(unheard))
        self.lose, self.stay = QPushButton(tr("Close anyway")), QPushButton(tr("Stay"))
        title = tr("Files are still being heard")
        super().__init__(parent, title, said, (self.lose, self.stay))
        self.stay.clicked.connect(self.reject)
        self.lose.clicked.connect(self.accept)


def _names(jobs: Sequence[FileJob]) -> str:
    names = [short_name(job.sound.name) for job in jobs[:NAMED]]
    if len(jobs) > NAMED:
        names.append(plural(len(jobs) - NAMED, "more file", "more files"))
    return ", ".join(names)


class LoseEdits(Question):
    """Asks whether edits that cannot be kept may be lost; accepted means yes.

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


class UnwrittenTake(Question):
    """Asks what to do with a take that cannot be written: another folder, lose it, or stay.

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
