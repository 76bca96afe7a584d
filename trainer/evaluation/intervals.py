"""95 % intervals of means that hold with few recordings.

Recordings are few and their scores are not normal, but Student's t covers the mean of three or five
of them far better than percentiles of a bootstrap do, which are too narrow by a third there.
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student

COVERAGE = 0.95
ALIKE = 1e-9
"""Scores that differ by less are the same: their recordings do not tell how others would spread."""


def mean_interval(scores: Sequence[float]) -> tuple[float, float] | None:
    """Interval of the mean of recordings like these, within 0-1; None for fewer than two."""
    values = np.asarray(scores, float)
    if len(values) < 2:
        return None
    error = float(values.std(ddof=1)) / len(values) ** 0.5
    return _around(float(values.mean()), error, len(values) - 1)


def interval_of_group_means(groups: Sequence[Sequence[float]]) -> tuple[float, float] | None:
    """Interval of the mean of the means of groups; None where no group has two recordings.

    The groups stay as they are, other recordings are drawn within each: Welch's sum of variances,
    with the degrees of freedom of Satterthwaite. A group of one, or one whose recordings score all
    alike, has the mean variance of the others.
    """
    several = [np.asarray(group, float) for group in groups if len(group) > 1]
    if not several:
        return None
    spread = [values for values in several if np.ptp(values) > ALIKE]
    usual = float(np.mean([values.var(ddof=1) for values in spread])) if spread else 0.0
    parts = [(values.var(ddof=1) / len(values), len(values) - 1) for values in spread]
    lengths = [len(group) for group in groups if len(group) < 2 or np.ptp(group) <= ALIKE]
    total = sum(part for part, _ in parts) + sum(usual / length for length in lengths)
    weight = sum(part**2 / freedom for part, freedom in parts)
    freedom = sum(part for part, _ in parts) ** 2 / weight if weight else 1.0
    middle = float(np.mean([np.mean(group) for group in groups]))
    return _around(middle, total**0.5 / len(groups), freedom)


def _around(middle: float, error: float, freedom: float) -> tuple[float, float]:
    reach = error * float(student.ppf((1 + COVERAGE) / 2, freedom)) if error else 0.0
    return max(0.0, middle - reach), min(1.0, middle + reach)
