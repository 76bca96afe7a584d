"""A lesson: recordings understood, music made, the head learned, judged, and kept or not."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from realtime.inference.instruments import hash_of
from realtime.inference.model_file import open_model_file
from realtime.inference.onnx_file import read_weights
from realtime.inference.spec import HEAD_TENSORS, HeadSpec, ModelSpec, RefineSettings
from realtime.teach.examples import Examples, Music
from realtime.teach.learning import LearningSettings, Pool, Weights, between, learn
from realtime.teach.listening.recordings import resample
from realtime.teach.listening.understanding import Understood
from realtime.teach.music import Band, OneShot
from realtime.teach.replay import read_replay
from realtime.teach.scores import Counts
from realtime.teach.thresholds import (
    Judged,
    Others,
    answers_of,
    choose_shifts,
    score,
    score_each,
    shifted,
    shifted_heads,
    value,
)
from realtime.teach.worker import Crew
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

Floats = npt.NDArray[np.float32]

USUAL_MINUTES = 2.0
MUSIC_SECONDS = 150.0
JUDGED_SECONDS = 50.0
PHRASE_SECONDS = 90.0
"""Music made of single notes, of held-out ones, and phrases in variants, at the usual minutes."""
FEWEST_REPLAYED = 24
"""Clips of the replay set in a short lesson."""
HELD_OUT_PART = 0.3
"""Share of a phrase, at its end, that is held out."""
PARTS = (1.0, 0.75, 0.5, 0.3, 0.2, 0.1)
"""Parts of the way from old weights to learned ones; the farthest that harms nobody is taken."""
LEAST_GAIN = 0.01
"""By which held-out music must be heard better: less is chance."""

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
    """Held-out music of the player's, heard by the model as it was."""
    after: Counts
    """Counts by weights that never met it."""
    kept_before: Counts
    """The replay set's held-out pieces by the model as it was."""
    kept_after: Counts
    weights: Weights
    heads: tuple[HeadSpec, ...]
    refine: RefineSettings | None
    seconds: float
    part: float = 0.0
    shifts: tuple[float, float] = (0.0, 0.0)
    music_seconds: float = 0.0


