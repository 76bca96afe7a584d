"""Every view of a model, scored on a set: each of its look-aheads, and recordings refined."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from realtime.inference.onnx_model import OnnxModel
from realtime.inference.spec import DecoderSettings, ModelSpec, RefineSettings
from trainer.evaluation.evaluate import Heard, listen, score_heard
from trainer.evaluation.sets import Recording
from trainer.evaluation.tables import Outcome
from trainer.evaluation.tuning import fit_velocity, refined, tune, tune_refine

REFINED = -1
"""Stands for a recording heard with hindsight, where a number stands for a look-ahead."""
AFTERWARDS = ("live_f1", "delay_ms", "delay_p95_ms")
"""Figures that mean nothing where notes leave at the end of the recording."""
HEARD: list[Heard] = []
"""What the network said, in each worker that tunes."""

Views = dict[int, list[Outcome]]
"""View -> what became of each recording, in order."""


def list_views(spec: ModelSpec) -> list[int]:
    """What is scored of a model: each look-ahead by its number, then `REFINED`."""
    return [*range(len(spec.heads)), REFINED]


def name_of(spec: ModelSpec, view: int) -> str:
    """The look-ahead, such as 40ms, or refine for recordings heard with hindsight."""
    return "refine" if view == REFINED else f"{spec.latency_ms(view):g}ms"


def score_all(
    model_path: Path | None,
    spec: ModelSpec,
    recordings: Sequence[Recording],
    workers: int,
    on_each: Callable[[], object] = lambda: None,
) -> Views:
    """Hear each recording once, and score all views of it.

    What the network says is forgotten with each recording, so that a set may be of any size.

    Args:
        model_path: exported model; None for the bundled one.
        spec: whose thresholds count.
        recordings: with known notes.
        workers: processes.
        on_each: called after each recording.
    """
    views: Views = {view: [] for view in list_views(spec)}
    with ProcessPoolExecutor(min(workers, len(recordings) or 1)) as pool:
        for found in pool.map(partial(_score_one, model_path, spec), recordings):
            for view, outcome in found.items():
                views[view].append(outcome)
            on_each()
    return views


def tune_all(
    model_path: Path | None,
    spec: ModelSpec,
    recordings: Sequence[Recording],
    workers: int,
    rounds: int,
    report: Callable[[str], None],
) -> tuple[ModelSpec, Views]:
    """Search the thresholds of every view on the recordings, then score with them.

    Args:
        model_path: as above, like `spec`, `recordings` and `workers`.
        rounds: passes over all thresholds.
        report: is told, in the workers, of every step forward; picklable.
    """
    views = list_views(spec)
    with ProcessPoolExecutor(workers) as pool:
        heard = list(pool.map(partial(_listen, model_path), recordings))
    with ProcessPoolExecutor(workers, initializer=_take, initargs=(heard,)) as pool:
        found = list(pool.map(partial(_tune, spec, rounds, report), views))
    for view, settings in zip(views, found, strict=True):
        if isinstance(settings, RefineSettings):
            spec = replace(spec, refine=settings)
        else:
            spec = spec.with_decoder(view, settings)
    scored = [score_views(one, spec) for one in heard]
    return spec, {view: [one[view] for one in scored] for view in views}


def score_views(heard: Heard, spec: ModelSpec) -> dict[int, Outcome]:
    """Every view of one recording."""
    found = {
        view: score_heard(heard, spec, view, head.decoder) for view, head in enumerate(spec.heads)
    }
    (again,), single = refined([heard], spec)
    outcome = score_heard(again, single, 0, single.heads[0].decoder)
    figures = {name: value for name, value in outcome.figures.items() if name not in AFTERWARDS}
    return {**found, REFINED: replace(outcome, figures=figures)}


def _score_one(
    model_path: Path | None, spec: ModelSpec, recording: Recording
) -> dict[int, Outcome]:
    return score_views(_listen(model_path, recording), spec)


def _listen(model_path: Path | None, recording: Recording) -> Heard:
    return listen(_model(model_path), recording)


@cache
def _model(path: Path | None) -> OnnxModel:
    """Opened once a process."""
    return OnnxModel(path)


def _take(heard: list[Heard]) -> None:
    """Keep what was heard in this worker: it is too large to be sent with every task."""
    HEARD[:] = heard


def _tune(
    spec: ModelSpec, rounds: int, report: Callable[[str], None], view: int
) -> DecoderSettings | RefineSettings:
    def tell(text: str) -> None:
        report(f"{name_of(spec, view)}: {text}")

    if view != REFINED:
        return fit_velocity(HEARD, spec, view, tune(HEARD, spec, view, rounds, tell))
    found = tune_refine(HEARD, spec, rounds, tell)
    again, single = refined(HEARD, spec, found)
    return replace(found, decoder=fit_velocity(again, single, 0, found.decoder))
