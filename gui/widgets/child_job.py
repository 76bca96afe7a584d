"""A job that a process of ours does for the window: progress, a way out, one end."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from gui.widgets.child_process import ChildProcess
from realtime.processes.json_line_child import JsonLineChild
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble, why


class ChildJob(QObject):
    """One job. It ends with `failed`, `cancelled`, or what `conclude` emits; with one of them."""

    progressed = Signal(float)
    """The work got on; carries the share that is done, 0-1."""
    failed = Signal(object)
    """The work failed; carries the `Trouble`."""
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cancelling = False
        self._child: ChildProcess | None = None

    @property
    def running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._child is not None

    def begin(self, command: Sequence[str], kinds: tuple[type[Any], ...]) -> None:
        """Start the process.

        Args:
            command: program and arguments.
            kinds: messages that it may report.
        """
        try:
            child = JsonLineChild(command, kinds)
        except OSError as error:
            self.failed.emit(Trouble(Code.HELPER_NOT_STARTED, reason=why(error)))
            return
        self._child = ChildProcess(child, self)
        self._child.reported.connect(self.update_by)
        self._child.ended.connect(self._end)

    def cancel(self) -> None:
        """Stop the process and forget what it has done."""
        self._cancelling = True
        if self._child is not None:
            self._child.kill()

    def stop(self) -> None:
        """Stop the process if it still runs; nothing is emitted any more."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def update_by(self, report: Any) -> None:
        """Take a report of the process."""
        raise NotImplementedError

    def conclude(self, code: int) -> None:
        """Say how the process ended, by its exit code and its reports."""
        raise NotImplementedError

    def _end(self, code: int) -> None:
        self.stop()
        if self._cancelling:
            self.cancelled.emit()
        else:
            self.conclude(code)
