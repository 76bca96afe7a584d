"""Ours beside other systems on a set of recordings with known notes, in one run.

    python -m benchmarks.accuracy MANIFEST.csv \
        --system 'ours=jtm transcribe {input} --csv {csv} -o /dev/null' \
        --system 'ours 20 ms=jtm transcribe {input} --csv {csv} -o /dev/null --latency-ms 20' \
        --system 'other=python other.py {input} {csv}'

A system is a command that reads the sound file {input} and writes {csv} with the header
onset_s,offset_s,midi_pitch,velocity (and emitted_s, where it knows when a note left). The manifest
has the columns id, group, file, truth. Prints a table for each system, then one to compare them.
"""

import argparse
import csv
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from realtime.errors import UserError
from realtime.notes import Note
from trainer.commands.evaluate import print_table
from trainer.evaluate import Recording, by_group, read_manifest, score

COMPARED = ("onset_f1", "offset_f1", "false_per_minute", "delay_ms", "onset_error_ms")


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


def run_system(command: str, recordings: list[Recording]) -> dict[str, dict[str, float]]:
    """Scores by group of one system.

    Raises:
        UserError: if the command fails on a recording or writes no CSV.
    """
    scores = []
    with tempfile.TemporaryDirectory() as folder:
        for recording in recordings:
            out = Path(folder) / f"{recording.id}.csv"
            line = command.replace("{input}", shlex.quote(str(recording.audio)))
            line = line.replace("{csv}", shlex.quote(str(out)))
            done = subprocess.run(line, shell=True, capture_output=True, text=True)
            if done.returncode or not out.exists():
                raise UserError(f"`{line}` failed on {recording.id}: {done.stderr.strip()[-300:]}")
            notes = [note for note in read_estimate(out) if note.onset_s < recording.seconds]
            scores.append((recording, score(recording, notes)))
            print(f"\r{len(scores)}/{len(recordings)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return by_group(scores)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--system", action="append", required=True, metavar="NAME=COMMAND")
    options = parser.parse_args()
    try:
        recordings = read_manifest(options.manifest)
        tables = {}
        for system in options.system:
            name, _, command = system.partition("=")
            tables[name] = run_system(command, recordings)
            print(f"\n{name}")
            print_table(tables[name])
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n| mean of groups | " + " | ".join(COMPARED) + " |")
    print("|" + " --- |" * (len(COMPARED) + 1))
    for name, table in tables.items():
        cells = (f"{table['all'][key]:.3f}" if key in table["all"] else "-" for key in COMPARED)
        print(f"| {name} | " + " | ".join(cells) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
