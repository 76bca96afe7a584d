"""Notes and their events, and how note-ons are paired with note-offs."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoteOn:
    """A note starts at a frame of the input: its MIDI pitch 0-127, its velocity 1-127."""

    frame: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class NoteOff:
    """A sounding note of a MIDI pitch ends at a frame of the input."""

    frame: int
    pitch: int


Event = NoteOn | NoteOff


@dataclass(frozen=True, slots=True)
class Note:
    """A whole note: times in seconds, MIDI pitch 0-127, velocity 0-127.

    `emitted_s` is the stream time, in seconds of input consumed, at which its note-on left.
    """

    onset_s: float
    offset_s: float
    pitch: int
    velocity: int
    emitted_s: float


def pair_notes(events: Iterable[tuple[Event, float]], frame_seconds: float) -> list[Note]:
    """Join note-ons with their note-offs.

    Args:
        events: (event, stream time in seconds at which it left), in order.
        frame_seconds: duration of one frame.

    Returns:
        Notes by onset, then pitch. A note-on without its off is left out.
    """
    open_notes: dict[int, tuple[NoteOn, float]] = {}
    notes: list[Note] = []
    for event, left_at in events:
        if isinstance(event, NoteOn):
            open_notes[event.pitch] = (event, left_at)
        elif event.pitch in open_notes:
            start, emitted = open_notes.pop(event.pitch)
            notes.append(
                Note(
                    onset_s=start.frame * frame_seconds,
                    offset_s=max(event.frame, start.frame + 1) * frame_seconds,
                    pitch=event.pitch,
                    velocity=start.velocity,
                    emitted_s=emitted,
                )
            )
    return sorted(notes, key=lambda note: (note.onset_s, note.pitch))
