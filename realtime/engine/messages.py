"""What host and child say to each other over their pipe."""

from dataclasses import dataclass, replace

from realtime.values.settings import EngineSettings
from realtime.values.snapshot import RollNote, Snapshot


@dataclass(frozen=True, slots=True)
class Command:
    """Host to child."""

    word: str
    """apply | reopen | record | stop | panic | press | release | measure |
    stop_measuring | lesson | close"""
    settings: EngineSettings | None = None
    pitch: int = 0
    """The key that is pressed or released."""
    folder: str = ""
    """Where the sound of a lesson is kept from now on, "" to keep it no more."""


@dataclass(frozen=True, slots=True)
class Report:
    """Child to host: a snapshot whose notes are only those that changed since the last report."""

    snapshot: Snapshot
    changed: tuple[RollNote, ...] = ()


class ReportMaker:
    """Leaves out the notes that the host already has."""

    def __init__(self) -> None:
        self._known: frozenset[RollNote] = frozenset()

    def changed(self, notes: tuple[RollNote, ...]) -> tuple[RollNote, ...]:
        """Notes that are new or have ended since the last call."""
        present = frozenset(notes)
        new = present - self._known
        self._known = present
        return tuple(sorted(new, key=lambda note: (note.onset_s, note.pitch)))


class ReportReader:
    """Puts the whole picture together again."""

    def __init__(self, kept_s: float = 30.0) -> None:
        self._kept_s = kept_s
        self._notes: dict[tuple[float, int], RollNote] = {}

    def add(self, changed: tuple[RollNote, ...]) -> None:
        """Take new and ended notes."""
        for note in changed:
            self._notes[note.onset_s, note.pitch] = note

    def end_all(self, stream_s: float) -> None:
        """The child is gone: what sounded ends here."""
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
