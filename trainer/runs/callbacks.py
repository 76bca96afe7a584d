"""What happens around training steps: averaged weights, checkpoints on time and when stopped."""

import math
import shlex
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Protocol

import pytorch_lightning as pl
import torch

from realtime.troubles.errors import UserError
from trainer.runs.checkpoints import move_average, save_weights, trained_state
from trainer.runs.folder import KEPT, disk_error
from trainer.runs.stop_signals import StopSignals

LOOK_EVERY = 20
"""Steps between two looks at what a GPU computed, where looking makes the host wait for it."""


class Trainable(Protocol):
    """What the callbacks need of a Lightning module."""

    network: torch.nn.Module
    """What is averaged and saved."""
    settings: Any
    """Options of the run, with `batch_size`, `crops.seconds` and `model`."""
    monitor: str
    """The validation figure that `best.safetensors` has the highest of."""
    score_name: str
    """What that figure is called among the facts of a checkpoint."""
    facts: dict[str, Any]
    """What else there is to know about its weights."""
    device: torch.device


class StepCallback(pl.Callback, ABC):
    """Does something after each optimizer step, however many batches a step takes."""

    _seen = 0

    def on_train_start(self, trainer: pl.Trainer, module: Any) -> None:
        """Begin at the step that a checkpoint brought."""
        self._seen = trainer.global_step

    def on_train_batch_end(self, trainer: pl.Trainer, module: Any, *_: Any) -> None:
        """Call `on_step_end` where the batch ended a step."""
        if trainer.global_step != self._seen:
            self._seen = trainer.global_step
            self.on_step_end(trainer, module)

    @abstractmethod
    def on_step_end(self, trainer: pl.Trainer, module: Any) -> None:
        """Act after an optimizer step, on every device."""


class LastValidation(StepCallback):
    """Validates after the last step, wherever it falls between two validations."""

    def on_step_end(self, trainer: pl.Trainer, module: Any) -> None:
        """Ask for the end, before which Lightning always validates."""
        if trainer.global_step == trainer.max_steps:
            trainer.should_stop = True


