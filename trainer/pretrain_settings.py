"""What a run of `jtm pretrain` can be set to, apart from its machine and folders."""

from dataclasses import dataclass, field

from trainer.cpc_settings import CpcSettings
from trainer.datasets.unlabelled import PretrainCropSettings
from trainer.model import ModelSettings
from trainer.optimizer import OptimizerSettings
from trainer.run_settings import RunSettings


def slow_start() -> OptimizerSettings:
    """What contrastive learning wants: a lower peak and a longer warm-up than labels do."""
    return OptimizerSettings(learning_rate=1e-3, warm_up_steps=500, weight_decay=1e-2)


@dataclass(frozen=True)
class PretrainSettings(RunSettings):
    """What one pretraining run is made of, apart from machine and folders."""

    model: ModelSettings = field(default_factory=ModelSettings)
    """Encoder and context; the head is for `jtm train`."""
    cpc: CpcSettings = field(default_factory=CpcSettings)
    crops: PretrainCropSettings = field(default_factory=PretrainCropSettings)
    optimizer: OptimizerSettings = field(default_factory=slow_start)
