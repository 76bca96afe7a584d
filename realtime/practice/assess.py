"""A performance held against a piece: follow it, date what was due, judge every note."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from realtime.practice.attacks import Attacks, DueNotes, Evidence, NetworkRolls, find_attacks
from realtime.practice.follower import HINDSIGHT_JUMP, TOGETHER_S, WEAKEST, Follower, Step
from realtime.practice.passes.detours import without_detours
from realtime.practice.passes.time_map import Pass, TimeMap, fit_map, split_passes
from realtime.practice.pieces import PieceNote
from realtime.practice.verdicts import (
    EARLY,
    LATE,
    MISSED,
    RIGHT,
    Verdict,
    judge,
    match_notes,
)
from realtime.values.arrays import Doubles, Flags
from realtime.values.practice_modes import PracticeMode
from realtime.values.strictness import Strictness

LEAST_ANCHORS = 3
"""A pass with fewer notes that fit is noise."""
EDGE_S = 0.3
"""Attacks so shortly before the first and after the last note of a pass still belong to it."""
STOPPED_S = 0.5
"""Notes that were due so long after the last attack were not missed: the player had stopped."""
AT_THE_EDGE = 0.4
"""Highest certainty that the first or last note of a pass was early or late, for the tempo is known
from one side alone there; and that a note was missed which was due as the sound ended."""
ENDING_S = 0.3
CLEAR = 1.0
"""Strength of attacks that date the score."""
UNPLAYED = Verdict(MISSED, None, 1.0)
"""The player never came to this note."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A note that the score does not have: second of the recording, MIDI pitch, certainty 0-1."""

    time_s: float
    pitch: int
    certainty: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """Verdicts on a performance, with extra notes and the passes through the piece.

    Args:
        verdicts: one for each note of the piece; of several attempts the last.
        extras: by time.
        reached: for each note of the piece, whether the player came there.
        passes: as (first and last second of the score, of the sound).
        rate: seconds of the score that the player took in a second, 0 where nothing fits.
    """

    verdicts: tuple[Verdict, ...]
    extras: tuple[Extra, ...]
    reached: tuple[bool, ...]
    passes: tuple[tuple[float, float, float, float], ...]
    rate: float


def assess(
    notes: Sequence[PieceNote],
    heard: NetworkRolls,
    mode: PracticeMode = PracticeMode.FREE,
    rate: float = 1.0,
    rules: Strictness | None = None,
    others: Sequence[PieceNote] = (),
) -> Assessment:
    """Judge a performance of these notes.

    Args:
        notes: that were to be played, by onset then pitch.
        heard: the network's probabilities of the whole performance.
        mode: along: the player keeps the piece's tempo times `rate` once begun; free: the piece
            follows the player; wait: the same, and no note is early or late.
        rate: seconds of the score that should pass in a second.
        rules: thresholds; None are the usual ones.
        others: notes of the piece that somebody else plays; hearing them is no mistake.
    """
    rules = rules or Strictness()
    attacks, evidence = find_attacks(heard), Evidence(heard)
    sung, voice_of = without_doubles(notes)
    onsets = np.array([note.onset_s for note in sung], dtype=np.float64)
    ends = np.array([note.offset_s for note in sung], dtype=np.float64)
    pitches = np.array([note.pitch for note in sung], dtype=np.int64)
    other_s = np.array([note.onset_s for note in others], dtype=np.float64)
    other_end_s = np.array([note.offset_s for note in others], dtype=np.float64)
    other_pitches = np.array([note.pitch for note in others], dtype=np.int64)
    follower = Follower(onsets, pitches, rate, HINDSIGHT_JUMP)
    clear = np.flatnonzero(attacks.strengths >= WEAKEST)
    for index in clear.tolist():
        follower.push(
            float(attacks.times[index]),
            int(attacks.pitches[index]),
            float(attacks.strengths[index]),
        )
    passes = find_passes(follower, follower.path(), attacks, clear, rate)
    passes = without_detours(passes, onsets, ends, pitches, attacks)
    verdicts = [UNPLAYED] * len(sung)
    reached = np.zeros(len(sung), dtype=np.bool_)
    extras: dict[int, float] = {}
    borders = _borders(passes, heard.seconds)
    slope = 1 / rate if mode is PracticeMode.ALONG else None
    playing_until_s = attacks.times[clear].max(initial=0.0) + STOPPED_S
    for one, (begin_s, finish_s) in zip(passes, borders, strict=True):
        usable = (attacks.times >= begin_s) & (attacks.times < finish_s)
        line = refine_line(one, onsets, pitches, attacks, usable, slope)
        due = line.at(onsets)
        low, high = one.score_s[0], one.score_s[-1]
        first, last = one is passes[0], one is passes[-1]
        inside = (onsets >= low - 1e-6) & (onsets <= high + 1e-6)
        # Notes outside of the matched ones belong to a pass only at the ends of the performance: a
        # first note that was missed, or last ones that were due while the player still played.
        inside |= (
            (due >= begin_s)
            & (due < min(finish_s, playing_until_s))
            & ((first & (onsets < low)) | (last & (onsets > high) & ~reached))
        )
        chosen = np.flatnonzero(inside)
        found, unexpected = judge(
            DueNotes(due[chosen], line.at(ends[chosen]), pitches[chosen]),
            attacks,
            evidence,
            usable,
            rules,
            DueNotes(line.at(other_s), line.at(other_end_s), other_pitches),
        )
        edges = onsets[chosen[:1]].tolist() + onsets[chosen[-1:]].tolist()
        for note, verdict in zip(chosen.tolist(), found, strict=True):
            off_time = verdict.judgement in (EARLY, LATE)
            cut_off = verdict.judgement == MISSED and due[note] > heard.seconds - ENDING_S
            if cut_off or (off_time and mode.follows and onsets[note] in edges):
                verdict = replace(verdict, certainty=min(verdict.certainty, AT_THE_EDGE))
            timed = mode.judges_time and not sung[note].rolled
            verdicts[note] = verdict if timed else without_rhythm(verdict)
        reached[chosen] = True
        extras |= unexpected
    return Assessment(
        tuple(verdicts[index] for index in voice_of),
        tuple(_extra(attacks, index, extras[index]) for index in sorted(extras)),
        tuple(bool(reached[index]) for index in voice_of),
        tuple((p.score_s[0], p.score_s[-1], p.sound_s[0], p.sound_s[-1]) for p in passes),
        _overall_rate(passes),
    )


