"""Messages of `jtm live` on standard error, while it runs and at its end.

The terminal may be closed while a take is recorded, the disk of a log may fill up: then nothing can
be said any more, and the music and the take go on.
"""

import contextlib
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from realtime.files.plain_text import plain
from realtime.takes.recovery import recover_known, recovery_troubles
from realtime.troubles.trouble import why

if TYPE_CHECKING:
    from realtime.engine.engine import Engine
    from realtime.transcription.chain import Timed
    from realtime.troubles.trouble import Trouble
    from realtime.values.snapshot import Snapshot


def print_line(words: object, stream: TextIO | None = None) -> None:
    """Print a line on stderr, or this stream, at once; nothing where it cannot be written."""
    target = stream or sys.stderr
    if target is not None:
        with contextlib.suppress(OSError, ValueError):
            print(plain(str(words)), file=target, flush=True)


def print_losses(shown: "Snapshot") -> None:
    """Say how much sound was lost, and how much only came too late to be heard."""
    lost_s = shown.lost_s - shown.unheard_s
    if lost_s >= 0.005:
        print_line(f"{lost_s:.2f} s of sound were lost.")
    if shown.unheard_s >= 0.005:
        print_line(
            f"{shown.unheard_s:.2f} s of sound came too late to be heard, because this computer "
            "was busy: a take has the sound, without its notes."
        )


class StopAsked:
    """Counts the requests to end (Ctrl-C, SIGTERM).

    Systems and shells ask several times as a session ends or a terminal closes, nobody in
    particular being impatient: only who presses Ctrl-C once more does not want to wait.
    """

    def __init__(self) -> None:
        self.times = 0

    def ask(self, pressed: bool) -> None:
        """Count a request to end; but for the first, those alone that somebody pressed."""
        if pressed or not self.times:
            self.times += 1

    def is_set(self) -> bool:
        """Whether a stop was asked for at all."""
        return self.times > 0


class FinishPrinter:
    """Says how far the take is that is being finished, where that takes more than a moment."""

    def __init__(self, stop: StopAsked) -> None:
        self._stop, self._asked = stop, stop.times
        self._began = self._next = 0.0

    def goes_on(self, done: float) -> bool:
        """Whether to wait on: until one more Ctrl-C."""
        now = time.monotonic()
        if not self._began:
            self._began, self._next = now, now + 1.0
        if now >= self._next:
            self._next = now + 5.0
            far = f"{100 * done:.0f} % of its sound" if done else f"{now - self._began:.0f} s"
            print_line(f"Finishing the take ({far}); Ctrl-C leaves it to the next start.")
        return self._stop.times <= max(1, self._asked)


class RecoveryPrinter(threading.Thread):
    """Finishes takes of interrupted sessions while we listen, and says so.

    Args:
        folder: where this session records, or "".
    """

    def __init__(self, folder: str) -> None:
        super().__init__(name="recover takes")
        self._folders = (Path(folder).expanduser(),) if folder else ()

    def run(self) -> None:
        """Look in every folder that is known."""
        try:
            lines = recovery_troubles(recover_known(*self._folders))
        except OSError as error:  # too many files are open, perhaps only now
            print_line(f"Unfinished takes cannot be looked for ({why(error)}); start again later.")
            return
        for line in lines:
            print_line(line)


class StatusPrinter:
    """Says on stderr when trouble comes and goes and what is heard, looking twice a second."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._told: tuple[Trouble, ...] = ()
        self._instrument = ""
        self._next = 0.0

    def show(self) -> bool:
        """Print what is new. Always False, so that it fits into a condition."""
        now = time.monotonic()
        for remark in self._engine.take_remarks():
            print_line(remark)
            self._told = (*self._told, remark)
        if now >= self._next:
            self._next = now + 0.5
            shown = self._engine.snapshot()
            if shown.instrument not in ("", self._instrument):
                self._instrument = shown.instrument
                sure = f"{100 * shown.instrument_share:.0f} %"
                print_line(f"Sounds like {shown.instrument} ({sure}).")
            before, self._told = self._told, shown.troubles
            for trouble in shown.troubles:
                if trouble not in before:
                    print_line(trouble)
            if before and not shown.troubles:
                print_line("All is well again.")
        return False


class NotePrinter:
    """Prints notes as they sound, where somebody watches."""

    def __init__(self) -> None:
        self._enabled = sys.stdout.isatty()

    def show(self, timed: "list[Timed]", frame_seconds: float) -> None:
        """One line per note-on: time in seconds, name, how loud; frames last `frame_seconds`."""
        if not self._enabled:
            return
        from realtime.values.notes import NoteOn
        from realtime.values.pitches import pitch_name

        for item in timed:
            event = item.event
            if isinstance(event, NoteOn):
                bar = "#" * (event.velocity // 8)
                at_s = event.frame * frame_seconds
                print_line(f"{at_s:8.2f} s  {pitch_name(event.pitch):<4} {bar}", sys.stdout)
