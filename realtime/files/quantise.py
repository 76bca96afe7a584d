"""Notes and musical time: a guess of the tempo, and notes moved towards a grid for export."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from realtime.values.notes import Note

USUAL_BPM = 120.0
SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0
LISTEN_S = 60.0
"""The guess listens to the beginning: a player's tempo drifts."""


def guess_tempo(notes: Sequence[Note]) -> float:
    """Beats a minute that fit the onsets best; 120 where there are too few notes to tell.

    Beats and their halves should fall together; tempi near 110 are likelier than extreme ones.
    """
    if len(notes) < 8:
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
