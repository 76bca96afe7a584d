"""How the pitch of a note that sounds alone moves, hop by hop: vibrato, slides, a tuning aside."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from realtime.transcription.cents import cents_of, middle
from realtime.values.notes import Event, NoteOn

SETTLE_FRAMES = 12
"""The attack of a note is not its pitch."""
READINGS = 3
"""The median of so many is taken."""
WIDEST_CENTS = 60.0
"""Readings that lie further apart are no pitch."""
SMALLEST_CENTS = 2.0
"""A change of less is not worth a message."""
FRAMES_APART = 2
"""Frames from one message to the next: at most 50 messages a second."""


@dataclass(frozen=True, slots=True)
class Bend:
    """Cents that the pitch is above (or below) that of the note, from this frame on."""

    frame: int
    cents: float


class PitchFollower:
    """Reads cents from the spectrum while exactly one note sounds; a new note begins at its pitch.

    Args:
        spectrum_low: MIDI pitch of the spectrum's first row.
        per_semitone: rows a semitone; 0 where the model shows no spectrum: nothing is read then.
    """

    def __init__(self, spectrum_low: float, per_semitone: int) -> None:
        self._low, self._per_semitone = spectrum_low, per_semitone
        self._sounding: dict[int, int] = {}
        """Pitch -> frame at which its note-on left."""
        self._readings: deque[float] = deque(maxlen=READINGS)
        self._bent = Bend(0, 0.0)

    def push(
        self,
        events: Sequence[Event],
        spectrum: npt.NDArray[np.float32] | None,
        frame: int,
        heard_as: Callable[[int], int],
    ) -> list[Bend]:
        """Take the next frame.

        Args:
            events: that left with it.
            spectrum: (rows,), None where the model shows none.
            frame: its number.
            heard_as: the pitch of an event -> the pitch that was heard, before it was moved.
        """
        bends: list[Bend] = []
        for event in events:
            if isinstance(event, NoteOn):
                self._sounding[event.pitch] = frame
                self._readings.clear()
                if self._bent.cents:
                    bends.append(self._bend(event.frame, 0.0))
            else:
                self._sounding.pop(event.pitch, None)
        if len(self._sounding) != 1 or spectrum is None:
            self._readings.clear()
            return bends
        ((pitch, since),) = self._sounding.items()
        if frame - since < SETTLE_FRAMES:
            return bends
        cents = cents_of(spectrum.tolist(), self._low, self._per_semitone, heard_as(pitch))
        if cents is None:
            self._readings.clear()
            return bends
        self._readings.append(cents)
        apart = max(self._readings) - min(self._readings)
        if len(self._readings) < READINGS or apart > WIDEST_CENTS:
            return bends
        found = middle(self._readings)
        changed = abs(found - self._bent.cents) >= SMALLEST_CENTS
        if changed and frame - self._bent.frame >= FRAMES_APART:
            bends.append(self._bend(frame, found))
        return bends

    def reset(self) -> None:
        """Forget what sounded: all of it was ended."""
        self._sounding.clear()
        self._readings.clear()

    def _bend(self, frame: int, cents: float) -> Bend:
        self._bent = Bend(frame, cents)
        return self._bent
