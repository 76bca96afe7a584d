"""Asks what becomes of the notes of sound files, and of files still heard, before all is closed."""

from collections.abc import Sequence

from PySide6.QtWidgets import QPushButton, QWidget

from gui.file_job import FileJob
from gui.question import Question
from gui.status_text import short_name
from gui.words import plural, tr

NAMED = 3
"""Files that are called by their names; the others are counted."""


class LoseResults(Question):
    """Whoever closes it stays; `keep_clicked` tells of the other two ways which one it was.

    Args:
        parent: the window that is about to close.
        results: jobs whose notes are neither saved nor kept.
        unheard: jobs that run or wait.
    """

    def __init__(
        self, parent: QWidget, results: Sequence[FileJob], unheard: Sequence[FileJob]
    ) -> None:
        self.keep_clicked = False
        """Whether the notes shall become takes."""
        parts = []
        if results:
            parts.append(tr("Notes that are not kept yet: {names}.", names=_names(results)))
        if unheard:
            said = tr("Still being heard; closing stops that: {names}.", names=_names(unheard))
            parts.append(said)
        self.stay = QPushButton(tr("Stay"))
        self.lose = QPushButton(tr("Discard them") if results else tr("Close anyway"))
        self.keep = QPushButton(tr("Keep as takes"))
        buttons = [self.stay, self.lose, self.keep] if results else [self.lose, self.stay]
        title = tr("Notes are not kept") if results else tr("Files are still being heard")
        super().__init__(parent, title, "\n".join(parts), buttons)
        self.stay.clicked.connect(self.reject)
        self.lose.clicked.connect(self.accept)
        self.keep.clicked.connect(self._keep)

    def _keep(self) -> None:
        self.keep_clicked = True
        self.accept()


def _names(jobs: Sequence[FileJob]) -> str:
    names = [short_name(job.sound.name) for job in jobs[:NAMED]]
    if len(jobs) > NAMED:
        names.append(plural(len(jobs) - NAMED, "more file", "more files"))
    return ", ".join(names)
