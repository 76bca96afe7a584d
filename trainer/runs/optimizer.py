"""AdamW, its warm-up and its decay."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from realtime.values.ranges import Amount, Dropout, Positive, Share, Whole


@dataclass(frozen=True)
class OptimizerSettings:
    """AdamW with warm-up and decay."""

    learning_rate: Positive = 2e-3
    """Peak of the learning rate, after warm-up."""
    final_ratio: Share = 0.02
    """Learning rate at the last step, as a part of the peak."""
    warm_up_steps: Whole = 200
    """Steps over which the learning rate climbs to its peak."""
    schedule: Literal["cosine", "trapezoid", "step"] = "cosine"
    """cosine falls from warm-up to the end; trapezoid stays at the peak until `decay_steps` before
    the end, so that a run can be lengthened or ended early by resuming with other `steps`; step
    halves every `decay_steps` after warm-up, and never ends below `final_ratio`."""
    decay_steps: Whole = 1000
    """Length of the trapezoid's fall, or from one halving to the next, in steps."""
    weight_decay: Amount = 1e-3
    """Weight decay of AdamW, on matrices only; 0 or more."""
    beta1: Dropout = 0.9
    """Decay of AdamW's running mean of gradients, 0-1."""
    beta2: Dropout = 0.99
    """Decay of AdamW's running mean of squared gradients, 0-1."""
    epsilon: Positive = 1e-8
    """Added to the root of AdamW's mean of squared gradients; above 0."""
    gradient_clip: Amount = 1.0
    """Norm to which longer gradients are shortened."""
    ema: Share = 0.999
    """Decay of the averaged weights that are validated and exported."""


def make_optimizer(
    network: nn.Module, chosen: OptimizerSettings, steps: int, fused: bool = False
) -> dict[str, Any]:
    """AdamW (no decay on vectors) with its schedule, as Lightning takes them.

    Args:
        network: to train.
        chosen: settings of the optimizer.
        steps: of the whole run.
        fused: one kernel for all weights, see `fused_here`.
    """
    matrices = [p for p in network.parameters() if p.ndim > 1]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": chosen.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=chosen.learning_rate,
        betas=(chosen.beta1, chosen.beta2),
        eps=chosen.epsilon,
        fused=fused or None,
    )
    if fused:
        # Lightning refuses to clip gradients that the optimizer would unscale; there is no scale.
        optimizer._step_supports_amp_scaling = False
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: learning_rate_ratio(step, steps, chosen)
    )
    return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def fused_here(device: torch.device, precision: str) -> bool:
    """On a GPU, unless losses are scaled (16-mixed): fused AdamW would unscale by itself."""
    return device.type == "cuda" and not precision.startswith("16")


def gradient_norm(part: nn.Module) -> Tensor:
    """Euclidean norm of all gradients of `part`, a scalar; 0 where it has none."""
    gradients = [weight.grad for weight in part.parameters() if weight.grad is not None]
    return torch.nn.utils.get_total_norm(gradients) if gradients else torch.zeros(())


def renew_rates(checkpoint: dict[str, Any], chosen: OptimizerSettings, steps: int) -> None:
    """Put today's settings, in place, over those that a checkpoint brings with its moments.

    Else a run would go on with the rates that it began with, whatever it is told.

    Args:
        checkpoint: of Lightning, before it is loaded.
        chosen: of the optimizer.
        steps: of the whole run.
    """
    rate = chosen.learning_rate
    states, schedules = checkpoint["optimizer_states"], checkpoint["lr_schedulers"]
    for state, schedule in zip(states, schedules, strict=True):
        groups = state["param_groups"]
        now = rate * learning_rate_ratio(schedule["last_epoch"], steps, chosen)
        schedule["base_lrs"] = [rate] * len(groups)
        for group, decay in zip(groups, (chosen.weight_decay, 0.0), strict=True):
            group |= {"lr": now, "initial_lr": rate, "weight_decay": decay}
            group |= {"betas": (chosen.beta1, chosen.beta2), "eps": chosen.epsilon}


def learning_rate_ratio(step: int, steps: int, chosen: OptimizerSettings) -> float:
    """Learning rate of `step` as a part of the peak (0-1)."""
    if step < chosen.warm_up_steps:
        return (step + 1) / chosen.warm_up_steps
    if chosen.schedule == "step":
        halvings = (step - chosen.warm_up_steps) // max(1, chosen.decay_steps)
        return max(chosen.final_ratio, 0.5**halvings)
    if chosen.schedule == "cosine":
        done = (step - chosen.warm_up_steps) / max(1, steps - chosen.warm_up_steps)
        fall = 0.5 + 0.5 * math.cos(math.pi * min(done, 1.0))
    else:
        fall = min(1.0, max(0.0, (steps - step) / max(1, chosen.decay_steps)))
    return chosen.final_ratio + (1 - chosen.final_ratio) * fall
