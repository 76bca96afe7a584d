"""What a label-efficiency study can be told."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from realtime.values.ranges import Amount, Count, Fraction, Positive, Share, Split, Whole
from trainer.crops.labelled import CropSettings
from trainer.crops.unlabelled import PretrainCropSettings
from trainer.finetuning.losses import LossWeights
from trainer.label_curve.beside import BesideSettings
from trainer.label_curve.masked import MaskedSettings
from trainer.label_curve.methods import METHODS
from trainer.network.architectures import build_encoder
from trainer.network.model import ModelSettings
from trainer.pretraining.settings import CpcSettings
from trainer.runs.optimizer import OptimizerSettings


@dataclass(frozen=True)
class FitSettings:
    """How one cell is trained: until held-out onsets are found no better, or for all its steps.

    With a `patience` that is never used up all cells get the same arithmetic, and the rate may
    fall at the end.
    """

    steps: Count = 3000
    """At most; a cell that was not ended before by `patience` is marked so."""
    batch_size: Count = 4
    """Crops that a step learns from."""
    validate_steps: Count = 50
    """Steps between two looks at the validation clips."""
    patience: Count = 4
    """Looks in a row without a better average precision after which a cell is finished."""
    least_passes: Amount = 1.0
    """Times that a cell has heard its labelled audio before `patience` may end it: a pass is as
    many seconds of crops as there are of labelled recordings."""
    least_gain: Share = 0.002
    """Better is what is higher by this part (0-1) than when it was last better."""
    head_first_steps: Whole = 50
    """Steps for which pretrained parts stay as they are, so that a random head spoils nothing."""
    crops: CropSettings = CropSettings(seconds=2.0)
    loss: LossWeights = LossWeights()
    optimizer: OptimizerSettings = OptimizerSettings(
        learning_rate=3e-3, warm_up_steps=30, schedule="trapezoid", decay_steps=1, ema=0.98
    )


def gentle_start() -> OptimizerSettings:
    """The peak of `jtm pretrain` with a shorter warm-up, for studies of short runs."""
    return OptimizerSettings(learning_rate=1e-3, warm_up_steps=100, weight_decay=1e-2)


@dataclass(frozen=True)
class PretrainingSettings:
    """The contrastive pretraining of a variant (docs/pretraining.md)."""

    steps: Count = 5000
    """Optimizer steps of the whole pretraining."""
    batch_size: Count = 8
    """Crops that a step learns from."""
    seed: Whole = 0
    """Seed of all that is drawn at random."""
    hours: Amount = 0.0
    """Unlabelled audio to learn from, hours; 0 takes all there is."""
    cpc: CpcSettings = field(default_factory=CpcSettings)
    crops: PretrainCropSettings = field(default_factory=PretrainCropSettings)
    optimizer: OptimizerSettings = field(default_factory=gentle_start)


def far_predictions() -> PretrainingSettings:
    """Predictions of 0.1 to 1 s, for frames of 40 ms, from pasts that are always damaged."""
    return PretrainingSettings(
        cpc=CpcSettings(k_min=3, steps=23, predictor="linear"),
        crops=PretrainCropSettings(seconds=5.12, past_chance=1.0),
    )


@dataclass(frozen=True)
class StudySettings:
    """Everything that decides a number of the study, apart from the recordings themselves."""

    variant: str = "main"
    """Name of these settings in the results; other settings need another name."""
    methods: tuple[str, ...] = tuple(METHODS)
    """Any of scratch, cpc-finetuned, cpc-frozen, cpc-far, masked, self-training, consistency,
    supervised, logmel."""
    fractions: tuple[Fraction, ...] = (0.01, 0.03, 0.1, 0.3, 1.0)
    """Shares of the labelled recordings, 0-1, at least one recording each."""
    seeds: tuple[Whole, ...] = (0, 1, 2)
    """Seeds of every draw; each runs all methods and fractions."""
    pretrainings: Count = 1
    """Pretrained weights of each kind, by seeds of their own; the runs take turns with them. An
    interval speaks of other pretrainings where there are several."""
    model: ModelSettings = ModelSettings()
    fit: FitSettings = FitSettings()
    pretraining: PretrainingSettings = field(default_factory=PretrainingSettings)
    far: PretrainingSettings = field(default_factory=far_predictions)
    masked: MaskedSettings = field(default_factory=MaskedSettings)
    beside: BesideSettings = field(default_factory=BesideSettings)
    supervised_steps: Count = 3000
    """Ceiling of the supervised pretraining on `--other-timbres`."""
    validation_share: Split = 0.3
    """Part of the held-out recordings (0-1) that ends a run and picks thresholds; the rest is
    tested on."""
    held_out_seconds: Positive = 20.0
    """Seconds heard of each held-out clip, from its start."""
    manifest_seconds: Positive = 15.0
    """Seconds heard of each recording of the manifest, from its start."""

    def model_of(self, method: str) -> ModelSettings:
        """The architecture of a method; log-mel has another encoder with the same hop."""
        if METHODS[method].front_end != "logmel":
            return self.model
        encoder = self.model.encoder
        hop = build_encoder(encoder).hop_samples
        mels = replace(encoder.logmel, hop_samples=hop)
        return replace(self.model, encoder=replace(encoder, kind="logmel", logmel=mels))

    def pretraining_of(self, method: str, seed: int) -> int | None:
        """Which of the pretrainings a run begins with, from 0; None for random weights."""
        return seed % self.pretrainings if METHODS[method].begins_with else None


DECIDES = {"cpc": "pretraining", "cpc-far": "far", "masked": "masked"}
"""Pretraining -> the settings that belong to it alone."""


def digest_of(settings: StudySettings, method: str, data: Any) -> str:
    """A short digest of all that decides a cell of `method` besides fraction and seed.

    Where and by how many processes it is computed, and where its data lies, is no part of it.

    Args:
        settings: of the study; what a command has beside `StudySettings` does not count.
        method: of the cells.
        data: JSON-serialisable facts about the recordings.
    """
    own = {one.name for one in fields(StudySettings)}
    own -= {"variant", "methods", "fractions", "seeds"}
    told = {name: value for name, value in asdict(settings).items() if name in own}
    begins = METHODS[method].begins_with
    for kind, name in DECIDES.items():
        if begins != kind:
            del told[name]
    if begins != "supervised":
        del told["supervised_steps"]
    if not begins:
        del told["pretrainings"]
    if not METHODS[method].beside:
        del told["beside"]
    text = json.dumps([method, told, data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
