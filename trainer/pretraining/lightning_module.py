"""The training loop of contrastive predictive coding, as a Lightning module."""

import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from trainer.crops.unlabelled import Batch, UnlabelledCrops
from trainer.pretraining.cpc import Contrast, ContrastiveModel
from trainer.pretraining.settings import PretrainSettings
from trainer.runs.learning import Learner
from trainer.runs.means import share_out
from trainer.runs.optimizer import gradient_norm
from trainer.shards.licences import licences_of


class Pretrain(Learner):
    """Trains a `ContrastiveModel`; everything drawn in a step follows from (seed, crop number).

    Args:
        settings: of the run.
        crops: training crops.
        held_out: batches of other recordings for validation, or None.
        workers: loader processes a device.
        accumulate: batches a step.
    """

    monitor = "valid/accuracy"
    score_name = "valid_accuracy"
    shown = ("loss", "accuracy")
    crops: UnlabelledCrops

    def __init__(
        self,
        settings: PretrainSettings,
        crops: UnlabelledCrops,
        held_out: list[Batch] | None = None,
        workers: int = 0,
        accumulate: int = 1,
        inherited: Sequence[str] = (),
    ) -> None:
        super().__init__(crops, workers, accumulate, settings.optimizer, settings.steps)
        self.settings = settings
        self.inherited = inherited
        self.network = ContrastiveModel(settings.model, settings.cpc)
        self.held_out = held_out or []
        self.batches = 0
        self._carried: tuple[Tensor, ...] = ()

    @property
    def learned(self) -> ContrastiveModel:
        """The network: encoder, context and predictors."""
        return self.network

    @property
    def chance_loss(self) -> float:
        """Loss of guessing among all candidates, in nats."""
        return math.log(1 + self.settings.cpc.negatives)

    @property
    def facts(self) -> dict[str, Any]:
        """What the weights do not tell: licences of the recordings, whether time ran backwards."""
        own = licences_of(self.crops.recordings.clips)
        licences = {"licences": sorted({*own, *self.inherited})}
        return licences | ({"reverse": True} if self.settings.cpc.reverse else {})

    def train_dataloader(self) -> DataLoader[Any]:
        """Endless batches, beginning where the restored step left off."""
        loader = super().train_dataloader()
        self.batches = self.crops.first_batch
        return loader

    def val_dataloader(self) -> DataLoader[Any] | list[Any]:
        """This device's share of the held-out batches, numbered."""
        shared: Any = share_out(
            list(enumerate(self.held_out)), self.global_rank, self.trainer.world_size
        )
        return DataLoader(shared, batch_size=None, collate_fn=None) if shared else []

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Mean loss over all distances, a scalar in nats."""
        rows = len(batch.future)
        first = (self.batches * self.trainer.world_size + self.global_rank) * rows
        self.batches += 1
        torch.manual_seed(mix(self.settings.seed, first, 1))
        found = self.contrast(batch, self.settings.seed, first)
        loss = found.loss.mean()
        self._finite.check(loss, self.global_step)
        self.log_step(self._figures(found))
        self.log("train/chance_loss", self.chance_loss)
        return loss

    def validation_step(self, numbered: tuple[int, Batch], index: int) -> None:
        """Measure losses, in nats, on held-out recordings; with the same negatives every time."""
        number, batch = numbered
        first = number * len(batch.future)
        found = self.contrast(batch, mix(self.settings.seed, 2), first, carry=False)
        self._held_out_means.add(self._figures(found))

    def contrast(self, batch: Batch, seed: int, first: int, carry: bool = True) -> Contrast:
        """Loss and accuracy of a batch; in sequential mode the context goes on where it ended.

        The negatives of a group follow from `seed` and the number of its first crop, so they do not
        depend on how groups are dealt out to devices.

        Args:
            batch: crops.
            seed: of the run.
            first: number of the batch's first crop.
            carry: whether sequential mode goes on.
        """
        rows = len(batch.future)
        size = group_size(rows, self.settings.cpc.group)
        generators = [
            torch.Generator(self.device).manual_seed(mix(seed, first + row))
            for row in range(0, rows, size)
        ]
        shapes = self.network.context.state_shapes()
        state = self.network.initial_state(rows)
        state = state[len(state) - len(shapes) :]
        sequential = carry and self.settings.cpc.sampler == "sequential"
        if sequential and self._carried:
            keep = [
                batch.continues.view(-1, *[1] * (memory.ndim - 1)).bool()
                for memory in self._carried
            ]
            state = tuple(
                torch.where(k, old.to(new.device), new)
                for k, old, new in zip(keep, self._carried, state, strict=True)
            )
        found: Contrast = self.network(batch, state, generators)
        if sequential:
            self._carried = tuple(memory.detach() for memory in found.context_state)
        return found

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Log gradient norms before clipping."""
        parts = {"encoder": self.network.encoder, "context": self.network.context}
        for name, part in parts.items():
            self.log(f"train/{name}_gradient", gradient_norm(part))

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the context of sequential mode."""
        checkpoint["carried"] = [memory.cpu() for memory in self._carried]

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on with the context of sequential mode, and with the rates of the settings."""
        super().on_load_checkpoint(checkpoint)
        self._carried = tuple(checkpoint.get("carried", ()))
        rows = self.settings.batch_size
        if self._carried and len(self._carried[0]) != rows:
            self._carried = ()
            print(
                f"jtm: the batch size is now {rows}: what sequential crops carried over is dropped",
                file=sys.stderr,
            )

    def _figures(self, found: Contrast) -> dict[str, Tensor]:
        figures = {
            "loss": found.loss.mean(),
            "accuracy": found.accuracy.mean(),
            "chance_accuracy": found.chance.mean(),
            "feature_std": found.feature_std,
            "feature_spread": found.feature_spread,
        }
        for place, k in enumerate(self.network.distances):
            figures[f"loss_k{k:02d}"] = found.loss[place]
            figures[f"accuracy_k{k:02d}"] = found.accuracy[place]
        return {name: value.detach() for name, value in figures.items()}


def group_size(rows: int, largest: int) -> int:
    """The largest size of equal groups of `rows` sequences that is not above `largest`."""
    return next(size for size in range(min(rows, largest), 0, -1) if rows % size == 0)


def mix(*numbers: int) -> int:
    """A seed of 63 bits from a few integers, the same everywhere."""
    words = [number & 0xFFFFFFFFFFFFFFFF for number in numbers]
    return int(np.random.SeedSequence(words).generate_state(1, np.uint64)[0] >> np.uint64(1))
