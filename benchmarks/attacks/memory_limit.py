"""Resident memory and speed of the loader on a set larger than a limit, beside the set in memory.

    python -m benchmarks.attacks.memory_limit --data A,B,C --limit-gb 1 [--batches 150]
        [--workers 2]

Each case has a process of its own, which draws batches of crops with all their damage through
Lightning's loader (and plain windows without damage, where the disk matters most). Resident memory
is that of the process and what its loader workers do not share with it, sampled in between and at
the end; crops a second are by the clock, cases taking turns, best of the rounds.
"""

import argparse
import json
import subprocess
import sys
import time

import numpy as np
import torch
from torch.utils.data import DataLoader

from trainer.crops.augment import Responses
from trainer.crops.batches import Draws
from trainer.crops.labelled import CropSettings, LabelledCrops
from trainer.runs.memory_limit import GIGABYTE, resident_bytes
from trainer.shards.shards import Shards

BATCH = 8
RATE = 16_000


class InMemory(Shards):
    """Clips that are all read before the first crop."""

    def load(self) -> None:
        """Read sound and notes of all clips into memory."""
        self.held = [np.array(self.audio(i)) for i in range(len(self))]
        self.tables = [self.notes(i).copy() for i in range(len(self))]
        self.notes = self.tables.__getitem__

    def window(self, i: int, start: int, length: int) -> np.ndarray:
        """Give samples of clip i, int16 `(length,)`, from memory."""
        return self.held[i][start : start + length]


def draw(folders: list[str], in_memory: bool, batches: int, workers: int) -> dict[str, float]:
    """Draw batches in this process, and measure its memory (bytes) and time."""
    torch.set_num_threads(1)  # as in a loader process
    base = resident_bytes()
    shards = InMemory(folders) if in_memory else Shards(folders)
    if in_memory:
        shards.load()
    crops = LabelledCrops(shards, CropSettings(), Responses("", RATE), Draws(0, BATCH))
    loader = DataLoader(
        crops, batch_size=None, num_workers=workers, prefetch_factor=4 if workers else None
    )
    most, feed = 0, iter(loader)
    next(feed)
    start, spent = time.perf_counter(), time.process_time()
    looking = 0.0
    for number in range(batches):
        next(feed)
        if number % 25 == 24:
            looked = time.perf_counter()
            most = max(most, resident_bytes())
            looking += time.perf_counter() - looked
    seconds, cpu = time.perf_counter() - start - looking, time.process_time() - spent
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(shards), size=2000)
    began = time.process_time()
    for i in drawn:
        shards.window(int(i), 0, 4 * RATE).astype(np.float32)
    plain = len(drawn) / (time.process_time() - began)
    return {
        "set_gb": sum(clip.n_samples for clip in shards.clips) * 2 / GIGABYTE,
        "program_gb": base / GIGABYTE,
        "most_gb": max(most, resident_bytes()) / GIGABYTE,
        "crops_per_second": batches * BATCH / seconds,
        "crops_per_core_second": batches * BATCH / cpu if not workers else float("nan"),
        "windows_per_core_second": plain,
    }


def in_a_process(chosen: argparse.Namespace, in_memory: bool) -> dict[str, float]:
    """Run `draw` in a fresh interpreter."""
    words = [
        sys.executable,
        "-m",
        "benchmarks.attacks.memory_limit",
        "--data",
        chosen.data,
        "--child",
    ]
    words += ["--batches", str(chosen.batches), "--workers", str(chosen.workers)]
    words += ["--in-memory"] if in_memory else []
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="folders of shards, with commas")
    parser.add_argument("--limit-gb", type=float, default=1.0, help="GB of 1e9 bytes")
    parser.add_argument("--batches", type=int, default=150)
    parser.add_argument("--workers", type=int, default=0, help="loader processes")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--in-memory", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        folders = chosen.data.split(",")
        print(json.dumps(draw(folders, chosen.in_memory, chosen.batches, chosen.workers)))
        return 0
    found = {True: [], False: []}
    for _ in range(chosen.rounds):
        for in_memory in (False, True):
            found[in_memory].append(in_a_process(chosen, in_memory))
    best = {
        case: {name: max(row[name] for row in rows) for name in rows[0]}
        for case, rows in found.items()
    }
    print(f"{'':<24}{'from disk':>12}{'in memory':>12}{'ratio':>8}")
    for name in best[False]:
        disk, memory = best[False][name], best[True][name]
        print(f"{name:<24}{disk:>12.3f}{memory:>12.3f}{disk / memory:>8.2f}")
    kept = best[False]["most_gb"] <= chosen.limit_gb
    print(
        f"limit {chosen.limit_gb:g} GB, set {best[False]['set_gb']:.2f} GB: "
        + ("kept" if kept else "EXCEEDED")
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
