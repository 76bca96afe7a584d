"""Intervals of means over pretrainings, runs and recordings.

A score of the study varies for three reasons: another pretraining, another seed of the run, other
recordings. An interval that forgets one of them is too narrow, and percentiles of a bootstrap over
three runs are too narrow even for what they know of. Here the variance of the mean is the sum of
two parts, that of the runs (of whole pretrainings where there are several, else of seeds) and that
of the recordings within their groups; Student's t takes the degrees of freedom of Satterthwaite
(1946). The part that both share is counted twice, which errs to the wide side. `coverage.py` tries
how often such an interval holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import t as student

COVERAGE = 0.95
POWER = 0.8
Groups = Sequence[np.ndarray]
"""Scores (runs, recordings) of each group of recordings."""


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float
    error: float
    """Standard error of the mean."""
    freedom: float
    """Degrees of freedom of the error."""
    seeds: int
    pretrainings: int
    recordings: int
    corrected: float | None = None
    """Two-sided p of zero after the correction for many comparisons, where one was made."""

    @property
    def p(self) -> float:
        """Two-sided p of the hypothesis that the mean is zero (0-1)."""
        if not self.error:
            return float(self.mean == 0)
        return float(2 * student.sf(abs(self.mean) / self.error, self.freedom))

    @property
    def clear_of_zero(self) -> bool:
        """Whether zero is out of the question, after the correction where one was made."""
        return (self.p if self.corrected is None else self.corrected) < 1 - COVERAGE

    @property
    def detectable(self) -> float:
        """The smallest true mean that 80 % of such studies would have found."""
        reach = student.ppf((1 + COVERAGE) / 2, self.freedom) + student.ppf(POWER, self.freedom)
        return float(reach * self.error)

    def describe(self, signed: bool = False) -> str:
        """`0.412 [0.380, 0.443]`, with signs for differences."""
        sign = "+" if signed else ""
        return f"{self.mean:{sign}.3f} [{self.low:{sign}.3f}, {self.high:{sign}.3f}]"


def nested_interval(groups: Groups, pretrainings: Sequence[int] = ()) -> Interval:
    """Mean over runs and recordings, then over groups, with its 95 % interval by Student's t.

    Args:
        groups: `(runs, recordings)` of each group; the runs are the same in all.
        pretrainings: which one each run began with; empty, or all alike, where the runs differ by
            their seeds alone. Then the interval speaks of other seeds, not of other pretrainings.
    """
    runs = len(groups[0])
    kinds = list(dict.fromkeys(pretrainings)) if pretrainings else []
    units = [[i for i in range(runs) if pretrainings[i] == kind] for kind in kinds]
    if len(units) < 2:
        units = [[i] for i in range(runs)]
    by_unit = [np.stack([scores[unit].mean(axis=0) for unit in units]) for scores in groups]
    unit_means = np.mean([scores.mean(axis=1) for scores in by_unit], axis=0)
    parts = recording_parts([scores.mean(axis=0) for scores in by_unit])
    if len(units) > 1:
        parts.append((float(unit_means.var(ddof=1)) / len(units), len(units) - 1.0))
    variance = sum(part for part, _ in parts)
    weight = sum(part**2 / freedom for part, freedom in parts)
    freedom = variance**2 / weight if weight else 1.0
    mean, error = float(unit_means.mean()), variance**0.5
    reach = error * float(student.ppf((1 + COVERAGE) / 2, freedom)) if error else 0.0
    recordings = sum(scores.shape[1] for scores in groups)
    found = Interval(mean, mean - reach, mean + reach, error, freedom, runs, 1, recordings)
    return replace(found, pretrainings=max(1, len(kinds)))


def recording_parts(groups: Sequence[np.ndarray]) -> list[tuple[float, float]]:
    """(variance, degrees of freedom) that each group's recordings add to the mean of all groups.

    A group of one recording has the mean variance of the others, and their degrees of freedom.
    """
    several = [values for values in groups if len(values) > 1]
    if not several:
        return []
    usual = float(np.mean([values.var(ddof=1) for values in several]))
    known = sum(len(values) - 1 for values in several)
    parts = []
    for values in groups:
        alone = len(values) < 2
        spread = usual if alone else float(values.var(ddof=1))
        freedom = known if alone else len(values) - 1
        parts.append((spread / len(values) / len(groups) ** 2, float(freedom)))
    return parts


def correct(intervals: Sequence[Interval]) -> list[Interval]:
    """The intervals with p corrected for their number, after Holm (1979)."""
    order = np.argsort([found.p for found in intervals])
    highest, corrected = 0.0, [0.0] * len(intervals)
    for place, i in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - place) * intervals[i].p))
        corrected[i] = highest
    return [replace(found, corrected=p) for found, p in zip(intervals, corrected, strict=True)]
