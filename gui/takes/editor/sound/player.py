"""Plays a take through a child process, so that sound never waits for the window."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui.language.engine_messages import in_words
from gui.language.translate import tr
from gui.takes.editor.score import Score
from gui.widgets.child_process import ChildProcess
from realtime.files.note_files import write_csv
from realtime.playback.take_messages import (
    REPORTS,
    At,
    Ended,
    Levels,
    Load,
    Loop,
    Order,
    Pause,
    Play,
    Report,
)
from realtime.processes.json_line_child import JsonLineChild
from realtime.processes.message_lines import Failed
from realtime.processes.start import python_command
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble, why
from realtime.values.notes import Note

MIXES = {"both": (0.7, 0.8), "synth": (1.0, 0.0), "recording": (0.0, 1.0)}
"""Choice -> (level of the synth, level of the recording)."""
CLOSE_SECONDS = 0.5
"""Left to the child to fall silent and end."""
QUIETER_DB = 36.0
"""How much softer than the other the one becomes at the end of the balance."""


def why_silent(trouble: Trouble) -> str:
    """Why a take is not heard, and what to do: in the editor, where play is pressed again."""
    texts = {
        Code.OUTPUT_NOT_STARTED: tr(
            "Nothing can be heard: there is no sound output. Plug one in and press play again."
        ),
        Code.OUTPUT_SILENT: tr("The sound output takes no more sound. Press play to try again."),
    }
    return texts.get(trouble.code) or in_words(trouble)


def start_child() -> JsonLineChild[Report]:
    """Start the process that plays takes.

    Raises:
        OSError: if that is impossible.
    """
    return JsonLineChild(python_command("realtime.playback.take_player_child"), REPORTS)


class PlayerClient(QObject):
    """One take at a time. The child starts when a take is about to be heard: see `prepare`.

    Args:
        clock: seconds that only go forward.
        start: starts the child.
    """

    changed = Signal()
    """The player plays now, or no longer."""
    failed = Signal(object)
    """Why nothing is heard: a `Trouble`."""

    def __init__(
        self,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
        start: Callable[[], JsonLineChild[Report]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.playing = False
        self.heard = False
        """Whether what was asked for last has begun to sound."""
        self._clock, self._start = clock, start or start_child
        self._at, self._at_wall = 0.0, clock()
        self._loop: tuple[float, float] | None = None
        self.mix, self._balance = "both", 0.0
        self._sound = ""
        self._loaded: tuple[tuple[Note, ...], str] | None = None
        self._child: ChildProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

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

    def prepare(self, score: Score) -> None:
        """Start the child and give it these notes: on a busy machine that takes seconds."""
        if self._begin() is None:
            self.load(score)

    def play(self, score: Score, from_s: float | None = None, due_s: float | None = None) -> None:
        """Play these notes and the recording, from here or from where it was.

        Args:
            score: notes for the synth.
            from_s: second of the take, None for where it was.
            due_s: monotonic time at which that second should be heard, None for as soon as it can.
        """
        start_s = self._at if from_s is None else from_s
        self.heard = False
        self._at, self._at_wall = start_s, self._clock()
        trouble = self._begin()
        if trouble is not None:
            self.failed.emit(trouble)
            return
        self.load(score)
        self.send(Levels(*self.levels()))
        self.send(Loop(self._loop))
        self.send(Play(start_s, due_s))
        if not self.playing:
            self.playing = True
            self.changed.emit()

    def load(self, score: Score) -> None:
        """The notes are others now; what plays goes on with them."""
        if self._child is None or self._loaded == (score.notes, self._sound):
            return
        assert self._folder is not None
        self._loaded = (score.notes, self._sound)
        path = Path(self._folder.name) / "notes.csv"
        write_csv(score.notes, path)
        self.send(Load(str(path), self._sound))
        if self.playing:
            self.send(Play(self.at_s))

    def pause(self) -> None:
        """Fall silent, and stay here."""
        if self.playing:
            self._at = self.at_s
            self._stopped()
            self.send(Pause())

    def seek(self, second: float) -> None:
        """Go on playing from here, in seconds of the take."""
        self._at, self._at_wall = second, self._clock()
        if self.playing:
            self.send(Play(second))

    def set_mix(self, mix: str) -> None:
        """Hear "synth", "recording" or "both"."""
        self.mix = mix
        self.send(Levels(*self.levels()))

    def set_balance(self, balance: float) -> None:
        """Where both are heard: -1 is mostly the synth, 1 mostly the recording."""
        self._balance = min(max(balance, -1.0), 1.0)
        self.send(Levels(*self.levels()))

    def levels(self) -> tuple[float, float]:
        """(of the synth, of the recording), as factors."""
        synth, recording = MIXES[self.mix]
        if self.mix != "both":
            return synth, recording
        softer = 10 ** (-QUIETER_DB * abs(self._balance) / 20)
        return (synth * softer, recording) if self._balance > 0 else (synth, recording * softer)

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """Repeat this stretch, None plays to the end."""
        if loop != self._loop:
            self._loop = loop
            self.send(Loop(loop))

    def close(self) -> None:
        """End the process that plays, and forget its files."""
        self.playing = False
        if self._child is not None:
            self._child.stop(CLOSE_SECONDS)
            self._child = None
        self._remove_folder()

    def send(self, order: Order) -> None:
        """Give the child an order, where there is a child."""
        if self._child is not None:
            self._child.send(order)

    def update(self, report: Report) -> None:
        """Take one report of the child."""
        if isinstance(report, At) and self.playing:
            self._at, self._at_wall, self.heard = report.second, self._clock(), True
        elif isinstance(report, Ended):
            self._at = self._loop[0] if self._loop else 0.0
            self._stopped()
        elif isinstance(report, Failed):
            wanted, self._at, self._loaded = self.playing, self.at_s, None
            self._stopped()
            if wanted:
                self.failed.emit(report.trouble)

    def _begin(self) -> Trouble | None:
        """Start a child where there is none; returns why that failed."""
        if self._child is not None:
            return None
        self._folder = tempfile.TemporaryDirectory(prefix="jtm-", ignore_cleanup_errors=True)
        self._loaded = None
        try:
            self._child = ChildProcess(self._start(), self)
        except OSError as error:
            self._remove_folder()
            return Trouble(Code.HELPER_NOT_STARTED, reason=why(error))
        self._child.reported.connect(self.update)
        self._child.ended.connect(self._gone)
        return None

    def _gone(self, code: int) -> None:
        """The child has died: say so, and start another the next time."""
        self._child = None
        self._remove_folder()
        if self.playing:
            ended = Trouble(Code.ENDED_WITH, code=code)
            self.update(Failed(Trouble(Code.OUTPUT_NOT_STARTED, reason=ended)))

    def _remove_folder(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _stopped(self) -> None:
        if self.playing:
            self.playing = False
            self.changed.emit()
