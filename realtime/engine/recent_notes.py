"""The notes of the last half minute, kept up to date event by event."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from realtime.transcription.chain import Timed
from realtime.values.notes import NoteOn
from realtime.values.snapshot import RollNote

KEPT_SECONDS = 30.0

Certainties = Mapping[tuple[int, int], float]
"""(frame, pitch) of a note-on -> how clearly it was heard, 0-1."""


class RecentNotes:
    """Notes by onset, finished ones and those that sound."""

    def __init__(self) -> None:
        self._done: list[RollNote] = []
        self._open: dict[int, tuple[int, RollNote]] = {}
        """Pitch -> (frame of its note-on, the note)."""

    def add(self, timed: Iterable[Timed], frame_seconds: float, heard: Certainties) -> None:
        """Take note events in order of time.

        Args:
            timed: events with the times they left.
            frame_seconds: length of a frame, by which events are dated.
            heard: how sure each pitch is.
        """
        for item in timed:
            event, at_s = item.event, item.event.frame * frame_seconds
            if isinstance(event, NoteOn):
                note = RollNote(at_s, None, event.pitch, event.velocity)
                self._open[event.pitch] = event.frame, note
            elif event.pitch in self._open:
                frame, started = self._open.pop(event.pitch)
                end_s = max(at_s, started.onset_s + frame_seconds)
                certainty = heard.get((frame, event.pitch), started.certainty)
                self._done.append(replace(started, offset_s=end_s, certainty=certainty))

    def notes(self, stream_s: float, heard: Certainties) -> tuple[RollNote, ...]:
        """Notes that sounded in the last 30 seconds, by onset."""
        oldest = stream_s - KEPT_SECONDS
        if self._done and (self._done[0].offset_s or 0) < oldest:
            self._done = [note for note in self._done if (note.offset_s or 0) >= oldest]
        for pitch, (frame, note) in self._open.items():
            certainty = heard.get((frame, pitch), note.certainty)
            if certainty != note.certainty:
                self._open[pitch] = frame, replace(note, certainty=certainty)
        together = [*self._done, *(note for _, note in self._open.values())]
        return tuple(sorted(together, key=lambda note: (note.onset_s, note.pitch)))
