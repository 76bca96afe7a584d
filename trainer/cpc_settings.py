"""What contrastive predictive coding can be set to."""

from dataclasses import dataclass
from typing import Literal

from trainer.negatives import SamplerKind
from trainer.predictors import PredictorKind


@dataclass(frozen=True)
class CpcSettings:
    """Predictions, scores and negatives."""

    steps: int = 12
    """Frames predicted from each frame (K)."""
    k_min: int = 0
    """Distance of the first predicted frame, in frames; 0 takes the first that shares no sample
    with the present frame: receptive field / hop, rounded up."""
    predictor: PredictorKind = "transformer"
    """linear: one map a step (wants a warm-up); transformer: one causal layer, then the maps."""
    score: Literal["cosine", "dot"] = "cosine"
    """cosine / temperature, or dot product / sqrt(width)."""
    temperature: float = 0.1
    """Of the cosine score."""
    negatives: int = 128
    """Frames that each positive is told apart from (N), drawn with replacement: guessing finds it
    in one of 1 + as many as are different."""
    sampler: SamplerKind = "same-sequence"
    """Where negatives come from. same-category groups crops by `crops.category`; sequential lets
    each row of the batch read on where it ended and carries the context over."""
    exclude_frames: int = 20
    """Frames on either side of the positive that are never negatives: held notes repeat."""
    group: int = 8
    """Sequences that share negatives, at most; divides the batch."""
    anchors: int = 0
    """Frames of a crop to predict from, drawn each step; 0 takes all. Neighbours say almost the
    same, so a third of them learns as much for less arithmetic."""
    warm_up_frames: int = 0
    """First frames of a crop that nothing is predicted from."""
    width: int = 256
    """Features of predicted frames where the encoder has pitch rows."""
    dropout: float = 0.0
    """Chance (0-1) that the predictor misses a feature of the context."""
    reverse: bool = False
    """Run the context backwards and predict the past."""
