"""Plays a take through a child process, so that sound never waits for the window."""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from gui.take_editor.score import Score
from realtime.files.note_files import write_csv
from realtime.processes.start import python_command, python_environment

MIXES = {"both": (0.7, 0.8), "synth": (1.0, 0.0), "recording": (0.0, 1.0)}
"""Choice -> (level of the synth, level of the recording)."""
QUIETER_DB = 36.0
"""How much softer than the other the one becomes at the end of the balance."""


class Player(QObject):
    """One take at a time. The child starts with the first note that is to be heard.

    Args:
        clock: seconds that only go forward.
        module: the child's; tests give their own.
    """

    changed = Signal()
    """It plays now, or no longer."""
    failed = Signal(str)
    """Why nothing is heard: "no-output" or "file"."""

    def __init__(
        self,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
        module: str = "realtime.playback.take_player_child",
    ) -> None:
        super().__init__(parent)
        self.playing = False
        self._clock, self._module = clock, module
        self._at, self._at_wall = 0.0, clock()
        self._loop: tuple[float, float] | None = None
        self._mix, self._balance = "both", 0.0
        self._sound = ""
        self._loaded: tuple[Score, str] | None = None
        self._process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._tail = b""

    @property
    def at_s(self) -> float:
        """What is heard now, in seconds of the take."""
        if not self.playing:
            return self._at
        return self._at + min(self._clock() - self._at_wall, 0.5)

    def open(self, sound: Path | None) -> None:
        """Another take, at its start."""
        self.pause()
        self._sound = str(sound) if sound is not None else ""
        self._at, self._loaded = 0.0, None

    def play(self, score: Score, from_s: float | None = None) -> None:
        """Play these notes and the recording, from here or from where it was."""
        start_s = self._at if from_s is None else from_s
        self._at, self._at_wall = start_s, self._clock()
        self._begin()
        self.load(score)
        self._say({"levels": self.levels(), "loop": self._loop, "play": start_s})
        if not self.playing:
            self.playing = True
            self.changed.emit()

    def load(self, score: Score) -> None:
        """The notes are others now; what plays goes on with them."""
        if self._process is None or self._loaded == (score, self._sound):
            return
        assert self._folder is not None
        self._loaded = (score, self._sound)
        path = Path(self._folder.name) / "notes.csv"
        write_csv(score.notes, path)
        self._say({"load": str(path), "sound": self._sound})
        if self.playing:
            self._say({"play": self.at_s})

    def pause(self) -> None:
        """Fall silent, and stay here."""
        if self.playing:
            self._at = self.at_s
            self._stopped()
            self._say({"pause": True})

    def seek(self, second: float) -> None:
        """Go on from here."""
        self._at, self._at_wall = second, self._clock()
        if self.playing:
            self._say({"play": second})

    def set_mix(self, mix: str) -> None:
        """Hear "synth", "recording" or "both"."""
        self._mix = mix
        self._say({"levels": self.levels()})

    def set_balance(self, balance: float) -> None:
        """Where both are heard: -1 is mostly the synth, 1 mostly the recording."""
        self._balance = min(max(balance, -1.0), 1.0)
        self._say({"levels": self.levels()})

    def levels(self) -> tuple[float, float]:
        """(of the synth, of the recording), as factors."""
        synth, recording = MIXES[self._mix]
        if self._mix != "both":
            return synth, recording
        softer = 10 ** (-QUIETER_DB * abs(self._balance) / 20)
        return (synth * softer, recording) if self._balance > 0 else (synth, recording * softer)

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """Repeat this stretch, None plays to the end."""
        if loop != self._loop:
            self._loop = loop
            self._say({"loop": loop})

    def close(self) -> None:
        """End the child."""
        self.playing = False
        if self._process is not None:
            self._process.finished.disconnect(self._gone)
            self._process.closeWriteChannel()
            if not self._process.waitForFinished(500):
                self._process.kill()
                self._process.waitForFinished(500)
            self._process = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def hear(self, answer: dict[str, Any]) -> None:
        """Take one answer of the child."""
        if "at" in answer and self.playing:
            self._at, self._at_wall = float(answer["at"]), self._clock()
        elif "ended" in answer:
            self._at = self._loop[0] if self._loop else 0.0
            self._stopped()
        elif "error" in answer:
            self._at = self.at_s
            self._stopped()
            self.failed.emit(str(answer["error"]))

    def _begin(self) -> None:
        if self._process is not None:
            return
        self._folder = tempfile.TemporaryDirectory(prefix="jtm-", ignore_cleanup_errors=True)
        self._loaded, self._tail = None, b""
        process = self._process = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in python_environment().items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        program, *arguments = python_command(self._module)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._gone)
        process.start(program, arguments)

    def _say(self, order: dict[str, Any]) -> None:
        if self._process is not None:
            self._process.write(json.dumps(order).encode() + b"\n")

    def _read(self) -> None:
        if self._process is None:
            return
        self._tail += bytes(self._process.readAllStandardOutput().data())
        *lines, self._tail = self._tail.split(b"\n")
        for line in lines:
            self.hear(json.loads(line))

    def _gone(self) -> None:
        """The child has died: say so, and start another the next time."""
        self._process = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        if self.playing:
            self.hear({"error": "no-output"})

    def _stopped(self) -> None:
        if self.playing:
            self.playing = False
            self.changed.emit()
