"""Chooses a head's thresholds anew for the taught instrument, without letting others pay for it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from realtime.inference.spec import DecoderSettings, HeadSpec, ModelSpec, RefineSettings
from realtime.teach.decoding import decode, probabilities
from realtime.teach.examples import Examples
from realtime.teach.scores import ONSET_SECONDS, SOFT_ONSET_SECONDS, Counts, count
from realtime.values.log_odds import move_probability

Floats = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]

MOST_LOST = 0.01
"""Onset F1 that the replay set may lose."""
MOST_ENDS_LOST = 0.02
"""F1 with ends that the replay set may lose, by weights and thresholds together."""
MOST_LOST_BY_ONE, MOST_ENDS_LOST_BY_ONE = 0.06, 0.12
"""Onset F1, and F1 with ends, that a single clip of the replay set may lose: a mean hides that one
instrument pays for all. An organ's frame threshold once took a piano's ends from .62 to .39."""
FEWEST_IN_CLIP = 15
"""Notes of a clip from which it counts by itself; with fewer a note more is .07 or above."""
END_WEIGHT = 0.33
"""Weight of F1 with ends beside onset F1, as in trainer/evaluation/tuning.py."""
ONSET_SHIFTS = (-1.5, -1.0, -0.5, 0.5, 1.0)
FRAME_SHIFTS = (-2.0, -1.0, 1.0)
"""Log-odds by which all thresholds of a kind are tried to be moved."""


@dataclass(frozen=True)
class Judged:
    """A piece for judging: its examples and true notes."""

    examples: Examples
    notes: Array
    soft: bool = False


@dataclass(frozen=True)
class Others:
    """Held-out pieces of the replay set, and how they were heard before the lesson."""

    pieces: Sequence[Judged]
    before: Sequence[Counts]
    """Counts of each piece by the model as it was."""

    def harmed(self, now: Sequence[Counts]) -> bool:
        """Whether other instruments lose more than they may.

        Args:
            now: counts of each piece, in the same order.
        """
        were, are = sum(self.before, Counts()), sum(now, Counts())
        if are.onset_f1 < were.onset_f1 - MOST_LOST or are.end_f1 < were.end_f1 - MOST_ENDS_LOST:
            return True
        return any(
            before.true >= FEWEST_IN_CLIP
            and (
                after.onset_f1 < before.onset_f1 - MOST_LOST_BY_ONE
                or after.end_f1 < before.end_f1 - MOST_ENDS_LOST_BY_ONE
            )
            for before, after in zip(self.before, now, strict=True)
        )


def score(
    pieces: Sequence[Judged],
    answers: Sequence[Floats],
    spec: ModelSpec,
    head: int,
    settings: DecoderSettings,
) -> Counts:
    """Counts over all pieces together, as a look-ahead with these thresholds hears them."""
    return sum(score_each(pieces, answers, spec, head, settings), Counts())


def score_each(
    pieces: Sequence[Judged],
    answers: Sequence[Floats],
    spec: ModelSpec,
    head: int,
    settings: DecoderSettings,
) -> list[Counts]:
    """Counts of each piece, as a look-ahead with these thresholds hears it."""
    counts = []
    for piece, said in zip(pieces, answers, strict=True):
        heard = decode(piece.examples, said, spec, head, settings)
        tolerance = SOFT_ONSET_SECONDS if piece.soft else ONSET_SECONDS
        counts.append(count(piece.notes, heard, tolerance))
    return counts


def answers_of(pieces: Sequence[Judged], weights: Mapping[str, Floats]) -> list[Floats]:
    """Probabilities that a head gives for every frame of every piece."""
    return [probabilities(piece.examples, weights) for piece in pieces]


def value(counts: Counts) -> float:
    """Figure by which thresholds are chosen: F1 of onsets and a part of that of ends."""
    return counts.onset_f1 + END_WEIGHT * counts.end_f1


def choose_shifts(
    taught: Sequence[Judged],
    others: Others,
    weights: Mapping[str, Floats],
    spec: ModelSpec,
) -> tuple[float, float]:
    """Shifts of onset and frame thresholds, in log-odds, that suit the instrument best.

    Args:
        taught: held-out pieces of the player's.
        others: held-out pieces of the replay set; thresholds that harm them are not taken.
        weights: of the head.
        spec: of the model; its default look-ahead is judged.
    """
    head = spec.default_head
    own = spec.heads[head].decoder
    said, kept = answers_of(taught, weights), answers_of(others.pieces, weights)
    best = (0.0, 0.0)
    best_value = value(score(taught, said, spec, head, own))
    tried = [(shift, None) for shift in ONSET_SHIFTS] + [(None, shift) for shift in FRAME_SHIFTS]
    for onset, frame in tried:
        trial = (
            best[0] if onset is None else onset,
            best[1] if frame is None else frame,
        )
        settings = shifted(own, *trial)
        found = value(score(taught, said, spec, head, settings))
        if found <= best_value + 0.003:
            continue
        if not others.harmed(score_each(others.pieces, kept, spec, head, settings)):
            best, best_value = trial, found
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
