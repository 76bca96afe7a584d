"""Opens pieces on a thread, because a long score takes seconds."""

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from realtime.practice.pieces import Piece
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble


class PieceLoader(QObject):
    """Opens the piece that was asked for last; the result of an earlier request is dropped."""

    loaded = Signal(object)
    """A piece was read; carries the `Piece`."""
    failed = Signal(object)
    """A piece could not be read; carries the `Trouble`."""
    _done = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._wish = 0
        self.busy = ""
        """Name of what is being opened, "" while nothing is."""
        self._done.connect(self._finish)

    def open(self, name: str, takes: Path | None = None, repeats: bool = True) -> None:
        """Open a file, a take or a bundled piece; a piece that is still being read is forgotten.

        Args:
            name: see `open_piece`.
            takes: folder of the takes.
            repeats: whether those of a score are played out.
        """
        self._wish += 1
        self.busy = name
        wish = self._wish, name, takes, repeats
        threading.Thread(target=self._read, args=wish, name="open piece", daemon=True).start()

    def _read(self, wish: int, name: str, takes: Path | None, repeats: bool) -> None:
        from realtime.practice.open_piece import open_piece

        result: Piece | Trouble
        try:
            result = open_piece(name, takes, repeats)
        except UserError as error:
            result = error.trouble
        try:
            self._done.emit(wish, result)
        except RuntimeError:  # the window is gone
            return

    def _finish(self, wish: int, result: object) -> None:
        if wish != self._wish:
            return
        self.busy = ""
        if isinstance(result, Trouble):
            self.failed.emit(result)
        else:
            self.loaded.emit(result)
