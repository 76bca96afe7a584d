"""Means and confidence intervals of the label-efficiency study, by bootstrap."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Row = dict[str, Any]
DRAWS = 4000
HELD_OUT = "held-out"


@dataclass(frozen=True)
class Interval:
    """A mean with the middle 95 % of its bootstrap."""

    mean: float
    low: float
    high: float
    seeds: int
    recordings: int

    @property
    def clear_of_zero(self) -> bool:
        """Whether zero lies outside."""
        return self.low > 0 or self.high < 0

    def told(self, signed: bool = False) -> str:
        """`0.412 [0.380, 0.443]`, with signs for differences."""
        sign = "+" if signed else ""
        return f"{self.mean:{sign}.3f} [{self.low:{sign}.3f}, {self.high:{sign}.3f}]"


class Study:
    """The rows of a results file, by what they are.

    Args:
        rows: as `trainer.label_curve.results.read_rows` gives them; of two rows of one cell the
            later counts.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)
        self.cells: dict[tuple[str, str, float], dict[int, Row]] = {}
        self.pretrainings: dict[tuple[str, str], Row] = {}
        self.probes = [row for row in rows if row["kind"] == "probe"]
        for row in rows:
            if row["kind"] == "cell":
                key = (row["variant"], row["method"], row["fraction"])
                self.cells.setdefault(key, {})[row["seed"]] = row
            elif row["kind"] == "pretraining":
                self.pretrainings[row["variant"], row["objective"]] = row

    def fractions(self, variant: str) -> list[float]:
        """Shares of the labels that a variant was run at, ascending."""
        return sorted({fraction for name, _, fraction in self.cells if name == variant})

    def methods(self, variant: str, known: Sequence[str]) -> list[str]:
        """Those of `known` that a variant was run with, in that order."""
        found = {method for name, method, _ in self.cells if name == variant}
        return [method for method in known if method in found]

    def variants(self) -> list[str]:
        """Names of all settings, in the order of the file."""
        return list(dict.fromkeys(name for name, _, _ in self.cells))

    def score(
        self, variant: str, method: str, fraction: float, groups: Sequence[str]
    ) -> Interval | None:
        """Mean onset F1 of a cell over seeds and recordings; None where it was not run."""
        cells = self.cells.get((variant, method, fraction))
        if not cells:
            return None
        return bootstrap([tensor(cells, sorted(cells), group) for group in groups])

    def difference(
        self,
        one: tuple[str, str, float],
        other: tuple[str, str, float],
        groups: Sequence[str],
    ) -> Interval | None:
        """Mean difference of onset F1 (one minus other), paired by seed and recording."""
        first, second = self.cells.get(one, {}), self.cells.get(other, {})
        seeds = sorted(set(first) & set(second))
        if not seeds:
            return None
        return bootstrap(
            [tensor(first, seeds, group) - tensor(second, seeds, group) for group in groups]
        )

    def overall(
        self, variant: str, method: str, base: str, groups: Sequence[str]
    ) -> Interval | None:
        """Mean difference over all shares of the labels that both were run at with some seeds.

        Seeds that are missing at one of these shares are left out at all.
        """
        shares = [
            f
            for f in self.fractions(variant)
            if (variant, method, f) in self.cells and (variant, base, f) in self.cells
        ]
        both = [set(self.cells[variant, name, f]) for name in (method, base) for f in shares]
        seeds = sorted(set.intersection(*both)) if both else []
        if not seeds:
            return None
        return bootstrap(
            [
                np.mean(
                    [
                        tensor(self.cells[variant, method, f], seeds, group)
                        - tensor(self.cells[variant, base, f], seeds, group)
                        for f in shares
                    ],
                    axis=0,
                )
                for group in groups
            ]
        )

    def real_groups(self) -> list[str]:
        """Groups of the manifest's recordings."""
        return sorted(
            {name for row in self.rows if row["kind"] == "cell" for name in row["scores"]}
            - {HELD_OUT}
        )

    def core_minutes(self, kind: str = "") -> float:
        """Processor time of all rows, or of one kind."""
        return sum(
            row.get("core_seconds", 0.0) / 60
            for row in self.rows
            if not kind or row["kind"] == kind
        )


def tensor(cells: dict[int, Row], seeds: Sequence[int], group: str) -> np.ndarray:
    """Scores (seeds, recordings) of a group."""
    names = sorted(cells[seeds[0]]["scores"][group])
    return np.array([[cells[seed]["scores"][group][name] for name in names] for seed in seeds])


def bootstrap(groups: Sequence[np.ndarray], draws: int = DRAWS) -> Interval:
    """Mean over seeds and recordings, then over groups, with its 95 % bootstrap interval.

    Seeds are drawn with replacement, once for all groups; recordings within each group. So the
    interval speaks of other seeds and other recordings of these kinds, not of other pretrainings,
    and with three seeds it is rough.

    Args:
        groups: `(seeds, recordings)` of each group.
        draws: of the bootstrap.
    """
    rng = np.random.default_rng(0)
    seeds = len(groups[0])
    chosen = rng.integers(seeds, size=(draws, seeds))
    totals = np.zeros(draws)
    for scores in groups:
        places = rng.integers(scores.shape[1], size=(draws, scores.shape[1]))
        totals += scores[chosen[:, :, None], places[:, None, :]].mean(axis=(1, 2))
    low, high = np.quantile(totals / len(groups), [0.025, 0.975])
    mean = float(np.mean([scores.mean() for scores in groups]))
    return Interval(mean, float(low), float(high), seeds, sum(s.shape[1] for s in groups))
