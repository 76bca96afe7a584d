"""Notes on a grid -> chords and voices: what overlaps others gets a voice of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from realtime.values.notes import Note

DIVISIONS = 24
"""Grid units of a quarter note: 32nds (3) and sixteenths of a triplet (4) are whole."""
SPLIT_PITCH = 60
"""Lowest pitch on the upper staff: middle C."""
MOST_VOICES = 4
"""Voices of a staff, as notation programs count them."""


@dataclass
class Chord:
    """Notes that begin and end together; `DIVISIONS` of a quarter count from the first bar line."""

    start: int
    end: int
    pitches: list[int]


def to_divisions(
    notes: Sequence[Note], bpm: float, origin_s: float, steps_per_beat: int
) -> list[Chord]:
    """Put each note on the grid, as a chord of its own.

    A note is at least one step long, and ends at the latest where the next of its pitch begins; of
    those that begin together the longest stays.

    Args:
        notes: in seconds.
        bpm: quarters a minute.
        origin_s: time of the first bar line.
        steps_per_beat: grid steps of a quarter, a divisor of 24.
    """
    step, step_s = DIVISIONS // steps_per_beat, 60 / bpm / steps_per_beat
    rows: dict[int, dict[int, int]] = {}
    for note in notes:
        start = round((note.onset_s - origin_s) / step_s)
        end = max(round((note.offset_s - origin_s) / step_s), start + 1)
        row = rows.setdefault(note.pitch, {})
        row[start] = max(end, row.get(start, end))
    placed = []
    for pitch, row in rows.items():
        starts = sorted(row)
        for start, following in zip_longest(starts, starts[1:]):
            end = row[start] if following is None else min(row[start], following)
            placed.append(Chord(start * step, end * step, [pitch]))
    return placed


def lay_out_staff(notes: Sequence[Chord], step: int) -> list[list[Chord]]:
    """Voices of one staff, each a row of chords that do not overlap; the highest voice first.

    A performance is seldom as tidy as a score. Notes that begin together and end within a step of
    each other are one chord. A note that ends at most a step before or after a following onset ends
    with it, where that changes its length by less than half. What still overlaps is meant: it is
    held over other notes and gets a voice of its own.

    Args:
        notes: single notes of the staff, in any order.
        step: the grid, in divisions.
    """
    chords = _join(_snapped_ends(notes, step), step)
    voices: list[list[Chord]] = [[]]
    for chord in sorted(chords, key=lambda chord: (chord.start, -max(chord.pitches))):
        free = [voice for voice in voices if not voice or voice[-1].end <= chord.start]
        if free:
            free[0].append(chord)
        elif len(voices) < MOST_VOICES:
            voices.append([chord])
        else:
            _squeeze_in(voices, chord)
    return voices


def _squeeze_in(voices: list[list[Chord]], chord: Chord) -> None:
    """Cut the voice that ends first where `chord` begins, or join one that begins with it."""
    voice = min(voices, key=lambda voice: voice[-1].end)
    if voice[-1].start == chord.start:
        voice[-1].pitches = sorted({*voice[-1].pitches, *chord.pitches})
    else:
        voice[-1].end = chord.start
        voice.append(chord)


def _snapped_ends(notes: Sequence[Chord], step: int) -> list[Chord]:
    """Move ends to an onset of the staff that lies at most a step away."""
    starts = sorted({note.start for note in notes})
    snapped = []
    for note in notes:
        length = note.end - note.start
        near = [start for start in starts if start > note.start and abs(start - note.end) <= step]
        end = min(near, key=lambda start: abs(start - note.end), default=note.end)
        moved = 0 < 2 * abs(end - note.end) < length or end < note.end
        snapped.append(Chord(note.start, end if moved else note.end, note.pitches))
    return snapped


def _join(notes: Sequence[Chord], step: int) -> list[Chord]:
    """Join notes that begin together and end within a step into chords, ended by the longest."""
    chords: list[Chord] = []
    for note in sorted(notes, key=lambda note: (note.start, note.end)):
        last = chords[-1] if chords else None
        if last is not None and last.start == note.start and note.end - last.end <= step:
            last.end = note.end
            last.pitches = sorted({*last.pitches, *note.pitches})
        else:
            chords.append(note)
    return chords
