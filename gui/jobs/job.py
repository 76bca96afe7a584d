"""Hears a sound file in a child process, with progress, cancel and a reason."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.jobs.messages import REPORTS, Begun, Found, Report, Transcribed
from gui.widgets.child_process import ChildProcess
from realtime.processes.json_line_child import JsonLineChild
from realtime.processes.message_lines import Progress
from realtime.processes.start import python_command
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings

if TYPE_CHECKING:
    from realtime.takes.library import Take


class FileJob(QObject):
    """One file. Emits `begun` and `progressed`, then one of `finished`, `failed`, `cancelled`.

    Args:
        sound: the file; see `rename`.
        settings: how sound is taken and notes are given, and by which model.
        takes: folder in which the file becomes a take before it is heard.
        take: that is heard again.
    """

    begun = Signal()
    """The file is a take now, `new_take`."""
    found = Signal()
    """The notes of its beginning are in `csv`."""
    progressed = Signal(float)
    """Part done, 0-1."""
    finished = Signal()
    failed = Signal(object)
    """Why, a `Trouble`."""
    cancelled = Signal()

    def __init__(
        self,
        sound: Path,
        settings: EngineSettings | None = None,
        takes: Path | None = None,
        take: "Take | None" = None,
    ) -> None:
        super().__init__()
        self.sound, self.take = sound, take
        self.notes = 0
        """How many were heard."""
        self.silent = False
        """Whether the file holds nothing to hear."""
        self.cut_off: Trouble | None = None
        """What to say of a file that holds less sound than it promises."""
        self.error: Trouble | None = None
        """Why there are none."""
        self._folder = tempfile.TemporaryDirectory(prefix="jtm-", ignore_cleanup_errors=True)
        self.csv = Path(self._folder.name) / f"{sound.stem}.csv"
        """Where the notes lie once they are heard, with a .mid beside them, until `dispose`."""
        self.new_take: Path | None = None
        """The .csv of the take that the file has become, which has no notes yet."""
        self._cancelling = self._hears = False
        self._child: ChildProcess | None = None
        settings = settings or EngineSettings()
        self.arguments = [str(self.csv), settings.model, json.dumps(asdict(settings))]
        """What the process is given beside the sound; the folder of the takes comes last."""
        self.arguments += [str(takes)] if takes is not None else []

    def start(self) -> None:
        """Start the process that listens to the file."""
        command = python_command("gui.jobs.worker", str(self.sound), *self.arguments)
        try:
            child = JsonLineChild(command, REPORTS)
        except OSError as error:
            self.failed.emit(Trouble(Code.OTHER, text=str(error)))
            return
        self._child = ChildProcess(child, self)
        self._child.reported.connect(self._update)
        self._child.ended.connect(self._end)

    def rename(self, sound: Path) -> None:
        """The file has another name now; a child that has not opened it yet begins again."""
        self.sound = sound
        if self._child is not None and not self._hears:
            self._stop()
            self.start()

    def cancel(self) -> None:
        """Stop the process and forget what it has heard."""
        self._cancelling = True
        if self._child is not None:
            self._child.kill()

    def dispose(self) -> None:
        """Stop if it still runs and remove temporary files."""
        self._stop()
        self._folder.cleanup()

    def _stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _update(self, report: Report) -> None:
        if isinstance(report, Begun):
            self.new_take = Path(report.csv)
            self.begun.emit()
        elif isinstance(report, Progress):
            self._hears = True
            self.progressed.emit(report.part)
        elif isinstance(report, Found):
            self.found.emit()
        elif isinstance(report, Transcribed):
            self.notes, self.silent = report.notes, report.silent
            self.cut_off = report.cut_off
        else:
            self.error = report.trouble

    def _end(self, code: int) -> None:
        self._stop()
        if self._cancelling:
            self.cancelled.emit()
        elif code == 0 and self.csv.is_file():
            self.finished.emit()
        else:
            self.error = self.error or Trouble(Code.TRANSCRIBER_STOPPED, code=code)
            self.failed.emit(self.error)
