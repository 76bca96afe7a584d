"""Learns a head in numpy: Adam on the trainer's losses, with a second set that must not change."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from realtime.inference.spec import HEAD_TENSORS, OUTPUTS
from realtime.teach.examples import STEPS, Examples
from realtime.teach.judging.decoding import probabilities
from realtime.values.arrays import Floats

Weights = dict[str, Floats]

LOSS_WEIGHTS = np.array([4.0, 1.0, 1.0], np.float32)
"""Onset, frame and offset, as in trainer/recipes/default.yaml."""
VELOCITY_WEIGHT = 20.0
"""Squared distance to the velocity that was said before, where a note starts: how loud a note was
played the player does not tell, so what the model knew of it stays."""
BETAS = 0.9, 0.99


@dataclass(frozen=True)
class LearningSettings:
    """How long and how fast the head learns."""

    steps: int = 1000
    rows: int = 2048
    """Rows of a step from what is taught, and as many from what must not change."""
    learning_rate: float = 1e-3
    """Learning rate of Adam; falls to a twentieth along a cosine."""
    remind: float = 1.0
    """Weight of what must not change beside what is taught."""
    decay: float = 1e-3
    """Pull towards the weights at the start, each step, as a part of the learning rate."""


class Pool:
    """Examples of several pieces as one, with the answers that are wanted.

    Args:
        examples: of the pieces.
        before: the weights at the start.
        as_before: the part by which the wanted answers are those of `before`, 0-1, rather than the
            notes'.
        folds: of each piece, for `without`; all are in fold 0 where none are given.
    """

    def __init__(
        self,
        examples: Sequence[Examples],
        before: Mapping[str, Floats],
        as_before: float = 0.0,
        folds: Sequence[int] = (),
    ) -> None:
        pieces = list(examples)
        counts = [len(one.row) for one in pieces]
        self._features = np.concatenate([one.features for one in pieces])
        self._targets = np.concatenate([one.targets for one in pieces])
        self._weight = np.concatenate([one.weight for one in pieces])
        answers = [probabilities(one, before).astype(np.float16) for one in pieces]
        self._answers = np.concatenate(answers)
        self._hops = np.array([one.hops for one in pieces])
        self._piece = np.repeat(np.arange(len(pieces)), counts)
        self._folds = np.array(folds or [0] * len(pieces))
        self._as_before = np.float32(as_before)
        self._keep(np.ones(len(pieces), bool))

    def _keep(self, pieces: npt.NDArray[np.bool_]) -> None:
        """Draw from these pieces alone."""
        self._rows = np.flatnonzero(pieces[self._piece])
        self._scale = np.float32(len(self._rows) / max(self._hops[pieces].sum(), 1))

    def without(self, *folds: int) -> "Pool":
        """All examples but those of some folds; nothing is copied."""
        rest = copy(self)
        rest._keep(~np.isin(self._folds, folds))
        return rest

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats]:
        """Rows by chance: features, weights, wanted onset, frame, offset, and velocity before."""
        rows = self._rows[np.sort(rng.integers(len(self._rows), size=count))]
        before = self._answers[rows].astype(np.float32)
        wanted = (self._targets[rows] / STEPS).astype(np.float32)
        wanted += self._as_before * (before[:, :3] - wanted)
        weight = self._weight[rows] * self._scale
        return self._features[rows].astype(np.float32), weight, wanted, before[:, 3]


def learn(
    before: Mapping[str, Floats],
    taught: Pool,
    kept: Pool,
    settings: LearningSettings,
    seed: int,
    on_step: Callable[[int, Weights], None] = lambda step, weights: None,
) -> Weights:
    """Weights that say what is taught, and otherwise what they said before.

    Args:
        before: `HEAD_TENSORS` to start from.
        taught: the player's music.
        kept: music of other instruments, answered as before.
        settings: of the learning.
        seed: of the draws.
        on_step: told after every step.
    """
    rng = np.random.default_rng(seed)
    weights = {name: before[name].copy() for name in HEAD_TENSORS}
    first = {name: np.zeros_like(value) for name, value in weights.items()}
    second = {name: np.zeros_like(value) for name, value in weights.items()}
    for step in range(1, settings.steps + 1):
        gradient = loss_gradient(weights, taught.draw(settings.rows, rng), 1.0)
        other = loss_gradient(weights, kept.draw(settings.rows, rng), settings.remind)
        fall = 0.05 + 0.95 * 0.5 * (1 + np.cos(np.pi * step / settings.steps))
        rate = np.float32(settings.learning_rate * min(1.0, step / 20) * fall)
        for name in HEAD_TENSORS:
            slope = gradient[name] + other[name]
            first[name] += (1 - BETAS[0]) * (slope - first[name])
            second[name] += (1 - BETAS[1]) * (slope**2 - second[name])
            mean = first[name] / (1 - BETAS[0] ** step)
            spread = np.sqrt(second[name] / (1 - BETAS[1] ** step)) + 1e-8
            weights[name] -= rate * (mean / spread).astype(np.float32)
            weights[name] -= rate * np.float32(settings.decay) * (weights[name] - before[name])
        on_step(step, weights)
    return weights


def loss_gradient(
    weights: Mapping[str, Floats], drawn: tuple[Floats, Floats, Floats, Floats], scale: float
) -> Weights:
    """Slope of the loss: cross-entropy of onset, frame and offset, squared error of velocity."""
    features, weight, wanted, velocity = drawn
    hidden_weight, hidden_bias, out_weight, out_bias = (weights[name] for name in HEAD_TENSORS)
    hidden = np.maximum(features @ hidden_weight + hidden_bias, 0)
    logits = (hidden @ out_weight + out_bias).reshape(len(features), len(OUTPUTS), -1)
    said = np.float32(0.5) * (1 + np.tanh(np.float32(0.5) * logits))
    count = len(features)
    looks = said.shape[2]
    slope = np.empty_like(said)
    slope[:, :3] = (said[:, :3] - wanted) * LOSS_WEIGHTS[:, None] * (weight / count)[:, None, None]
    starts = wanted[:, 0]
    loud = said[:, 3]
    off = starts * (loud - velocity) * loud * (1 - loud)
    slope[:, 3] = 2 * VELOCITY_WEIGHT * off / (starts.sum(axis=0) + 1)
    slope *= np.float32(scale / looks)
    flat = slope.reshape(count, -1)
    back = (flat @ out_weight.T) * (hidden > 0)
    return dict(
        zip(
            HEAD_TENSORS,
            (features.T @ back, back.sum(axis=0), hidden.T @ flat, flat.sum(axis=0)),
            strict=True,
        )
    )


def between(before: Mapping[str, Floats], after: Mapping[str, Floats], part: float) -> Weights:
    """Weights on the straight line from `before` to `after`; `part` is 0-1 of the way."""
    return {
        name: (before[name] + np.float32(part) * (after[name] - before[name])).astype(np.float32)
        for name in HEAD_TENSORS
    }


def mean_of(several: Sequence[Mapping[str, Floats]]) -> Weights:
    """The mean, tensor by tensor, of weights that were learned from the same ones."""
    return {
        name: np.stack([one[name] for one in several]).mean(axis=0, dtype=np.float32)
        for name in HEAD_TENSORS
    }
