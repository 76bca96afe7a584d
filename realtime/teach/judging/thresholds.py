"""Chooses a head's thresholds anew for the taught instrument, without letting others pay for it."""

import math
from collections.abc import Sequence
from dataclasses import replace

from realtime.inference.spec import DecoderSettings, HeadSpec, ModelSpec, RefineSettings
from realtime.teach.judging.judging import Jury, harms
from realtime.teach.judging.scores import Counts
from realtime.values.arrays import Floats
from realtime.values.log_odds import move_probability

Shifts = tuple[float, float]
"""Log-odds by which onset and frame thresholds are moved."""

ONSET_SHIFTS = (-1.0, -0.5, 0.5, 1.0)
FRAME_SHIFTS = (-1.0, 1.0)
"""Log-odds by which all thresholds of a kind are tried to be moved."""


def choose_shifts(
    mine: Jury,
    said: Sequence[Floats],
    mine_before: Sequence[Counts],
    others: Jury,
    others_said: Sequence[Floats],
    others_before: Sequence[Counts],
) -> Shifts:
    """Shifts of onset and frame thresholds that suit the instrument best.

    One is taken only where it gains more than its standard error and harms nobody.

    Args:
        mine: the player's pieces.
        said: answers of his pieces by what was learned.
        mine_before: their counts by the model as it was.
        others: the replay set.
        others_said: answers of the replay set.
        others_before: its counts by the model as it was.
    """
    own = mine.spec.heads[mine.spec.default_head].decoder
    best, first = (0.0, 0.0), mine.count(said)
    now = first
    tried = [(shift, None) for shift in ONSET_SHIFTS] + [(None, shift) for shift in FRAME_SHIFTS]
    for onset, frame in tried:
        trial = (best[0] if onset is None else onset, best[1] if frame is None else frame)
        settings = shifted(own, *trial)
        found = mine.count(said, settings)
        if not mine.gain(now, found).real or mine.worsens(first, found):
            continue
        if mine.worsens(mine_before, found):
            continue
        if not harms(others_before, others.count(others_said, settings)):
            best, now = trial, found
    return best


def shifted(settings: DecoderSettings, onset: float, frame: float) -> DecoderSettings:
    """Thresholds moved by so many log-odds; what adds probabilities up moves half as far."""
    return replace(
        settings,
        onset_threshold=_moved(settings.onset_threshold, onset),
        gathered_threshold=settings.gathered_threshold * math.exp(onset / 2),
        early=tuple((frames, _moved(sure, onset)) for frames, sure in settings.early),
        frame_threshold=_moved(settings.frame_threshold, frame),
    )


def shifted_heads(
    spec: ModelSpec, onset: float, frame: float
) -> tuple[tuple[HeadSpec, ...], RefineSettings | None]:
    """All look-aheads, and the settings for recordings, with moved thresholds."""
    heads = tuple(replace(one, decoder=shifted(one.decoder, onset, frame)) for one in spec.heads)
    refine = spec.refine
    if refine is not None:
        refine = replace(refine, decoder=shifted(refine.decoder, onset, frame))
    return heads, refine


def _moved(threshold: float, shift: float) -> float:
    """A threshold moved by `shift` in log-odds, to four digits."""
    return round(move_probability(threshold, shift), 4) if 0 < threshold < 1 else threshold
