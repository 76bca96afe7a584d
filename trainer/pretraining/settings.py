"""What contrastive predictive coding can be set to."""

from dataclasses import dataclass, field
from typing import Literal

from realtime.values.ranges import Amount, Count, Dropout, Positive, Share, Whole
from trainer.crops.unlabelled import PretrainCropSettings
from trainer.network.model import ModelSettings
from trainer.pretraining.negatives import SamplerKind
from trainer.pretraining.predictors import PredictorKind
from trainer.runs.optimizer import OptimizerSettings
from trainer.runs.settings import RunSettings


@dataclass(frozen=True)
class CpcSettings:
    """How far is predicted, how predictions are scored, and against which negatives."""

    steps: Count = 12
    """Frames predicted from each frame (K)."""
    k_min: Whole = 0
    """Distance of the first predicted frame, in frames; 0 takes the first that shares no sample
    with the present frame: receptive field / hop, rounded up."""
    predictor: PredictorKind = "transformer"
    """linear: one map a step (wants a warm-up); conv4, conv8, conv12: the same of so many frames;
    ffd, rnn, lstm, transformer: one layer for all steps, then the maps."""
    score: Literal["cosine", "dot"] = "cosine"
    """cosine / temperature, or dot product / sqrt(width)."""
    temperature: Positive = 0.1
    """Temperature of the cosine score."""
    negatives: Count = 128
    """Frames that each positive is told apart from (N), drawn with replacement: guessing finds it
    in one of 1 + as many as are different."""
    sampler: SamplerKind = "same-sequence"
    """Where negatives come from. same-category groups crops by `crops.category`; sequential lets
    each row of the batch read on where it ended and carries the context over."""
    exclude_frames: Whole = 20
    """Frames on either side of the positive that are never negatives: held notes repeat."""
    group: Count = 8
    """Sequences that share negatives, at most; divides the batch."""
    anchors: Whole = 0
    """Frames of a crop to predict from, drawn each step; 0 takes all. Neighbours say almost the
    same, so a third of them learns as much for less arithmetic."""
    warm_up_frames: Whole = 0
    """First frames of a crop that nothing is predicted from."""
    width: Count = 256
    """Features of predicted frames where the encoder has pitch rows."""
    dropout: Dropout = 0.0
    """Chance (0-1) that the predictor misses a feature of the context."""
    reverse: bool = False
    """Run the context backwards and predict the past."""


@dataclass(frozen=True)
class CollapseSettings:
    """When a run counts as collapsed."""

    after_steps: Whole = 2000
    """Steps before the loss is judged; 0 never judges anything."""
    chance_margin: Share = 0.01
    """A mean loss within this part of ln(1 + negatives), or above it, is chance."""
    window: Count = 50
    """Steps that figures are averaged over."""
    feature_spread: Amount = 1e-3
    """Standard deviation of the encoder's features relative to their size, below which all frames
    look alike."""
    encoder_gradient: Amount = 1e-6
    """Gradient norm of the encoder, below which it learns nothing."""

    def reason(self, step: int, loss: float, chance: float, spread: float, gradient: float) -> str:
        """What is wrong after `step` steps, in words; empty if nothing is.

        Args:
            step: finished optimizer steps.
            loss: mean of the window, nats.
            chance: ln(1 + negatives).
            spread: mean feature spread of the window.
            gradient: largest gradient norm of the encoder in the window.
        """
        if spread < self.feature_spread:
            return f"the encoder gives the same features for every frame (spread {spread:.1e})"
        if gradient < self.encoder_gradient:
            return f"no gradient reaches the encoder (norm {gradient:.1e})"
        if step >= self.after_steps and loss > (1 - self.chance_margin) * chance:
            return f"the loss {loss:.3f} is that of guessing, ln(1 + negatives) = {chance:.3f}"
        return ""


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
