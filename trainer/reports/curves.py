"""Curves of a run as pictures: loss and accuracy for each k, features, gradients, scores."""

import csv
from collections.abc import Iterable
from pathlib import Path

import matplotlib
import numpy as np

from realtime.errors import UserError

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

UNITS = {"scores": "F1", "memory": "GB of all processes"}

EVEN_STEPS = {"nbins": "auto", "steps": [1, 2, 2.5, 5, 10]}
"""Where an axis has its ticks, as elsewhere in matplotlib."""
FEW_POINTS = 10
"""A curve with fewer points shows each of them."""

Curve = tuple[np.ndarray, np.ndarray]
"""Steps and values."""


def read_curves(run: Path) -> dict[str, Curve]:
    """Every figure of a run by name; a resumed run replaces what came after its start.

    Raises:
        UserError: if the run has no log.
    """
    logs = sorted(run.glob("csv/**/metrics.csv"), key=lambda path: path.stat().st_mtime)
    if not logs:
        raise UserError(
            f"No csv/metrics.csv in '{run}'; give a folder of `jtm pretrain` or `jtm train`."
        )
    points: dict[str, dict[int, float]] = {}
    for log in logs:
        with log.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        first = min((int(row["step"]) for row in rows if row.get("step")), default=0)
        for name in points:
            points[name] = {step: v for step, v in points[name].items() if step < first}
        for row in rows:
            for name, value in row.items():
                if value and name not in ("step", "epoch"):
                    points.setdefault(name, {})[int(row["step"])] = float(value)
    return {
        name: (np.array(sorted(found)), np.array([found[step] for step in sorted(found)]))
        for name, found in points.items()
        if found
    }


def draw_report(run: Path, out: Path) -> list[Path]:
    """Write one PNG for each group of curves that the run logged.

    Args:
        run: folder of `jtm pretrain` or `jtm train`.
        out: where the pictures go; made if it is not there.

    Returns:
        The pictures.
    """
    curves = read_curves(run)
    out.mkdir(parents=True, exist_ok=True)
    pictures = []
    for part in ("train", "valid"):
        for figure, unit in (("loss", "nats"), ("accuracy", "share of predictions")):
            names = by_distance(curves, f"{part}/{figure}_k")
            if names:
                axes = new_axes(f"{part}: {figure} for each distance k", unit)
                draw_distances(axes, curves, names)
                draw_chance(axes, curves, figure)
                pictures.append(save(axes, out / f"{part}_{figure}.png"))
    last = {kind: by_distance(curves, f"{kind}/accuracy_k") for kind in ("train", "valid")}
    if last["train"]:
        axes = new_axes("accuracy against distance, at the end", "share of predictions")
        axes.set_xlabel("k, frames of 10 ms")
        draw_ends(axes, curves, last)
        draw_chance(axes, curves, "accuracy")
        pictures.append(save(axes, out / "accuracy_by_k.png"))
    groups = {
        "memory": ["train/memory_gb"],
        "features": ("train/feature_std", "train/feature_spread"),
        "gradients": ("train/encoder_gradient", "train/context_gradient"),
        "losses": [f"train/{name}" for name in ("total", "onset", "frame", "offset", "velocity")],
        "scores": sorted(name for name in curves if name.startswith("valid/onset_f1")),
    }
    for title, names in groups.items():
        known = [name for name in names if name in curves]
        if known:
            axes = new_axes(title, UNITS.get(title, "value"))
            draw_named(axes, curves, known)
            if title == "memory":
                axes.set_ylim(bottom=0)
            elif title != "scores":
                axes.set_yscale("log")
            pictures.append(save(axes, out / f"{title}.png"))
    return pictures


def by_distance(names: Iterable[str], beginning: str) -> list[str]:
    """Those of the names that begin so, the smallest k first."""
    return sorted((name for name in names if name.startswith(beginning)), key=distance_of)


def distance_of(name: str) -> int:
    """The k of a figure: `train/accuracy_k07` -> 7, `valid/loss_k112` -> 112."""
    return int(name.rpartition("_k")[2])


def draw_ends(axes: Axes, curves: dict[str, Curve], names: dict[str, list[str]]) -> None:
    """Accuracy of each k: mean of the last tenth of training, last validation."""
    for kind, part in (("train", 0.1), ("valid", 0.0)):
        if names[kind]:
            values = [curves[name][1] for name in names[kind]]
            ends = [v[-max(1, int(part * len(v))) :].mean() for v in values]
            axes.plot([distance_of(name) for name in names[kind]], ends, "o-", ms=4, label=kind)
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8)


def new_axes(title: str, unit: str) -> Axes:
    """An empty picture with a grid."""
    _, axes = plt.subplots(figsize=(8, 4.5), dpi=110, layout="constrained")
    axes.set(title=title, xlabel="step", ylabel=unit)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, **EVEN_STEPS))
    axes.grid(alpha=0.3)
    return axes


def draw_curve(axes: Axes, curve: Curve, **style: object) -> None:
    """Smoothed values over steps; few points are marked, or a single one would not be seen."""
    steps, values = curve
    marker = "o" if len(steps) < FEW_POINTS else ""
    axes.plot(steps, smooth(values), lw=1.3, marker=marker, ms=4, **style)


def draw_distances(axes: Axes, curves: dict[str, Curve], names: list[str]) -> None:
    """One line for each k, near ones dark, each named at its end."""
    colours = plt.get_cmap("viridis")(np.linspace(0, 0.9, len(names)))
    for name, colour in zip(names, colours, strict=True):
        draw_curve(axes, curves[name], color=colour, label=f"k = {distance_of(name)}")
    axes.legend(ncols=2, fontsize=7, loc="center left", bbox_to_anchor=(1.01, 0.5))


def draw_chance(axes: Axes, curves: dict[str, Curve], figure: str) -> None:
    """The level of guessing as a dashed line."""
    known = curves.get(f"train/chance_{figure}")
    if known is not None:
        axes.axhline(known[1][-1], color="tab:red", ls="--", lw=1)
        place = (0.01, known[1][-1])
        axes.annotate("chance", place, xycoords=("axes fraction", "data"), fontsize=8)


def draw_named(axes: Axes, curves: dict[str, Curve], names: Iterable[str]) -> None:
    """One line for each name."""
    for name in names:
        draw_curve(axes, curves[name], label=name.split("/")[-1])
    axes.legend(fontsize=8)


def smooth(values: np.ndarray, most: int = 9) -> np.ndarray:
    """Running mean over up to `most` points, shorter at both ends."""
    width = min(most, max(1, len(values) // 10)) | 1
    kernel = np.ones(width)
    return np.convolve(values, kernel, "same") / np.convolve(np.ones(len(values)), kernel, "same")


def save(axes: Axes, path: Path) -> Path:
    """Write and close."""
    axes.figure.savefig(path)
    plt.close(axes.figure)
    return path
