"""A child process of ours whose reports arrive in the window's thread."""

import contextlib
from typing import Any

from PySide6.QtCore import QObject, Signal

from realtime.processes.json_line_child import JsonLineChild


class ChildProcess(QObject):
    """A running child. Emits its reports, then `ended`; nothing any more once `stop` was called.

    Args:
        child: just started; it is ours from now on.
    """

    reported = Signal(object)
    """A message of the child."""
    ended = Signal(int)
    """The process has ended, after its last report; carries the exit code."""
    _came = Signal(object, bool)
    """(message or exit code, whether it is a message), from the thread that reads."""

    def __init__(self, child: JsonLineChild[Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._child, self._stopped = child, False
        self._came.connect(self._pass_on)
        child.follow(lambda message: self._carry(message, True), lambda c: self._carry(c, False))

    def send(self, message: object) -> None:
        """Give the child an order, without waiting."""
        self._child.send(message)

    def stop(self, patience_s: float = 0.0) -> None:
        """End the child; it is killed where it does not end by itself in so many seconds."""
        self._stopped = True
        self._child.end(patience_s)

    def kill(self) -> None:
        """End the child at once; `ended` follows."""
        self._child.kill()

    def _carry(self, content: object, is_message: bool) -> None:
        # The window may have been closed: its object is gone, the thread is not.
        with contextlib.suppress(RuntimeError):
            self._came.emit(content, is_message)

    def _pass_on(self, content: object, is_message: bool) -> None:
        if self._stopped:
            return
        if is_message:
            self.reported.emit(content)
        else:
            self._child.release()
            self.ended.emit(content)
