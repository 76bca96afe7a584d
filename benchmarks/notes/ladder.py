"""Finished runs that differ in one choice each, scored alike and by group of recordings.

    python -m benchmarks.notes.ladder RUN ... --valid rendered/valid --manifest MANIFEST.csv

The onset threshold is chosen on the held-out renders, for each run on its own; the first seconds of
every recording are scored with it, at 40 ms and at the longest look-ahead. One row a run goes into
docs/ladder.csv; runs that are in it already are skipped. `--steps N` says so where a run was
stopped there.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

from benchmarks.ablations import read_rows, write_rows
from benchmarks.notes.short_runs import (
    COMPARED_FRAMES,
    choose_threshold,
    held_out,
    onset_f1,
    precision_of_frames,
    predict,
    shortened,
)
from realtime.troubles.errors import UserError
from trainer.evaluation.manifest import read_manifest
from trainer.evaluation.recording import ScoredRecording
from trainer.runs.checkpoints import load_transcriber

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "ladder.csv"


def judge(
    weights: Path,
    valid: list[tuple[ScoredRecording, np.ndarray]],
    development: list[tuple[ScoredRecording, np.ndarray]],
) -> dict[str, float]:
    """Scores of a checkpoint by group; the onset threshold is the best one on `valid`."""
    model, _ = load_transcriber(weights)
    spec, figures = choose_threshold(model, valid)
    looks = model.settings.look_aheads
    middle = looks.index(COMPARED_FRAMES)
    heard = [predict(model, *item) for item in development]
    by_group = onset_f1(heard, spec, middle, figures["threshold"])
    return {
        "parameters": sum(weight.numel() for weight in model.parameters()),
        **{name: figures[name] for name in ("threshold", "valid_ap", "valid_f1")},
        "dev_ap": precision_of_frames(heard, middle, COMPARED_FRAMES),
        **{f"dev_{group}": value for group, value in by_group.items()},
        "longest_ms": 10 * looks[-1],
        "dev_longest": onset_f1(heard, spec, len(looks) - 1, figures["threshold"])["all"],
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", type=Path, nargs="+", help="folders of `jtm train`")
    parser.add_argument("--valid", type=Path, required=True, help="held-out shards")
    parser.add_argument("--manifest", type=Path, required=True, help="recordings with known notes")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--steps", type=int, default=1000, help="that the runs were trained for")
    parser.add_argument("--seconds", type=float, default=20.0, help="scored part of a recording")
    parser.add_argument("--clips", type=int, default=24, help="held-out clips")
    options = parser.parse_args()
    torch.set_num_threads(1)
    try:
        rows = read_rows(options.results)
        done = {(row["run"], row["steps"]) for row in rows}
        valid = held_out(options.valid, options.clips)
        development = [shortened(one, options.seconds) for one in read_manifest(options.manifest)]
        for run in options.runs:
            if (run.name, str(options.steps)) in done:
                continue
            figures = judge(run / "last.safetensors", valid, development)
            row = {"run": run.name, "steps": str(options.steps)} | {
                name: f"{value:.3f}".rstrip("0").rstrip(".") for name, value in figures.items()
            }
            rows.append(row)
            write_rows(options.results, rows, list(rows[0]))
            print(row, flush=True)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
