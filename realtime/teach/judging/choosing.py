"""Chooses how far old weights go towards learned ones, and with which thresholds, or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from realtime.teach.judging.judging import Gain, Jury, harms
from realtime.teach.judging.scores import Counts
from realtime.teach.judging.thresholds import Shifts, choose_shifts, shifted
from realtime.values.arrays import Floats


class LessonVerdict(StrEnum):
    """What became of a lesson; the words stand so in `--json` and on an instrument's card."""

    BETTER = "better"
    NOTHING_GAINED = "nothing gained"
    OTHERS_LOST = "others lost"
    """Other instruments would be heard worse."""


@dataclass(frozen=True)
class Hearing:
    """What some weights answer: of the player's pieces, and of the replay set's clips."""

    jury: Jury
    answers: Sequence[Floats]
    others: Jury
    others_answers: Sequence[Floats]


@dataclass(frozen=True)
class Choice:
    """Weights and thresholds that were tried, and how all pieces are heard by them."""

    verdict: LessonVerdict
    before: Sequence[Counts]
    """The player's pieces on which a gain counts, heard by the model as it was."""
    others_before: Sequence[Counts]
    """The replay set by the model as it was."""
    now: Sequence[Counts]
    others_now: Sequence[Counts]
    part: float = 0.0
    """Part of the way from old weights to learned ones."""
    shifts: Shifts = (0.0, 0.0)
    gained: Gain = field(default_factory=Gain)
    sure: float = 0.0
    """What is gained for sure of the kind of notes, single or in chords, that gains least."""


def choose(hear: Callable[[float], Hearing], parts: Sequence[float]) -> Choice:
    """The part of the way and the thresholds by which the player's notes gain most for sure.

    Args:
        hear: what weights answer that went a part of the way, 0-1; 0 is the model as it was. Every
            piece is answered by weights that never met it.
        parts: that are tried, above 0.
    """
    old = hear(0.0)
    every = old.jury.count(old.answers)
    before = old.jury.deciding(every)
    others_before = old.others.count(old.others_answers)
    best = Choice(LessonVerdict.NOTHING_GAINED, before, others_before, before, others_before)
    nothing, lost = best, None
    for part in parts:
        heard = hear(part)
        now = heard.jury.count(heard.answers)
        others_now = heard.others.count(heard.others_answers)
        gained, sure = heard.jury.gain(every, now), heard.jury.surest_everywhere(every, now)
        tried = replace(
            nothing, now=heard.jury.deciding(now), others_now=others_now, part=part, gained=gained,
            sure=sure,
        )  # fmt: skip
        if not gained.real or heard.jury.worsens(every, now):
            best = best if best.part else replace(tried, part=0.0)
        elif harms(others_before, others_now):
            lost = replace(tried, verdict=LessonVerdict.OTHERS_LOST, part=0.0)
        elif best.verdict is not LessonVerdict.BETTER or sure > best.sure:
            best = replace(tried, verdict=LessonVerdict.BETTER)
    if best.verdict is not LessonVerdict.BETTER:
        return lost or best
    return _with_shifts(best, hear(best.part), every)


def _with_shifts(best: Choice, heard: Hearing, every: Sequence[Counts]) -> Choice:
    jury, others = heard.jury, heard.others
    shifts = choose_shifts(
        jury, heard.answers, every, others, heard.others_answers, best.others_before
    )
    if shifts == (0.0, 0.0):
        return best
    settings = shifted(jury.spec.heads[jury.spec.default_head].decoder, *shifts)
    now = jury.count(heard.answers, settings)
    return replace(
        best, shifts=shifts, now=jury.deciding(now), gained=jury.gain(every, now),
        others_now=others.count(heard.others_answers, settings),
    )  # fmt: skip
