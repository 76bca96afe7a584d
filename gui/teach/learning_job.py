"""Learns from a lesson in a process of its own, with progress, cancel and a reason."""

import json
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from realtime.processes.start import python_command, python_environment
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
        self._tail = b""
        self._answer: dict[str, Any] | None = None
        self._cancelling = False
        self._began = 0.0
        self._process = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in python_environment().items():
            environment.insert(name, value)
        self._process.setProcessEnvironment(environment)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._end)

    def start(self) -> None:
        """Start the process that learns."""
        self._began = time.monotonic()
        program, *arguments = python_command("realtime.teach.guide.child", *self.arguments)
        self._process.start(program, arguments)

    @property
    def running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    @property
    def seconds_left(self) -> float | None:
        """Time until it is done, None while that is unknown."""
        if self.part < STEADY_PART:
            return None
        return (time.monotonic() - self._began) * (1 - self.part) / self.part

    def cancel(self) -> None:
        """Stop; the lesson is as it was."""
        self._cancelling = True
        self._process.kill()

    def dispose(self) -> None:
        """Stop the process; nothing is emitted any more."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.finished.disconnect(self._end)
            self._process.kill()
            self._process.waitForFinished(1000)

    def _read(self) -> None:
        self._tail += bytes(self._process.readAllStandardOutput().data())
        *lines, self._tail = self._tail.split(b"\n")
        for line in lines:
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if "verdict" in told:
                self._answer = told
            elif "part" in told:
                self.part = float(told["part"])
                self.progressed.emit(self.part)

    def _end(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        if self._cancelling:
            self.cancelled.emit()
        elif self._answer is not None and code == 0 and status == QProcess.ExitStatus.NormalExit:
            self.finished.emit(self._answer)
        else:
            self.failed.emit(self._reason())

    def _reason(self) -> Trouble:
        said = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
        try:
            return Trouble.from_json(json.loads(said.splitlines()[-1]))
        except (IndexError, ValueError, KeyError, TypeError):
            return Trouble(Code.LESSON_STOPPED)
