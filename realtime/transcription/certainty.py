"""How clearly the beginning of a note was heard: what tells sure notes from unsure ones."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from realtime.values.arrays import Floats
from realtime.values.notes import Event, NoteOn

LISTEN_FRAMES = 3
"""A note is judged by its highest onset probability in so many frames from the one it left in."""
REMEMBERED = 512
"""Notes whose certainty is kept; many more than begin in one block."""


class Certainty:
    """Follows events frame by frame.

    Args:
        pitch_low: MIDI number of the first row.
    """

    def __init__(self, pitch_low: int) -> None:
        self._pitch_low = pitch_low
        self._fresh: dict[tuple[int, int], tuple[int, int]] = {}
        """(frame, pitch) of a note-on -> frames that still count, and the row it was heard in."""
        self._heard: dict[tuple[int, int], float] = {}

    @property
    def recent(self) -> Mapping[tuple[int, int], float]:
        """Certainties 0-1 of recent note-ons, by (frame, pitch)."""
        return self._heard

    def push(
        self, events: Sequence[Event], onsets: Sequence[Floats], heard_as: Callable[[int], int]
    ) -> None:
        """Take the next frame.

        Args:
            events: that left with it.
            onsets: onset probabilities (pitch_count,) of the look-aheads that are listened to.
            heard_as: the pitch of an event -> the pitch that was heard, before it was moved.
        """
        for event in events:
            if isinstance(event, NoteOn):
                row = heard_as(event.pitch) - self._pitch_low
                self._fresh[event.frame, event.pitch] = LISTEN_FRAMES, row
        for key, (left, row) in list(self._fresh.items()):
            said = (float(np.nan_to_num(onset[row])) for onset in onsets)
            self._heard[key] = max(self._heard.get(key, 0.0), *said)
            if left > 1:
                self._fresh[key] = left - 1, row
            else:
                del self._fresh[key]
        while len(self._heard) > REMEMBERED:
            del self._heard[next(iter(self._heard))]
