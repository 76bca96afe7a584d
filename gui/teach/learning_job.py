"""Learns from a lesson in a process of its own, with progress, cancel and a reason."""

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui.widgets.child_process import ChildProcess
from realtime.processes.json_line_child import JsonLineChild
from realtime.processes.message_lines import Failed, Progress
from realtime.processes.start import python_command
from realtime.teach.guide.messages import REPORTS, Learned, Report
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble

STEADY_PART = 0.04
"""Part from which the time that is left can be told."""


class LearningJob(QObject):
    """One lesson. Emits `progressed`, then exactly one of `finished`, `failed`, `cancelled`.

    Args:
        folder: of the lesson.
        minutes: how long it may take; None is the usual time.
    """

    progressed = Signal(float)
    """Part done, 0-1."""
    finished = Signal(object)
    """The card of what was learned, a dictionary; its `file` is "" where nothing was gained."""
    failed = Signal(object)
    """Why, a `Trouble`."""
    cancelled = Signal()

    def __init__(
        self, folder: Path, minutes: float | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.part = 0.0
        self.arguments = [str(folder), *([str(minutes)] if minutes else [])]
        """What the process is given: the folder of the lesson first."""
        self._card: Learned | None = None
        self._error: Trouble | None = None
        self._cancelling = False
        self._began = 0.0
        self._child: ChildProcess | None = None

    def start(self) -> None:
        """Start the process that learns."""
        self._began = time.monotonic()
        command = python_command("realtime.teach.guide.child", *self.arguments)
        try:
            child = JsonLineChild(command, REPORTS)
        except OSError as error:
            self.failed.emit(Trouble(Code.OTHER, text=str(error)))
            return
        self._child = ChildProcess(child, self)
        self._child.reported.connect(self._update)
        self._child.ended.connect(self._end)

    @property
    def running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._child is not None

    @property
    def seconds_left(self) -> float | None:
        """Time until it is done, None while that is unknown."""
        if self.part < STEADY_PART:
            return None
        return (time.monotonic() - self._began) * (1 - self.part) / self.part

    def cancel(self) -> None:
        """Stop; the lesson is as it was."""
        self._cancelling = True
        if self._child is not None:
            self._child.kill()

    def dispose(self) -> None:
        """Stop the process; nothing is emitted any more."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _update(self, report: Report) -> None:
        if isinstance(report, Progress):
            self.part = report.part
            self.progressed.emit(report.part)
        elif isinstance(report, Learned):
            self._card = report
        elif isinstance(report, Failed):
            self._error = report.trouble

    def _end(self, code: int) -> None:
        self.dispose()
        if self._cancelling:
            self.cancelled.emit()
        elif self._card is not None and code == 0:
            self.finished.emit(self._card.card)
        else:
            self.failed.emit(self._error or Trouble(Code.LESSON_STOPPED))
