"""Pretrained parts that stay as they are while the rest is trained."""

from typing import Any

import pytorch_lightning as pl
import torch
from torch import nn

from trainer.finetuning.settings import InitSettings
from trainer.network.encoders.joined import JoinedEncoder


class FrozenParts(pl.Callback):
    """Keeps pretrained parts as they are, for the whole run or its first steps.

    Frozen parts are in evaluation mode, so that running averages stay too. On several devices the
    gradients of parts that thaw later are computed and dropped: DDP must know all its weights from
    the first step on.
    """

    def __init__(self, init: InitSettings) -> None:
        self.names = {"none": (), "encoder": ("encoder",), "all": ("encoder", "bridge", "context")}
        self.chosen = self.names[init.freeze]
        self.steps = init.freeze_steps

    def frozen(self, step: int) -> bool:
        """Whether the parts are frozen at `step`."""
        return bool(self.chosen) and (self.steps == 0 or step < self.steps)

    def parts(self, module: Any) -> list[nn.Module]:
        """The modules that are frozen."""
        network = module.network
        if self.chosen == ("encoder",) and isinstance(network.encoder, JoinedEncoder):
            return [part.encoder for part in network.encoder.parts]
        return [getattr(network, name) for name in self.chosen]

    def setup(self, trainer: pl.Trainer, module: Any, stage: str) -> None:
        """Take parts that never thaw out of the gradient before DDP looks."""
        if self.steps == 0:
            for part in self.parts(module):
                part.requires_grad_(False)

    def on_train_batch_start(self, trainer: pl.Trainer, module: Any, *_: Any) -> None:
        """Freeze the parts or let them learn, as this step wants."""
        frozen = self.frozen(trainer.global_step)
        for part in self.parts(module):
            part.train(not frozen)
            if self.steps and trainer.world_size == 1:
                part.requires_grad_(not frozen)

    def on_before_optimizer_step(
        self, trainer: pl.Trainer, module: Any, optimizer: torch.optim.Optimizer
    ) -> None:
        """Drop the gradients of frozen parts."""
        if self.frozen(trainer.global_step):
            for part in self.parts(module):
                part.zero_grad(set_to_none=True)
