"""The cells of a label-efficiency study: who trains on how much, with which seed."""

from collections.abc import Sequence
from dataclasses import dataclass

from realtime.troubles.errors import UsageError
from trainer.label_curve.methods import METHODS


@dataclass(frozen=True)
class Cell:
    """One training run of the study."""

    variant: str
    """Name of everything that is not in the other fields: settings, data, pretraining."""
    method: str
    fraction: float
    """Share of the labelled recordings, 0-1."""
    seed: int
    """Seed of weights, crops, and of which recordings a fraction takes."""

    def __str__(self) -> str:
        return f"{self.variant}/{self.method}/{100 * self.fraction:g}%/seed {self.seed}"


def list_cells(
    variant: str, methods: Sequence[str], fractions: Sequence[float], seeds: Sequence[int]
) -> list[Cell]:
    """All cells, one whole curve of every method before the next seed begins.

    Raises:
        UserError: if a method is unknown or a fraction is not in (0, 1].
    """
    unknown = [method for method in methods if method not in METHODS]
    if unknown:
        raise UsageError(f"No method '{unknown[0]}'; choose of {', '.join(METHODS)}.")
    for fraction in fractions:
        if not 0 < fraction <= 1:
            raise UsageError(f"--fractions must be above 0 and at most 1, not {fraction:g}.")
    return [
        Cell(variant, method, fraction, seed)
        for seed in seeds
        for fraction in fractions
        for method in methods
    ]


def take_share(cells: Sequence[Cell], share: str) -> list[Cell]:
    """Every n-th cell from the i-th on, for "i/n" with i from 1; the shares make up the whole.

    Raises:
        UsageError: if `share` is not such a pair.
    """
    first, _, parts = share.partition("/")
    if not (first.isdigit() and parts.isdigit() and 1 <= int(first) <= int(parts)):
        raise UsageError(f"--share must be I/N with I from 1 to N, such as 2/3, not '{share}'.")
    return list(cells[int(first) - 1 :: int(parts)])
