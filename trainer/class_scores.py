"""Figures of classifiers on held-out windows, as JSON and pictures."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.class_task import ClassifySettings, Task
from trainer.confusion import (
    accuracy,
    balanced_accuracy,
    count_confusions,
    draw_confusions,
    macro_f1,
    normalise_rows,
)
from trainer.windows import IGNORED

Scores = tuple[Tensor, Tensor]
"""Scores of the tested clips (n, classes) and of their frames (n, kept frames, classes)."""


def score(scores: Scores, task: Task) -> dict:
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
    """Mean log-probability and label of each recording whose clips share one class."""
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


def figures(scores: Tensor, labels: Tensor, classes: int) -> dict:
    """Accuracies, macro F1, number of examples, and confusion counts, rows the truth."""
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
    results: dict[str, dict], task: Task, settings: ClassifySettings, folder: Path
) -> dict:
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
    (folder / "classify.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    for level in ("clip", "frame"):
        matrices = {name: np.array(levels[level]["confusion"]) for name, levels in results.items()}
        draw_confusions(matrices, task.classes, folder / f"confusion_{level}.png")
    return told


def most_frequent(task: Task) -> float:
    """Accuracy, on the tested clips, of always guessing the commonest class of training."""
    labels = task.clip_labels
    train = labels[task.trained & (labels != IGNORED)]
    test = labels[task.tested & (labels != IGNORED)]
    if not len(train) or not len(test):
        return 0.0
    return float((test == train.mode().values).float().mean())
