"""Whether `jtm transcribe` writes, byte for byte, what `jtm live` hears of the same recordings.

    python -m benchmarks.notes.live_beside_files MANIFEST.csv --out FOLDER [--model MODEL]

Both commands run as a user runs them: `jtm transcribe` many hops at a time, `jtm live --fast` hop
by hop in blocks of 50 ms. Their CSVs say every note's onset, end, pitch and velocity and the moment
at which it left; recordings where a byte differs are printed, with the first line that does. What
lies in FOLDER already is not heard again, so a run may be stopped and continued. MANIFEST has the
columns id and file. Exit code 1 where anything differs.
"""

import argparse
import shutil
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

from realtime.files.labels.tables import read_records


def run_command(words: list[str], written: Path, wanted: Path) -> None:
    """Run a command of `jtm` that writes `written`, and move that to `wanted` once it is whole."""
    done = subprocess.run([sys.executable, "jtm.py", *words], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"jtm {' '.join(words)} failed: {done.stderr.strip()[-300:]}")
    shutil.move(written, wanted)


def first_difference(one: Path, other: Path) -> str:
    """The first line that two files do not share, "" where they are the same bytes."""
    if one.read_bytes() == other.read_bytes():
        return ""
    lines = (path.read_text().splitlines() for path in (one, other))
    differing = (pair for pair in zip_longest(*lines, fillvalue="(nothing)") if len(set(pair)) > 1)
    return "file: {}, live: {}".format(*next(differing, ("other line ends", "")))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="folder of the CSVs")
    parser.add_argument("--model", default="", help="a model; empty for the bundled one")
    options = parser.parse_args()
    rows = [row for _, row in read_records(options.manifest, ("id", "file"))]
    unfinished = options.out / "unfinished"
    for folder in ("files", "live", "unfinished"):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    differing = notes = 0
    for number, row in enumerate(rows, 1):
        sound = str(options.manifest.parent / row["file"])
        file, live = (options.out / way / f"{row['id']}.csv" for way in ("files", "live"))
        csv, model = str(unfinished / "notes.csv"), f"--model={options.model}"
        if not file.exists():
            midi = str(unfinished / "notes.mid")
            words = ["transcribe", sound, "-o", midi, f"--csv={csv}", "--overwrite", model]
            run_command(words, Path(csv), file)
        if not live.exists():
            words = ["live", f"--input={sound}", "--fast", f"--csv={csv}", "--overwrite", model]
            run_command(words, Path(csv), live)
        found = len(live.read_text().splitlines()) - 1
        notes += found
        if difference := first_difference(file, live):
            differing += 1
            print(f"{row['id']} differs: {difference}", flush=True)
        print(f"\r{number}/{len(rows)}", end="", file=sys.stderr, flush=True)
    shutil.rmtree(unfinished)
    print(f"\n{len(rows)} recordings, {notes} notes heard live: {differing} recordings differ.")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
