"""Log-odds (logits) and probabilities: log-odds of x are the probability 1 / (1 + exp(-x))."""

import math

import numpy as np

from realtime.values.arrays import Floats

FARTHEST = 700.0
"""Log-odds beyond which exp leaves the range of numbers; the probability is 0 or 1 long before."""


def to_probabilities(log_odds: Floats) -> Floats:
    """Turn log-odds of any shape, float32, into probabilities 0-1 of that shape.

    By tanh, which is exact at both ends and half as dear as exp in float32.
    """
    probabilities: Floats = np.float32(0.5) * (1 + np.tanh(np.float32(0.5) * log_odds))
    return probabilities


def to_probability(log_odds: float) -> float:
    """Turn log-odds into a probability, 0-1."""
    return 1 / (1 + math.exp(-min(max(log_odds, -FARTHEST), FARTHEST)))


def move_probability(probability: float, shift: float) -> float:
    """Move a probability (0-1) by `shift` in log-odds; 0, and 1 or more, stay as they are."""
    if not 0 < probability < 1:
        return probability
    return to_probability(math.log(probability / (1 - probability)) + shift)
