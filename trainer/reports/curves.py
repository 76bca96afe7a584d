"""Curves of a run as pictures: loss and accuracy for each k, features, gradients, scores."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from realtime.files.labels.tables import read_records
from realtime.troubles.errors import UserError
from realtime.values.atomic import replace_text

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

UNITS = {
    "scores": "F1",
    "notes at the default look-ahead": "share",
    "learning rate": "rate",
    "throughput": "seconds of audio a second, all devices",
    "memory": "GB of all processes",
    "gradients": "norm before clipping",
}

LOGARITHMIC = ("losses", "features", "gradients")
"""Pictures whose values span powers of ten; the others begin at 0."""
SMALLEST_TOP = 1e-9
"""Where an axis of nothing but zeros ends at the least."""

EVEN_STEPS: dict[str, Any] = {"nbins": "auto", "steps": [1, 2, 2.5, 5, 10]}
"""Where an axis has its ticks, as elsewhere in matplotlib."""
FEW_POINTS = 10
"""A curve with fewer points shows each of them."""
MOST_SMOOTHED = 9
"""Points of a curve that a running mean takes together, at the most."""
SMOOTHED = f"step (lines: running means of up to {MOST_SMOOTHED} logged values; pale: as logged)"
JOINED = "metrics.csv"
"""Table of everything that a run logged, before and after it was resumed."""

Curve = tuple[np.ndarray, np.ndarray]
"""Steps (n,) and the values at them (n,)."""


def read_curves(run: Path) -> dict[str, Curve]:
    """Every figure of a run by name; a resumed run replaces what came after its start.

    The log of the beginning is `csv/metrics.csv`, those of the times that the run was resumed are
    `csv/resumed_1/metrics.csv` and so on (`trainer.runs.loggers.make_loggers`).

    Raises:
        UserError: if the run has no log, or a damaged one.
    """
    logs = sorted(run.glob("csv/**/metrics.csv"), key=_resumption)
    if not logs:
        raise UserError(
            f"No csv/metrics.csv in '{run}'; give a folder of `jtm pretrain` or `jtm train`."
        )
    points: dict[str, dict[int, float]] = {}
    for log in logs:
        rows = _logged(log)
        first = min((step for step, _ in rows), default=0)
        for name in points:
            points[name] = {step: v for step, v in points[name].items() if step < first}
        for step, values in rows:
            for name, value in values.items():
                points.setdefault(name, {})[step] = value
    return {
        name: (np.array(sorted(found)), np.array([found[step] for step in sorted(found)]))
        for name, found in points.items()
        if found
    }


def _resumption(log: Path) -> int:
    """How often a run was resumed before it wrote a log."""
    number = log.parent.name.removeprefix("resumed_")
    return int(number) if number.isdecimal() else 0


def write_joined(curves: dict[str, Curve], path: Path) -> None:
    """Write every figure of a run as one table with a row a step; cells are empty where none is."""
    names = sorted(curves)
    rows: dict[int, dict[str, float]] = {}
    for name, (steps, values) in curves.items():
        for step, value in zip(steps.tolist(), values.tolist(), strict=True):
            rows.setdefault(step, {})[name] = value
    text = io.StringIO()
    table = csv.DictWriter(text, ["step", *names], lineterminator="\n")
    table.writeheader()
    table.writerows({"step": step, **rows[step]} for step in sorted(rows))
    replace_text(path, text.getvalue())


def _logged(log: Path) -> list[tuple[int, dict[str, float]]]:
    """Rows of a log: the step, and the figures logged at it by name, but those that are NaN.

    Raises:
        UserError: naming a row that is none.
    """
    found = []
    for number, row in read_records(log, ("step",)):
        figures = {n: v for n, v in row.items() if v and n not in ("step", "epoch")}
        try:
            if figures or row["step"]:
                values = {name: float(value) for name, value in figures.items()}
                known = {name: value for name, value in values.items() if value == value}
                found.append((int(row["step"]), known))
        except ValueError as error:
            raise UserError(f"Row {number} of '{log}' is damaged ({error}); mend it.") from error
    return found


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
        axes.set_xlabel("k, frames of the network")
        draw_ends(axes, curves, last)
        draw_chance(axes, curves, "accuracy")
        pictures.append(save(axes, out / "accuracy_by_k.png"))
    parts = ("total", "onset", "frame", "offset", "velocity", "relative_velocity")
    found = ("onset_precision", "onset_recall", "note_f1", "frame_f1", "instrument_frame_f1")
    onsets = [name for name in curves if name.startswith("valid/onset_f1")]
    groups: dict[str, Sequence[str]] = {
        "scores": sorted(onsets, key=lambda name: float(name.split("_")[-1].removesuffix("ms"))),
        "notes at the default look-ahead": [f"valid/{name}" for name in found],
        "losses": ["valid/loss", *(f"train/{name}" for name in parts)],
        "features": ("train/feature_std", "train/feature_spread"),
        "gradients": ("train/gradient", "train/encoder_gradient", "train/context_gradient"),
        "learning rate": ["train/learning_rate"],
        "throughput": ["train/audio_s_per_s"],
        "memory": ["train/memory_gb"],
    }
    if last["train"]:
        groups["losses"] = []  # a picture of their own, by distance
    for title, shown in groups.items():
        known = [name for name in shown if name in curves]
        if known:
            axes = new_axes(title, UNITS.get(title, "value"))
            draw_named(axes, curves, known)
            if title in LOGARITHMIC:
                axes.set_yscale("log")
            else:
                most = max(float(curves[name][1].max()) for name in known)
                axes.set_ylim(bottom=0, top=max(SMALLEST_TOP, 1.05 * most))
            pictures.append(save(axes, out / f"{title.replace(' ', '_')}.png"))
    return pictures


def by_distance(names: Iterable[str], beginning: str) -> list[str]:
    """Names that begin so, the smallest k first."""
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
            told = "train, mean of the last tenth" if part else "valid, last"
            axes.plot([distance_of(name) for name in names[kind]], ends, "o-", ms=4, label=told)
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8)


def new_axes(title: str, unit: str) -> Axes:
    """An empty picture with a grid."""
    _, axes = plt.subplots(figsize=(8, 4.5), dpi=110, layout="constrained")
    axes.set(title=title, xlabel="step", ylabel=unit)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, **EVEN_STEPS))
    axes.grid(alpha=0.3)
    return axes


def draw_curve(axes: Axes, curve: Curve, marks: bool = True, **style: Any) -> None:
    """Values over steps; of many a running mean over them as logged, pale, and the axis says so.

    Few points are marked, or a single one would not be seen.

    Args:
        axes: to draw into.
        curve: steps and values.
        marks: of several points too; a single one always is.
        style: of matplotlib.
    """
    steps, values = curve
    marker = "o" if len(steps) == 1 or (marks and len(steps) < FEW_POINTS) else ""
    width = smoothing_width(len(values))
    (line,) = axes.plot(steps, smooth(values, width), lw=1.3, marker=marker, ms=4, **style)
    if width > 1:
        axes.plot(steps, values, lw=0.8, alpha=0.3, color=line.get_color(), label="_logged")
        axes.set_xlabel(SMOOTHED)


def draw_distances(axes: Axes, curves: dict[str, Curve], names: list[str]) -> None:
    """One line for each k, near ones dark; the legend lists them as they lie at the end."""
    colours = plt.get_cmap("viridis")(np.linspace(0, 0.9, len(names)))
    for name, colour in zip(names, colours, strict=True):
        draw_curve(axes, curves[name], color=colour, label=f"k = {distance_of(name)}", marks=False)
    legend_as_at_the_end(axes)


def legend_as_at_the_end(axes: Axes) -> None:
    """A legend beside the picture, its lines from top to bottom as the curves end."""
    named = [line for line in axes.lines if not str(line.get_label()).startswith("_")]
    lines = sorted(named, key=lambda line: -np.asarray(line.get_ydata())[-1])
    axes.legend(handles=lines, fontsize=9, loc="center left", bbox_to_anchor=(1.01, 0.5))


def draw_chance(axes: Axes, curves: dict[str, Curve], figure: str) -> None:
    """The level of guessing as a dashed line."""
    known = curves.get(f"train/chance_{figure}")
    if known is not None:
        axes.axhline(known[1][-1], color="tab:red", ls="--", lw=1)
        place = (0.01, known[1][-1])
        axes.annotate("chance", place, xycoords=("axes fraction", "data"), fontsize=8)


def draw_named(axes: Axes, curves: dict[str, Curve], names: Iterable[str]) -> None:
    """One line for each name, in words; the legend lists them as they lie at the end."""
    for name in names:
        draw_curve(axes, curves[name], label=words_of(name))
    legend_as_at_the_end(axes)


def words_of(name: str) -> str:
    """A figure's name for people: `valid/onset_f1_40ms` -> "held-out onset F1, 40 ms"."""
    part, _, figure = name.partition("/")
    words = figure.replace("_", " ").replace(" f1", " F1").replace("audio s per s", "audio")
    words = words.replace(" gb", ", GB")
    head, _, last = words.rpartition(" ")
    words = f"{head}, {last[:-2]} ms" if last.endswith("ms") and last[:-2].isdigit() else words
    return f"held-out {words}" if part == "valid" else words


def smoothing_width(points: int) -> int:
    """How many of so many points a running mean takes together: a tenth of them, an odd number."""
    return min(MOST_SMOOTHED, max(1, points // 10)) | 1


def smooth(values: np.ndarray, width: int) -> np.ndarray:
    """Running mean `(n,)` of values `(n,)` over `width` points, of fewer at both ends."""
    kernel = np.ones(width)
    return np.convolve(values, kernel, "same") / np.convolve(np.ones(len(values)), kernel, "same")


def save(axes: Axes, path: Path) -> Path:
    """Write the picture to `path`, free it, and give the path back."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.savefig(path)
    plt.close(figure)
    return path
