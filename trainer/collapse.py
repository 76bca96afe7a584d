"""An alarm that stops contrastive learning when it has stopped learning."""

from collections import deque
from dataclasses import dataclass

import pytorch_lightning as pl
import torch

from realtime.errors import UserError
from trainer.callbacks import StepCallback
from trainer.pretrain import Pretrain, gradient_norm


@dataclass(frozen=True)
class CollapseSettings:
    """When a run counts as collapsed."""

    after_steps: int = 2000
    """Steps before the loss is judged; 0 never judges anything."""
    chance_margin: float = 0.01
    """A mean loss within this part of ln(1 + negatives), or above it, is chance."""
    window: int = 50
    """Steps that figures are averaged over."""
    feature_spread: float = 1e-3
    """Standard deviation of the encoder's features relative to their size, below which all frames
    look alike."""
    encoder_gradient: float = 1e-6
    """Gradient norm of the encoder, below which it learns nothing."""

    def reason(self, step: int, loss: float, chance: float, spread: float, gradient: float) -> str:
        """What is wrong after `step` steps, in words; empty if nothing is.

        Args:
            step: finished optimizer steps.
            loss: mean of the window, nats.
            chance: ln(1 + negatives).
            spread: mean feature spread of the window.
            gradient: largest gradient norm of the encoder in the window.
        """
        if spread < self.feature_spread:
            return f"the encoder gives the same features for every frame (spread {spread:.1e})"
        if gradient < self.encoder_gradient:
            return f"no gradient reaches the encoder (norm {gradient:.1e})"
        if step >= self.after_steps and loss > (1 - self.chance_margin) * chance:
            return f"the loss {loss:.3f} is that of guessing, ln(1 + negatives) = {chance:.3f}"
        return ""


class CollapseAlarm(StepCallback):
    """Watches loss, features and gradients, and ends the run with an explanation."""

    def __init__(self, settings: CollapseSettings) -> None:
        self.settings = settings
        self.losses, self.spreads, self.gradients = (
            deque[torch.Tensor](maxlen=settings.window) for _ in range(3)
        )

    def on_before_optimizer_step(
        self, trainer: pl.Trainer, module: Pretrain, optimizer: torch.optim.Optimizer
    ) -> None:
        """Remember the gradient."""
        self.gradients.append(gradient_norm(module.network.encoder))

    def on_step_end(self, trainer: pl.Trainer, module: Pretrain) -> None:
        """Judge once a window.

        Raises:
            UserError: with what is wrong and what to try.
        """
        figures = trainer.callback_metrics
        self.losses.append(figures["train/loss"])
        self.spreads.append(figures["train/feature_spread"])
        step, window = trainer.global_step, self.settings.window
        if not self.settings.after_steps or step % window or len(self.losses) < window:
            return
        loss, spread = (float(torch.stack(list(q)).mean()) for q in (self.losses, self.spreads))
        gradient = float(torch.stack(list(self.gradients)).max())
        reason = self.settings.reason(step, loss, module.chance_loss, spread, gradient)
        if reason:
            raise UserError(
                f"Pretraining has collapsed at step {step}: {reason}. Half of JTM's conv + GRU "
                "runs did so. Try norm: channel, a lower --optimizer.learning-rate with a longer "
                "--optimizer.warm-up-steps, or the sinc or logmel encoder."
            )
