"""Teaches instruments from recordings with known notes; measures what lessons give and cost.

    python -m benchmarks.teaching.lessons MANIFEST.csv CASES.txt FOLDER
        --others ID,ID --seeds 0,1,2 --methods quick,thorough

CASES.txt has a case a line, NAME=TAUGHT>TESTED: the id of the recording that teaches, `@20` for its
first 20 s alone, `+` to give its notes (`--notes`); then the ids that it is tested on, commas
between, `@20` from that second on. Either may be a sound file instead, and a notes file after a
colon; `benchmarks.teaching.one_shots` makes some. `others` are recordings of other instruments,
which nobody should hear worse. The manifest has the columns id, file and truth.

What was measured lies in FOLDER, a file a lesson: a call that was stopped goes on where it was, and
another model begins anew. Prints Markdown tables of all that is there.
"""

import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.teaching.lesson_tables import tables_of
from realtime.inference.instruments import BUNDLED, hash_of
from realtime.inference.onnx_model import OnnxModel
from realtime.teach.judging.scores import Counts, count
from realtime.transcription.offline import transcribe
from realtime.values.atomic import replace_text


@dataclass(frozen=True)
class Recording:
    """A recording with its notes."""

    sound: Path
    truth: Path

    def notes(self) -> np.ndarray:
        """(n, 3): onset, end in seconds, MIDI pitch."""
        with self.truth.open(newline="", encoding="utf-8") as file:
            rows = [
                (float(r["onset_s"]), float(r["offset_s"]), round(float(r["midi_pitch"])))
                for r in csv.DictReader(file)
            ]
        return np.array(rows, float).reshape(-1, 3)


def read_recordings(manifest: Path) -> dict[str, Recording]:
    """Recordings of a manifest by id."""
    with manifest.open(newline="", encoding="utf-8") as file:
        return {
            row["id"]: Recording(manifest.parent / row["file"], manifest.parent / row["truth"])
            for row in csv.DictReader(file)
        }


def part_of(recording: Recording, begin: float, end: float, folder: Path, name: str) -> Recording:
    """A recording between two seconds, notes that begin there alone."""
    sound, rate = soundfile.read(recording.sound)
    end = min(end, len(sound) / rate)
    part = Recording(folder / f"{name}.flac", folder / f"{name}.csv")
    soundfile.write(part.sound, sound[int(begin * rate) : int(end * rate)], rate)
    notes = recording.notes()
    notes = notes[(notes[:, 0] >= begin) & (notes[:, 0] < end - 0.05)]
    notes[:, :2] -= begin
    with part.truth.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["onset_s", "offset_s", "midi_pitch"])
        writer.writerows((on, min(off, end - begin), int(pitch)) for on, off, pitch in notes)
    return part


def find(word: str, known: dict[str, Recording], folder: Path, begins: bool) -> Recording:
    """The recording that a word of a case means; see the module."""
    word, _, second = word.partition("@")
    sound, _, truth = word.partition(":")
    found = known.get(word) or Recording(Path(sound), Path(truth))
    if not second:
        return found
    at = float(second)
    limits = (at, 1e9) if begins else (0.0, at)
    return part_of(found, *limits, folder, f"{Path(word).stem}-{'from' if begins else 'to'}-{at:g}")


def count_notes(recording: Recording, model: Path | None) -> Counts:
    """Counts of a recording at the model's usual look-ahead."""
    notes = transcribe(recording.sound, OnnxModel(model))
    heard = np.array([(n.onset_s, n.offset_s, n.pitch) for n in notes], float).reshape(-1, 3)
    return count(recording.notes(), heard)


METHODS = {"quick": ([], ".instrument"), "thorough": (["--thorough"], ".onnx")}


@dataclass(frozen=True)
class Case:
    """A lesson and what it is tested on."""

    title: str
    taught: Recording
    with_notes: bool
    tests: dict[str, Recording]


