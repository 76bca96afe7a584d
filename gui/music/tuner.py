"""How far a single note is from its pitch, read from the model's own spectrum. No Qt."""

from collections import deque
from dataclasses import dataclass

from realtime.transcription.cents import cents_of, middle
from realtime.values.snapshot import RollNote, Snapshot

SETTLE_S = 0.12
"""The attack of a note is not its pitch."""
READINGS, ENOUGH = 8, 4
"""The median of the last readings is shown, once there are enough."""
IN_TUNE_CENTS = 5.0
"""A note no further from its pitch counts as in tune."""
WIDEST_CENTS = 60.0
"""Readings that lie further apart are no pitch."""


@dataclass(frozen=True)
class Reading:
    """A note and how many cents it is too high (positive) or too low."""

    pitch: int
    cents: float


class Tuner:
    """Follows the cents of one note; gives no reading where several sound or none is clear."""

    def __init__(self) -> None:
        self._note: tuple[float, int] | None = None
        self._cents: deque[float] = deque(maxlen=READINGS)
        self._heard_s = -1.0
        self.pitch: float | None = None
        """MIDI pitch of this very moment with its fraction, None where no one note is sure."""

    def push(self, snapshot: Snapshot) -> Reading | None:
        """Take a picture of the engine; each moment of the stream counts once."""
        note = lone_note(snapshot)
        self.pitch = None if note is None else self.pitch
        if note is None:
            self._note = None
            return None
        if (note.onset_s, note.pitch) != self._note:
            self._note = (note.onset_s, note.pitch)
            self._cents.clear()
        if snapshot.stream_s != self._heard_s:
            self._heard_s = snapshot.stream_s
            found = cents_of(
                snapshot.spectrum,
                snapshot.spectrum_low,
                snapshot.spectrum_per_semitone,
                note.pitch,
            )
            self.pitch = None if found is None else note.pitch + found / 100
            if found is None:
                self._cents.clear()
            else:
                self._cents.append(found)
        if len(self._cents) < ENOUGH or max(self._cents) - min(self._cents) > WIDEST_CENTS:
            return None
        return Reading(note.pitch, middle(self._cents))


def lone_note(snapshot: Snapshot) -> RollNote | None:
    """The note that sounds alone and has settled; None where there is no such note."""
    sounding = [note for note in snapshot.notes if note.offset_s is None]
    if snapshot.state != "listening" or len(sounding) != 1 or sounding[0].unsure:
        return None
    return sounding[0] if snapshot.stream_s - sounding[0].onset_s >= SETTLE_S else None


def cents_text(cents: float) -> str:
    """Cents as text: 12.3 -> "+12 ¢"; a true minus sign below."""
    whole = round(cents)
    sign = "+" if whole > 0 else "−" if whole < 0 else "±"
    return f"{sign}{abs(whole)} ¢"
