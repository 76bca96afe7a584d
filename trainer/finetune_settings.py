"""What a run of `jtm train` can be set to, apart from its start, machine and folders."""

from dataclasses import dataclass, field

from trainer.datasets.crops import CropSettings
from trainer.losses import LossWeights
from trainer.model import ModelSettings
from trainer.optimizer import OptimizerSettings
from trainer.run_settings import RunSettings


@dataclass(frozen=True)
class FinetuneSettings(RunSettings):
    """What one training run is made of, apart from machine and folders."""

    model: ModelSettings = field(default_factory=ModelSettings)
    crops: CropSettings = field(default_factory=CropSettings)
    loss: LossWeights = field(default_factory=LossWeights)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
