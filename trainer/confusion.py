"""Right and wrong answers of a classifier: confusion matrix, accuracies, macro F1, picture."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np


def count_confusions(truth: np.ndarray, guess: np.ndarray, classes: int) -> np.ndarray:
    """Counts (classes, classes): row = true class, column = guess.

    Args:
        truth: class numbers (n,).
        guess: class numbers (n,).
        classes: how many there are.
    """
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (truth, guess), 1)
    return counts


def normalise_rows(counts: np.ndarray) -> np.ndarray:
    """Share of each true class that was called what: every row with examples sums to 1."""
    totals = counts.sum(axis=1, keepdims=True)
    return counts / np.maximum(totals, 1)


def accuracy(counts: np.ndarray) -> float:
    """Share of right answers, 0-1."""
    return float(np.trace(counts) / max(1, counts.sum()))


def balanced_accuracy(counts: np.ndarray) -> float:
    """Mean over true classes of the share that was recognised, 0-1; guessing gives 1 / classes."""
    totals = counts.sum(axis=1)
    recalls = np.diag(counts)[totals > 0] / totals[totals > 0]
    return float(recalls.mean()) if len(recalls) else 0.0


def macro_f1(counts: np.ndarray) -> float:
    """Mean over true classes of the harmonic mean of precision and recall, 0-1."""
    right = np.diag(counts)
    present = counts.sum(axis=1) > 0
    f1 = 2 * right / np.maximum(counts.sum(axis=0) + counts.sum(axis=1), 1)
    return float(f1[present].mean()) if present.any() else 0.0


def draw_confusions(matrices: dict[str, np.ndarray], classes: Sequence[str], path: Path) -> None:
    """A picture of row-normalised matrices side by side.

    Args:
        matrices: title -> counts (classes, classes).
        classes: names in order.
        path: of the .png.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = min(3, len(matrices))
    rows = -(-len(matrices) // columns)
    side = max(3.6, 0.36 * len(classes) + 1.8)
    figure = Figure(figsize=(columns * side, rows * side), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis, (title, counts) in zip(axes, matrices.items(), strict=False):
        shares = normalise_rows(counts)
        axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        axis.set_title(f"{title}: {100 * accuracy(counts):.1f} %", fontsize=9)
        axis.set_xticks(range(len(classes)), classes, rotation=90, fontsize=7)
        axis.set_yticks(range(len(classes)), classes, fontsize=7)
        axis.set_xlabel("guess", fontsize=8)
        axis.set_ylabel("truth (rows sum to 1)", fontsize=8)
        for (row, column), share in np.ndenumerate(shares):
            if share >= 0.005:
                colour = "white" if share > 0.5 else "black"
                text = f"{100 * share:.0f}"
                axis.text(column, row, text, ha="center", va="center", color=colour, fontsize=6)
    for axis in axes[len(matrices) :]:
        axis.set_axis_off()
    figure.savefig(path, dpi=120)
