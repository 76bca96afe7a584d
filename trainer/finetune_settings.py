"""What a run of `jtm train` can be set to, apart from its start, machine and folders."""

from dataclasses import dataclass, field

from trainer.datasets.crops import CropSettings
from trainer.losses import LossWeights
from trainer.model import ModelSettings
from trainer.optimizer import OptimizerSettings


@dataclass(frozen=True)
class FinetuneSettings:
    """What one training run is made of, apart from machine and folders."""

    steps: int = 20_000
    """Optimizer steps in all."""
    batch_size: int = 8
    """Crops a step on one device."""
    seed: int = 0
    """Seed of every draw, 0 or more: the same seed gives the same crops and first weights."""
    model: ModelSettings = field(default_factory=ModelSettings)
    crops: CropSettings = field(default_factory=CropSettings)
    loss: LossWeights = field(default_factory=LossWeights)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
