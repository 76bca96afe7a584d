"""How often the intervals of a label-efficiency study hold, by simulating such studies.

    python -m benchmarks.label_study.coverage docs/report/results.jsonl

The simulated scores vary as those of the results do, by pretraining, run, recording and what is
left; pretrainings, of which one alone tells nothing, are taken to vary as much as runs do.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.stats import t as student

from benchmarks.label_study.intervals import Groups, nested_interval
from benchmarks.label_study.statistics import HELD_OUT, Study
from trainer.label_curve.results import read_rows

DESIGNS = ((1, 3), (1, 5), (3, 5), (5, 10))
"""Pretrainings and runs of the simulated studies."""


@dataclass(frozen=True)
class Spreads:
    """Standard deviations of a score around its true mean."""

    pretraining: float
    seed: float
    recording: float
    rest: float
    """What is left once run and recording are known."""


@dataclass(frozen=True)
class Design:
    """How many of each a study has."""

    pretrainings: int
    seeds: int
    groups: tuple[int, ...]
    """How many recordings each group has."""

    @property
    def pretraining_of(self) -> list[int]:
        """Number of the pretraining that each run begins with."""
        return [seed % self.pretrainings for seed in range(self.seeds)]


def percentile_bootstrap(groups: Groups, draws: int = 400) -> tuple[float, float]:
    """The interval that the report gave before: percentiles over runs and recordings drawn anew."""
    rng = np.random.default_rng(0)
    runs = len(groups[0])
    chosen = rng.integers(runs, size=(draws, runs))
    totals = np.zeros(draws)
    for scores in groups:
        places = rng.integers(scores.shape[1], size=(draws, scores.shape[1]))
        totals += scores[chosen[:, :, None], places[:, None, :]].mean(axis=(1, 2))
    low, high = np.quantile(totals / len(groups), [0.025, 0.975])
    return float(low), float(high)


def t_of_seeds(groups: Groups, _: Sequence[int] = ()) -> tuple[float, float]:
    """Student's t over the means of the runs, which takes recordings and pretrainings as given."""
    means = np.mean([scores.mean(axis=1) for scores in groups], axis=0)
    reach = student.ppf(0.975, len(means) - 1) * means.std(ddof=1) / len(means) ** 0.5
    return float(means.mean() - reach), float(means.mean() + reach)


def nested_t(groups: Groups, pretrainings: Sequence[int]) -> tuple[float, float]:
    """Give both ends of the report's own `nested_interval`."""
    found = nested_interval(groups, pretrainings)
    return found.low, found.high


METHODS: dict[str, Callable[[Groups, Sequence[int]], tuple[float, float]]] = {
    "nested t (this report)": nested_t,
    "t over the seeds": t_of_seeds,
    "percentile bootstrap": lambda groups, _: percentile_bootstrap(groups),
}


def simulate_coverage(design: Design, spreads: Spreads, studies: int = 1000) -> dict[str, float]:
    """In which part of simulated studies the 95 % interval of each method holds the truth, 0."""
    rng = np.random.default_rng(7)
    hits = dict.fromkeys(METHODS, 0)
    for _ in range(studies):
        began = rng.normal(0, spreads.pretraining, design.pretrainings)[design.pretraining_of]
        runs = began + rng.normal(0, spreads.seed, design.seeds)
        groups = [
            runs[:, None]
            + rng.normal(0, spreads.recording, count)
            + rng.normal(0, spreads.rest, (design.seeds, count))
            for count in design.groups
        ]
        for name, method in METHODS.items():
            low, high = method(groups, design.pretraining_of)
            hits[name] += low <= 0 <= high
    return {name: count / studies for name, count in hits.items()}


def estimate_spreads(groups: Groups) -> Spreads:
    """Spreads by the method of moments, means of all groups; pretrainings vary like seeds."""
    rest, seed, recording = [], [], []
    for scores in groups:
        runs, count = scores.shape
        middle = scores - scores.mean(1, keepdims=True) - scores.mean(0) + scores.mean()
        left = float((middle**2).sum() / max((runs - 1) * (count - 1), 1))
        rest.append(left)
        seed.append(max(0.0, float(scores.mean(1).var(ddof=1)) - left / count))
        if count > 1:
            recording.append(max(0.0, float(scores.mean(0).var(ddof=1)) - left / runs))
    by_seed, by_recording, other = (float(np.mean(part)) ** 0.5 for part in (seed, recording, rest))
    return Spreads(by_seed, by_seed, by_recording, other)


def measured_differences(study: Study, method: str, base: str) -> list[np.ndarray]:
    """Differences `(runs, recordings)` of both sets at every share of the labels."""
    found: list[np.ndarray] = []
    for share in study.fractions("main"):
        one, other = ("main", method, share), ("main", base, share)
        found += study.differences(one, other, [HELD_OUT, *study.real_groups()])[0]
    return found


def coverage_table(
    study: Study, method: str = "cpc-finetuned", base: str = "scratch", studies: int = 1000
) -> str:
    """A Markdown table: how often each kind of interval holds in studies that vary like this one.

    "-" where there are not two runs of both methods.
    """
    measured = measured_differences(study, method, base)
    if not measured or len(measured[0]) < 2:
        return "-"
    spreads = estimate_spreads(measured)
    groups = tuple(
        scores.shape[1]
        for scores in study.differences(
            ("main", method, study.fractions("main")[0]),
            ("main", base, study.fractions("main")[0]),
            study.real_groups() or [HELD_OUT],
        )[0]
    )
    lines = ["| pretrainings, runs | " + " | ".join(METHODS) + " |", "| --- |" + " --- |" * 3]
    given = replace(spreads, pretraining=0.0)
    rows = [("1 (taken as given), 3", (1, 3), given)]
    rows += [(f"{one}, {runs}", (one, runs), spreads) for one, runs in DESIGNS]
    for name, (pretrainings, seeds), vary in rows:
        held = simulate_coverage(Design(pretrainings, seeds, groups), vary, studies)
        shown = " | ".join(f"{100 * held[name]:.0f} %" for name in METHODS)
        lines.append(f"| {name} | {shown} |")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Print the table; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="results.jsonl of `jtm label-curve`")
    study = Study(read_rows(parser.parse_args(argv).results))
    print(estimate_spreads(measured_differences(study, "cpc-finetuned", "scratch")))
    print(coverage_table(study))
    return 0


if __name__ == "__main__":
    sys.exit(main())
