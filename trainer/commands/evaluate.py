"""`jtm evaluate`: score a model on recordings with known notes."""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from realtime.options import parse_options
from realtime.refine import refine_settings
from realtime.spec import DecoderSettings, ModelSpec, RefineSettings
from trainer.evaluate import Heard, Recording, evaluate, listen, read_manifest
from trainer.left_out import left_out, left_out_refined
from trainer.ranges import require_ranges
from trainer.tuning import fit_velocity, refined, thresholds_json, tune, tune_refine

REFINED = -1
"""Stands for a recording heard with hindsight, where a number stands for a look-ahead."""
LEFT_OUT = ("onset_f1", "offset_f1", "velocity_f1", "live_f1", "false_per_minute")
"""Figures that are told of groups left out of the tuning."""
HEARD: list[Heard] = []
"""What the network said, in each worker."""


@dataclass(frozen=True)
class EvaluateCommand:
    """Options of `jtm evaluate`."""

    manifest: str
    """CSV with columns id,group,file,truth; paths are relative to it."""
    model: str = ""
    """Exported model; empty for the bundled one."""
    tune: str = ""
    """Search the thresholds of every look-ahead on this set and write them to this JSON file."""
    left_out: bool = False
    """Score every group with thresholds tuned on the other groups only, from those of the model:
    what may be hoped for elsewhere. Takes minutes for each look-ahead."""
    rounds: int = 2
    """Passes over all thresholds when tuning."""
    workers: int = 2
    """Processes that listen and score, 1 or more."""
    json: bool = False
    """Print the figures as JSON."""


def main(argv: list[str]) -> int:
    """Run the subcommand; returns its exit code."""
    command = parse_options(
        EvaluateCommand,
        argv,
        command="evaluate",
        description="Score a model on recordings with known notes, for each look-ahead.",
        positional=("manifest",),
    )
    from realtime.model import OnnxModel

    require_ranges(command)
    recordings = read_manifest(Path(command.manifest))
    model_path = Path(command.model) if command.model else None
    spec = OnnxModel(model_path).spec
    views = list_views(spec)
    with listen_to_all(model_path, recordings, command.workers) as pool:
        if command.tune:
            heads = range(len(spec.heads))
            decoders = pool.map(partial(_tune, spec, rounds=command.rounds), heads)
            for head, decoder in zip(heads, decoders, strict=True):
                spec = spec.with_decoder(head, decoder)
            refine = pool.submit(_tune_refine, spec, command.rounds)
            spec = replace(spec, refine=refine.result())
            Path(command.tune).write_text(json.dumps(thresholds_json(spec), indent=1))
        tables = score_views(spec, pool)
        if command.left_out:
            told = dict(
                zip(views, pool.map(partial(_leave_out, spec, command.rounds), views), strict=True)
            )
            tables = {view: add_left_out(tables[view], told[view]) for view in views}
    if command.json:
        print(json.dumps({name_of(spec, view): tables[view] for view in views}, indent=1))
        return 0
    for view in views:
        settings = refine_settings(spec)[0] if view == REFINED else spec.heads[view].decoder
        print(f"\n{name_of(spec, view)}   {settings}")
        print_table(tables[view])
    return 0


def list_views(spec: ModelSpec) -> list[int]:
    """What is scored of a model: each look-ahead by its number, then `REFINED`."""
    return [*range(len(spec.heads)), REFINED]


def listen_to_all(
    model_path: Path | None, recordings: list[Recording], workers: int
) -> ProcessPoolExecutor:
    """Hear every recording once; the processes that come back know what the network said."""
    with ProcessPoolExecutor(workers) as pool:
        heard = list(pool.map(partial(_listen, model_path), recordings))
    return ProcessPoolExecutor(workers, initializer=_take, initargs=(heard,))


def score_views(spec: ModelSpec, pool: ProcessPoolExecutor) -> dict[int, dict]:
    """Scores by group of each view, by processes from `listen_to_all`."""
    views = list_views(spec)
    return dict(zip(views, pool.map(partial(_score, spec), views), strict=True))


def add_left_out(table: dict[str, dict], without: dict[str, dict]) -> dict[str, dict]:
    """Scores by group, with the main figures of `left_out` beside them as `left_out_...`."""
    return {
        group: figures
        | {f"left_out_{name}": without[group][name] for name in LEFT_OUT if name in without[group]}
        for group, figures in table.items()
    }


def name_of(spec: ModelSpec, view: int) -> str:
    """The look-ahead, such as 40ms, or refine for recordings heard with hindsight."""
    return "refine" if view == REFINED else f"{spec.latency_ms(view):g}ms"


def print_table(table: dict[str, dict[str, float]]) -> None:
    """One line a group."""
    names = sorted({name for figures in table.values() for name in figures})
    print(f"{'group':<16}" + "".join(f"{name:>18}" for name in names))
    for group, figures in table.items():
        cells = (f"{figures[n]:>18.3f}" if n in figures else f"{'-':>18}" for n in names)
        print(f"{group:<16}" + "".join(cells))


def _listen(model_path: Path | None, recording: Recording) -> Heard:
    from realtime.model import OnnxModel

    return listen(OnnxModel(model_path), recording)


def _take(heard: list[Heard]) -> None:
    """Keep what was heard in this worker: it is too large to be sent with every task."""
    HEARD[:] = heard


def _tune(spec: ModelSpec, view: int, rounds: int) -> DecoderSettings:
    report = partial(_report, name_of(spec, view))
    return fit_velocity(HEARD, spec, view, tune(HEARD, spec, view, rounds, report))


def _tune_refine(spec: ModelSpec, rounds: int) -> RefineSettings:
    found = tune_refine(HEARD, spec, rounds, partial(_report, name_of(spec, REFINED)))
    again, single = refined(HEARD, spec, found)
    return replace(found, decoder=fit_velocity(again, single, 0, found.decoder))


def _report(name: str, text: str) -> None:
    print(f"{name}: {text}", file=sys.stderr)


def _leave_out(spec: ModelSpec, rounds: int, view: int) -> dict[str, dict[str, float]]:
    report = partial(_report, name_of(spec, view))
    if view == REFINED:
        return left_out_refined(HEARD, spec, rounds, report)
    return left_out(HEARD, spec, view, rounds, report)


def _score(spec: ModelSpec, view: int) -> dict[str, dict[str, float]]:
    if view != REFINED:
        return evaluate(HEARD, spec, view, spec.heads[view].decoder)
    again, single = refined(HEARD, spec)
    table = evaluate(again, single, 0, single.heads[0].decoder)
    for figures in table.values():
        for name in ("delay_ms", "live_f1"):
            figures.pop(name, None)
    return table
