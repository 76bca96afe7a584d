"""How far a score may be trusted: bootstrap intervals over recordings."""

from collections.abc import Sequence

import numpy as np

DRAWS = 2000
COVERAGE = 0.95


def bootstrap(groups: dict[str, Sequence[float]], seed: int = 0) -> dict[str, tuple[float, float]]:
    """95 % intervals of each group's mean, and of the mean of groups under the key `all`.

    Recordings are drawn again with replacement within their group, so the interval says what other
    recordings of the same kinds might have given; of a group of two it says next to nothing.

    Args:
        groups: group -> one score a recording.
        seed: of the draws.

    Returns:
        group -> (low, high).
    """
    random = np.random.default_rng(seed)
    means = {}
    for group, values in groups.items():
        scores = np.asarray(values, float)
        picks = random.integers(len(scores), size=(DRAWS, len(scores)))
        means[group] = scores[picks].mean(axis=1)
    if means:
        means["all"] = np.mean(list(means.values()), axis=0)
    edges = (50 * (1 - COVERAGE), 50 * (1 + COVERAGE))
    return {
        group: (float(low), float(high))
        for group, draws in means.items()
        for low, high in [np.percentile(draws, edges)]
    }
