"""Transcribes a sound file in a child process, with progress, cancel and a reason."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from gui.jobs.messages import REPORTS, Begun, Found, Report, Transcribed
from gui.widgets.child_job import ChildJob
from realtime.processes.message_lines import Progress
from realtime.processes.start import python_command
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings

if TYPE_CHECKING:
    from realtime.takes.library import Take


class FileJob(ChildJob):
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
    finished = Signal()
    """All its notes are in `csv`."""

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
        """Number of notes that were found."""
        self.silent = False
        """Whether the file holds nothing to hear."""
        self.cut_off: Trouble | None = None
        """What to say of a file that holds less sound than it promises."""
        self.error: Trouble | None = None
        """Why there are no notes, None while all is well."""
        self._folder = tempfile.TemporaryDirectory(prefix="jtm-", ignore_cleanup_errors=True)
        self.csv = Path(self._folder.name) / f"{sound.stem}.csv"
        """Where the notes lie once they are heard, with a .mid beside them, until `dispose`."""
        self.new_take: Path | None = None
        """The .csv of the take that the file has become, which has no notes yet."""
        self._hears = False
        settings = settings or EngineSettings()
        self.arguments = [str(self.csv), settings.model, json.dumps(asdict(settings))]
        """What the process is given beside the sound; the folder of the takes comes last."""
        self.arguments += [str(takes)] if takes is not None else []

    def start(self) -> None:
        """Start the process that listens to the file."""
        command = python_command("gui.jobs.worker", str(self.sound), *self.arguments)
        self.begin(command, REPORTS)

    def rename(self, sound: Path) -> None:
        """The file has another name now; a child that has not opened it yet begins again."""
        self.sound = sound
        if self.running and not self._hears:
            self.stop()
            self.start()

    def dispose(self) -> None:
        """Stop if it still runs and remove temporary files."""
        self.stop()
        self._folder.cleanup()

    def update_by(self, report: Report) -> None:
        """Take a report: a take, progress, notes, or why there are none."""
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

    def conclude(self, code: int) -> None:
        """Emit `finished` where the notes were written, else why not."""
        if code == 0 and self.csv.is_file():
            self.finished.emit()
        else:
            self.error = self.error or Trouble(Code.TRANSCRIBER_STOPPED, code=code)
            self.failed.emit(self.error)
