"""The notes of the last half minute, kept up to date event by event."""

from collections.abc import Iterable

from realtime.chain import Timed
from realtime.notes import NoteOn
from realtime.snapshot import RollNote

KEPT_SECONDS = 30.0


class Roll:
    """Notes by onset, finished ones and those that sound."""

    def __init__(self) -> None:
        self._done: list[RollNote] = []
        self._open: dict[int, RollNote] = {}

    def add(self, timed: Iterable[Timed], frame_seconds: float) -> None:
        """Take events in order."""
        for item in timed:
            event, at_s = item.event, item.event.frame * frame_seconds
            if isinstance(event, NoteOn):
                self._open[event.pitch] = RollNote(at_s, None, event.pitch, event.velocity)
            elif event.pitch in self._open:
                started = self._open.pop(event.pitch)
                end_s = max(at_s, started.onset_s + frame_seconds)
                self._done.append(RollNote(started.onset_s, end_s, event.pitch, started.velocity))

    def notes(self, stream_s: float) -> tuple[RollNote, ...]:
        """Notes that sounded in the last 30 seconds, by onset."""
        oldest = stream_s - KEPT_SECONDS
        if self._done and (self._done[0].offset_s or 0) < oldest:
            self._done = [note for note in self._done if (note.offset_s or 0) >= oldest]
        together = [*self._done, *self._open.values()]
        return tuple(sorted(together, key=lambda note: (note.onset_s, note.pitch)))
