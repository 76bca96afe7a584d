"""Undo and redo of whole scores; notes that did not change are shared between them."""

from gui.take_view.edits import Edited, Selection
from gui.take_view.score import Score

MOST = 200


class History:
    """The score as it is now, how it was before, and how it was before an undo."""

    def __init__(self, score: Score) -> None:
        self.score = score
        self.chosen: Selection = frozenset()
        self._saved = score
        self._past: list[Edited] = []
        self._future: list[Edited] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back."""
        return bool(self._future)

    @property
    def changed(self) -> bool:
        """Whether there is something to save."""
        return self.score is not self._saved

    def saved(self) -> None:
        """The score as it is now is on disk."""
        self._saved = self.score

    def choose(self, chosen: Selection) -> None:
        """Other notes are chosen; that cannot be undone."""
        self.chosen = chosen

    def do(self, edited: Edited) -> None:
        """An edit; what was undone before can no longer be redone. No-op if nothing changed."""
        if edited[0].notes != self.score.notes:
            self._past.append((self.score, self.chosen))
            del self._past[:-MOST]
            self._future.clear()
            self.score, self.chosen = edited

    def undo(self) -> None:
        """Take the last edit back."""
        if self._past:
            self._future.append((self.score, self.chosen))
            self.score, self.chosen = self._past.pop()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._future:
            self._past.append((self.score, self.chosen))
            self.score, self.chosen = self._future.pop()
