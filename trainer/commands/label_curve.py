"""`jtm label-curve`: how well does the same model do with fewer labels, and does CPC help?"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from realtime.commands.options import parse_options
from realtime.processes.pool import spread
from realtime.troubles.errors import UsageError
from realtime.values.ranges import Count
from trainer.label_curve.cells import list_cells, take_share
from trainer.label_curve.methods import METHODS
from trainer.label_curve.pretrainings import pretrain
from trainer.label_curve.results import (
    Row,
    append_row,
    cell_of,
    finished_cells,
    read_rows,
    require_same_settings,
)
from trainer.label_curve.settings import digest_of
from trainer.label_curve.sources import Sources, data_facts
from trainer.label_curve.study import run_cell
from trainer.runs.machine import choose_device

DESCRIPTION = (
    "Train the same model on 1 to 100 % of the labels, from scratch and from pretrained weights, "
    "and score every run; a repeated command does what is missing."
)


@dataclass(frozen=True)
class LabelCurveCommand(Sources):
    """Train one model on several shares of the labels, and score each."""

    results: str = ""
    """File of results, one JSON object a line; empty for OUT/results.jsonl."""
    jobs: Count = 1
    """Processes, each of which trains a cell at a time."""
    share: str = "1/1"
    """Which part of the cells this machine runs, as I/N; the results of all may be joined."""
    pretrain_only: bool = False
    """Make the pretrained weights and stop, so that several machines can share them."""
    json: bool = False
    """Print the rows of this variant as JSON."""


def main(argv: list[str]) -> int:
    """Run the subcommand; returns its exit code."""
    command = parse_options(
        LabelCurveCommand,
        argv,
        command="label-curve",
        description=DESCRIPTION,
        examples=(
            "jtm label-curve --labelled shards --held-out held-out --audio music --out curve",
        ),
    )
    check(command)
    choose_device(command.device)
    results = Path(command.results or Path(command.out) / "results.jsonl")
    cells = list_cells(command.variant, command.methods, command.fractions, command.seeds)
    own = take_share(cells, command.share)
    rows = read_rows(results)
    digests = {
        name: digest_of(command, name, data_facts(command, name)) for name in command.methods
    }
    require_same_settings(rows, command.variant, digests)
    missing = [cell for cell in own if cell not in finished_cells(rows)]
    told = f"{len(own) - len(missing)} of {len(own)} cells are in {results}"
    print(f"jtm label-curve: {told}", file=sys.stderr)
    begins = {
        (METHODS[cell.method].begins_with, command.pretraining_of(cell.method, cell.seed))
        for cell in missing
    }
    wanted = sorted((kind, number) for kind, number in begins if number is not None)
    needed = [one for one in wanted if needs_pretraining(command, *one, rows)]
    plain = Sources(**{name: getattr(command, name) for name in Sources.__dataclass_fields__})
    tasks: list[Any] = [(plain, *one) for one in needed]
    work(pretrain, tasks, command.jobs, results, "pretraining")
    if not command.pretrain_only:
        tasks = [(plain, cell, digests[cell.method]) for cell in missing]
        work(run_cell, tasks, command.jobs, results, "cell")
    print_rows(
        [row for row in read_rows(results) if row.get("variant") == command.variant], command.json
    )
    return 0


def check(command: LabelCurveCommand) -> None:
    """Refuse what cannot be run before anything is computed.

    Raises:
        UserError: naming the option that is missing, wrong or out of range.
    """
    if not command.labelled or not command.held_out:
        raise UsageError(
            "Give --labelled FOLDER to train on and --held-out FOLDER to stop and test on "
            "(`jtm render` makes both)."
        )
    methods = [METHODS[method] for method in command.methods if method in METHODS]
    begins = {method.begins_with for method in methods}
    heard = command.unlabelled or command.audio
    if "cpc" in begins and not (heard or command.init):
        raise UsageError(
            "The cpc methods need --unlabelled FOLDER, --audio FOLDER or --init CHECKPOINT; or "
            "choose other --methods."
        )
    if not heard and (begins & {"cpc-far", "masked"} or any(method.beside for method in methods)):
        raise UsageError(
            "The methods cpc-far, masked, self-training and consistency need --unlabelled FOLDER "
            "or --audio FOLDER; or choose other --methods."
        )
    if "supervised" in begins and not command.other_timbres:
        raise UsageError("The supervised method needs --other-timbres FOLDER; or leave it out.")


def needs_pretraining(command: LabelCurveCommand, kind: str, number: int, rows: list[Row]) -> bool:
    """Whether the weights that cells begin with are still to be made."""
    if kind == "cpc" and command.init:
        return False
    known = any(
        row["kind"] == "pretraining"
        and (row["variant"], row["objective"]) == (command.variant, kind)
        and row.get("pretraining", 0) == number
        for row in rows
    )
    return not (known and command.weights_of(kind, number).is_file())


def work(
    function: Callable[[Any], Row], tasks: Sequence[Any], jobs: int, results: Path, unit: str
) -> None:
    """Do the tasks, keep each row as it comes, show how long the rest will take."""
    with tqdm(total=len(tasks), unit=unit, disable=not tasks) as bar:
        for row in spread(function, tasks, jobs):
            append_row(results, row)
            bar.update()
            if row["kind"] == "cell":
                bar.set_postfix_str(f"{cell_of(row)}: F1 {mean_score(row, 'held-out'):.3f}")


def mean_score(row: Row, group: str) -> float:
    """Mean over the recordings of a group."""
    return float(np.mean(list(row["scores"][group].values())))


def print_rows(rows: list[Row], as_json: bool) -> None:
    """A line a method: mean held-out onset F1 for each share of the labels."""
    cells = [row for row in rows if row["kind"] == "cell"]
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    found: dict[str, dict[float, list[float]]] = {}
    for row in cells:
        of_method = found.setdefault(row["method"], {})
        of_method.setdefault(row["fraction"], []).append(mean_score(row, "held-out"))
    fractions = sorted({row["fraction"] for row in cells})
    print(f"{'onset F1, held out':<20}" + "".join(f"{100 * f:>8g}%" for f in fractions))
    for method, scores in found.items():
        line = (f"{np.mean(scores[f]):>9.3f}" if f in scores else f"{'-':>9}" for f in fractions)
        print(f"{method:<20}" + "".join(line))
