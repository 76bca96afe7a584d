"""Figures of classifiers on held-out windows, as JSON and pictures."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from realtime.values.atomic import replace_text
from trainer.classification.task import PICTURED, ClassifySettings, Task
from trainer.classification.windows import IGNORED


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
    """Share of each true class that was called what, `(classes, classes)`; rows sum to 1."""
    totals = counts.sum(axis=1, keepdims=True)
    result: np.ndarray = counts / np.maximum(totals, 1)
    return result


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


Scores = tuple[Tensor, Tensor]
"""Scores of the tested clips (n, classes) and of their frames (n, kept frames, classes)."""


def score(scores: Scores, task: Task) -> dict[str, Any]:
    """Figures on the tested windows.

    Returns:
        For "clip", "frame" and "recording" (the mean of a recording's clips): accuracy,
        balanced_accuracy, macro_f1, examples, and confusion counts (rows are the truth).
    """
    labels = task.clip_labels[task.tested]
    names = [w.recording for w, t in zip(task.windows, task.tested.tolist(), strict=True) if t]
    return {
        "clip": figures(scores[0], labels, len(task.classes)),
        "frame": figures(
            scores[1].flatten(0, 1), task.frame_labels[task.tested].flatten(), len(task.classes)
        ),
        "recording": figures(*by_recording(scores[0], labels, names), len(task.classes)),
    }


def by_recording(scores: Tensor, labels: Tensor, names: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Mean log-probability and label of each recording whose clips share one class.

    Args:
        scores: of clips, `(clips, classes)`.
        labels: `(clips,)`, IGNORED where unknown.
        names: recording of each clip.

    Returns:
        `(recordings, classes)` and `(recordings,)`.
    """
    found, truth = [], []
    chances = torch.log_softmax(scores, dim=-1)
    for name in sorted(set(names)):
        rows = torch.tensor([n == name for n in names]) & (labels != IGNORED)
        if rows.any() and len(set(labels[rows].tolist())) == 1:
            found.append(chances[rows].mean(dim=0))
            truth.append(labels[rows][0])
    if not found:
        return scores[:0], labels[:0]
    return torch.stack(found), torch.stack(truth)


def figures(scores: Tensor, labels: Tensor, classes: int) -> dict[str, Any]:
    """Figures of scores `(n, classes)` against labels `(n,)`: shares of 0 to 1, and counts."""
    known = labels != IGNORED
    guess = scores[known].argmax(dim=-1).numpy()
    counts = count_confusions(labels[known].numpy(), guess, classes)
    return {
        "accuracy": round(accuracy(counts), 4),
        "balanced_accuracy": round(balanced_accuracy(counts), 4),
        "macro_f1": round(macro_f1(counts), 4),
        "examples": int(counts.sum()),
        "confusion": counts.tolist(),
    }


def write_report(
    results: dict[str, dict[str, Any]], task: Task, settings: ClassifySettings, folder: Path
) -> dict[str, Any]:
    """Write `classify.json` and one picture a level into `folder`; returns what the JSON holds."""
    tested, trained = (
        {w.recording for w, chosen in zip(task.windows, mask.tolist(), strict=True) if chosen}
        for mask in (task.tested, task.trained)
    )
    told = {
        "settings": dataclasses.asdict(settings),
        "classes": task.classes,
        "test_recordings": sorted(tested),
        "train_recordings": sorted(trained),
        "chance": round(most_frequent(task), 4),
        "results": {
            method: {
                level: found
                | {"confusion_rows": normalise_rows(np.array(found["confusion"])).tolist()}
                for level, found in levels.items()
            }
            for method, levels in results.items()
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    replace_text(folder / "classify.json", json.dumps(told, indent=1) + "\n")
    for level in PICTURED:
        matrices = {name: np.array(levels[level]["confusion"]) for name, levels in results.items()}
        draw_confusions(matrices, task.classes, folder / f"confusion_{level}.png")
    return told


def most_frequent(task: Task) -> float:
    """Accuracy (0-1), on the tested clips, of always guessing the commonest class of training."""
    labels = task.clip_labels
    train = labels[task.trained & (labels != IGNORED)]
    test = labels[task.tested & (labels != IGNORED)]
    if not len(train) or not len(test):
        return 0.0
    return float((test == train.mode().values).float().mean())
