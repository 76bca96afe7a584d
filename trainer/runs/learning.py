"""What both trainings share: endless crops, logged figures, the optimizer, the course of a run."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from trainer.runs.callbacks import AveragedWeights, KeptWeights, TimedCheckpoints
from trainer.runs.folder import held
from trainer.runs.machine import Run, compile_parts, fit, is_first_process, make_trainer
from trainer.runs.means import HeldOutMeans, StepMeans
from trainer.runs.memory_limit import MemoryGuard
from trainer.runs.optimizer import OptimizerSettings, fused_here, make_optimizer, renew_rates
from trainer.runs.pace import FiniteLoss, Pace
from trainer.runs.stop_signals import leave_interrupts


class EndlessCrops(Protocol):
    """Batches without end, of which each device takes its own, from any batch on."""

    first_batch: int
    """Number of the batch to begin with."""
    device: int
    """Number of this device among those of the run."""
    devices: int
    """Count of devices that the run has."""

    def __iter__(self) -> Iterator[Any]:
        """Batches, as `training_step` takes them."""


class Learner(pl.LightningModule):
    """A Lightning module that learns from crops drawn by number, so that a run goes on exactly.

    Args:
        crops: training crops.
        workers: loader processes a device.
        accumulate: batches a step.
        optimizer: rates and schedule.
        steps: of the whole run.
    """

    monitor: str
    """Figure by which the best checkpoint is told."""
    score_name: str
    """What that figure is called in names of files."""
    shown: tuple[str, ...] = ()
    """Names of the figures beside the progress bar, without `train/` and `valid/`."""

    def __init__(
        self,
        crops: EndlessCrops,
        workers: int,
        accumulate: int,
        optimizer: OptimizerSettings,
        steps: int,
    ) -> None:
        super().__init__()
        self.crops = crops
        self.workers = workers
        self.accumulate = accumulate
        self._optimizer, self._steps = optimizer, steps
        self._means = StepMeans(accumulate)
        self._held_out_means = HeldOutMeans()
        self._finite = FiniteLoss()

    @property
    def learned(self) -> nn.Module:
        """The network whose weights are learned, averaged and saved."""
        raise NotImplementedError

    def train_dataloader(self) -> DataLoader[Any]:
        """Endless batches, beginning where the restored step left off."""
        self.crops.first_batch = self.trainer.global_step * self.accumulate
        self.crops.device, self.crops.devices = self.global_rank, self.trainer.world_size
        return DataLoader(
            cast(Dataset[Any], self.crops),
            batch_size=None,
            num_workers=self.workers,
            persistent_workers=self.workers > 0,
            prefetch_factor=4 if self.workers else None,
            worker_init_fn=leave_interrupts,
            pin_memory=self.device.type == "cuda",
        )

    def log_step(self, figures: Mapping[str, Tensor]) -> None:
        """Log figures averaged over devices and the batches of a step, all in one message.

        Args:
            figures: name -> value, a tensor of no axes.
        """
        values = self._means.add(torch.stack([value.detach() for value in figures.values()]))
        values = self.trainer.strategy.reduce(values, reduce_op="mean")
        for name, value in zip(figures, values, strict=True):
            self.log(f"train/{name}", value, prog_bar=name in self.shown)

    def on_validation_epoch_end(self) -> None:
        """Log the means of all devices."""
        means = self.summarise(self._held_out_means.take(self.trainer.strategy))
        for name, value in means.items():
            self.log(f"valid/{name}", value, prog_bar=name in self.shown, sync_dist=True)

    def summarise(self, means: dict[str, Tensor]) -> dict[str, Tensor]:
        """Make the figures that are logged from the means over all held-out recordings."""
        return means

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on with the rates of the settings, not with those of the checkpoint."""
        renew_rates(checkpoint, self._optimizer, self._steps)

    def configure_optimizers(self) -> Any:
        """AdamW with the schedule of the settings."""
        fused = fused_here(self.device, str(self.trainer.precision))
        return make_optimizer(self.learned, self._optimizer, self._steps, fused)


class LearningRun(Run, Protocol):
    """Options that every command has that trains a network."""

    @property
    def steps(self) -> int:
        """Count of optimizer steps in the whole run."""

    @property
    def optimizer(self) -> OptimizerSettings:
        """Rates, schedule, clipping and averaging of the weights."""

    @property
    def memory_gb(self) -> float:
        """Resident memory (GB) of all processes together; 0 for no limit."""


def learn(
    command: LearningRun,
    folder: Path,
    module: Learner,
    data_digest: str,
    watchers: Sequence[pl.Callback],
    validate: bool,
) -> pl.Trainer:
    """Train a module to its last step; average its weights, keep checkpoints, watch the memory.

    Args:
        command: the options.
        folder: run folder, from `open_run`.
        module: to train, from its first weights or those it was given.
        data_digest: of the training data.
        watchers: callbacks of this kind of run; they come first in every step.
        validate: whether there is anything to validate on.

    Returns:
        The Lightning trainer, at its last step.

    Raises:
        UserError: if another process trains into the folder, this machine lacks the devices, the
            checkpoint is of another network, the disk is full, or what training itself raises.
    """
    machine = command.machine
    if machine.compile:
        compile_parts(module.learned)
    average = AveragedWeights(command.optimizer.ema)
    checkpoints = TimedCheckpoints(folder, machine.checkpoint_minutes, average, machine.stop_after)
    kept = KeptWeights(checkpoints, machine.keep_steps, machine.keep_minutes, machine.keep_count)
    guard = MemoryGuard(command.memory_gb)
    with held(folder) if is_first_process() else contextlib.nullcontext():
        trainer = make_trainer(
            machine,
            folder,
            command.steps,
            command.optimizer.gradient_clip,
            [*watchers, average, Pace(), checkpoints, kept, guard],
            validate,
            command.resume,
        )
        fit(trainer, module, command, data_digest)
    return trainer
