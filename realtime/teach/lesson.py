"""A lesson: recordings understood, music made, the head learned, judged, and kept or not."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from realtime.inference.instruments import hash_of
from realtime.inference.model_file import open_model_file
from realtime.inference.onnx_file import read_weights
from realtime.inference.spec import HEAD_TENSORS, HeadSpec, RefineSettings
from realtime.teach.examples import Examples, Music
from realtime.teach.judging import Gain, Judged, Jury, gain, harms, total, worsens
from realtime.teach.learning import LearningSettings, Pool, Weights, between, learn, mean_of
from realtime.teach.listening.understanding import Understood
from realtime.teach.material import make_music
from realtime.teach.replay import read_replay
from realtime.teach.scores import Counts
from realtime.teach.thresholds import Shifts, choose_shifts, shifted, shifted_heads
from realtime.teach.worker import Crew
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

Floats = npt.NDArray[np.float32]

USUAL_MINUTES = 2.0
"""Minutes for which the amounts of music and steps are made."""
FEWEST_REPLAYED = 24
"""Clips of the replay set in a short lesson."""
PARTS = (1.0, 0.85, 0.7, 0.55, 0.4, 0.25)
"""Parts of the way from old weights to learned ones that are tried."""

Verdict = Literal["better", "nothing gained", "others lost"]


@dataclass(frozen=True)
class LessonSettings:
    """How much a lesson listens, learns and tries."""

    minutes: float = USUAL_MINUTES
    """On two quiet cores; music and steps grow and shrink with it."""
    seed: int = 0
    workers: int = 2
    learning: LearningSettings = field(
        default_factory=lambda: LearningSettings(steps=600, remind=3.0)
    )


@dataclass(frozen=True)
class Result:
    """What became of a lesson."""

    verdict: Verdict
    base: str
    """SHA-256 of the model file."""
    before: Counts
    """The player's music, heard by the model as it was."""
    after: Counts
    """Counts of each piece by weights that never met its notes."""
    kept_before: Counts
    """The replay set by the model as it was."""
    kept_after: Counts
    """Counts of each clip by weights that were not reminded of it."""
    weights: Weights
    heads: tuple[HeadSpec, ...]
    refine: RefineSettings | None
    seconds: float
    part: float = 0.0
    shifts: Shifts = (0.0, 0.0)
    gained: Gain = field(default_factory=Gain)
    music_seconds: float = 0.0


def give_lesson(
    model: Path | None,
    understood: Understood,
    settings: LessonSettings,
    on_progress: Callable[[float], None] = lambda part: None,
) -> Result:
    """Teach a model the instrument that was understood.

    Each fold of the player's notes and of the replay set is heard by weights that learned from the
    other folds: so every note judges. Only if the notes are heard better by more than chance, and
    other instruments as well as before, the mean of these weights is kept.

    Args:
        model: file; None is the bundled model.
        understood: what the player recorded.
        settings: how much is done.
        on_progress: told the part done, 0-1.

    Raises:
        UserError: if the model cannot be taught or a process fails.
    """
    began = time.monotonic()
    opened = open_model_file(model)
    spec = opened.spec
    if not spec.feature_width:
        raise UserError(Code.MODEL_UNTEACHABLE, path=opened.base_path)
    base = opened.instrument.base if opened.instrument else hash_of(opened.base_path)
    old = read_weights(opened.content, HEAD_TENSORS)
    rng = np.random.default_rng(settings.seed)
    scale = min(4.0, max(0.25, settings.minutes / USUAL_MINUTES))
    mine = make_music(understood, spec, rng, scale)
    if len({music.fold for music in mine if music.judges}) < 2:
        raise UserError(
            "All notes begin at nearly the same moments: nothing could be kept for judging; give a "
            "longer piece, or single notes one after another."
        )
    replay = read_replay(spec.sample_rate)
    pieces = [*mine, *replay[: max(FEWEST_REPLAYED, round(len(replay) * min(1.0, scale)))]]
    heard = _listen(model, pieces, settings, lambda part: on_progress(0.6 * part))
    both = list(zip(pieces, heard, strict=True))
    taught, kept = both[: len(mine)], both[len(mine) :]
    learned = _learn_folds(taught, kept, old, settings, scale, lambda part: on_progress(
        0.6 + 0.3 * part))  # fmt: skip
    jury = Jury([_judged(m, e) for m, e in taught if m.judges], spec)
    others = Jury([_judged(m, e) for m, e in kept], spec)
    found = _choose(jury, others, old, learned)
    heads, refine = shifted_heads(spec, *found.shifts)
    weights = mean_of([between(old, one, found.part) for one in learned.values()])
    on_progress(1.0)
    return Result(
        found.verdict, base, total(found.before), total(found.now), total(found.others_before),
        total(found.others_now), weights if found.verdict == "better" else old, heads, refine,
        time.monotonic() - began, found.part, found.shifts, found.gained,
        sum(piece.seconds(spec.sample_rate) for piece in pieces),
    )  # fmt: skip


