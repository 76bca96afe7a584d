"""How fast a run goes, how fast it learns, and whether its loss is still a number."""

import time
from collections import deque
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor

from realtime.troubles.errors import UserError
from trainer.runs.callbacks import LOOK_EVERY, StepCallback

WINDOW = 20
"""Steps over which the pace is measured."""


class Pace(StepCallback):
    """Logs the learning rate and the seconds of audio that all devices learn from in a second."""

    def __init__(self) -> None:
        self._ends: deque[float] = deque(maxlen=WINDOW + 1)

    def on_step_end(self, trainer: pl.Trainer, module: Any) -> None:
        """Log both; no device is waited for."""
        self._ends.append(time.monotonic())
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        module.log("train/learning_rate", rate, batch_size=1)
        steps = len(self._ends) - 1
        if steps:
            settings = module.settings
            crops = settings.batch_size * trainer.accumulate_grad_batches * trainer.world_size
            seconds = max(self._ends[-1] - self._ends[0], 1e-9)
            pace = steps * crops * settings.crops.seconds / seconds
            module.log("train/audio_s_per_s", pace, batch_size=1)


class FiniteLoss:
    """Stops a run whose loss is no number: at once on a CPU, within a few steps on a GPU.

    What a GPU has computed is known here only when it has caught up; weights are looked at anyway
    before they are written.
    """

    def __init__(self) -> None:
        self._sound: Tensor | None = None
        self._since = 0

    def check(self, loss: Tensor, step: int, every: int | None = None) -> None:
        """Look at the loss of a batch.

        Args:
            loss: of the batch.
            step: for people.
            every: batches between two looks; None for what suits the loss's device.

        Raises:
            UserError: with what to do.
        """
        every = every or (1 if loss.device.type == "cpu" else LOOK_EVERY)
        sound = torch.isfinite(loss.detach())
        self._sound = sound if self._sound is None else self._sound & sound
        self._since += 1
        if self._since < every:
            return
        sound, self._sound, self._since = self._sound, None, 0
        if not sound:
            raise UserError(
                f"The loss is not a number at step {step}; resume from the last checkpoint with "
                "--resume and a lower --optimizer.learning-rate."
            )
