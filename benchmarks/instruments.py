"""What an exported model calls the instruments that it hears, file by file and hop by hop.

    python -m benchmarks.instruments MODEL.onnx MANIFEST.csv [SHARDS ...]

MANIFEST.csv has columns file, group and instrument; of SHARDS (made by `jtm render` or
`jtm data index`) the clips of one family are heard. For each group: the word for the whole file,
and the share of sounding hops after which each word stood on the screen.
"""

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from realtime.inference.onnx_model import OnnxModel
from realtime.transcription.chain import Chain
from realtime.values.settings import EngineSettings
from trainer.classification.windows import clip_label
from trainer.shards.shards import Shards

BLOCK = 1600
MOST_CLIPS = 6
"""Clips that are heard of one family and folder."""


def guess_instrument(model: OnnxModel, sound: np.ndarray, rate: int) -> tuple[str, Counter[str]]:
    """The word for the whole sound, and how many blocks each word was shown for."""
    model.reset()
    chain = Chain(model, rate, EngineSettings())
    shown: Counter[str] = Counter()
    for start in range(0, len(sound), BLOCK * rate // 16_000):
        chain.process(sound[start : start + BLOCK * rate // 16_000])
        if chain.tracker.sounding:
            shown[chain.instrument.name] += 1
    return chain.instrument.overall(), shown


def manifest_items(path: Path) -> Iterator[tuple[str, str, np.ndarray, int]]:
    """(group, instrument, sound, rate) of each row."""
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sound, rate = soundfile.read(path.parent / row["file"], dtype="float32", always_2d=True)
            yield row["group"], row["instrument"], sound.mean(axis=1), rate


def shard_items(folder: str) -> Iterator[tuple[str, str, np.ndarray, int]]:
    """The first clips of each family."""
    shards, seen = Shards(folder), Counter[str]()
    for i, clip in enumerate(shards.clips):
        family = clip_label(clip, shards.notes(i), "family")
        if family and seen[family] < MOST_CLIPS:
            seen[family] += 1
            yield (
                f"{Path(folder).name}: {family}",
                family,
                shards.audio(i) / np.float32(32768),
                16_000,
            )


def main() -> None:
    """Print how often each instrument is told right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("shards", nargs="*")
    given = parser.parse_args()
    model = OnnxModel(given.model)
    items = list(manifest_items(given.manifest))
    items += [item for folder in given.shards for item in shard_items(folder)]
    right: dict[str, list[bool]] = {}
    print(f"{'group':<26} {'instrument':<34} {'whole':<16} shown while notes sounded")
    for group, instrument, sound, rate in items:
        word, shown = guess_instrument(model, sound, rate)
        total = max(1, sum(shown.values()))
        parts = ", ".join(f"{n or '-'} {100 * c / total:.0f} %" for n, c in shown.most_common(4))
        print(f"{group:<26} {instrument[:33]:<34} {word or '-':<16} {parts}", flush=True)
        if ": " in group:
            right.setdefault(group, []).append(word == instrument)
    for group, marks in sorted(right.items()):
        print(f"{group:<36} {sum(marks)} of {len(marks)} named right")


if __name__ == "__main__":
    main()
