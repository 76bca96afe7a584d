"""Every view of a model, scored on a set: each of its look-aheads, and recordings refined."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from realtime.inference.onnx_model import OnnxModel
from realtime.inference.spec import DecoderSettings, ModelSpec, RefineSettings
from realtime.processes.pool import spread
from trainer.evaluation.evaluate import RecordingRolls, predict, score_rolls
from trainer.evaluation.left_out import AFTERWARDS, left_out, left_out_refined
from trainer.evaluation.recording import ScoredRecording
from trainer.evaluation.tables import Outcome, Tables
from trainer.evaluation.tuning import Search, fit_velocity, refined, tune, tune_refine

REFINED = -1
"""Stands for a recording heard with hindsight, where a number stands for a look-ahead."""
LEFT_OUT = ("onset_f1", "offset_f1", "velocity_f1", "live_f1", "false_per_minute")
"""Figures that are told of groups left out of the tuning."""
HEARD: list[RecordingRolls] = []
"""What the network said, in each worker that tunes."""

Views = dict[int, list[Outcome]]
"""View -> what became of each recording, in order."""


@dataclass(frozen=True)
class Examination:
    """A model, and the recordings that it is scored on."""

    model_path: Path | None
    """Exported model; None for the bundled one."""
    spec: ModelSpec
    """Specification whose thresholds count, or are where a search begins."""
    recordings: Sequence[ScoredRecording]
    """Recordings whose notes are known."""
    workers: int
    """Processes that share the recordings."""

    def predict(self) -> list[RecordingRolls]:
        """Run the network over every recording."""
        listen = partial(_predict, self.model_path)
        return list(spread(listen, self.recordings, self.workers, ordered=True))


def list_views(spec: ModelSpec) -> list[int]:
    """What is scored of a model: each look-ahead by its number, then `REFINED`."""
    return [*range(len(spec.heads)), REFINED]


def name_of(spec: ModelSpec, view: int) -> str:
    """The look-ahead, such as 40ms, or refine for recordings heard with hindsight."""
    return "refine" if view == REFINED else f"{spec.latency_ms(view):g}ms"


def score_all(given: Examination, on_each: Callable[[], object] = lambda: None) -> Views:
    """Hear each recording once, and score all views of it.

    What the network says is forgotten with each recording, so that a set may be of any size.

    Args:
        given: model and recordings.
        on_each: called after each recording.
    """
    views: Views = {view: [] for view in list_views(given.spec)}
    score = partial(_score_one, given.model_path, given.spec)
    for found in spread(score, given.recordings, given.workers, ordered=True):
        for view, outcome in found.items():
            views[view].append(outcome)
        on_each()
    return views


def tune_all(given: Examination, how: Search) -> tuple[ModelSpec, Views]:
    """Search the thresholds of every view on the recordings, then score with them.

    Args:
        given: model and recordings.
        how: the search; `report` is told, in the workers, of every step forward.
    """
    spec, heard = given.spec, given.predict()
    heads = range(len(spec.heads))
    take = partial(_take, heard)
    decoders = spread(partial(_tune, spec, how), heads, given.workers, ordered=True, begin=take)
    for head, decoder in zip(heads, list(decoders), strict=True):
        spec = spec.with_decoder(head, decoder)
    # Refined recordings shall not come out worse than live, so live has to be tuned first.
    spec = replace(spec, refine=_tune_refine(heard, spec, how))
    scored = [score_views(one, spec) for one in heard]
    return spec, {view: [one[view] for one in scored] for view in list_views(spec)}


def leave_out_all(given: Examination, how: Search) -> dict[int, Tables]:
    """Score every group with thresholds tuned on the others: what may be hoped for elsewhere.

    Args:
        given: model and recordings.
        how: the search, as in `tune_all`.

    Returns:
        View -> group -> the figures of `LEFT_OUT` that it has.
    """
    spec, heard = given.spec, given.predict()
    views = list_views(spec)
    leave_out, take = partial(_leave_out, spec, how), partial(_take, heard)
    tables = list(spread(leave_out, views, given.workers, ordered=True, begin=take))
    return {
        view: {
            group: {name: figures[name] for name in LEFT_OUT if name in figures}
            for group, figures in table.items()
        }
        for view, table in zip(views, tables, strict=True)
    }


def score_views(heard: RecordingRolls, spec: ModelSpec) -> dict[int, Outcome]:
    """Every view of one recording."""
    found = {
        view: score_rolls(heard, spec, view, head.decoder) for view, head in enumerate(spec.heads)
    }
    (again,), single = refined([heard], spec)
    outcome = score_rolls(again, single, 0, single.heads[0].decoder)
    figures = {name: value for name, value in outcome.figures.items() if name not in AFTERWARDS}
    return {**found, REFINED: replace(outcome, figures=figures)}


def _score_one(
    model_path: Path | None, spec: ModelSpec, recording: ScoredRecording
) -> dict[int, Outcome]:
    return score_views(_predict(model_path, recording), spec)


def _predict(model_path: Path | None, recording: ScoredRecording) -> RecordingRolls:
    return predict(_model(model_path), recording)


@cache
def _model(path: Path | None) -> OnnxModel:
    """Open a model file, once in a process."""
    return OnnxModel(path)


def _take(heard: list[RecordingRolls]) -> None:
    """Keep what was heard in this worker: it is too large to be sent with every task."""
    HEARD[:] = heard


def _tune(spec: ModelSpec, how: Search, head: int) -> DecoderSettings:
    found = tune(HEARD, spec, head, _named(how, spec, head))
    return fit_velocity(HEARD, spec, head, found)


def _tune_refine(heard: list[RecordingRolls], spec: ModelSpec, how: Search) -> RefineSettings:
    found = tune_refine(heard, spec, _named(how, spec, REFINED))
    again, single = refined(heard, spec, found)
    return replace(found, decoder=fit_velocity(again, single, 0, found.decoder))


def _leave_out(spec: ModelSpec, how: Search, view: int) -> Tables:
    how = _named(how, spec, view)
    if view == REFINED:
        return left_out_refined(HEARD, spec, how)
    return left_out(HEARD, spec, view, how)


def _named(how: Search, spec: ModelSpec, view: int) -> Search:
    """The search, whose reports begin with the name of the view."""
    return replace(how, report=partial(_report, how.report, name_of(spec, view)))


def _report(report: Callable[[str], None], name: str, text: str) -> None:
    report(f"{name}: {text}")
