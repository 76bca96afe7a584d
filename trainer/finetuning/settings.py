"""What a run of `jtm train` can be set to, apart from its start, machine and folders."""

from dataclasses import dataclass, field
from typing import Literal

from realtime.values.ranges import Whole
from trainer.crops.labelled import CropSettings
from trainer.finetuning.losses import LossWeights
from trainer.network.model import ModelSettings
from trainer.runs.optimizer import OptimizerSettings
from trainer.runs.settings import RunSettings


@dataclass(frozen=True)
class FinetuneSettings(RunSettings):
    """What one training run is made of, apart from machine and folders."""

    model: ModelSettings = field(default_factory=ModelSettings)
    crops: CropSettings = field(default_factory=CropSettings)
    loss: LossWeights = field(default_factory=LossWeights)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)


@dataclass(frozen=True)
class InitSettings:
    """What a run of `jtm train` begins with."""

    init: list[str] | str = ""
    """Run folder or .safetensors of `jtm pretrain` (or `jtm train`) to begin with, or `default` for
    the weights of the bundled model; it decides the encoder and the context. Named more than once,
    or as [RUN_A,RUN_B], it joins the features of several, side by side. Empty: from scratch."""
    head_on: Literal["context", "encoder"] = "context"
    """What the new head listens to: the pretrained context, or directly the encoder (the context
    is then left out)."""
    keep_head: bool = False
    """Take the checkpoint's head too, and go on with a whole transcriber: on recordings of your own
    instrument, say. Its look-aheads and head are then those of the checkpoint."""
    grow: bool = False
    """With --keep-head: build the network of --model, let the checkpoint fill the part of it that
    it has, and begin what is added (blocks, harmonic layers) as nothing, so that the first step
    starts from what the checkpoint says."""
    freeze: Literal["none", "encoder", "all"] = "none"
    """Pretrained parts that are not trained: the encoder, or encoder and context."""
    freeze_steps: Whole = 0
    """Step at which the parts of --freeze are trained too; 0 leaves them frozen for the whole
    run."""