def give_lesson(
    model: Path | None,
    understood: Understood,
    settings: LessonSettings,
    on_progress: Callable[[float], None] = lambda part: None,
) -> Result:
    """Teach a model the instrument that was understood.

    First it learns from a part of the notes and is judged by the others, at several distances
    from the old weights. Only if it is better there, and other instruments are heard as well as
    before, it learns from all notes.

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
    replay = read_replay(spec.sample_rate)
    pieces = [*mine, *replay[: max(FEWEST_REPLAYED, round(len(replay) * min(1.0, scale)))]]
    heard = _listen(model, pieces, settings, lambda part: on_progress(0.6 * part))
    both = list(zip(pieces, heard, strict=True))
    taught, kept = both[: len(mine)], both[len(mine) :]
    judged = [Judged(e, m.notes, m.soft) for m, e in taught if m.held_out]
    held = [Judged(e, m.notes, m.soft) for m, e in kept if m.held_out]
    reminder = Pool([e for m, e in kept if not m.held_out], old, 1.0)
    learning = replace(settings.learning, steps=round(settings.learning.steps * scale))

    first = Pool([e for m, e in taught if not m.held_out], old)
    new = learn(
        old, first, reminder, learning, settings.seed,
        lambda step, _: on_progress(0.6 + 0.15 * step / learning.steps),
    )  # fmt: skip
    usual = spec.heads[spec.default_head].decoder
    before = score(judged, answers_of(judged, old), spec, spec.default_head, usual)
    others = Others(held, score_each(held, answers_of(held, old), spec, spec.default_head, usual))
    kept_before = sum(others.before, Counts())
    part, shifts, after, kept_after = _choose(judged, others, old, new, spec)
    on_progress(0.8)

    def result(verdict: Verdict, weights: Weights, kept_now: Counts) -> Result:
        heads, refine = shifted_heads(spec, *shifts)
        return Result(
            verdict, base, before, after, kept_before, kept_now, weights, heads, refine,
            time.monotonic() - began, part, shifts,
            sum(piece.seconds(spec.sample_rate) for piece in pieces),
        )  # fmt: skip

    if not part:
        return result("others lost", old, kept_after)
    if value(after) < value(before) + LEAST_GAIN or after.onset_f1 < before.onset_f1:
        return result("nothing gained", old, kept_after)
    everything = Pool([e for _, e in taught], old)
    last = learn(
        old, everything, reminder, learning, settings.seed,
        lambda step, _: on_progress(0.8 + 0.17 * step / learning.steps),
    )  # fmt: skip
    decoder = shifted(usual, *shifts)
    for share in (part, *(other for other in PARTS if other < part)):
        weights = between(old, last, share)
        each = score_each(held, answers_of(held, weights), spec, spec.default_head, decoder)
        if not others.harmed(each):
            on_progress(1.0)
            return result("better", weights, sum(each, Counts()))
    return result("others lost", old, sum(each, Counts()))


def _choose(
    judged: Sequence[Judged],
    others: Others,
    old: Weights,
    new: Weights,
    spec: ModelSpec,
) -> tuple[float, tuple[float, float], Counts, Counts]:
    """The part of the way and the thresholds by which held-out music is heard best.

    The part is 0 where every distance costs the others too much.
    """
    head, usual = spec.default_head, spec.heads[spec.default_head].decoder
    best: tuple[float, tuple[float, float], Counts, Counts] | None = None
    lost = Counts()
    for part in PARTS:
        weights = between(old, new, part)
        answers = answers_of(others.pieces, weights)
        each = score_each(others.pieces, answers, spec, head, usual)
        kept = sum(each, Counts())
        if others.harmed(each):
            lost = kept
            continue
        counts = score(judged, answers_of(judged, weights), spec, head, usual)
        if best is None or value(counts) > value(best[2]) + 0.005:
            best = part, (0.0, 0.0), counts, kept
    if best is None:
        return 0.0, (0.0, 0.0), Counts(), lost
    weights = between(old, new, best[0])
    shifts = choose_shifts(judged, others, weights, spec)
    if shifts == (0.0, 0.0):
        return best
    decoder = shifted(usual, *shifts)
    return (
        best[0],
        shifts,
        score(judged, answers_of(judged, weights), spec, head, decoder),
        score(others.pieces, answers_of(others.pieces, weights), spec, head, decoder),
    )


def make_music(
    understood: Understood, spec: ModelSpec, rng: np.random.Generator, scale: float = 1.0
) -> list[Music]:
    """Everything of the player's that is learned from or judged by.

    Args:
        understood: his recordings.
        spec: of the model.
        rng: chance.
        scale: of the amounts.
    """
    music: list[Music] = []
    rate = spec.sample_rate
    learned, held = split_shots(understood.shots)
    if len(learned) >= 3:
        band = Band(learned, rate, understood.noise)
        music += band.play(MUSIC_SECONDS * scale, rng)
    if len(held) >= 1:
        judging = Band(held, rate, understood.noise)
        music += judging.play(JUDGED_SECONDS * min(scale, 2.0), rng, held_out=True)
    music += [replace(check, held_out=True) for check in understood.checks]
    for phrase in understood.phrases:
        begin, end = split_phrase(phrase, rate)
        music.append(end)
        music += variants(begin, rate, PHRASE_SECONDS * scale, understood.noise, rng)
    return music


def split_shots(shots: Sequence[OneShot]) -> tuple[list[OneShot], list[OneShot]]:
    """Single notes to learn from, and those of every fourth pitch to judge by."""
    pitches = sorted({shot.pitch for shot in shots})
    chosen = set(pitches[2::4]) if len(pitches) > 3 else set()
    learned = [shot for shot in shots if shot.pitch not in chosen]
    return learned, [shot for shot in shots if shot.pitch in chosen]


def split_phrase(phrase: Music, rate: int) -> tuple[Music, Music]:
    """Begin and end of a phrase at `rate` Hz, cut between two notes where there is such a place."""
    onsets = phrase.notes[:, 0]
    wanted = float(np.quantile(onsets, 1 - HELD_OUT_PART))
    gaps = [
        (abs(onset - wanted) + (5.0 if ((phrase.notes[:, 0] < onset - 0.02)
                                        & (phrase.notes[:, 1] > onset)).any() else 0.0), onset)
        for onset in onsets
    ]  # fmt: skip
    moment = min(gaps)[1] - 0.03
    place = int(moment * rate)
    first, last = phrase.notes[onsets < moment].copy(), phrase.notes[onsets >= moment].copy()
    first[:, 1] = np.minimum(first[:, 1], moment)
    last[:, :2] -= place / rate
    return (
        replace(phrase, audio=phrase.audio[:place], notes=first),
        replace(phrase, audio=phrase.audio[place:], notes=last, held_out=True),
    )


def variants(
    phrase: Music, rate: int, seconds: float, noise: Floats, rng: np.random.Generator
) -> list[Music]:
    """The phrase as it is, then moved in pitch, level and room until `seconds` are full."""
    from realtime.teach.music import add_room

    made = [phrase]
    length = phrase.seconds(rate)
    while sum(one.seconds(rate) for one in made) + length <= max(seconds, 2.5 * length):
        semitones = int(rng.integers(-2, 3))
        ratio = 2 ** ((semitones + rng.uniform(-0.1, 0.1)) / 12)
        audio = add_room(resample(phrase.audio, rate * ratio, rate), rate, rng)
        peak = float(np.abs(audio).max(initial=0.0)) + 1e-9
        audio = audio * np.float32(10 ** (rng.uniform(-20, -1) / 20) / peak)
        notes = phrase.notes / np.array([ratio, ratio, 1.0]) + np.array([0.0, 0.0, semitones])
        made.append(replace(phrase, audio=audio, notes=notes))
    return made


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
