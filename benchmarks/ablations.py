"""Short training runs that differ in one choice each, scored alike: what matters and what does not.

    python -m benchmarks.ablations --sources 'DATA/samples DATA/midi DATA/rirs' \
        --valid rendered/valid --manifest MANIFEST.csv [--work runs/ablations] [--only CELL ...]
    python -m benchmarks.ablations --markdown

Every cell is the default model with one change, trained for the same number of small steps on one
thread. Two figures come out of it: the average precision of the frame probabilities (`ap`: which
pitches sound, needing no threshold; learned first), and the onset F1 of notes. The decoder's onset
threshold is chosen on the held-out renders, for each cell on its own; then the first seconds of
every recording of the manifest are scored with it. One row a run goes into docs/ablations.csv; runs
that are in it already are skipped, so the command may be stopped at will.
"""

import argparse
import csv
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.notes.short_runs import (
    COMPARED_FRAMES,
    choose_threshold,
    held_out,
    precision_of_frames,
    predict,
    shortened,
)
from realtime.inference.spec import DecoderSettings
from realtime.troubles.errors import UserError
from trainer.evaluation.evaluate import evaluate
from trainer.evaluation.manifest import read_manifest
from trainer.evaluation.recording import ScoredRecording
from trainer.runs.checkpoints import load_transcriber

RESULTS = Path(__file__).resolve().parent.parent / "docs" / "ablations.csv"
COLUMNS = (
    "cell",
    "seed",
    "steps",
    "parameters",
    "train_minutes",
    "threshold",
    "valid_ap",
    "dev_ap",
    "valid_f1",
    "dev_f1",
    "dev_offset_f1",
    "dev_velocity_f1",
    "dev_f1_10ms",
    "dev_f1_20ms",
    "dev_f1_80ms",
    "false_per_minute",
)


@dataclass(frozen=True)
class Cell:
    """One row of the table: what it asks, and how it differs from the base."""

    what: str
    options: str = ""
    """More options of `jtm train`."""
    data: str = ""
    """More options of `jtm render`; cells with the same ones share a set."""
    seeds: tuple[int, ...] = (1,)


CELLS = {
    "base": Cell("the default model and data", seeds=(1, 2)),
    "no_harmonics": Cell(
        "harmonic stacks off: a pitch sees its own row only",
        "--model.encoder.harmonic.offsets [0] --model.context.pitchwise.offsets [0]",
    ),
    "one_gru": Cell(
        "recurrence not shared by pitches: one GRU of 128 units hears all of them",
        "--model.context.kind gru --model.context.recurrent.width 128",
    ),
    "width_16": Cell(
        "half the width everywhere",
        "--model.encoder.harmonic.local_channels 8 --model.encoder.harmonic.channels 16 "
        "--model.context.pitchwise.channels 16 --model.context.pitchwise.related_channels 6 "
        "--model.context.pitchwise.global_width 24 --model.context.pitchwise.width 24 "
        "--model.head_hidden 24",
    ),
    "cycles_12": Cell(
        "windows half as long: 12 periods",
        "--model.encoder.harmonic.spectrum.cycles 12 "
        "--model.encoder.harmonic.spectrum.longest_window_ms 128",
    ),
    "symmetric": Cell(
        "windows symmetric: peak in the middle",
        "--model.encoder.harmonic.spectrum.peak_position 0.5",
    ),
    "two_spectra": Cell(
        "a second, faster spectrum beside the first",
        "--model.encoder.harmonic.attack_cycles 8",
    ),
    "levels": Cell(
        "global net and head hear the encoder's output too, not only what was normalised",
        "--model.context.pitchwise.levels true",
    ),
    "heads_1_2_4_8": Cell("look-aheads of 10, 20, 40 and 80 ms", "--model.look_aheads [1,2,4,8]"),
    "head_4": Cell("one look-ahead, 40 ms, instead of three", "--model.look_aheads [4]"),
    "onset_weight_1": Cell("onset loss weighted 1 instead of 4", "--loss.onset 1"),
    "velocity_weight": Cell(
        "velocity loss as shipped (20 and 80 about the crop's mean) instead of 2",
        "--model.context.pitchwise.levels true --loss.velocity 20 --loss.relative_velocity 80",
    ),
    "onset_shift": Cell("onset loss tolerant of 20 ms either way", "--loss.onset_shift 2"),
    "no_augmentation": Cell(
        "no augmentation, no second clip",
        "--crops.mix_chance 0 --crops.augment.detune_cents 0 --crops.augment.transpose_chance 0 "
        "--crops.augment.room_chance 0 --crops.augment.device_chance 0 "
        "--crops.augment.equalizer_chance 0 --crops.augment.noise_chance 0 "
        "--crops.augment.hum_chance 0 --crops.augment.click_chance 0 "
        "--crops.augment.drive_chance 0 --crops.augment.quietest_db 0",
    ),
    "invented_scores": Cell("all scores invented, no MIDI files", data="--midi-share 0"),
    "midi_scores": Cell("all scores from MIDI files where they fit", data="--midi-share 1"),
    "no_one_shots": Cell(
        "SoundFonts only, no recorded single notes",
        data="--one-shot-share 0 --mixed-share 0",
    ),
}


