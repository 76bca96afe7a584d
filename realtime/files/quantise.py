"""Notes and musical time: a guess of the tempo, and notes moved towards a grid for export."""

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from realtime.files.click import Click
from realtime.values.notes import Note

USUAL_BPM, USUAL_BEATS = 120.0, 4
SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0
LISTEN_S = 60.0
"""The guess listens to the beginning: a player's tempo drifts."""


STEADY = 0.5
"""Onsets that fit halves or fourths of beats worse than this (0 not at all, 1 exactly) have no beat
to show. Written music has 0.8 and more, thirty onsets by chance 0.4, rubato over a minute 0.2 to
0.45."""
ON_BEAT = 0.2
"""A note that begins no further from a beat, in beats, is on it."""
LEAST_BARS = 4
"""Bars that are needed to tell three beats from four."""
THREE_CLEAR = 0.2
"""Weight must repeat after three beats (1 exactly, 0 by chance) by so much more than after two and
four."""
SURE = 0.1
"""A beat at the first note counts as so much heavier."""
LEAST_NOTES = 8


@dataclass(frozen=True, slots=True)
class Grid:
    """Moments that lie `step_s` seconds apart; one of them is at `origin_s` seconds."""

    step_s: float
    origin_s: float = 0.0

    def near(self, second: float) -> float:
        """The moment of the grid nearest to this second, none before 0."""
        first = math.ceil(-self.origin_s / self.step_s - 1e-9)
        step = max(round((second - self.origin_s) / self.step_s), first)
        return max(self.origin_s + step * self.step_s, 0.0)


def grid_of(click: Click, steps_per_beat: int) -> Grid:
    """The grid that divides each beat of a click into so many steps."""
    return Grid(60 / click.bpm / steps_per_beat, click.first_beat_s)


