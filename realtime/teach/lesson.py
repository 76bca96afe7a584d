"""A lesson: recordings understood, music made, the head learned, judged, and kept or not."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from realtime.inference.instruments import hash_of
from realtime.inference.model_file import OpenedModel, open_model_file
from realtime.inference.onnx_file import read_weights
from realtime.inference.spec import HEAD_TENSORS, HeadSpec, ModelSpec, RefineSettings
from realtime.teach.collection import collect_all
from realtime.teach.examples import Examples, Music
from realtime.teach.judging.choosing import Choice, Hearing, LessonVerdict, choose
from realtime.teach.judging.judging import Gain, JudgedPiece, Jury, total
from realtime.teach.judging.scores import Counts
from realtime.teach.judging.thresholds import Shifts, shifted_heads
from realtime.teach.learning import LearningSettings, Pool, Weights, between, learn, mean_of
from realtime.teach.listening.understanding import Understanding
from realtime.teach.music.material import make_music
from realtime.teach.music.replay import read_replay
from realtime.teach.music.replay_cache import cache_path, keep_examples, read_examples
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

USUAL_MINUTES = 2.0
"""Minutes for which the amounts of music and steps are made."""
PARTS = (1.0, 0.85, 0.7, 0.55, 0.4, 0.25)
"""Parts of the way from old weights to learned ones that are tried."""

REPLAY_SEED = 0
"""Seed of the rows of the replay set, which are kept for later lessons."""


@dataclass(frozen=True)
class LessonSettings:
    """How much a lesson listens, learns and tries."""

    minutes: float = USUAL_MINUTES
    """Minutes that it takes on two quiet cores; music and steps grow and shrink with them."""
    seed: int = 0
    workers: int = 2
    learning: LearningSettings = field(
        default_factory=lambda: LearningSettings(steps=600, remind=3.0)
    )

    @property
    def scale(self) -> float:
        """Amounts of music and steps beside those for the usual minutes, 0.25 to 4."""
        return min(4.0, max(0.25, self.minutes / USUAL_MINUTES))


@dataclass(frozen=True)
class LessonResult:
    """What became of a lesson."""

    verdict: LessonVerdict
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
    model: bytes = b""
    """The whole model where all weights were learned, to be named by who keeps it."""


def result_of(
    found: Choice,
    base: str,
    spec: ModelSpec,
    weights: Weights,
    seconds: float,
    music_seconds: float,
) -> LessonResult:
    """What became of a lesson.

    Args:
        found: what was chosen.
        base: SHA-256 of the model file.
        spec: of the model.
        weights: that go with it.
        seconds: that the lesson took.
        music_seconds: of the music that was heard.
    """
    heads, refine = shifted_heads(spec, *found.shifts)
    return LessonResult(
        found.verdict, base, total(found.before), total(found.now), total(found.others_before),
        total(found.others_now), weights, heads, refine, seconds, found.part, found.shifts,
        found.gained, music_seconds,
    )  # fmt: skip


def open_teachable(model: Path | None) -> OpenedModel:
    """A model whose head can be taught; None is the bundled one.

    Raises:
        UserError: if it is no such model.
    """
    opened = open_model_file(model)
    if not opened.spec.feature_width:
        raise UserError(Code.MODEL_UNTEACHABLE, path=opened.base_path)
    return opened


def base_of(opened: OpenedModel) -> str:
    """SHA-256 of the model file that an opened one is, or that a taught instrument belongs to."""
    return opened.instrument.base if opened.instrument else hash_of(opened.base_path)


def compose(understood: Understanding, spec: ModelSpec, settings: LessonSettings) -> list[Music]:
    """Everything of the player's that is learned from and judged by.

    Raises:
        UserError: if all of it is in one fold.
    """
    rng = np.random.default_rng(settings.seed)
    mine = make_music(understood, spec, rng, settings.scale)
    if len({music.fold for music in mine if music.decides}) < 2:
        raise UserError(Code.LESSON_AT_ONCE)
    return mine


def give_lesson(
    model: Path | None,
    understood: Understanding,
    settings: LessonSettings,
    on_progress: Callable[[float], None] = lambda part: None,
) -> LessonResult:
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
    opened = open_teachable(model)
    spec = opened.spec
    old = read_weights(opened.content, HEAD_TENSORS)
    scale = settings.scale
    mine = compose(understood, spec, settings)
    replay = read_replay(spec.sample_rate)
    ears = Ears(model, settings, lambda part: on_progress(0.6 * part))
    heard = ears.collect(mine, replay, cache_path(opened.content))
    taught = list(zip(mine, heard[: len(mine)], strict=True))
    kept = list(zip(replay, heard[len(mine) :], strict=True))
    learned = _learn_folds(taught, kept, old, settings, scale, lambda part: on_progress(
        0.6 + 0.3 * part))  # fmt: skip
    jury = Jury([replace(_judged(m, e), sources=m.note_sources) for m, e in taught], spec)
    others = Jury([_judged(m, e) for m, e in kept], spec)

    def judge_part(part: float) -> Hearing:
        weights = {fold: between(old, one, part) for fold, one in learned.items()}
        return Hearing(jury, jury.answers(weights), others, others.answers(weights))

    found = choose(judge_part, PARTS)
    weights = mean_of([between(old, one, found.part) for one in learned.values()])
    on_progress(1.0)
    music_seconds = sum(piece.seconds(spec.sample_rate) for piece in (*mine, *replay))
    return result_of(
        found, base_of(opened), spec, weights if found.verdict is LessonVerdict.BETTER else old,
        time.monotonic() - began, music_seconds,
    )  # fmt: skip


Heard = list[tuple[Music, Examples]]


def _judged(music: Music, examples: Examples) -> JudgedPiece:
    return JudgedPiece(examples, music.notes, music.soft, music.fold, decides=music.decides)


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


class Ears:
    """Hears music in processes, the replay set only where no earlier lesson kept what it gave.

    Args:
        model: file; None is the bundled model.
        settings: of the lesson.
        on_progress: told the part that is heard, 0-1.
    """

    def __init__(
        self, model: Path | None, settings: LessonSettings, on_progress: Callable[[float], None]
    ) -> None:
        self._model, self._settings = model, settings
        self._on_progress = on_progress
        self._done, self._total = 0, 1
        """Samples that were heard, and that are to be."""

    def collect(
        self, mine: Sequence[Music], replay: Sequence[Music], cache: Path
    ) -> list[Examples]:
        """Collect the examples of all pieces, the player's first.

        Args:
            mine: the player's music.
            replay: music of other instruments.
            cache: file that keeps what was heard of `replay`.

        Raises:
            UserError: if a process was killed.
        """
        kept = read_examples(cache, len(replay))
        due = mine if kept else [*mine, *replay]
        self._total = max(1, sum(len(piece.audio) for piece in due))
        heard = self._collect(mine, self._settings.seed)
        if kept is None:
            kept = self._collect(replay, REPLAY_SEED)
            keep_examples(cache, kept)
            # A first lesson learns from what later ones will read.
            kept = read_examples(cache, len(replay)) or kept
        return heard + kept

    def _collect(self, pieces: Sequence[Music], seed: int) -> list[Examples]:
        return collect_all(self._model, pieces, seed, self._settings.workers, self._on_piece)

    def _on_piece(self, piece: Music) -> None:
        self._done += len(piece.audio)
        self._on_progress(min(1.0, self._done / self._total))
