"""How fast training is, in seconds of audio per second of one core, all in one run.

    python -m benchmarks.training [--data SHARDS] [--seconds 5] [--precision bf16|fp32] [--json]

Times are CPU time of this process (one arithmetic thread), so other work on the machine disturbs
them less than it would a stop watch. Every case runs several times in turn with the others; the
best counts, and beside the yardstick the median of nine or more. Four tables:

1. a contrastive step (forward, backward, optimizer) of each encoder, its crops drawn in between,
   and how many times faster the crops alone are drawn;
2. a step of the shipped transcriber and what it is made of;
3. the operations that this step spends most on;
4. `conv` encoder + GRU beside the same shapes written in plain torch as CPC_audio has them.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.throughput.yardstick import PlainConvGru
from trainer.crops.augment import Responses
from trainer.crops.batches import Draws
from trainer.crops.labelled import CropSettings, LabelledCrops
from trainer.crops.unlabelled import PretrainCropSettings, UnlabelledCrops
from trainer.finetuning.losses import LossWeights, transcription_loss
from trainer.network.architectures import ContextSettings, EncoderSettings
from trainer.network.backbone import Backbone
from trainer.network.heads import Activations
from trainer.network.model import ModelSettings, Transcriber
from trainer.pretraining.cpc import ContrastiveModel
from trainer.pretraining.settings import CpcSettings
from trainer.runs.machine import keep_freed_memory
from trainer.runs.optimizer import OptimizerSettings, make_optimizer
from trainer.shards.format import NOTE_DTYPE, Clip
from trainer.shards.shards import Shards
from trainer.shards.writing import write_shard

RATE = 16_000
BATCH = 8
PRETRAIN_SECONDS = 2.56
YARDSTICK_SECONDS = 1.28
CONTEXTS = {"conv": "gru", "sinc": "gru", "logmel": "gru", "harmonic": "pitchwise"}


def write_noise(folder: Path, clips: int = 8, seconds: float = 20.0) -> Path:
    """A shard of noise with one note a second: what is in a crop does not change its cost."""
    rng = np.random.default_rng(0)
    audio = [
        (8000 * rng.standard_normal(int(seconds * RATE)).clip(-4, 4)).astype(np.int16)
        for _ in range(clips)
    ]
    starts = np.arange(0, int(seconds) * RATE, RATE)
    notes = np.array([(0, s, s + RATE // 2, 60, 0.5, 0) for s in starts], NOTE_DTYPE)
    described = [Clip(f"{i}", 0, 0, "noise", f"{i}", (), "music") for i in range(clips)]
    write_shard(folder, 0, audio, [notes] * clips, described)
    return folder


def time_rounds(
    cases: dict[str, Callable[[], object]], spend: float, least: int
) -> dict[str, list[float]]:
    """Core-seconds of every call, case by case in turn.

    Args:
        cases: what to run; the first call of each is not counted.
        spend: core-seconds for each case.
        least: rounds, however long they take.
    """
    spent: dict[str, list[float]] = {name: [] for name in cases}
    for case in cases.values():
        case()
    began = time.process_time()
    rounds = 0
    while rounds < least or time.process_time() - began < spend * len(cases):
        for name, case in cases.items():
            start = time.process_time()
            case()
            spent[name].append(time.process_time() - start)
        rounds += 1
    return spent


def best_rate(
    cases: dict[str, Callable[[], object]], seconds: dict[str, float], spend: float
) -> dict[str, float]:
    """Audio-seconds per core-second of each case's best round; a call goes through `seconds`."""
    spent = time_rounds(cases, spend, 3)
    return {name: seconds[name] / min(times) for name, times in spent.items()}


def optimizer_step(loss: Tensor, optimizer: torch.optim.Optimizer, network: nn.Module) -> None:
    """Backward, clip, update, as a training step has them."""
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def pretrain_case(
    kind: str, crops: UnlabelledCrops, autocast: Callable[[], torch.autocast]
) -> Callable[[], object]:
    """One contrastive step of an encoder with its usual context, crops included."""
    model = ModelSettings(
        encoder=replace(EncoderSettings(), kind=kind),
        context=replace(ContextSettings(), kind=CONTEXTS[kind]),
    )
    cpc = CpcSettings(predictor="linear", anchors=64, steps=8 if kind == "harmonic" else 12)
    network = ContrastiveModel(model, cpc)
    optimizer = make_optimizer(network, OptimizerSettings(), 1000)["optimizer"]
    batches = iter(crops)

    def step() -> None:
        batch = next(batches)
        state = network.initial_state(BATCH)[len(network.encoder.state_shapes()) :]
        with autocast():
            found = network(batch, state, [torch.Generator().manual_seed(0)])
        optimizer_step(found.loss.mean(), optimizer, network)

    return step