def without_doubles(notes: Sequence[PieceNote]) -> tuple[list[PieceNote], list[int]]:
    """The notes without those that two voices share, and for each note the one that stands for it.

    Two voices that meet on one pitch are played, and heard, as one note.
    """
    kept: list[PieceNote] = []
    latest: dict[int, int] = {}
    stands_for = []
    for note in notes:
        index = latest.get(note.pitch, -1)
        if index < 0 or note.onset_s - kept[index].onset_s > TOGETHER_S:
            index = latest[note.pitch] = len(kept)
            kept.append(note)
        stands_for.append(index)
    return kept, stands_for


def find_passes(
    follower: Follower,
    path: list[Step],
    attacks: Attacks,
    clear: npt.NDArray[np.int64],
    rate: float,
) -> list[Pass]:
    """The stretches of the most likely path, without those that are too short to mean anything.

    Args:
        follower: that knows the onsets of the score, in seconds.
        path: its steps.
        attacks: what was heard.
        clear: indices of the attacks that the follower was given, `(n,)`.
        rate: usual slope of the score: seconds of it in a second of sound.
    """
    anchors, jumped = [], False
    for step in path:
        jumped |= step.jumped
        if step.group < 0:
            continue
        index = clear[step.attack]
        anchors.append((float(follower.group_s[step.group]), float(attacks.times[index]), jumped))
        jumped = False
    passes = [one for one in split_passes(anchors, 1 / rate) if len(one.score_s) >= LEAST_ANCHORS]
    return passes


def _borders(passes: list[Pass], seconds: float) -> list[tuple[float, float]]:
    """From when to when attacks belong to each pass: all of the sound is shared out."""
    borders = []
    for index, one in enumerate(passes):
        begin_s, finish_s = -1.0, seconds + 1.0
        if index:
            begin_s = max(one.sound_s[0] - EDGE_S, passes[index - 1].sound_s[-1])
        if index + 1 < len(passes):
            finish_s = max(passes[index + 1].sound_s[0] - EDGE_S, one.sound_s[-1])
        borders.append((float(begin_s), float(finish_s)))
    return borders


def refine_line(
    one: Pass,
    onsets: Doubles,
    pitches: npt.NDArray[np.int64],
    attacks: Attacks,
    usable: Flags,
    slope: float | None,
) -> TimeMap:
    """The line of a pass through single notes, each matched to its own attack.

    Args:
        one: the pass.
        onsets: of the notes, seconds of the score, `(notes,)`.
        pitches: of the notes, MIDI, `(notes,)`.
        attacks: what was heard.
        usable: attacks that may be matched, `(attacks,)`.
        slope: of the line; None leaves it free.
    """
    line = fit_map(one.score_s, one.sound_s, slope)
    chosen = np.flatnonzero((onsets >= one.score_s[0] - 1e-6) & (onsets <= one.score_s[-1] + 1e-6))
    for window_s in (0.35, 0.2):
        matches = match_notes(line.at(onsets[chosen]), pitches[chosen], attacks, usable, window_s)
        strong = [match for match in matches if attacks.strengths[match.attack] >= CLEAR]
        if len(strong) < LEAST_ANCHORS:
            break
        rows = np.array(sorted((onsets[chosen[m.note]], attacks.times[m.attack]) for m in strong))
        line = fit_map(rows[:, 0], rows[:, 1], slope)
    return line


def without_rhythm(verdict: Verdict) -> Verdict:
    """A note that came at any time is right."""
    if verdict.judgement not in (EARLY, LATE):
        return verdict
    return Verdict(RIGHT, verdict.error_s, verdict.certainty, verdict.attack)


def _extra(attacks: Attacks, index: int, sure: float) -> Extra:
    return Extra(float(attacks.times[index]), int(attacks.pitches[index]), sure)


def _overall_rate(passes: list[Pass]) -> float:
    """Seconds of the score a second of sound, over the passes that are long enough to tell."""
    played = [p for p in passes if p.sound_s[-1] - p.sound_s[0] > 1.0]
    sound = sum(p.sound_s[-1] - p.sound_s[0] for p in played)
    return float(sum(p.score_s[-1] - p.score_s[0] for p in played) / sound) if sound else 0.0
