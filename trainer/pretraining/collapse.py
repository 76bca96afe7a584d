"""An alarm that stops contrastive learning when it has stopped learning."""

from collections import deque
from typing import Any

import pytorch_lightning as pl
import torch

from realtime.troubles.errors import UserError
from trainer.pretraining.settings import CollapseSettings
from trainer.runs.callbacks import StepCallback
from trainer.runs.optimizer import gradient_norm


class CollapseAlarm(StepCallback):
    """Watches loss, features and gradients, and ends the run with an explanation."""

    def __init__(self, settings: CollapseSettings) -> None:
        self.settings = settings
        self.losses, self.spreads, self.gradients = (
            deque[torch.Tensor](maxlen=settings.window) for _ in range(3)
        )

    def on_before_optimizer_step(
        self, trainer: pl.Trainer, module: Any, optimizer: torch.optim.Optimizer
    ) -> None:
        """Remember the norm of the encoder's gradient, before it is clipped."""
        self.gradients.append(gradient_norm(module.network.encoder))

    def on_step_end(self, trainer: pl.Trainer, module: Any) -> None:
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
