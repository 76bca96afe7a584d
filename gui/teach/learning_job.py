"""Learns from a lesson in a process of its own, with progress, cancel and a reason."""

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui.widgets.child_job import ChildJob
from realtime.processes.message_lines import Failed, Progress
from realtime.processes.start import python_command
from realtime.teach.guide.messages import REPORTS, THOROUGH, Learned, Report
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble

STEADY_PART = 0.04
"""Part from which the time that is left can be told."""


class LearningJob(ChildJob):
    """One lesson. Emits `progressed`, then exactly one of `finished`, `failed`, `cancelled`.

    Args:
        folder: of the lesson.
        minutes: how long it may take; None is the usual time.
        thorough: whether all weights learn.
    """

    finished = Signal(object)
    """The card of what was learned, a dictionary; its `file` is "" where nothing was gained."""

    def __init__(
        self,
        folder: Path,
        minutes: float | None = None,
        parent: QObject | None = None,
        thorough: bool = False,
    ) -> None:
        super().__init__(parent)
        self.part = 0.0
        self.thorough = thorough
        self.may_be_thorough = False
        """Whether a thorough lesson of this kind may be offered instead."""
        self.arguments = [str(folder), str(minutes or ""), THOROUGH if thorough else ""]
        """What the process is given: the folder of the lesson first."""
        self._card: Learned | None = None
        self._error: Trouble | None = None
        self._began = 0.0

    def start(self) -> None:
        """Start the process that learns."""
        self._began = time.monotonic()
        command = python_command("realtime.teach.guide.child", *self.arguments)
        self.begin(command, REPORTS)

    @property
    def seconds_left(self) -> float | None:
        """Time until it is done, None while that is unknown."""
        if self.part < STEADY_PART:
            return None
        return (time.monotonic() - self._began) * (1 - self.part) / self.part

    def update_by(self, report: Report) -> None:
        """Take a report: progress, the card, or why there is none."""
        if isinstance(report, Progress):
            self.part = report.part
            self.progressed.emit(report.part)
        elif isinstance(report, Learned):
            self._card = report
        elif isinstance(report, Failed):
            self._error = report.trouble

    def conclude(self, code: int) -> None:
        """Emit the card, or why there is none; the lesson is as it was."""
        if self._card is not None and code == 0:
            self.finished.emit(self._card.card)
        else:
            self.failed.emit(self._error or Trouble(Code.LESSON_STOPPED))
