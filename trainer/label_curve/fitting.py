"""Training until the held-out loss stops falling."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from trainer.checkpoints import trainable_weights
from trainer.datasets.crops import LabelledCrops
from trainer.heads import Activations
from trainer.label_curve.settings import FitSettings
from trainer.losses import transcription_loss
from trainer.model import Transcriber
from trainer.optimizer import make_optimizer

BACKBONE = ("encoder", "bridge", "context")


@dataclass(frozen=True)
class Fitted:
    """How a run went; the network holds its best averaged weights."""

    steps: int
    best_step: int
    reached_ceiling: bool
    """Whether it ended for want of steps and not because the loss had stopped falling."""
    curve: list[tuple[int, float]]
    """Step and held-out loss at each look."""


def fit(
    network: Transcriber,
    crops: LabelledCrops,
    held_out: list[tuple[Tensor, ...]],
    settings: FitSettings,
    ceiling: int,
    frozen_steps: int,
    bfloat16: bool,
) -> Fitted:
    """Train at a constant rate; look at averaged weights now and then; keep the best.

    Args:
        network: changed in place.
        crops: endless batches of audio and targets.
        held_out: batches like those of `crops`, the same at every look.
        settings: of the run.
        ceiling: steps after which the run ends anyway.
        frozen_steps: steps for which encoder and context are not trained; -1 for all.
        bfloat16: compute in that precision where torch's autocast does.

    Raises:
        FloatingPointError: if the loss is not a number.
    """
    optimizer = make_optimizer(network, settings.optimizer, ceiling)
    update, schedule = optimizer["optimizer"], optimizer["lr_scheduler"]["scheduler"]
    average = trainable_weights(network)
    best, best_step, best_loss, since = average, 0, float("inf"), 0
    curve: list[tuple[int, float]] = []
    batches: Iterator[tuple[Tensor, ...]] = iter(crops)
    step = 0
    while step < ceiling and since < settings.patience:
        freeze(network, frozen_steps < 0 or step < frozen_steps)
        loss = batch_loss(network, next(batches), settings, bfloat16)
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
        found = held_out_loss(network, average, held_out, settings, bfloat16)
        curve.append((step, round(found, 4)))
        since += 1
        if found < best_loss * (1 - settings.least_gain):
            since = 0
        if found < best_loss:
            best, best_step, best_loss = {n: v.clone() for n, v in average.items()}, step, found
    network.load_state_dict(best, strict=False)
    return Fitted(step, best_step, since < settings.patience, curve)


def freeze(network: Transcriber, frozen: bool) -> None:
    """Whether encoder and context are trained; frozen ones are in evaluation mode."""
    for name in BACKBONE:
        part = getattr(network, name)
        part.requires_grad_(not frozen)
        part.train(not frozen)


def batch_loss(
    network: Transcriber, batch: tuple[Tensor, ...], settings: FitSettings, bfloat16: bool
) -> Tensor:
    """Loss of one batch of audio and targets, a scalar."""
    audio, *targets = batch
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        activations, _, _ = network(audio, network.initial_state(len(audio)))
    look_aheads = network.settings.look_aheads
    return transcription_loss(activations, Activations(*targets), look_aheads, settings.loss).total


@torch.no_grad()
def move_average(average: dict[str, Tensor], network: Transcriber, ema: float, step: int) -> None:
    """Move averaged weights towards the present ones; faster in the first steps."""
    decay = min(ema, (1 + step) / (10 + step))
    for name, value in network.named_parameters():
        average[name].lerp_(value, 1 - decay)


@torch.no_grad()
def held_out_loss(
    network: Transcriber,
    average: dict[str, Tensor],
    batches: list[tuple[Tensor, ...]],
    settings: FitSettings,
    bfloat16: bool,
) -> float:
    """Mean loss of the averaged weights; the network keeps its own."""
    raw = trainable_weights(network)
    network.load_state_dict(average, strict=False)
    found = [float(batch_loss(network, batch, settings, bfloat16)) for batch in batches]
    network.load_state_dict(raw, strict=False)
    return sum(found) / len(found)
