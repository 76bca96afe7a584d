"""Installs what learning thoroughly needs, in a process of its own, with progress and cancel."""

from PySide6.QtCore import QObject, Signal

from gui.widgets.child_job import ChildJob
from realtime.processes.message_lines import Failed, Progress
from realtime.processes.start import python_command
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble


class InstallJob(ChildJob):
    """One installation. Emits `progressed`, then one of `finished`, `failed`, `cancelled`."""

    finished = Signal()
    """All that is needed is here."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.part = 0.0
        self._error: Trouble | None = None

    def start(self) -> None:
        """Start the process that installs."""
        command = python_command("realtime.teach.thorough.installer")
        self.begin(command, (Progress, Failed))

    def update_by(self, report: Progress | Failed) -> None:
        """Take a report: progress, or why it failed."""
        if isinstance(report, Progress):
            self.part = report.part
            self.progressed.emit(report.part)
        else:
            self._error = report.trouble

    def conclude(self, code: int) -> None:
        """Emit that it is done, or why it is not."""
        if code == 0:
            self.finished.emit()
        else:
            reason = Trouble(Code.ENDED_WITH, code=code)
            self.failed.emit(self._error or Trouble(Code.TRAINER_NOT_INSTALLED, reason=reason))
