"""The engine's end of the sound that goes out: a process of its own plays it."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from realtime.playback.live_messages import (
    REPORTS,
    Beat,
    BendNotes,
    Cue,
    EndNotes,
    Opened,
    Order,
    PieceBegan,
    PlayNotes,
    PlayProbe,
    ProbePlayed,
    Report,
    Schedule,
    Wanted,
)
from realtime.processes.json_line_child import JsonLineChild
from realtime.processes.message_lines import Failed
from realtime.processes.start import python_command
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble, why
from realtime.values.notes import Event, NoteOn
from realtime.values.settings import EngineSettings

RETRY_SECONDS, LONGEST_RETRY_SECONDS = 1.0, 8.0
"""Looking for an output costs half a second of processor time: less and less often."""
CLOSE_SECONDS = 1.0
CUES_AT_ONCE = 100
"""An order must fit into the pipe, which holds at least 4 kB."""
HANG_SECONDS = 0.3
"""Left to the process to fade out and end."""


@dataclass(frozen=True, slots=True)
class SoundStatus:
    """How the output is doing."""

    name: str = ""
    """Name of the open output, "" while there is none."""
    trouble: Trouble | None = None
    latency_ms: float = 0.0
    """Milliseconds from handing over a sample to the ear, as the driver says."""
    beat: Beat | None = None
    """Newest bar of the click, None while it is silent."""
    probe: ProbePlayed | None = None
    piece: PieceBegan | None = None


class SoundPlayer(Protocol):
    """Output on which the engine plays notes; no method waits or raises."""

    def apply(self, settings: EngineSettings) -> None:
        """Use these settings from now on."""

    def send(self, events: Sequence[Event]) -> None:
        """Play note events at once."""

    def bend(self, cents: float) -> None:
        """Turn the notes that sound by cents; new ones begin at their pitch."""

    def restart_click(self) -> int:
        """Begin a bar of the click at once. Returns the number that `status` will say of it."""

    def measure(self, measuring: bool) -> None:
        """Open the output for probes alone, or go back to notes and click."""

    def probe(self) -> int:
        """Play a probe. Returns the number that `status` will say of it."""

    def begin_piece(self, wanted: bool) -> int:
        """Open the output for a piece, whose second 0 is now, or end the one that plays.

        Returns:
            The number that `status` will say of it; 0 where nothing is played.
        """

    def cue(self, cues: Sequence[Cue]) -> None:
        """Sound these of the piece at their time, at once where that has passed."""

    def silence(self) -> None:
        """End every note that plays."""

    def status(self) -> SoundStatus:
        """How the output is doing."""

    def close(self) -> None:
        """Fall silent. May be called twice."""


class NoSound:
    """A sound output that plays nothing, for files read faster than they sound and for tests."""

    def apply(self, settings: EngineSettings) -> None:
        """Accept settings and play nothing."""

    def send(self, events: Sequence[Event]) -> None:
        """Accept events and play none."""

    def bend(self, cents: float) -> None:
        """Accept a bend, in cents, and play none."""

    def restart_click(self) -> int:
        """Begin no click; the number of none is 0."""
        return 0

    def measure(self, measuring: bool) -> None:
        """Accept the wish to measure."""

    def probe(self) -> int:
        """Play no probe; the number of none is 0."""
        return 0

    def begin_piece(self, wanted: bool) -> int:
        """Accept a piece and play none."""
        return 0

    def cue(self, cues: Sequence[Cue]) -> None:
        """Accept cues and sound none."""

    def silence(self) -> None:
        """Accept the wish for silence, which is there."""

    def status(self) -> SoundStatus:
        """Tell of no output and no trouble."""
        return SoundStatus()

    def close(self) -> None:
        """Close nothing; may be called twice."""


class SoundOut:
    """Keeps a playing process while the settings want one, and starts another where it died.

    A thread starts it, listens to it and waits for it; what the engine says goes into its pipe
    without waiting. A process that does not read any more is ended: its notes end with it.

    Args:
        settings: to begin with.
        command: what is started, the name of the output follows; tests give their own.
    """

    def __init__(self, settings: EngineSettings, command: Sequence[str] | None = None) -> None:
        self._command = list(command or python_command("realtime.playback.player_child"))
        self._settings = EngineSettings()
        self._sounding: dict[int, int] = {}
        """Pitch as heard -> key that was sent for it."""
        self._status = SoundStatus()
        self._number = self._probes = self._failures = 0
        self._measuring = self._performing = False
        self._pieces = 0
        self._child: JsonLineChild[Report] | None = None
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None
        self.apply(settings)

    @property
    def pid(self) -> int | None:
        """Process id of what plays, None while nothing does."""
        child = self._child
        return child.pid if child is not None else None

    @property
    def wanted(self) -> bool:
        """Whether anything is to be heard."""
        busy = self._measuring or self._performing
        return not self._closed and (plays(self._settings) or busy)

    def apply(self, settings: EngineSettings) -> None:
        """Open, close or change what the settings say."""
        changed = settings.changed_since(self._settings)
        self._settings = settings
        if changed & {"synth", "synth_muted"} and (settings.synth_muted or not settings.synth):
            self.silence()
        if not settings.click:
            self._status = replace(self._status, beat=None)
        if "sound_out" in changed or not self.wanted:
            self._end()
        self._send(self._wanted())
        self._start()

    def send(self, events: Sequence[Event]) -> None:
        """Play events, transposed as they are sent."""
        if not self._settings.synth or self._measuring:
            return
        notes = []
        for event in events:
            if event.pitch in self._sounding:
                notes.append((self._sounding.pop(event.pitch), 0))
            if isinstance(event, NoteOn) and not self._settings.synth_muted:
                key = event.pitch + self._settings.transpose
                if 0 <= key <= 127:
                    self._sounding[event.pitch] = key
                    notes.append((key, event.velocity))
        if notes:
            self._send(PlayNotes(tuple(notes)))

    def bend(self, cents: float) -> None:
        """Turn the notes that sound by cents; new ones begin at their pitch."""
        if self._sounding:
            self._send(BendNotes(round(cents, 1)))

    def restart_click(self) -> int:
        """Begin a bar of the click at once. Returns the number that `status` will say of it."""
        self._number += 1
        self._send(self._wanted())
        return self._number

    def measure(self, measuring: bool) -> None:
        """Open the output for probes alone, or go back to notes and click."""
        self.silence()
        self._measuring = measuring
        if not self.wanted:
            self._end()
        self._send(self._wanted())
        self._start()

    def probe(self) -> int:
        """Play a probe. Returns the number that `status` will say of it."""
        self._probes += 1
        self._send(PlayProbe(self._probes))
        return self._probes

    def begin_piece(self, wanted: bool) -> int:
        """Open the output for a piece, whose second 0 is now, or end the one that plays."""
        self._performing = wanted
        self._pieces += 1
        self._status = replace(self._status, piece=None)
        if not self.wanted:
            self._end()
        self._send(self._wanted())
        self._start()
        return self._pieces

    def cue(self, cues: Sequence[Cue]) -> None:
        """Sound these of the piece at their time, at once where that has passed."""
        if self._performing and not self._measuring:
            for first in range(0, len(cues), CUES_AT_ONCE):
                some = cues[first : first + CUES_AT_ONCE]
                rounded = ((round(at_s, 4), pitch, loud) for at_s, pitch, loud in some)
                self._send(Schedule(tuple(rounded)))

    def silence(self) -> None:
        """End every note that plays."""
        self._sounding.clear()
        self._send(EndNotes())

    def status(self) -> SoundStatus:
        """Name, trouble and delay of the output."""
        return self._status

    def close(self) -> None:
        """End the process, and its notes with it."""
        self._closed = True
        self._end()
        self._changed.set()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _start(self) -> None:
        self._changed.set()
        if self.wanted and self._thread is None:
            self._thread = threading.Thread(target=self._supervise, name="sound out", daemon=True)
            self._thread.start()

    def _supervise(self) -> None:
        while not self._closed:
            self._changed.clear()
            if self.wanted:
                self._run()
                if self.wanted and self._status.trouble:
                    wait_s = min(RETRY_SECONDS * 2**self._failures, LONGEST_RETRY_SECONDS)
                    self._failures = min(self._failures + 1, 10)
                    self._changed.wait(wait_s)
            else:
                self._status = SoundStatus()
                self._changed.wait()

    def _run(self) -> None:
        """Start a process and follow its reports until it ends."""
        try:
            child = JsonLineChild([*self._command, self._settings.sound_out], REPORTS)
        except OSError as error:
            trouble = Trouble(Code.OUTPUT_NOT_STARTED, reason=why(error))
            self._status = SoundStatus(trouble=trouble)
            return
        with self._lock:
            self._child = child
        self._send(self._wanted())
        if not self.wanted:
            self._end()
        said: Trouble | None = None
        for report in child.messages():
            said = report.trouble if isinstance(report, Failed) else None
            self._update(report)
        meant = self._child is not child
        self._end()
        child.wait()
        name = self._settings.sound_out or "system default"
        lost = said or Trouble(Code.OUTPUT_LOST, name=name)
        self._status = SoundStatus(trouble=None if meant else lost)

    def _update(self, report: Report) -> None:
        if isinstance(report, Opened):
            self._failures = 0
            self._status = SoundStatus(report.name, None, report.latency_ms)
        elif isinstance(report, ProbePlayed):
            self._status = replace(self._status, probe=report)
        elif isinstance(report, PieceBegan):
            self._status = replace(self._status, piece=report)
        elif isinstance(report, Beat) and self._settings.click:
            self._status = replace(self._status, beat=report)

    def _wanted(self) -> Wanted:
        settings = self._settings
        clicks = settings.click and not self._measuring and not self._performing
        return Wanted(
            synth_db=settings.synth_db,
            a4_hz=settings.a4_hz,
            click_db=settings.click_db,
            bpm=settings.click_bpm if clicks else 0.0,
            beats=settings.click_beats,
            number=self._number,
            piece=self._pieces if self._performing else 0,
        )

    def _send(self, order: Order) -> None:
        """Hand an order over; a process that does not take it at once hangs, and is ended."""
        with self._lock:
            if self._child is not None and not self._child.send(order):
                self._child.kill()

    def _end(self) -> None:
        """Close the pipe, upon which the process falls silent; should it hang, end it."""
        with self._lock:
            child, self._child = self._child, None
        self._sounding.clear()
        if child is not None:
            child.end_unwatched(HANG_SECONDS)


def plays(settings: EngineSettings) -> bool:
    """Whether these settings need an output."""
    return settings.synth or settings.click