def find_beats(notes: Sequence[Note]) -> Click | None:
    """Tempo and place of the beats that fit the notes, as if they had been played to a click.

    Returns:
        Bars of three or four beats, the first of them where the first note is or within half a
        beat; None where there are too few notes, or they keep no beat.
    """
    if len(notes) < LEAST_NOTES:
        return None
    bpm = guess_tempo(notes)
    first_s = min(note.onset_s for note in notes)
    early = [note for note in notes if note.onset_s - first_s < LISTEN_S]
    weights = np.array([note.velocity for note in early], dtype=float)
    turns = np.array([note.onset_s - first_s for note in early]) * bpm / 60
    whole, half, quarter = (
        complex((weights * np.exp(2j * np.pi * part * turns)).sum()) / max(weights.sum(), 1.0)
        for part in (1, 2, 4)
    )
    fits, parts = (half, 2) if abs(half) >= abs(quarter) else (quarter, 4)
    if abs(fits) < STEADY:
        return None
    near = cmath.phase(fits) / (2 * math.pi * parts)

    def weight(place: float) -> float:
        """How heavy beats and their halves are, were one there; the start counts a little."""
        turn = cmath.exp(-2j * math.pi * place)
        at_start = SURE if abs(place) <= 0.5 / parts else 0.0
        return float((whole * turn).real + 0.5 * (half * turn * turn).real + at_start)

    # Parts of beats are sure; which of them are beats is told by the weight on them.
    places = (near + (index - parts // 2) / parts for index in range(parts))
    first_beat_s = first_s + max(places, key=weight) * 60 / bpm
    if first_beat_s < 0:
        first_beat_s += 60 / bpm
    return Click(bpm, beats_a_bar(notes, bpm, first_beat_s), first_beat_s)


def beats_a_bar(notes: Sequence[Note], bpm: float, first_beat_s: float) -> int:
    """Three or four: after how many beats the weight on them repeats; four where that is unclear.

    A beat weighs what begins on it: loud, long and low notes weigh more.

    Args:
        notes: in any order.
        bpm: beats a minute.
        first_beat_s: where a beat is.
    """
    early = [note for note in notes if note.onset_s - first_beat_s < LISTEN_S]
    turns = [(note.onset_s - first_beat_s) * bpm / 60 for note in early]
    heavy = np.zeros(max(round(max(turns, default=0.0)) + 1, 1))
    for note, turn in zip(early, turns, strict=True):
        beat = round(turn)
        if beat >= 0 and abs(turn - beat) < ON_BEAT:
            lasts = min(max((note.offset_s - note.onset_s) * bpm / 60, 0.25), 2.0)
            low = min(max((84 - note.pitch) / 36, 0.0), 1.5)
            heavy[beat] += note.velocity / 100 * lasts * (0.5 + low)
    if len(heavy) < LEAST_BARS * USUAL_BEATS or not heavy.any():
        return USUAL_BEATS
    swing = heavy - heavy.mean()
    power = float((swing**2).mean())
    if power <= 0:
        return USUAL_BEATS
    two, three, four = (
        float((swing[lag:] * swing[:-lag]).mean()) / power for lag in (2, 3, USUAL_BEATS)
    )
    return 3 if three > THREE_CLEAR and three > max(two, four) + THREE_CLEAR else USUAL_BEATS


def guess_tempo(notes: Sequence[Note]) -> float:
    """Beats a minute that fit the onsets best; 120 where there are too few notes to tell.

    Beats and their halves should fall together; tempi near 110 are likelier than extreme ones.
    """
    if len(notes) < LEAST_NOTES:
        return USUAL_BPM
    first = min(note.onset_s for note in notes)
    onsets = np.array([note.onset_s - first for note in notes if note.onset_s - first < LISTEN_S])
    weights = np.array([note.velocity for note in notes if note.onset_s - first < LISTEN_S])
    tempi = np.arange(60.0, 180.0, 0.25)
    turns = np.outer(tempi / 60, onsets)
    fit = sum(
        share * np.abs((weights * np.exp(2j * np.pi * part * turns)).sum(axis=1))
        for part, share in ((1, 0.6), (2, 1.0), (4, 0.5))
    )
    likely = np.exp(-0.5 * (np.log2(tempi / 110) / 0.7) ** 2)
    return float(tempi[int(np.argmax(fit * likely))])


def quantised(
    notes: Sequence[Note],
    bpm: float,
    steps_per_beat: int,
    strength: float = 1.0,
    origin_s: float | None = None,
) -> list[Note]:
    """Notes moved towards a grid.

    Args:
        notes: in any order; they stay as they are.
        bpm: beats a minute.
        steps_per_beat: 1, 2, 3, 4, ...; 0 moves nothing.
        strength: 0 moves nothing, 1 all the way.
        origin_s: where a step of the grid lies; None is the first note.
    """
    if not notes or steps_per_beat <= 0:
        return list(notes)
    step_s = 60 / bpm / steps_per_beat
    if origin_s is None:
        origin_s = min(note.onset_s for note in notes)

    def moved(note: Note) -> Note:
        start = max(round((note.onset_s - origin_s) / step_s), math.ceil(-origin_s / step_s))
        steps = max(round((note.offset_s - note.onset_s) / step_s), 1)
        onset_s = origin_s + start * step_s
        offset_s = onset_s + steps * step_s
        return replace(
            note,
            onset_s=note.onset_s + strength * (onset_s - note.onset_s),
            offset_s=note.offset_s + strength * (offset_s - note.offset_s),
        )

    ordered = sorted(map(moved, notes), key=lambda note: (note.pitch, note.onset_s))
    return sorted(_apart(ordered), key=lambda note: (note.onset_s, note.pitch))


def _apart(notes: Sequence[Note]) -> list[Note]:
    """By pitch and onset: a note ends where the next of its pitch begins; doubles become one."""
    kept: list[Note] = []
    for note in notes:
        before = kept[-1] if kept and kept[-1].pitch == note.pitch else None
        if before is not None and note.onset_s - before.onset_s < 1e-6:
            kept[-1] = replace(
                before,
                offset_s=max(before.offset_s, note.offset_s),
                velocity=max(before.velocity, note.velocity),
            )
            continue
        if before is not None and before.offset_s > note.onset_s:
            kept[-1] = replace(before, offset_s=note.onset_s)
        kept.append(note)
    return kept
