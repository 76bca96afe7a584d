"""Training until onsets of held-out recordings are found no better."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from trainer.crops.labelled import LabelledCrops
from trainer.evaluation.scoring import average_precision
from trainer.finetuning.losses import transcription_loss
from trainer.label_curve.beside import Beside
from trainer.label_curve.settings import FitSettings
from trainer.network.heads import Activations
from trainer.network.model import Transcriber
from trainer.runs.checkpoints import move_average, trained_state
from trainer.runs.optimizer import make_optimizer

BACKBONE = ("encoder", "bridge", "context")


@dataclass(frozen=True)
class Fitted:
    """How a run went; the network holds its best averaged weights."""

    steps: int
    best_step: int
    reached_ceiling: bool
    """Whether it ended for want of steps, and not because it had stopped getting better."""
    curve: list[tuple[int, float, float]]
    """Step, held-out loss and held-out average precision of onsets at each look."""


def fit(
    network: Transcriber,
    crops: LabelledCrops,
    held_out: list[tuple[Tensor, ...]],
    settings: FitSettings,
    ceiling: int,
    frozen_steps: int,
    bfloat16: bool,
    least_steps: int = 0,
    beside: Beside | None = None,
) -> Fitted:
    """Train at a constant rate; look at averaged weights now and then; keep the best.

    Best is the highest average precision of onsets. The loss would not do: with few labels it
    rises with the network's confidence while the notes still get better.

    Args:
        network: changed in place, on whatever device it is.
        crops: endless batches of audio and targets.
        held_out: batches like those of `crops`, the same at every look.
        settings: of the run.
        ceiling: steps after which the run ends anyway.
        frozen_steps: steps for which encoder and context are not trained; -1 for all.
        bfloat16: compute in that precision where torch's autocast does.
        least_steps: steps before which the run is not ended, however little it gains.
        beside: what is learned from unlabelled audio at every step.

    Raises:
        FloatingPointError: if the loss is not a number.
    """
    optimizer = make_optimizer(network, settings.optimizer, ceiling)
    update, schedule = optimizer["optimizer"], optimizer["lr_scheduler"]["scheduler"]
    average = trained_state(network)
    best, best_step, highest, bar, since = average, 0, -1.0, -1.0, 0
    curve: list[tuple[int, float, float]] = []
    batches: Iterator[tuple[Tensor, ...]] = iter(crops)
    step = 0
    while step < ceiling and (since < settings.patience or step < least_steps):
        freeze(network, frozen_steps < 0 or step < frozen_steps)
        loss, _ = run_batch(network, next(batches), settings, bfloat16)
        if beside is not None:
            with precision_of(network, bfloat16):
                loss = loss + beside.loss(network, step)
        if not torch.isfinite(loss):
            raise FloatingPointError(f"the loss is not a number at step {step}")
        update.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), settings.optimizer.gradient_clip)
        update.step()
        schedule.step()
        step += 1
        move_average(average, network, settings.optimizer.ema, step)
        if step % settings.validate_steps and step < ceiling:
            continue
        loss_now, precision = validate(network, average, held_out, settings, bfloat16)
        curve.append((step, round(loss_now, 4), round(precision, 4)))
        since += 1
        if precision > bar + settings.least_gain * abs(bar):
            bar, since = precision, 0
        if precision > highest:
            best, best_step = {n: v.clone() for n, v in average.items()}, step
            highest = precision
    network.load_state_dict(best, strict=False)
    return Fitted(step, best_step, since < settings.patience, curve)


def freeze(network: Transcriber, frozen: bool) -> None:
    """Whether encoder and context are trained; frozen ones are in evaluation mode."""
    for name in BACKBONE:
        part = getattr(network, name)
        part.requires_grad_(not frozen)
        part.train(not frozen)


def run_batch(
    network: Transcriber, batch: tuple[Tensor, ...], settings: FitSettings, bfloat16: bool
) -> tuple[Tensor, Activations]:
    """Scalar loss of a batch: audio `(batch, samples)`, targets; and what the network said."""
    device = network.device
    audio, *targets = (part.to(device, non_blocking=True) for part in batch)
    with precision_of(network, bfloat16):
        activations, _, _ = network(audio, network.initial_state(len(audio)))
    look_aheads = network.settings.look_aheads
    parts = transcription_loss(activations, Activations(*targets), look_aheads, settings.loss)
    return parts.total, activations


def precision_of(network: Transcriber, bfloat16: bool) -> AbstractContextManager[Any]:
    """Torch's autocast to bfloat16 on the network's device, or nothing."""
    if not bfloat16:
        return nullcontext()
    return torch.autocast(network.device.type, torch.bfloat16)


@torch.no_grad()
def validate(
    network: Transcriber,
    average: dict[str, Tensor],
    batches: list[tuple[Tensor, ...]],
    settings: FitSettings,
    bfloat16: bool,
) -> tuple[float, float]:
    """Mean loss and average precision of onsets of the averaged weights; the network keeps its own.

    Onsets are those of the default look-ahead; right are the frames with an onset target of 1.
    """
    raw = trained_state(network)
    network.load_state_dict(average, strict=False)
    delay = network.settings.default_look_ahead
    head = network.settings.look_aheads.index(delay)
    losses, scores, truths = [], [], []
    for batch in batches:
        loss, said = run_batch(network, batch, settings, bfloat16)
        losses.append(float(loss))
        scores.append(said.onset[:, delay:, head].flatten().cpu())
        truths.append(batch[1][:, : batch[1].shape[1] - delay].flatten() == 1)
    network.load_state_dict(raw, strict=False)
    return sum(losses) / len(losses), average_precision(torch.cat(scores), torch.cat(truths))
