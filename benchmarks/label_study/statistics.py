"""The rows of a label-efficiency study, and the means and differences that they give."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.label_study.intervals import Interval, correct, nested_interval

Row = dict[str, Any]
HELD_OUT = "held-out"


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
        """Methods that a variant was run with, in the order of `known`."""
        found = {method for name, method, _ in self.cells if name == variant}
        return [method for method in known if method in found]

    def variants(self) -> list[str]:
        """Names of all settings, in the order of the file."""
        return list(dict.fromkeys(name for name, _, _ in self.cells))

    def score(
        self, variant: str, method: str, fraction: float, groups: Sequence[str]
    ) -> Interval | None:
        """Mean onset F1 of a cell over runs and recordings; None where it was not run."""
        cells = self.cells.get((variant, method, fraction))
        if not cells:
            return None
        seeds = sorted(cells)
        scores = [tensor(cells, seeds, group) for group in groups]
        found = nested_interval(scores, pretrainings_of(cells, seeds))
        return replace(found, low=max(0.0, found.low), high=min(1.0, found.high))

    def difference(
        self,
        one: tuple[str, str, float],
        other: tuple[str, str, float],
        groups: Sequence[str],
    ) -> Interval | None:
        """Mean difference of onset F1 (one minus other), paired by seed and recording."""
        scores, began = self.differences(one, other, groups)
        return nested_interval(scores, began) if scores else None

    def differences(
        self,
        one: tuple[str, str, float],
        other: tuple[str, str, float],
        groups: Sequence[str],
    ) -> tuple[list[np.ndarray], list[int]]:
        """Differences `(runs, recordings)` of each group, and what the runs of `one` began with."""
        first, second = self.cells.get(one, {}), self.cells.get(other, {})
        seeds = sorted(set(first) & set(second))
        if not seeds:
            return [], []
        return (
            [tensor(first, seeds, group) - tensor(second, seeds, group) for group in groups],
            pretrainings_of(first, seeds),
        )

    def gains(
        self, variant: str, method: str, base: str, sets: dict[str, Sequence[str]]
    ) -> dict[tuple[str, float], Interval]:
        """Differences at every share and on every set, p corrected for their number.

        Args:
            variant: whose cells.
            method: minus `base`.
            base: what it is compared with.
            sets: name -> groups of recordings.

        Returns:
            (set, share of the labels) -> difference, without those that were not run.
        """
        found = {}
        for name, groups in sets.items():
            for share in self.fractions(variant):
                gain = self.difference((variant, method, share), (variant, base, share), groups)
                if gain is not None:
                    found[name, share] = gain
        return dict(zip(found, correct(list(found.values())), strict=True))

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
        began = pretrainings_of(self.cells[variant, method, shares[0]], seeds)
        scores = [
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
        return nested_interval(scores, began)

    def pretrainings_made(self, variant: str, objective: str) -> list[Row]:
        """The rows of all pretrainings of a kind, by number; of two of one number the later."""
        found = {
            row.get("pretraining", 0): row
            for row in self.rows
            if row["kind"] == "pretraining"
            and (row["variant"], row["objective"]) == (variant, objective)
        }
        return [found[number] for number in sorted(found)]

    def weights(self, variant: str) -> int:
        """Trained numbers of a variant's network, 0 where no cell was run."""
        cells = [runs for key, runs in self.cells.items() if key[0] == variant]
        return next((row["weights"] for runs in cells for row in runs.values()), 0)

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


def pretrainings_of(cells: dict[int, Row], seeds: Sequence[int]) -> list[int]:
    """Which pretraining each run began with; 0 for all where there was one or none."""
    return [cells[seed].get("pretraining") or 0 for seed in seeds]
