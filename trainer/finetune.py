"""The training loop of a transcriber, as a Lightning module."""

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from realtime.errors import UserError
from trainer.datasets.crops import CropSettings, LabelledCrops
from trainer.heads import Activations
from trainer.losses import LossWeights, transcription_loss
from trainer.model import ModelSettings, Transcriber
from trainer.scoring import decode, onset_f1
from trainer.validation import WholeClips


@dataclass(frozen=True)
class OptimizerSettings:
    """AdamW with warm-up and decay."""

    learning_rate: float = 2e-3
    """Peak, after warm-up."""
    final_ratio: float = 0.02
    """Learning rate at the last step, as a part of the peak."""
    warm_up_steps: int = 200
    schedule: Literal["cosine", "trapezoid"] = "cosine"
    """cosine falls from warm-up to the end; trapezoid stays at the peak until `decay_steps` before
    the end, so that a run can be lengthened or ended early by resuming with other `steps`."""
    decay_steps: int = 1000
    """Length of the trapezoid's fall."""
    weight_decay: float = 1e-3
    beta2: float = 0.99
    gradient_clip: float = 1.0
    """Largest gradient norm."""
    ema: float = 0.999
    """Decay of the averaged weights that are validated and exported."""


@dataclass(frozen=True)
class FinetuneSettings:
    """What one training run is made of, apart from machine and folders."""

    steps: int = 20_000
    batch_size: int = 8
    """Crops a step on one device."""
    seed: int = 0
    model: ModelSettings = field(default_factory=ModelSettings)
    crops: CropSettings = field(default_factory=CropSettings)
    loss: LossWeights = field(default_factory=LossWeights)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)


class Finetune(pl.LightningModule):
    """Trains a `Transcriber` on labelled crops; validates its averaged weights note by note."""

    def __init__(
        self,
        settings: FinetuneSettings,
        crops: LabelledCrops,
        clips: WholeClips | None,
        workers: int = 0,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.transcriber = Transcriber(settings.model)
        self.crops = crops
        self.clips = clips
        self.workers = workers

    def train_dataloader(self) -> DataLoader:
        """Endless batches, beginning where the restored step left off."""
        self.crops.first_batch = self.trainer.global_step
        self.crops.device, self.crops.devices = self.global_rank, self.trainer.world_size
        return DataLoader(
            self.crops,
            batch_size=None,
            num_workers=self.workers,
            persistent_workers=self.workers > 0,
            prefetch_factor=4 if self.workers else None,
        )

    def val_dataloader(self) -> DataLoader | list:
        """Whole held-out clips, this device's share of them."""
        if self.clips is None:
            return []
        share = range(self.global_rank, len(self.clips), self.trainer.world_size)
        subset = torch.utils.data.Subset(self.clips, list(share))
        return DataLoader(subset, batch_size=1, collate_fn=take_first)

    def training_step(self, batch: tuple[Tensor, ...], index: int) -> Tensor:
        """Loss of one batch of crops."""
        audio, *targets = batch
        state = self.transcriber.initial_state(len(audio))
        activations, _, _ = self.transcriber(audio, state)
        settings = self.settings
        parts = transcription_loss(
            activations, Activations(*targets), settings.model.look_aheads, settings.loss
        )
        if not torch.isfinite(parts.total):
            raise UserError(
                f"The loss is not a number at step {self.global_step}; resume from the last "
                "checkpoint with --resume and a lower --optimizer.learning-rate."
            )
        for name in ("total", "onset", "frame", "offset", "velocity"):
            self.log(f"train/{name}", getattr(parts, name), prog_bar=name == "total")
        return parts.total

    def validation_step(self, batch: tuple[Tensor, np.ndarray], index: int) -> None:
        """Note onset F1 (50 ms) of every look-ahead through the runtime's own note tracker."""
        audio, notes = batch
        with torch.autocast(self.device.type, enabled=False):
            activations, _, _ = self.transcriber(
                audio[None].to(self.device), self.transcriber.initial_state(1)
            )
        for head, delay in enumerate(self.settings.model.look_aheads):
            found = decode(activations, head, delay)
            self.log(
                f"valid/onset_f1_{10 * delay}ms",
                onset_f1(notes, found),
                prog_bar=delay == self.settings.model.default_look_ahead,
                sync_dist=True,
                batch_size=1,
            )

    def configure_optimizers(self) -> dict:
        """AdamW (no decay on vectors), linear warm-up, cosine to the final ratio."""
        chosen = self.settings.optimizer
        matrices = [p for p in self.transcriber.parameters() if p.ndim > 1]
        vectors = [p for p in self.transcriber.parameters() if p.ndim <= 1]
        optimizer = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": chosen.weight_decay},
                {"params": vectors, "weight_decay": 0.0},
            ],
            lr=chosen.learning_rate,
            betas=(0.9, chosen.beta2),
        )

        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: learning_rate_ratio(step, self.settings.steps, chosen)
        )
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }


def learning_rate_ratio(step: int, steps: int, chosen: OptimizerSettings) -> float:
    """Learning rate of `step` as a part of the peak (0-1)."""
    if step < chosen.warm_up_steps:
        return (step + 1) / chosen.warm_up_steps
    if chosen.schedule == "cosine":
        done = (step - chosen.warm_up_steps) / max(1, steps - chosen.warm_up_steps)
        fall = 0.5 + 0.5 * math.cos(math.pi * min(done, 1.0))
    else:
        fall = min(1.0, max(0.0, (steps - step) / max(1, chosen.decay_steps)))
    return chosen.final_ratio + (1 - chosen.final_ratio) * fall


def take_first(items: list) -> tuple[Tensor, np.ndarray]:
    """The only item of a batch of one, as it is: structured notes are not tensors."""
    return items[0]
