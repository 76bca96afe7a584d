"""`jtm evaluate`: score a model on recordings with known notes."""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from realtime.options import parse_options
from realtime.spec import DecoderSettings, ModelSpec
from trainer.evaluate import Heard, evaluate, listen, read_manifest, thresholds_json, tune


@dataclass(frozen=True)
class EvaluateCommand:
    """Options of `jtm evaluate`."""

    manifest: str
    """CSV with columns id,group,file,truth; paths are relative to it."""
    model: str = ""
    """Exported model; empty for the bundled one."""
    tune: str = ""
    """Search the thresholds of every look-ahead on this set and write them to this JSON file."""
    rounds: int = 2
    """Passes over all thresholds when tuning."""
    workers: int = 2
    json: bool = False
    """Print the figures as JSON."""


def main(argv: list[str]) -> int:
    """Run the subcommand; returns its exit code."""
    command = parse_options(
        EvaluateCommand,
        argv,
        command="evaluate",
        description="Score a model on recordings with known notes, for each look-ahead.",
        positional=("manifest",),
    )
    from realtime.model import OnnxModel

    recordings = read_manifest(Path(command.manifest))
    model_path = Path(command.model) if command.model else None
    spec = OnnxModel(model_path).spec
    with ProcessPoolExecutor(command.workers) as pool:
        heard = list(pool.map(_listen, [(model_path, one) for one in recordings]))
        heads = range(len(spec.heads))
        chosen = {head: spec.heads[head].decoder for head in heads}
        if command.tune:
            tasks = [(heard, spec, head, command.rounds) for head in heads]
            chosen = dict(zip(heads, pool.map(_tune, tasks), strict=True))
            Path(command.tune).write_text(json.dumps(thresholds_json(spec, chosen), indent=1))
        tables = list(pool.map(_score, [(heard, spec, head, chosen[head]) for head in heads]))
    if command.json:
        print(json.dumps({f"{spec.latency_ms(h):g}ms": tables[h] for h in heads}, indent=1))
        return 0
    for head, table in zip(heads, tables, strict=True):
        print(f"\nlook-ahead {spec.latency_ms(head):g} ms   {chosen[head]}")
        print_table(table)
    return 0


def print_table(table: dict[str, dict[str, float]]) -> None:
    """One line a group."""
    names = sorted({name for figures in table.values() for name in figures})
    print(f"{'group':<16}" + "".join(f"{name:>18}" for name in names))
    for group, figures in table.items():
        cells = (f"{figures[n]:>18.3f}" if n in figures else f"{'-':>18}" for n in names)
        print(f"{group:<16}" + "".join(cells))


def _listen(task: tuple) -> Heard:
    from realtime.model import OnnxModel

    model_path, recording = task
    return listen(OnnxModel(model_path), recording)


def _tune(task: tuple[list[Heard], ModelSpec, int, int]) -> DecoderSettings:
    heard, spec, head, rounds = task
    latency = spec.latency_ms(head)
    return tune(
        heard, spec, head, rounds, lambda text: print(f"{latency:g} ms: {text}", file=sys.stderr)
    )


def _score(task: tuple) -> dict[str, dict[str, float]]:
    return evaluate(*task)
