"""How far a single note is from its pitch, read from the model's own spectrum. No Qt."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from realtime.snapshot import RollNote, Snapshot

HIGHEST_PITCH = 98
"""Above it the windows of the spectrum are too short: the error would pass 2 cents."""
SETTLE_S = 0.12
"""The attack of a note is not its pitch."""
READINGS, ENOUGH = 8, 4
"""The median of the last readings is shown, once there are enough."""
WIDEST_CENTS = 60.0
"""Readings that lie further apart are no pitch."""
STANDS_OUT = 0.8
"""Above the median of the spectrum, in its own unit: 17 dB."""
OCTAVE = 12
REACH_SEMITONES = 0.7


@dataclass(frozen=True)
class Reading:
    """A note and how many cents it is too high (positive) or too low."""

    pitch: int
    cents: float


class Tuner:
    """Follows one note at a time; silent where several sound or nothing is sure."""

    def __init__(self) -> None:
        self._note: tuple[float, int] | None = None
        self._cents: deque[float] = deque(maxlen=READINGS)
        self._heard_s = -1.0

    def hear(self, snapshot: Snapshot) -> Reading | None:
        """Take a picture of the engine; each moment of the stream counts once."""
        note = lone_note(snapshot)
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


def cents_of(spectrum: Sequence[float], low: float, per_semitone: int, pitch: int) -> float | None:
    """Cents between a pitch and the peak nearest to it, or to its octave where that one is weak.

    Args:
        spectrum: a column of log magnitudes, rows spaced evenly by pitch.
        low: MIDI pitch of the first row.
        per_semitone: rows a semitone; 0 gives None.
        pitch: MIDI number of the note that sounds.
    """
    if per_semitone < 2 or not spectrum or pitch > HIGHEST_PITCH:
        return None
    floor = middle(spectrum) + STANDS_OUT
    for partial in (pitch, pitch + OCTAVE):
        if partial > HIGHEST_PITCH:
            continue
        row = _peak(spectrum, (partial - low) * per_semitone, REACH_SEMITONES * per_semitone, floor)
        if row is not None:
            return 100.0 * (low + row / per_semitone - partial)
    return None


def _peak(spectrum: Sequence[float], centre: float, reach: float, floor: float) -> float | None:
    """Row, with its fraction, of the highest peak near `centre`; None where none stands out."""
    first, last = max(round(centre - reach), 1), min(round(centre + reach), len(spectrum) - 2)
    if first > last:
        return None
    top = max(range(first, last + 1), key=lambda row: spectrum[row])
    below, here, above = spectrum[top - 1], spectrum[top], spectrum[top + 1]
    if here < floor or here < below or here < above:
        return None
    bend = below - 2 * here + above
    return top + 0.5 * (below - above) / bend if bend < 0 else float(top)


def middle(values: Iterable[float]) -> float:
    """The median; `statistics` would load decimals and fractions when the window opens."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
