"""Teaches instruments from recordings with known notes; measures what lessons give and cost.

    python -m benchmarks.teaching.lessons MANIFEST.csv \
        --case 'kalimba=ID>OTHER_ID' --case 'violin=ID@20+>ID@20' --others ID,ID --seeds 0,1

A case is NAME=TAUGHT>TESTED: the id of the recording that teaches, `@20` for its first 20 s alone,
`+` to give its notes (`--notes`); then the ids that it is tested on, commas between, `@20` from
that second on. TAUGHT may be a sound file instead, and a notes file after a colon. `others` are
recordings of other instruments, which nobody should hear worse. The manifest has the columns id,
file and truth. Prints a Markdown table: onset F1 and, in brackets, F1 with ends, before and after.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from realtime.inference.onnx_model import OnnxModel
from realtime.teach.judging.scores import Counts, count
from realtime.transcription.offline import transcribe


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


def hear(recording: Recording, model: Path | None) -> Counts:
    """Counts of a recording at the model's usual look-ahead."""
    notes = transcribe(recording.sound, OnnxModel(model))
    heard = np.array([(n.onset_s, n.offset_s, n.pitch) for n in notes], float).reshape(-1, 3)
    return count(recording.notes(), heard)


def shown(counts: Counts) -> str:
    """`.741 (.436)`."""
    return f"{counts.onset_f1:.3f} ({counts.end_f1:.3f})".replace("0.", ".")


def main() -> int:
    """Teach, test, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--case", action="append", default=[])
    parser.add_argument("--others", default="")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--keep", type=Path, help="folder in which the instruments stay")
    options = parser.parse_args()
    known = read_recordings(options.manifest)
    others = [known[name] for name in options.others.split(",") if name]
    rows = ["| taught | tested on | seed | before | after |", "| --- | --- | --- | --- | --- |"]
    print("\n".join(rows), flush=True)
    before_of = {other: hear(other, None) for other in others}
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        for case in options.case:
            title, _, rest = case.partition("=")
            taught, _, tested = rest.partition(">")
            given = taught.endswith("+")
            lesson = find(taught.rstrip("+"), known, folder, begins=False)
            tests = {word: find(word, known, folder, begins=True) for word in tested.split(",")}
            before = {word: hear(test, None) for word, test in tests.items()}
            for seed in options.seeds.split(","):
                file = folder / f"{title}-{seed}.instrument"
                command = [sys.executable, "jtm.py", "teach", title, str(lesson.sound), "--json",
                           "--overwrite", "--out", str(file), "--seed", seed,
                           "--minutes", str(options.minutes)]  # fmt: skip
                command += ["--notes", str(lesson.truth)] if given else []
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                card = json.loads(done.stdout) if done.stdout.startswith("{") else {}
                told = card.get("verdict", done.stderr.strip())
                print(f"| {title} | ({told}, {card.get('seconds', 0)} s) | {seed} | "
                      f"{_card(card, 'before')} | {_card(card, 'after')} |")  # fmt: skip
                print(f"| {title} | the replay set | {seed} | {_card(card, 'others_before')} | "
                      f"{_card(card, 'others_after')} |", flush=True)  # fmt: skip
                if told != "better":
                    continue
                for word, test in tests.items():
                    row = f"{shown(before[word])} | {shown(hear(test, file))}"
                    print(f"| {title} | {word} | {seed} | {row} |", flush=True)
                for other in others:
                    row = f"{shown(before_of[other])} | {shown(hear(other, file))}"
                    print(f"| {title} | {other.sound.parent.name} | {seed} | {row} |", flush=True)
    return 0


def _card(card: dict, part: str) -> str:
    scores = card.get(part)
    return f"{scores['onset_f1']:.3f} ({scores['end_f1']:.3f})" if scores else "-"


if __name__ == "__main__":
    sys.exit(main())