Heard = list[tuple[Music, Examples]]


def _judged(music: Music, examples: Examples) -> Judged:
    return Judged(examples, music.notes, music.soft, music.fold)


def _learn_folds(
    taught: Heard,
    kept: Heard,
    old: Weights,
    settings: LessonSettings,
    scale: float,
    on_progress: Callable[[float], None],
) -> dict[int, Weights]:
    """Number of a fold -> weights that learned from all the others."""
    learning = replace(settings.learning, steps=round(settings.learning.steps * scale))
    mine = Pool([e for _, e in taught], old, 0.0, [m.fold for m, _ in taught])
    reminder = Pool([e for _, e in kept], old, 1.0, [m.fold for m, _ in kept])
    folds = sorted({music.fold for music, _ in (*taught, *kept)})

    def learn_fold(place: int, fold: int) -> Weights:
        return learn(
            old, mine.without(fold), reminder.without(fold), learning, settings.seed,
            lambda step, _: on_progress((place + step / learning.steps) / len(folds)),
        )  # fmt: skip

    return {fold: learn_fold(place, fold) for place, fold in enumerate(folds)}


@dataclass(frozen=True)
class _Choice:
    """Weights and thresholds that were tried, and how all pieces are heard by them."""

    verdict: Verdict
    before: Sequence[Counts]
    others_before: Sequence[Counts]
    now: Sequence[Counts]
    others_now: Sequence[Counts]
    part: float = 0.0
    shifts: Shifts = (0.0, 0.0)
    gained: Gain = field(default_factory=Gain)


def _choose(jury: Jury, others: Jury, old: Weights, learned: Mapping[int, Weights]) -> _Choice:
    """The part of the way and the thresholds by which the player's notes gain most for sure."""
    unchanged = dict.fromkeys(learned, old)
    before = jury.count(jury.answers(unchanged))
    others_before = others.count(others.answers(unchanged))
    nothing = _Choice("nothing gained", before, others_before, before, others_before)
    best, lost = nothing, None
    for part in PARTS:
        weights = {fold: between(old, one, part) for fold, one in learned.items()}
        others_now = others.count(others.answers(weights))
        now = jury.count(jury.answers(weights))
        gained = gain(before, now, jury.folds)
        tried = replace(nothing, now=now, others_now=others_now, part=part, gained=gained)
        if not gained.real or worsens(before, now):
            best = best if best.part else replace(tried, part=0.0)
        elif harms(others_before, others_now):
            lost = replace(tried, verdict="others lost", part=0.0)
        elif best.verdict != "better" or gained.sure > best.gained.sure:
            best = replace(tried, verdict="better")
    if best.verdict != "better":
        return lost or best
    return _with_shifts(best, jury, others, old, learned)


def _with_shifts(
    best: _Choice, jury: Jury, others: Jury, old: Weights, learned: Mapping[int, Weights]
) -> _Choice:
    weights = {fold: between(old, one, best.part) for fold, one in learned.items()}
    said, others_said = jury.answers(weights), others.answers(weights)
    shifts = choose_shifts(jury, said, others, others_said, best.others_before)
    if shifts == (0.0, 0.0):
        return best
    settings = shifted(jury.spec.heads[jury.spec.default_head].decoder, *shifts)
    now = jury.count(said, settings)
    return replace(
        best, shifts=shifts, now=now, others_now=others.count(others_said, settings),
        gained=gain(best.before, now, jury.folds),
    )  # fmt: skip


def _listen(
    model: Path | None,
    pieces: Sequence[Music],
    settings: LessonSettings,
    on_progress: Callable[[float], None],
) -> list[Examples]:
    total = sum(len(piece.audio) for piece in pieces) / 16_000
    done, one_at_a_time = 0, threading.Lock()

    def on_second() -> None:
        nonlocal done
        with one_at_a_time:  # it comes from a thread for each process
            done += 1
            on_progress(min(1.0, done / max(total, 1.0)))

    return Crew(model, settings.workers).collect(pieces, settings.seed, on_second)