class TranscriberStep:
    """A step of `jtm train` cut into its parts, with the CPU time of each."""

    def __init__(self, crops: LabelledCrops, autocast: Callable[[], torch.autocast]) -> None:
        self.network = Transcriber(ModelSettings())
        self.optimizer = make_optimizer(self.network, OptimizerSettings(), 1000)["optimizer"]
        self.batches, self.autocast = iter(crops), autocast
        self.spent: dict[str, list[float]] = {}
        self.seconds = crops.draws.batch_size * crops.frames * crops.draws.hop_samples / RATE

    def __call__(self) -> None:
        """Run one optimizer step, and keep the seconds of each of its parts."""
        marks = [("", time.process_time())]

        def mark(name: str) -> None:
            marks.append((name, time.process_time()))

        network = self.network
        audio, *targets = next(self.batches)
        mark("crops")
        state = network.initial_state(len(audio))
        split = len(network.encoder.state_shapes())
        with self.autocast():
            frames, *_ = network.encoder(audio, *state[:split])
            mark("encoder")
            context, *_ = network.context(network.bridge(frames), *state[split:])
            mark("context")
            activations = network.head(context)
            mark("head")
        loss = transcription_loss(
            activations, Activations(*targets), network.settings.look_aheads, LossWeights()
        ).total
        mark("loss")
        loss.backward()
        mark("backward")
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        mark("optimizer")
        for (_, before), (name, after) in pairwise(marks):
            self.spent.setdefault(name, []).append(after - before)


def costly_operations(step: Callable[[], object], most: int = 12) -> list[tuple[str, float]]:
    """Operations by their own CPU time, as parts (0-1) of a step."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU]) as seen:
        step()
    events = seen.key_averages()
    total = sum(event.self_cpu_time_total for event in events)
    ranked = sorted(events, key=lambda event: -event.self_cpu_time_total)
    return [(event.key, event.self_cpu_time_total / total) for event in ranked[:most]]


def yardstick_cases(autocast: Callable[[], torch.autocast]) -> dict[str, Callable[[], object]]:
    """Forward and backward of `conv` + GRU, ours and plain, on the same audio."""
    audio = 0.1 * torch.randn(BATCH, round(YARDSTICK_SECONDS * RATE))
    ours = Backbone(replace(EncoderSettings(), kind="conv"), replace(ContextSettings(), kind="gru"))
    plain = PlainConvGru()

    def step_ours() -> None:
        with autocast():
            heard = ours.encode(audio, ours.initial_state(BATCH))
        heard.context.float().square().mean().backward()
        ours.zero_grad(set_to_none=True)

    def step_plain() -> None:
        with autocast():
            _, context = plain(audio[:, None])
        context.float().square().mean().backward()
        plain.zero_grad(set_to_none=True)

    return {"ours": step_ours, "plain torch": step_plain}


def measure(shards: Shards, spend: float, precision: str) -> dict:
    """All four tables as plain figures."""

    def autocast() -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16")

    silent = Responses("", RATE)
    crops = UnlabelledCrops(
        shards, PretrainCropSettings(seconds=PRETRAIN_SECONDS), silent, Draws(0, BATCH)
    )
    labelled = LabelledCrops(shards, CropSettings(), silent, Draws(0, 4))
    heard = BATCH * PRETRAIN_SECONDS
    cases = {kind: pretrain_case(kind, crops, autocast) for kind in CONTEXTS}
    draws, labels = iter(crops), iter(labelled)
    cases["crops alone"] = lambda: next(draws)
    rates = best_rate(cases, dict.fromkeys(cases, heard), spend)
    step = TranscriberStep(labelled, autocast)
    trained = best_rate(
        {"step": step, "crops alone": lambda: next(labels)},
        dict.fromkeys(("step", "crops alone"), step.seconds),
        spend,
    )
    parts = {name: float(np.min(times)) for name, times in step.spent.items()}
    operations = costly_operations(step)
    beside = {
        name: BATCH * YARDSTICK_SECONDS / float(np.median(times))
        for name, times in time_rounds(yardstick_cases(autocast), spend, 9).items()
    }
    return {
        "precision": precision,
        "pretrain": rates,
        "train": trained,
        "parts": {name: spent / sum(parts.values()) for name, spent in parts.items()},
        "operations": operations,
        "conv + gru": beside,
    }


def print_tables(told: dict) -> None:
    """Print the figures as tables that people read."""
    print(f"audio-seconds per core-second, {told['precision']}, one thread")
    crops = told["pretrain"]["crops alone"]
    print(f"\n{'contrastive step':<20}{'with crops':>12}{'crops alone are':>18}")
    for kind, context in CONTEXTS.items():
        rate = told["pretrain"][kind]
        print(f"{kind + ' + ' + context:<20}{rate:>12.1f}{crops / rate:>16.1f} x")
    step, crops = told["train"]["step"], told["train"]["crops alone"]
    print(f"\ntranscriber's step: {step:.1f}; its crops alone {crops:.0f}, {crops / step:.1f} x")
    for name, part in told["parts"].items():
        print(f"    {name:<12}{100 * part:>6.1f} %")
    print("its operations:")
    for name, part in told["operations"]:
        print(f"    {name[:44]:<46}{100 * part:>5.1f} %")
    ours, plain = told["conv + gru"]["ours"], told["conv + gru"]["plain torch"]
    print(f"\nconv + gru: ours {ours:.1f}, plain torch {plain:.1f}: {ours / plain:.2f} x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="", help="folder of shards; empty for noise")
    parser.add_argument("--seconds", type=float, default=5.0, help="core-seconds for each case")
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="fp32")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    keep_freed_memory()  # as runs do: else what was computed before decides on the speed
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        shards = Shards(chosen.data or write_noise(Path(folder)))
        told = measure(shards, chosen.seconds, chosen.precision)
    if chosen.json:
        print(json.dumps(told, indent=1))
    else:
        print_tables(told)


if __name__ == "__main__":
    main()
