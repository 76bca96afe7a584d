"""Transcribes a dropped sound file in a child process, with progress, cancel and a reason."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from realtime.processes.start import python_command, python_environment
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings

if TYPE_CHECKING:
    from realtime.takes.library import Take


class FileJob(QObject):
    """One file. Emits `progressed`, then exactly one of `finished`, `failed`, `cancelled`.

    Args:
        sound: the file; see `rename`.
        model: path of an exported model; "" is the bundled one.
        settings: how sound is taken and notes are given.
        refine: hear with hindsight.
        take: that is heard again, None for any other file.
    """

    progressed = Signal(float)
    """Part done, 0-1."""
    finished = Signal(str, int)
    """(path of the .mid, count of notes)."""
    failed = Signal(object)
    """Why, a `Trouble`."""
    cancelled = Signal()

    def __init__(
        self,
        sound: Path,
        model: str = "",
        parent: QObject | None = None,
        settings: EngineSettings | None = None,
        refine: bool = False,
        take: "Take | None" = None,
    ) -> None:
        super().__init__(parent)
        self.sound, self.take = sound, take
        self.notes = 0
        """How many were heard."""
        self.silent = False
        """Whether the file holds nothing to hear."""
        self.error: Trouble | None = None
        """Why there are none."""
        self.unwritten: Trouble | None = None
        """Why they are no version of their take, though it is there."""
        self._folder = tempfile.TemporaryDirectory(prefix="jtm-", ignore_cleanup_errors=True)
        self.midi = Path(self._folder.name) / f"{sound.stem}.mid"
        self._tail = b""
        self._cancelling = self._hears = False
        self._process = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in python_environment().items():
            environment.insert(name, value)
        self._process.setProcessEnvironment(environment)
        self._arguments = [
            model,
            json.dumps(asdict(settings or EngineSettings())),
            *(["refine"] if refine else []),
        ]
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._end)

    def start(self) -> None:
        """Begin."""
        given = (str(self.sound), str(self.midi), *self._arguments)
        program, *arguments = python_command("gui.jobs.worker", *given)
        self._process.start(program, arguments)

    def rename(self, sound: Path) -> None:
        """The file has another name now; a child that has not opened it yet begins again."""
        self.sound = sound
        waits = self._process.state() != QProcess.ProcessState.NotRunning and not self._hears
        if waits:
            self._stop()
            self._process.finished.connect(self._end)
            self.start()

    def cancel(self) -> None:
        """Stop and forget."""
        self._cancelling = True
        self._process.kill()

    def dispose(self) -> None:
        """Stop if it still runs and remove the temporary .mid."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._stop()
        self._folder.cleanup()

    def _stop(self) -> None:
        self._process.finished.disconnect(self._end)
        self._process.kill()
        self._process.waitForFinished(1000)

    def _read(self) -> None:
        self._tail += bytes(self._process.readAllStandardOutput().data())
        *lines, self._tail = self._tail.split(b"\n")
        for line in lines:
            words = line.decode(errors="replace").split()
            if len(words) == 2 and words[0] == "notes":
                self.notes = int(words[1])
            elif words[:1] == ["silent"]:
                self.silent = True
            elif len(words) == 1:
                self._hears = True
                self.progressed.emit(float(words[0]))

    def _end(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        if self._cancelling:
            self.cancelled.emit()
        elif status == QProcess.ExitStatus.NormalExit and code == 0 and self.midi.is_file():
            self.finished.emit(str(self.midi), self.notes)
        else:
            self.failed.emit(self._reason(code))

    def _reason(self, code: int) -> Trouble:
        said = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
        try:
            return Trouble.from_json(json.loads(said.splitlines()[-1]))
        except (IndexError, ValueError, KeyError, TypeError):
            return Trouble(Code.TRANSCRIBER_STOPPED, code=code)
