"""How fast `jtm train` and `jtm pretrain` learn on a GPU: seconds of audio a second, by batch size.

    python -m benchmarks.throughput.gpu --shards FOLDER --out runs/throughput [--batches 64 128 256]

Runs the shipped network (train, pretrain) and conv + GRU (pretrain) for some steps each, with the
loader processes and the precision that a run would have, and prints a table for docs/scale.md. The
first steps, in which kernels are chosen, are left out. Any --accelerator can be named.
"""

import argparse
import csv
import subprocess
import sys
from pathlib import Path

RECIPES = Path(__file__).resolve().parents[2] / "trainer" / "recipes"
RUNS = {
    "train, shipped": ["train", f"--config={RECIPES / 'train-gpu.yaml'}"],
    "pretrain, shipped": ["pretrain", f"--config={RECIPES / 'pretrain-harmonic.yaml'}"],
    "pretrain, conv + GRU": ["pretrain", f"--config={RECIPES / 'pretrain-gpu.yaml'}"],
}


def main() -> int:
    """Run every cell; returns 0, or 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shards", required=True, help="labelled shards of `jtm render`")
    parser.add_argument("--out", default="runs/throughput")
    parser.add_argument("--batches", type=int, nargs="+", default=[64, 128, 256])
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--accelerator", default="gpu")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    failed = 0
    print("| run | batch | audio-seconds a second | memory, GB |\n| --- | --- | --- | --- |")
    for number, (name, words) in enumerate(RUNS.items()):
        for batch in options.batches:
            out = Path(options.out) / f"{number}-{batch}"
            done = subprocess.run(
                [sys.executable, "jtm.py", *words, *cell_words(options, batch, out)],
                capture_output=True,
                text=True,
            )
            failed += done.returncode != 0
            reason = done.stderr.strip().splitlines()[-1:] or ["no message"]
            told = summary(out) if done.returncode == 0 else f"failed: {reason[0][:80]} |"
            print(f"| {name} | {batch} | {told}", flush=True)
    return 1 if failed else 0


def cell_words(options: argparse.Namespace, batch: int, out: Path) -> list[str]:
    """Give the options that every run has, for one batch size and folder."""
    return [
        f"--data={options.shards}",
        f"--out={out}",
        "--overwrite",
        f"--steps={options.steps}",
        f"--batch-size={batch}",
        f"--machine.accelerator={options.accelerator}",
        "--machine.precision=auto",
        "--machine.devices=1",
        "--machine.accumulate=1",
        f"--machine.workers={options.workers}",
        f"--machine.compile={str(options.compile).lower()}",
        "--machine.log-steps=10",
        "--machine.checkpoint-minutes=60",
    ]


def summary(run: Path) -> str:
    """Median pace of the second half, and the memory that the run's processes took."""
    with (run / "csv" / "metrics.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    paces = [float(row["train/audio_s_per_s"]) for row in rows if row.get("train/audio_s_per_s")]
    memory = [float(row["train/memory_gb"]) for row in rows if row.get("train/memory_gb")]
    later = sorted(paces[len(paces) // 2 :])
    return f"{later[len(later) // 2]:.0f} | {max(memory, default=0):.1f} |"


if __name__ == "__main__":
    sys.exit(main())
