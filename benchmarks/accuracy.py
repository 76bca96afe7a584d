"""Ours beside other systems on a set of recordings with known notes, in one run.

    python -m benchmarks.accuracy MANIFEST.csv \
        --system 'other=python other.py {input} {csv}' \
        --system 'third=python third.py {list} --batch' \
        --system 'fourth, kept=DIR'

Ours comes first: every recording is heard once, as `jtm evaluate` does, and scored for every
look-ahead, then refined. Another system
is a command that reads the sound file {input} and writes {csv}; or reads all of them from {list}, a
file of lines "SOUND<tab>CSV"; or a folder with an ID.csv for each recording, from an earlier run. A
CSV has the header onset_s,offset_s,midi_pitch,velocity (and emitted_s, where it is known when a
note left). The manifest has the columns id, group, file, truth. Prints a table for each
system, then one to compare them, then onset F1 by group.
"""

import argparse
import csv
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from realtime.inference.onnx_model import OnnxModel
from realtime.troubles.errors import UserError
from realtime.values.notes import Note
from trainer.evaluation.figures import score
from trainer.evaluation.manifest import read_manifest
from trainer.evaluation.recording import ScoredRecording
from trainer.evaluation.reports import format_table, tables_of
from trainer.evaluation.tables import ITEMS, by_group
from trainer.evaluation.views import AFTERWARDS, REFINED, Examination, score_all

COMPARED = {
    "onset_f1": "onset F1",
    "offset_f1": "with offset",
    "velocity_f1": "with velocity",
    "live_f1": "in time",
    "false_per_minute": "false a minute",
    "delay_ms": "delay ms",
    "onset_error_ms": "onset error ms",
}
WORKERS = 2


def read_estimate(path: Path) -> list[Note]:
    """Notes of a system's CSV; a missing velocity is 64, a missing emitted_s not a number."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Note(
                float(row["onset_s"]),
                float(row["offset_s"]),
                round(float(row["midi_pitch"])),
                round(float(row.get("velocity") or 64)),
                float(row.get("emitted_s") or "nan"),
            )
            for row in csv.DictReader(file)
        ]


def run_system(command: str, recordings: list[ScoredRecording]) -> dict[str, dict[str, float]]:
    """Scores by group of one system.

    Raises:
        UserError: if the command fails or leaves a recording without its CSV.
    """
    with tempfile.TemporaryDirectory() as made:
        folder = Path(command) if Path(command).is_dir() else Path(made)
        targets = {one.id: folder / f"{one.id}.csv" for one in recordings}
        if "{list}" in command:
            todo = Path(made) / "todo.tsv"
            lines = (f"{one.audio}\t{targets[one.id]}\n" for one in recordings)
            todo.write_text("".join(lines), encoding="utf-8")
            call(command.replace("{list}", shlex.quote(str(todo))), "all recordings")
        elif folder == Path(made):
            for index, one in enumerate(recordings, 1):
                line = command.replace("{input}", shlex.quote(str(one.audio)))
                call(line.replace("{csv}", shlex.quote(str(targets[one.id]))), one.id)
                print(f"\r{index}/{len(recordings)}", end="", file=sys.stderr, flush=True)
            print(file=sys.stderr)
        scores = []
        for one in recordings:
            if not targets[one.id].exists():
                raise UserError(f"`{command}` left no {targets[one.id].name}.")
            notes = [n for n in read_estimate(targets[one.id]) if n.onset_s < one.seconds]
            scores.append((one, score(one, notes)))
    table = by_group(scores)
    if all(figures.get("delay_ms") is None for figures in table.values()):
        drop(table, AFTERWARDS)
    return table


def call(line: str, what: str) -> None:
    """Run a command line.

    Raises:
        UserError: with the end of what it said.
    """
    done = subprocess.run(line, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"`{line}` failed on {what}: {done.stderr.strip()[-300:]}")


def drop(table: dict[str, dict[str, float]], names: tuple[str, ...]) -> None:
    """Take figures out of every group."""
    for figures in table.values():
        for name in names:
            figures.pop(name, None)


def score_ours(
    model: str, recordings: list[ScoredRecording]
) -> dict[str, dict[str, dict[str, float]]]:
    """Name -> scores by group for each look-ahead of the model, and for refined recordings."""
    path = Path(model) if model else None
    spec = OnnxModel(path).spec
    views = score_all(Examination(path, spec, recordings, WORKERS))
    return {
        "ours, refined" if view == REFINED else f"ours, {spec.latency_ms(view):g} ms": tables_of(
            outcomes
        )
        for view, outcomes in views.items()
    }


def compare(tables: dict[str, dict[str, dict[str, float]]]) -> str:
    """Markdown: means of groups of every system, then onset F1 by group."""
    lines = ["| mean of groups | " + " | ".join(COMPARED.values()) + " |"]
    lines.append("|" + " --- |" * (len(COMPARED) + 1))
    for name, table in tables.items():
        cells = (f"{table['all'][key]:.3f}" if key in table["all"] else "-" for key in COMPARED)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    groups = [
        group
        for group, figures in next(iter(tables.values())).items()
        if "onset_f1" in figures and group not in ("all", ITEMS)
    ]
    lines += ["", "| onset F1 | " + " | ".join(groups) + " |"]
    lines.append("|" + " --- |" * (len(groups) + 1))
    for name, table in tables.items():
        cells = (f"{table[group]['onset_f1']:.3f}" for group in groups)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--system", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--model", default="", help="ours; empty for the bundled one")
    parser.add_argument("--without-ours", action="store_true")
    parser.add_argument("--json", type=Path, help="also write every figure to this file")
    options = parser.parse_args()
    try:
        recordings = read_manifest(options.manifest)
        if options.without_ours and not options.system:
            raise UserError("Nothing to compare: give --system, or leave out --without-ours.")
        tables = {} if options.without_ours else score_ours(options.model, recordings)
        for system in options.system:
            name, _, command = system.partition("=")
            tables[name] = run_system(command, recordings)
        for name, table in tables.items():
            print(f"\n{format_table(name, table)}")
        if options.json:
            options.json.write_text(json.dumps(tables, indent=1))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n" + compare(tables))
    return 0


if __name__ == "__main__":
    sys.exit(main())