class AveragedWeights(StepCallback):
    """Exponential moving average of the weights; validation sees it instead of the raw weights."""

    def __init__(self, decay: float) -> None:
        self.decay = decay
        self.average: dict[str, torch.Tensor] = {}
        self._raw: dict[str, torch.Tensor] = {}

    def on_fit_start(self, trainer: pl.Trainer, module: Any) -> None:
        """Begin at the initial weights unless a checkpoint brought an average."""
        self.average = trained_state(module.network) | self.average
        self.average = {name: value.to(module.device) for name, value in self.average.items()}

    def on_step_end(self, trainer: pl.Trainer, module: Trainable) -> None:
        """Move the average towards the weights."""
        move_average(self.average, module.network, self.decay, trainer.global_step)

    def on_validation_start(self, trainer: pl.Trainer, module: Any) -> None:
        """Put the average in the place of the raw weights."""
        self._raw = trained_state(module.network)
        module.network.load_state_dict(self.average, strict=False)

    def on_validation_end(self, trainer: pl.Trainer, module: Any) -> None:
        """Swap the raw weights back."""
        module.network.load_state_dict(self._raw, strict=False)

    def state_dict(self) -> dict[str, Any]:
        """The average, for the checkpoint."""
        return dict(self.average)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The average of a checkpoint."""
        self.average = dict(state_dict)


class KeptWeights(StepCallback):
    """Keeps averaged weights of every so many steps or minutes as `kept/step_NNNNNNNN.safetensors`.

    Args:
        checkpoints: of the run, which write them.
        steps: from one to the next; 0 for none.
        minutes: from one to the next; 0 for none.
        count: how many of the newest stay; 0 for all.
    """

    def __init__(
        self, checkpoints: "TimedCheckpoints", steps: int, minutes: float, count: int
    ) -> None:
        self.checkpoints, self.steps, self.seconds = checkpoints, steps, 60 * minutes
        self.count = count
        self._kept_at = time.monotonic()

    def on_train_start(self, trainer: pl.Trainer, module: Any) -> None:
        """Begin to count the minutes between kept weights."""
        super().on_train_start(trainer, module)
        self._kept_at = time.monotonic()

    def on_step_end(self, trainer: pl.Trainer, module: Trainable) -> None:
        """Write where it is time; the first process alone does, so clocks need not agree."""
        due = self.steps and trainer.global_step % self.steps == 0
        timed = self.seconds and time.monotonic() - self._kept_at >= self.seconds
        if not (due or timed) or not trainer.is_global_zero:
            return
        self._kept_at = time.monotonic()
        folder = self.checkpoints.folder / KEPT
        folder.mkdir(exist_ok=True)
        require_finite(module.network, trainer.global_step)
        name = f"{KEPT}/step_{trainer.global_step:08d}.safetensors"
        self.checkpoints.write_weights(trainer, module, name, None)
        if self.count:
            for old in sorted(folder.glob("step_*.safetensors"))[: -self.count]:
                old.unlink()


class TimedCheckpoints(StepCallback):
    """Writes `last.ckpt` and `last.safetensors` every few minutes, at the end and when stopped.

    SIGTERM and Ctrl-C finish the step that is being computed, save, and end the run without an
    error; a second Ctrl-C ends it at once.
    `best.safetensors` holds the averaged weights with the highest validation score, the latest of
    those with the same score. Weights that are not finite are never written.
    """

    def __init__(
        self, folder: Path, minutes: float, average: AveragedWeights, stop_after: int = 0
    ) -> None:
        self.folder = folder
        self.seconds = 60 * minutes
        self.average = average
        self.stop_after = stop_after
        self.best = -1.0
        self._saved_at = time.monotonic()
        self.stop_signals = StopSignals()

    def on_train_start(self, trainer: pl.Trainer, module: Any) -> None:
        """Take SIGTERM and Ctrl-C over."""
        super().on_train_start(trainer, module)
        self.stop_signals = StopSignals(speaks=trainer.is_global_zero)
        self.stop_signals.take_over()
        self._saved_at = time.monotonic()

    def on_step_end(self, trainer: pl.Trainer, module: Trainable) -> None:
        """Save when it is time, on every device at the same step.

        Several devices ask each other; where they are GPUs, only now and then, because each answer
        makes the host wait for them.
        """
        due = time.monotonic() - self._saved_at > self.seconds
        stop = self.stop_signals.asked
        if trainer.world_size > 1:
            every = 1 if module.device.type == "cpu" else LOOK_EVERY
            if trainer.global_step % every:
                due = stop = False
            else:
                wish = torch.tensor([float(due), float(stop)], device=module.device)
                due, stop = (trainer.strategy.reduce(wish, reduce_op="sum") > 0).tolist()
        stop = stop or trainer.global_step == self.stop_after
        if stop:
            trainer.should_stop = True
        if due or stop:
            self._save(trainer, module)

    def on_train_end(self, trainer: pl.Trainer, module: Any) -> None:
        """Save what the last step left, and say how to go on where it is not the run's last."""
        self._save(trainer, module)
        if trainer.is_global_zero and trainer.global_step < trainer.max_steps:
            print(
                f"\njtm: stopped at step {trainer.global_step} of {trainer.max_steps} and saved; "
                f"go on with --resume --out {shlex.quote(str(self.folder))}",
                file=sys.stderr,
            )

    def on_validation_end(self, trainer: pl.Trainer, module: Any) -> None:
        """Keep the best averaged weights."""
        score = trainer.callback_metrics.get(module.monitor)
        if score is None or trainer.sanity_checking or not float(score) >= self.best:
            return
        self.best = float(score)
        if trainer.is_global_zero:
            self.write_weights(trainer, module, "best.safetensors", self.best)

    def _save(self, trainer: pl.Trainer, module: Trainable) -> None:
        require_finite(module.network, trainer.global_step)
        trainer.save_checkpoint(self.folder / "last.ckpt")
        for logger in trainer.loggers:
            logger.save()
        if trainer.is_global_zero:
            self.write_weights(trainer, module, "last.safetensors", None)
        self._saved_at = time.monotonic()

    def write_weights(
        self, trainer: pl.Trainer, module: Trainable, name: str, score: float | None
    ) -> None:
        """Write the averaged weights, with what is known of them, below the run's folder.

        Raises:
            UserError: if the disk is full.
        """
        weights = dict(module.network.state_dict())
        weights.update({key: value.cpu() for key, value in self.average.average.items()})
        heard = (
            trainer.global_step
            * trainer.accumulate_grad_batches
            * module.settings.batch_size
            * module.settings.crops.seconds
            * trainer.world_size
            / 3600
        )
        facts = {"step": trainer.global_step, "hours_heard": round(heard, 2), **module.facts}
        facts[module.score_name] = score
        try:
            save_weights(self.folder / name, weights, module.settings.model, facts)
        except OSError as error:
            raise disk_error(error, self.folder / name) from error

    def state_dict(self) -> dict[str, Any]:
        """The best score so far, for the checkpoint."""
        return {"best": self.best}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The best score of a checkpoint."""
        self.best = float(state_dict["best"])


def require_finite(network: torch.nn.Module, step: int) -> None:
    """Stop before weights that hold NaN or infinity are written over good ones.

    Raises:
        UserError: naming the first such weight.
    """
    for name, value in network.named_parameters():
        if not math.isfinite(float(value.detach().sum())):
            raise UserError(
                f"Weight '{name}' is not a number after step {step}; nothing was saved. Resume "
                "from the last checkpoint with --resume and a lower --optimizer.learning-rate."
            )