@dataclass(frozen=True)
class Budget:
    """Work that every cell of the study may do, and what it is scored on."""

    steps: int
    render_hours: float
    seconds: float
    """Scored part of each recording."""
    clips: int
    """Held-out clips on which the threshold is chosen."""


def command(*words: str) -> None:
    """Run a subcommand of ours in a process of its own, its output kept if it fails.

    Raises:
        UserError: with the end of what it said.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "jtm", *words], capture_output=True, text=True, env=environment
    )
    if done.returncode:
        raise UserError(f"`jtm {words[0]}` failed: {done.stderr.strip()[-400:]}")


def render(cell: Cell, sources: str, work: Path, hours: float) -> Path:
    """The training set of a cell; made once."""
    name = "-".join(word.strip("-") for word in cell.data.split()) or "base"
    folder = work / "data" / name
    samples, midi, rooms = shlex.split(sources)
    command(
        *("render", "--out", str(folder), "--hours", str(hours), "--seed", "7", "--workers", "1"),
        *("--samples", samples, "--midi", midi, "--rooms", rooms, *shlex.split(cell.data)),
    )
    return folder


def train(cell: Cell, seed: int, data: Path, rooms: str, run: Path, steps: int) -> float:
    """Train one cell; returns its minutes of wall time."""
    began = time.monotonic()
    begin = "--resume" if (run / "last.ckpt").exists() else "--overwrite"
    command(
        *("train", "--data", f"[{data}]", "--rooms", rooms, "--out", str(run), begin),
        *("--steps", str(steps), "--batch_size", "2", "--seed", str(seed)),
        *("--crops.seconds", "2.5", "--optimizer.warm_up_steps", "60"),
        *("--optimizer.ema", "0.98"),
        *("--machine.devices", "1", "--machine.threads", "1"),
        *shlex.split(cell.options),
    )
    return (time.monotonic() - began) / 60


def judge(
    weights: Path,
    valid: list[tuple[ScoredRecording, np.ndarray]],
    development: list[tuple[ScoredRecording, np.ndarray]],
) -> dict[str, float]:
    """Scores of a checkpoint; the onset threshold is the best one on `valid`."""
    model, _ = load_transcriber(weights)
    spec, figures = choose_threshold(model, valid)
    looks = model.settings.look_aheads
    middle = looks.index(COMPARED_FRAMES)
    heard = [predict(model, *item) for item in development]
    decoder = DecoderSettings(onset_threshold=figures["threshold"])
    tables = [evaluate(heard, spec, head, decoder) for head in range(len(looks))]
    every = {f"dev_f1_{10 * looks[i]}ms": t["all"]["onset_f1"] for i, t in enumerate(tables)}
    return {
        "parameters": sum(weight.numel() for weight in model.parameters()),
        **figures,
        "dev_ap": precision_of_frames(heard, middle, COMPARED_FRAMES),
        "dev_f1": tables[middle]["all"]["onset_f1"],
        "dev_offset_f1": tables[middle]["all"]["offset_f1"],
        "dev_velocity_f1": tables[middle]["all"]["velocity_f1"],
        "false_per_minute": tables[middle]["all"].get("false_per_minute", 0.0),
        **every,
    }


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of the results file; none if there is no file yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[dict[str, str]], columns: Sequence[str] = COLUMNS) -> None:
    """Replace the results file as a whole."""
    fresh = path.with_name(f".{path.name}.tmp")
    with fresh.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    fresh.replace(path)


def markdown(rows: list[dict[str, str]]) -> str:
    """The table for docs/model.md: differences to the mean of the base runs."""
    base = [row for row in rows if row["cell"] == "base"]
    if not base:
        raise UserError("No base run in the results yet; run without --markdown first.")

    def against_base(row: dict[str, str], name: str) -> str:
        usual = np.mean([float(one[name]) for one in base])
        return f"{row[name]} ({float(row[name]) - usual:+.3f})"

    lines = [
        "| change | parameters | frames, held-out | frames, development | notes, held-out | "
        "notes, development | velocity | 20 / 80 ms |",
        "|" + " --- |" * 8,
    ]
    for row in rows:
        cell = CELLS.get(row["cell"])
        name = cell.what if cell else row["cell"]
        if row["cell"] == "base":
            name += f" (seed {row['seed']})"
        figures = [against_base(row, key) for key in ("valid_ap", "dev_ap", "valid_f1", "dev_f1")]
        looks = f"{row['dev_f1_20ms'] or '-'} / {row['dev_f1_80ms'] or '-'}"
        figures.append(row["dev_velocity_f1"])
        lines.append(f"| {name} | {row['parameters']} | {' | '.join(figures)} | {looks} |")
    return "\n".join(lines)


def run(options: argparse.Namespace) -> None:
    """Work off every cell that is not in the results yet."""
    budget = Budget(options.steps, options.hours, options.seconds, options.clips)
    rooms = shlex.split(options.sources)[2]
    rows = read_rows(options.results)
    done = {(row["cell"], row["seed"], row["steps"]) for row in rows}
    valid = held_out(options.valid, budget.clips)
    development = [shortened(one, budget.seconds) for one in read_manifest(options.manifest)]
    torch.set_num_threads(1)
    for name in options.only or CELLS:
        cell = CELLS[name]
        for seed in cell.seeds:
            if (name, str(seed), str(budget.steps)) in done:
                continue
            data = render(cell, options.sources, options.work, budget.render_hours)
            folder = options.work / f"{name}-{seed}"
            minutes = train(cell, seed, data, rooms, folder, budget.steps)
            figures = judge(folder / "last.safetensors", valid, development)
            row = {key: f"{value:.3f}".rstrip("0").rstrip(".") for key, value in figures.items()}
            row |= {"cell": name, "seed": str(seed), "steps": str(budget.steps)}
            rows = [*read_rows(options.results), row | {"train_minutes": f"{minutes:.1f}"}]
            write_rows(options.results, rows)
            print(f"{name} seed {seed}: {row}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", help="folders of samples, MIDI files and rooms, in this order")
    parser.add_argument("--valid", type=Path, help="held-out shards")
    parser.add_argument("--manifest", type=Path, help="recordings with known notes")
    parser.add_argument("--work", type=Path, default=Path("runs/ablations"))
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--steps", type=int, default=700, help="of 2 crops of 2.5 s")
    parser.add_argument("--hours", type=float, default=0.8, help="of rendered audio")
    parser.add_argument("--seconds", type=float, default=20.0, help="scored part of a recording")
    parser.add_argument("--clips", type=int, default=24, help="held-out clips")
    parser.add_argument("--only", nargs="+", choices=list(CELLS), default=[])
    parser.add_argument("--markdown", action="store_true", help="print the table for docs/model.md")
    options = parser.parse_args()
    try:
        if options.markdown:
            print(markdown(read_rows(options.results)))
        elif not (options.sources and options.valid and options.manifest):
            raise UserError("Give --sources, --valid and --manifest, or --markdown.")
        else:
            run(options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