class Bench:
    """Measures lessons and remembers them.

    Args:
        folder: for what is measured, and made on the way.
        others: recordings of other instruments, by name.
        minutes: of a lesson; None is the usual time.
    """

    def __init__(self, folder: Path, others: dict[str, Recording], minutes: float | None) -> None:
        self._folder, self._others, self._minutes = folder, others, minutes
        self._model = hash_of(BUNDLED)

    def measure(self, case: Case, method: str, seed: int) -> None:
        """Give one lesson and test it, unless that was done."""
        about = [case.title, method, seed, self._minutes, self._model]
        key = hashlib.sha256(json.dumps(about).encode()).hexdigest()[:10]
        result = self._folder / f"{case.title}-{method}-{seed}-{key}.json"
        if result.exists():
            return
        words, suffix = METHODS[method]
        taught = result.with_suffix(suffix)
        command = [sys.executable, "jtm.py", "teach", case.title, str(case.taught.sound), "--json",
                   "--overwrite", "--out", str(taught), "--seed", str(seed), *words]  # fmt: skip
        command += ["--notes", str(case.taught.truth)] if case.with_notes else []
        command += ["--minutes", str(self._minutes)] if self._minutes else []
        began = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            assert child.stdout is not None and child.stderr is not None
            said, failed = child.stdout.read().decode(), child.stderr.read().decode()
            _, _, usage = os.wait4(child.pid, 0)
            child.returncode = 0
        card = json.loads(said) if said.startswith("{") else {}
        found = {
            "case": case.title, "method": method, "seed": seed, "model": self._model, "card": card,
            "told": card.get("verdict") or failed.strip().splitlines()[-1],
            "seconds": time.monotonic() - began,
            "cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1000,
        }  # fmt: skip
        kept = taught if card.get("verdict") == "better" else None
        for part, recordings in (("tests", case.tests), ("others", self._others)):
            found[part] = {
                name: [self._count(one, None), self._count(one, kept) if kept else None]
                for name, one in recordings.items()
            }
        replace_text(result, json.dumps(found, indent=1))

    def _count(self, recording: Recording, model: Path | None) -> dict[str, int]:
        """Counts; by the bundled model they are remembered."""
        key = f"{recording.sound.parent.name}-{recording.sound.stem}-{self._model[:10]}"
        known = self._folder / "before" / f"{key}.json"
        if model is None and known.exists():
            counts: dict[str, int] = json.loads(known.read_text())
            return counts
        counts = asdict(count_notes(recording, model))
        if model is None:
            known.parent.mkdir(exist_ok=True)
            replace_text(known, json.dumps(counts))
        return counts

    def results(self) -> list[dict]:
        """All that was measured with this model."""
        found = [json.loads(path.read_text()) for path in sorted(self._folder.glob("*.json"))]
        return [one for one in found if one["model"] == self._model]


def read_cases(path: Path, known: dict[str, Recording], folder: Path) -> list[Case]:
    """Cases of a file, see the module; parts of recordings are written to `folder`."""
    cases = []
    for line in path.read_text(encoding="utf-8").splitlines():
        title, _, rest = line.strip().partition("=")
        if not rest or title.startswith("#"):
            continue
        taught, _, tested = rest.partition(">")
        lesson = find(taught.rstrip("+"), known, folder, begins=False)
        tests = {word: find(word, known, folder, begins=True) for word in tested.split(",")}
        cases.append(Case(title, lesson, taught.endswith("+"), tests))
    return cases


def main(argv: Sequence[str] | None = None) -> int:
    """Give every lesson of the list, test it on other recordings, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("cases", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--others", default="")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--methods", default="quick")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--show", action="store_true", help="only print what was measured")
    options = parser.parse_args(argv)
    known = read_recordings(options.manifest)
    others = {name: known[name] for name in options.others.split(",") if name}
    parts = options.folder / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    bench = Bench(options.folder, others, options.minutes)
    if not options.show:
        cases = read_cases(options.cases, known, parts)
        for seed in options.seeds.split(","):
            for method in options.methods.split(","):
                for case in cases:
                    bench.measure(case, method, int(seed))
                    print(case.title, method, seed, file=sys.stderr, flush=True)
    print(tables_of(bench.results()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
