"""Figures of recordings -> means by group and instrument, and shares by register and polyphony."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import mir_eval
import numpy as np

from realtime.values.notes import Note
from realtime.values.pitches import pitch_name
from trainer.datasets.instruments import name_program
from trainer.evaluation.figures import Figures, intervals_of
from trainer.evaluation.intervals import ALIKE, interval_of_group_means, mean_interval
from trainer.evaluation.recording import ScoredRecording

Tables = dict[str, Figures]
"""Group, instrument, register, ... -> its figures."""
MOST_AT_ONCE = 6
"""Notes at once from which on there is one row."""
OCTAVE = 12
BREAKDOWNS = ("register", "polyphony", "program")
ITEMS = "items"
"""Row of the mean over recordings, where `all` is the mean over groups."""


@dataclass(frozen=True)
class Outcome:
    """Figures of one recording, and its notes counted by register, polyphony and program."""

    recording: ScoredRecording
    figures: Figures
    counts: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    """Breakdown -> row -> int (3,): true notes, found notes, and those that are both."""


def find_outcomes(recording: ScoredRecording, found: Sequence[Note], figures: Figures) -> Outcome:
    """Count true notes, found notes and those that are both.

    A found note that is true is counted in the rows of its true note, whatever sounds at its own
    onset; one that is not, with the true notes that sound when it begins.
    """
    true = recording.notes
    inside = [note for note in found if 0 <= note.onset_s < recording.seconds]
    heard = np.array([[n.onset_s, n.offset_s, n.pitch] for n in inside], float).reshape(-1, 3)
    pairs: list[tuple[int, int]] = []
    if len(true) and len(heard):
        pairs = mir_eval.transcription.match_notes(
            *intervals_of(true),
            *intervals_of(heard),
            onset_tolerance=recording.tolerance,
            offset_ratio=None,
        )
    counts: dict[str, dict[str, np.ndarray]] = {name: {} for name in BREAKDOWNS}

    def count(pitch: float, at_once: int, program: int, which: tuple[int, int, int]) -> None:
        rows = {"register": register_of(pitch), "polyphony": at_once_of(at_once)}
        if program >= 0:
            rows["program"] = name_program(program)
        for name, row in rows.items():
            counts[name][row] = counts[name].get(row, np.zeros(3, np.int64)) + which

    programs = recording.programs or (-1,) * len(true)
    matched = {i for i, _ in pairs}
    spare = np.delete(heard, [j for _, j in pairs], axis=0)
    for i, at_once in enumerate(count_at_once(true, true[:, 0])):
        count(true[i, 2], at_once, programs[i], (1, 1, 1) if i in matched else (1, 0, 0))
    for note, at_once in zip(spare, count_at_once(true, spare[:, 0]), strict=True):
        count(note[2], at_once, -1, (0, 1, 0))
    return Outcome(recording, figures, counts)


def count_at_once(true: np.ndarray, onsets: np.ndarray) -> np.ndarray:
    """Count the true notes that sound at each onset, at least 1.

    Args:
        true: notes, `(n, ...)`, that begin with onset and offset in seconds.
        onsets: seconds, `(m,)`.

    Returns:
        int `(m,)`.
    """
    begun = np.searchsorted(np.sort(true[:, 0]), onsets + 1e-6, side="right")
    ended = np.searchsorted(np.sort(true[:, 1]), onsets + 1e-6, side="right")
    counts: np.ndarray = np.maximum(begun - ended, 1)
    return counts


def register_of(pitch: float) -> str:
    """Name of the octave of a MIDI pitch, such as C4-B4."""
    low = round(pitch) // OCTAVE * OCTAVE
    return f"{pitch_name(low)}-{pitch_name(low + OCTAVE - 1)}"


def at_once_of(count: int) -> str:
    """Name of a group by notes at once: "1", "2", and so on to "6+"."""
    return f"{count}" if count < MOST_AT_ONCE else f"{MOST_AT_ONCE}+"


def by_group(scores: Iterable[tuple[ScoredRecording, Figures]]) -> Tables:
    """Mean of each figure over the recordings of a group.

    The row `all` is the mean over groups, `items` the mean over recordings. Each row has its count
    of `items`, and `onset_f1_low` and `onset_f1_high` where two recordings or more that differ give
    an interval (`trainer.evaluation.intervals`).
    """
    scores = list(scores)
    table = mean_by(scores, [recording.group for recording, _ in scores])
    groups = [dict(figures) for figures in table.values()]
    everything = mean_by(scores, ["items"] * len(scores))
    table["all"] = _means(groups)
    table["all"]["items"] = len(scores)
    known: dict[str, list[float]] = {}
    for recording, figures in scores:
        if "onset_f1" in figures:
            known.setdefault(recording.group, []).append(figures["onset_f1"])
    _add_interval(table["all"], interval_of_group_means(list(known.values())))
    return table | everything


def group_means(scores: Iterable[tuple[ScoredRecording, Figures]]) -> Tables:
    """Mean of each figure over the recordings of a group, and over groups under `all`.

    There are no intervals and no counts: tuning asks thousands of times.
    """
    rows: dict[str, list[Figures]] = {}
    for recording, figures in scores:
        rows.setdefault(recording.group, []).append(figures)
    table = {group: _means(found) for group, found in rows.items()}
    return {**table, "all": _means(list(table.values()))}


def mean_by(scores: Sequence[tuple[ScoredRecording, Figures]], names: Sequence[str]) -> Tables:
    """Means of the figures of recordings by a name of each, in order of first appearance."""
    rows: dict[str, list[Figures]] = {}
    for name, (_, figures) in zip(names, scores, strict=True):
        rows.setdefault(name, []).append(figures)
    table = {}
    for name, found in rows.items():
        table[name] = {"items": float(len(found)), **_means(found)}
        onsets = [figures["onset_f1"] for figures in found if "onset_f1" in figures]
        _add_interval(table[name], mean_interval(onsets))
    return table


def by_instrument(outcomes: Sequence[Outcome]) -> Tables:
    """Means over the recordings of each instrument that a manifest or a corpus names."""
    known = [one for one in outcomes if one.recording.instrument and len(one.recording.notes)]
    scores = [(one.recording, one.figures) for one in known]
    return mean_by(scores, [one.recording.instrument for one in known])


def by_notes(outcomes: Sequence[Outcome], breakdown: str) -> Tables:
    """Shares over all notes of all recordings for each row of a breakdown.

    Polyphony counts true notes that sound at an onset; whose notes a program's are, only the truth
    tells, so there is recall alone.
    """
    counts: dict[str, np.ndarray] = {}
    for one in outcomes:
        for row, found in one.counts.get(breakdown, {}).items():
            counts[row] = counts.get(row, np.zeros(3, np.int64)) + found
    table = {}
    for row in sorted(counts, key=_order):
        true, heard, both = (float(count) for count in counts[row])
        figures = {"notes": true}
        if true:
            figures["onset_recall"] = both / true
        if heard and breakdown != "program":
            figures["onset_precision"] = both / heard
        if true and breakdown != "program":
            figures["onset_f1"] = 2 * both / (true + heard)
        table[row] = figures
    return table


def _order(row: str) -> tuple[int, str]:
    """Registers from low to high, counts from few to many, names by letter."""
    octave = row.partition("-")[0].lstrip("ABCDEFG#♯")
    return (int(row[0]) if row[0].isdigit() else int(octave) if octave.isdigit() else -1), row


def _means(rows: Sequence[Figures]) -> Figures:
    """Mean of the known values of each figure; counts and intervals are no figures."""
    names = dict.fromkeys(name for row in rows for name in row)
    skipped = ("items", "onset_f1_low", "onset_f1_high")
    return {
        name: float(np.mean([row[name] for row in rows if name in row]))
        for name in names
        if name not in skipped
    }


def _add_interval(figures: Figures, interval: tuple[float, float] | None) -> None:
    """Put an interval in its place, but one of no width.

    Recordings that score all alike, as where everything is found or nothing, do not tell how others
    would spread.
    """
    if interval and interval[1] - interval[0] > ALIKE:
        figures["onset_f1_low"], figures["onset_f1_high"] = interval
