"""An hour of dense music recorded by `jtm live` faster than it sounds, then stopped.

`python -m benchmarks.live.long_take [--minutes 60] [--end term] [--slow-sync 0] [--keep]`: a sound
file of three voices is read with --fast by the tests' small model (hops of 100 ms), until its take
is so long; then SIGTERM or SIGINT (Ctrl-C). Prints one JSON object; returns 1 where the exit code
is not 0, the take lacks a sample or a note that left, or anything unfinished is in its folder. With
--keep the outcome goes into the results file and the table made from it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.faults import Result, keep, load_of_a_core
from benchmarks.live.soak_live import SIGNALS
from realtime.files.note_files import read_csv
from tests.support import toy_model
from tests.support.live_session import ROOT, allowed
from tests.support.slow_disk import slow_sync

RATE = toy_model.RATE
PIECE_SECONDS = 12.0
SPARE = 1.5
"""The file is so much longer than the take shall be."""


def write_music(path: Path, minutes: float) -> None:
    """Three voices, four notes a second each, 16 bits, mono."""
    voices = [toy_model.melody(RATE, PIECE_SECONDS, seed) for seed in (1, 2, 3)]
    piece = np.mean(voices, axis=0)
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") as file:
        for _ in range(round(60 * minutes / PIECE_SECONDS)):
            file.write(piece)


def recorded_seconds(takes: Path) -> float:
    """How far the running take is written: the time of its last event."""
    for events in takes.glob("*.recording/events.jsonl"):
        lines = events.read_bytes()[-4000:].splitlines()[1:-1]
        if lines:
            return float(json.loads(lines[-1])["at_s"])
    return 0.0


def run(minutes: float, end: str, sync_s: float, folder: Path) -> dict[str, Any]:
    """Record a take of so many minutes and measure its end."""
    music, takes, left = folder / "music.wav", folder / "takes", folder / "left.csv"
    write_music(music, SPARE * minutes)
    model = toy_model.save(folder / "tiny.onnx", toy_model.TINY)
    words = ["live", "--input", music, "--fast", "--model", model, "--record", takes, "--csv", left]
    program = subprocess.Popen(
        [sys.executable, ROOT / "jtm.py", *words], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, **slow_sync(folder, sync_s), "XDG_STATE_HOME": str(folder / "state")},
        text=True,
    )  # fmt: skip
    began = time.monotonic()
    while recorded_seconds(takes) < 60 * minutes and program.poll() is None:
        time.sleep(0.02)
    recorded_s = time.monotonic() - began
    program.send_signal(SIGNALS[end])
    said = program.communicate(timeout=allowed(600))[1]
    closed_s = time.monotonic() - began - recorded_s
    (flac,) = takes.glob("*.flac")
    take, _ = soundfile.read(flac, dtype="int32")
    source, _ = soundfile.read(music, frames=len(take), dtype="int32")
    kept, gone = read_csv(flac.with_suffix(".csv")), read_csv(left)
    return {
        "end": end,
        "sync_s": sync_s,
        "exit": program.returncode,
        "announced": f"Take: {flac.with_suffix('.mid')}" in said.splitlines(),
        "take_s": round(len(take) / RATE, 1),
        "recorded_in_s": round(recorded_s, 1),
        "closed_in_s": round(closed_s, 1),
        "samples_that_differ": int((take != source).sum()),
        "notes": len(kept),
        "notes_missing": (Counter(n.pitch for n in gone) - Counter(n.pitch for n in kept)).total(),
        "left_unfinished": len(list(takes.iterdir())) - 3,
        "load": load_of_a_core(),
        "said": said.splitlines(),
    }


def find_wrong(figures: dict[str, Any], minutes: float) -> list[str]:
    """Names of the figures that break a promise."""
    wrong = ["exit", "samples_that_differ", "notes_missing", "left_unfinished"]
    found = [name for name in wrong if figures[name]]
    found += ["announced"] if not figures["announced"] else []
    return found + (["take_s"] if figures["take_s"] < 60 * minutes else [])


def main() -> int:
    """Print the figures of the take as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--end", choices=tuple(SIGNALS), default="term")
    parser.add_argument("--slow-sync", type=float, default=0.0, help="seconds a sync takes")
    parser.add_argument("--keep", action="store_true", help="write the outcome into the table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="long-take-") as name:
        figures = run(options.minutes, options.end, options.slow_sync, Path(name))
    print(json.dumps(figures, indent=1))
    wrong = find_wrong(figures, options.minutes)
    if options.keep:
        slow = f", {options.slow_sync:g} s a sync" if options.slow_sync else ""
        said = (
            f"{figures['take_s']:g} s, {figures['notes']} notes, every sample and note there: "
            f"{'no' if wrong else 'yes'}; ended in {figures['closed_in_s']} s"
        )
        result = Result(time.strftime("%Y-%m-%d"), 1, tuple(wrong), 0, figures["load"], said)
        keep(f"hour as fast as it goes, {options.end}{slow}", result)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
