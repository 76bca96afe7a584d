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

Floats = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]

MOST_LOST = 0.01
"""Onset F1 that the replay set may lose."""
MOST_ENDS_LOST = 0.03
"""F1 with ends that the replay set may lose by other thresholds."""
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


def score(
    pieces: Sequence[Judged],
    answers: Sequence[Floats],
    spec: ModelSpec,
    head: int,
    settings: DecoderSettings,
) -> Counts:
    """How a look-ahead with these thresholds hears some pieces."""
    total = Counts()
    for piece, said in zip(pieces, answers, strict=True):
        heard = decode(piece.examples, said, spec, head, settings)
        tolerance = SOFT_ONSET_SECONDS if piece.soft else ONSET_SECONDS
        total += count(piece.notes, heard, tolerance)
    return total


def answers_of(pieces: Sequence[Judged], weights: Mapping[str, Floats]) -> list[Floats]:
    """What a head says of every piece."""
    return [probabilities(piece.examples, weights) for piece in pieces]


def value(counts: Counts) -> float:
    """What thresholds are chosen by."""
    return counts.onset_f1 + END_WEIGHT * counts.end_f1


def choose_shifts(
    taught: Sequence[Judged],
    kept: Sequence[Judged],
    weights: Mapping[str, Floats],
    spec: ModelSpec,
    least: float,
) -> tuple[float, float]:
    """Shifts of onset and frame thresholds, in log-odds, that suit the instrument best.

    Args:
        taught: held-out pieces of the player's.
        kept: held-out pieces of the replay set.
        weights: of the head.
        spec: of the model; its default look-ahead is judged.
        least: onset F1 that `kept` must have.
    """
    head = spec.default_head
    own = spec.heads[head].decoder
    said, others = answers_of(taught, weights), answers_of(kept, weights)
    own_ends = score(kept, others, spec, head, own).end_f1
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
        now = score(kept, others, spec, head, settings)
        if now.onset_f1 >= least and now.end_f1 >= own_ends - MOST_ENDS_LOST:
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
    """A probability moved in log-odds; 0, and what is 1 or more, stay as they are."""
    if not 0 < threshold < 1:
        return threshold
    return round(1 / (1 + math.exp(-(math.log(threshold / (1 - threshold)) + shift))), 4)
