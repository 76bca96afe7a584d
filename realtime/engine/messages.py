"""What host and child say to each other over their pipe.

They are pickled: a picture goes every 25 ms, and pickle writes its notes and spectrum in C.
"""

from dataclasses import dataclass, replace

from realtime.practice.live.plan import PracticePlan
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import PracticeState, RollNote, Snapshot


@dataclass(frozen=True, slots=True)
class Apply:
    """Use these settings from now on."""

    settings: EngineSettings


@dataclass(frozen=True, slots=True)
class Reopen:
    """Open the input anew: a file plays from its start, a device is looked for again."""


@dataclass(frozen=True, slots=True)
class Record:
    """Begin a take, or its count-in."""

    title: str
    """What the take is to be called; "" names it by the time."""


@dataclass(frozen=True, slots=True)
class StopRecording:
    """End the take and save it."""


@dataclass(frozen=True, slots=True)
class KeepRecent:
    """Make a take of what was just played."""

    title: str
    """What the take is to be called; "" names it by the time."""
    whole: bool
    """All that is held, rather than the piece that was played last."""


@dataclass(frozen=True, slots=True)
class Panic:
    """Silence every MIDI note that may sound."""


@dataclass(frozen=True, slots=True)
class TryKey:
    """Send a note to the MIDI port, or end it, to try what is behind the port."""

    pitch: int
    """Note as MIDI counts, 0-127."""
    pressed: bool


@dataclass(frozen=True, slots=True)
class MeasureLoop:
    """Measure how long sound takes from the output back to the input."""


@dataclass(frozen=True, slots=True)
class StopMeasuring:
    """Give the measurement up, or forget its result."""


@dataclass(frozen=True, slots=True)
class Practise:
    """Begin a run of practice, in place of one that goes on."""

    plan: PracticePlan


@dataclass(frozen=True, slots=True)
class StopPractising:
    """End the run of practice; its verdicts stay."""


@dataclass(frozen=True, slots=True)
class KeepLesson:
    """Keep the sound of a lesson from now on."""

    folder: str
    """Where it is kept, "" to keep it no more."""


@dataclass(frozen=True, slots=True)
class Close:
    """Finish the take and end the process."""


Command = (
    Apply
    | Reopen
    | Record
    | StopRecording
    | KeepRecent
    | Panic
    | TryKey
    | MeasureLoop
    | StopMeasuring
    | Practise
    | StopPractising
    | KeepLesson
    | Close
)
"""Every message that goes from host to child."""


@dataclass(frozen=True, slots=True)
class Report:
    """Child to host: a snapshot whose notes are only those that changed since the last report.

    Of its verdicts of practice only those are there that came since then.
    """

    snapshot: Snapshot
    changed: tuple[RollNote, ...] = ()


class ReportMaker:
    """Leaves out the notes and verdicts that the host already has."""

    def __init__(self) -> None:
        self._known: frozenset[RollNote] = frozenset()
        self._practice = PracticeState()

    def report(self, snapshot: Snapshot) -> Report:
        """What is new in a snapshot since the last call."""
        before, now = self._practice, snapshot.practice
        self._practice = now
        if (now.run, now.final) == (before.run, before.final):
            now = replace(
                now,
                judged=now.judged[len(before.judged) :],
                extras=now.extras[len(before.extras) :],
            )
        return Report(replace(snapshot, notes=(), practice=now), self.changed(snapshot.notes))

    def changed(self, notes: tuple[RollNote, ...]) -> tuple[RollNote, ...]:
        """Notes that are new or have ended since the last call."""
        present = frozenset(notes)
        new = present - self._known
        self._known = present
        return tuple(sorted(new, key=lambda note: (note.onset_s, note.pitch)))


class ReportReader:
    """Restores whole snapshots from reports that hold changes only.

    Args:
        kept_s: seconds for which a note that has ended is kept.
    """

    def __init__(self, kept_s: float = 30.0) -> None:
        self._kept_s = kept_s
        self._notes: dict[tuple[float, int], RollNote] = {}
        self._practice = PracticeState()

    def add(self, changed: tuple[RollNote, ...]) -> None:
        """Take new and ended notes."""
        for note in changed:
            self._notes[note.onset_s, note.pitch] = note

    def practice(self, reported: PracticeState) -> PracticeState:
        """How practice stands, with the verdicts of earlier reports of this run."""
        before = self._practice
        if (reported.run, reported.final) == (before.run, before.final):
            reported = replace(
                reported,
                judged=before.judged + reported.judged,
                extras=before.extras + reported.extras,
            )
        self._practice = reported
        return reported

    def end_all(self, stream_s: float) -> None:
        """The child is gone: what sounded ends at `stream_s`, in seconds of the stream."""
        for key, note in self._notes.items():
            if note.offset_s is None:
                end_s = max(stream_s, note.onset_s)
                self._notes[key] = replace(note, offset_s=end_s)

    def notes(self, stream_s: float) -> tuple[RollNote, ...]:
        """Notes of the last 30 seconds by onset."""
        oldest = stream_s - self._kept_s
        gone = [k for k, n in self._notes.items() if n.offset_s is not None and n.offset_s < oldest]
        for key in gone:
            del self._notes[key]
        return tuple(self._notes[key] for key in sorted(self._notes))
