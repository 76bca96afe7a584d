"""Pictures of the label-efficiency study, as SVG."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

from benchmarks.label_study.intervals import Interval
from benchmarks.label_study.statistics import HELD_OUT, Study
from trainer.label_curve.methods import METHODS

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

NAMES = {name: method.title for name, method in METHODS.items()}
COLOURS = {
    "scratch": "#444444",
    "cpc-finetuned": "#0072b2",
    "cpc-frozen": "#56b4e9",
    "cpc-far": "#332288",
    "masked": "#009e73",
    "self-training": "#cc79a7",
    "consistency": "#e69f00",
    "supervised": "#d55e00",
    "logmel": "#999933",
}
MARKS = dict(zip(COLOURS, "osDPX*p^v", strict=True))
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "label-curve",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw_all(study: Study, out: Path) -> dict[str, Path]:
    """Every picture that the results have rows for, by name."""
    out.mkdir(parents=True, exist_ok=True)
    made = {}
    with plt.rc_context(STYLE):
        for name, draw in (
            ("curves", draw_curves),
            ("gains", draw_gains),
            ("ablations", draw_ablations),
            ("plateaus", draw_plateaus),
            ("distances", draw_distances),
            ("pretraining", draw_pretraining),
        ):
            figure = draw(study)
            if figure is not None:
                made[name] = out / f"{name}.svg"
                figure.savefig(made[name], metadata={"Date": None})
                plt.close(figure)
    return made


def draw_curves(study: Study) -> plt.Figure | None:
    """Onset F1 against the share of the labels, held-out renders and real recordings."""
    methods = study.methods("main", list(NAMES))
    if not methods:
        return None
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 4.3), layout="constrained")
    titles = ("held-out instruments and songs", "real recordings")
    for ax, groups, title in zip(axes, both_sets(study), titles, strict=True):
        for method in methods:
            points = [
                (fraction, study.score("main", method, fraction, groups))
                for fraction in study.fractions("main")
            ]
            draw_line(ax, points, method)
        ax.set(title=title, ylabel="note onset F1")
        ax.set_ylim(bottom=0)
        label_axis(ax, study.fractions("main"))
    place_legend(figure, axes[0])
    return figure


def draw_gains(study: Study) -> plt.Figure | None:
    """Difference to training from scratch, paired by seed and recording."""
    methods = [name for name in study.methods("main", list(NAMES)) if name != "scratch"]
    if not methods or "scratch" not in study.methods("main", list(NAMES)):
        return None
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 4.3), layout="constrained", sharey=True)
    titles = ("held-out instruments and songs", "real recordings")
    for ax, groups, title in zip(axes, both_sets(study), titles, strict=True):
        for method in methods:
            points = [
                (
                    fraction,
                    study.difference(
                        ("main", method, fraction), ("main", "scratch", fraction), groups
                    ),
                )
                for fraction in study.fractions("main")
            ]
            draw_line(ax, points, method)
        ax.axhline(0, color="#444444", lw=1)
        ax.set(title=title)
        label_axis(ax, study.fractions("main"))
    axes[0].set_ylabel("onset F1, difference to scratch")
    place_legend(figure, axes[0])
    return figure


def draw_ablations(study: Study) -> plt.Figure | None:
    """A row a variant: what each pretraining is worth at one share of the labels."""
    variants = [
        name for name in study.variants() if name != "main" and (name, "cpc") in study.pretrainings
    ]
    if not variants:
        return None
    height = 1.2 + 0.42 * len(variants)
    figure, axes = plt.subplots(1, 2, figsize=(9.5, height), layout="constrained", sharey=True)
    titles = ("held-out instruments and songs", "real recordings")
    rows = {name: -place for place, name in enumerate(variants)}
    for ax, groups, title in zip(axes, both_sets(study), titles, strict=True):
        for shift, method in ((0.17, "cpc-finetuned"), (0, "cpc-frozen"), (-0.17, "scratch")):
            for name in variants:
                for fraction in study.fractions(name):
                    found = study.score(name, method, fraction, groups)
                    if found is not None:
                        draw_bar(ax, found, rows[name] + shift, method)
        ax.set(title=title, xlabel="note onset F1")
        ax.set_yticks(list(rows.values()), list(rows))
        ax.grid(axis="x", alpha=0.3)
    handles = {
        text: handle
        for ax in axes
        for handle, text in zip(*ax.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        handles.values(), handles, loc="outside lower center", ncols=3, frameon=False, fontsize=9
    )
    return figure


def draw_plateaus(study: Study) -> plt.Figure | None:
    """Validation score while training: every cell of the main variant."""
    fractions = study.fractions("main")
    methods = study.methods("main", list(NAMES))
    if not methods:
        return None
    figure, axes = plt.subplots(
        1, len(fractions), figsize=(2.4 * len(fractions) + 0.6, 3.3), layout="constrained"
    )
    for ax, fraction in zip([axes] if len(fractions) == 1 else axes, fractions, strict=True):
        for method in methods:
            for row in study.cells.get(("main", method, fraction), {}).values():
                steps, _, precision = zip(*row["curve"], strict=True)
                ax.plot(steps, precision, color=COLOURS[method], lw=0.9, alpha=0.8)
                best = precision[steps.index(row["best_step"])]
                ax.plot(row["best_step"], best, MARKS[method], color=COLOURS[method], ms=3.5)
        ax.set_title(f"{100 * fraction:g} % of the labels", fontsize=10)
        ax.set_ylim(0, None)
        ax.set_xlabel("step")
        ax.grid(alpha=0.3)
    first = axes if len(fractions) == 1 else axes[0]
    first.set_ylabel("validation: onset precision (AP)")
    handles = [
        plt.Line2D([], [], color=COLOURS[m], marker=MARKS[m], ms=4, label=NAMES[m]) for m in methods
    ]
    figure.legend(
        handles=handles, loc="outside lower center", ncols=len(methods), frameon=False, fontsize=9
    )
    return figure


def draw_distances(study: Study) -> plt.Figure | None:
    """Accuracy of the contrastive task on held-out recordings, for each distance."""
    rows = {variant: row for (variant, kind), row in study.pretrainings.items() if kind == "cpc"}
    if not rows:
        return None
    figure, ax = plt.subplots(figsize=(7.5, 4), layout="constrained")
    colours = plt.get_cmap("tab20")
    for place, (variant, row) in enumerate(rows.items()):
        steps = [int(k) for k in row["valid_accuracy"]]
        ax.plot(
            [row["hop_ms"] * k for k in steps],
            list(row["valid_accuracy"].values()),
            ".-",
            color=colours(place % 20),
            label=variant,
        )
    ax.axhline(row["chance"], color="#444444", ls="--", lw=1)
    place = (0.99, row["chance"] + 0.004)
    ax.annotate("chance", place, xycoords=("axes fraction", "data"), ha="right")
    ax.set(xlabel="distance of the predicted frame, ms", ylabel="accuracy", ylim=(0, None))
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


def draw_pretraining(study: Study) -> plt.Figure | None:
    """Accuracy and spread of the features while each contrastive pretraining of "main" learned."""
    made = [
        (kind, row)
        for kind in ("cpc", "cpc-far")
        for row in study.pretrainings_made("main", kind)
        if "curve" in row
    ]
    if not made:
        return None
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained")
    colours = {"cpc": COLOURS["cpc-finetuned"], "cpc-far": COLOURS["cpc-far"]}
    for kind, row in made:
        steps, accuracy, spread = zip(*row["curve"], strict=True)
        name = f"{kind} {row['pretraining'] + 1}"
        left.plot(steps, accuracy, "-", color=colours[kind], lw=1, label=name)
        left.plot(row["steps"], row["valid"]["valid/accuracy"], "o", color=colours[kind], ms=5)
        left.axhline(row["chance"], color=colours[kind], ls="--", lw=0.8)
        right.plot(steps, spread, "-", color=colours[kind], lw=1)
    left.set(xlabel="step", ylabel="accuracy", title="the positive told from its negatives")
    right.set(xlabel="step", ylabel="spread", title="spread of the features (0: collapsed)")
    for ax in (left, right):
        ax.set_ylim(bottom=0)
        ax.grid(alpha=0.3)
    place_legend(figure, left)
    return figure


def place_legend(figure: plt.Figure, ax: Axes) -> None:
    """One line of names below the whole picture."""
    handles, names = ax.get_legend_handles_labels()
    figure.legend(
        handles,
        names,
        loc="outside lower center",
        ncols=len(names),
        frameon=False,
        fontsize=9,
    )


def both_sets(study: Study) -> tuple[list[str], list[str]]:
    """Groups of the renders, and of the real recordings (without any, the renders again)."""
    return [HELD_OUT], study.real_groups() or [HELD_OUT]


def draw_line(ax: Axes, points: Sequence[tuple[float, Interval | None]], method: str) -> None:
    """A curve with a bar for each interval, methods side by side."""
    known = [(100 * fraction, found) for fraction, found in points if found is not None]
    if not known:
        return
    shift = 1.05 ** (list(NAMES).index(method) - 4)
    places = [fraction * shift for fraction, _ in known]
    means = [found.mean for _, found in known]
    below = [found.mean - found.low for _, found in known]
    above = [found.high - found.mean for _, found in known]
    ax.errorbar(
        places,
        means,
        [below, above],
        color=COLOURS[method],
        marker=MARKS[method],
        ms=5,
        lw=1.4,
        elinewidth=0.9,
        capsize=2,
        label=NAMES[method],
    )


def draw_bar(ax: Axes, found: Interval, place: float, method: str) -> None:
    """Draw one interval as a horizontal bar, with its mean."""
    ax.errorbar(
        found.mean,
        place,
        xerr=[[found.mean - found.low], [found.high - found.mean]],
        color=COLOURS[method],
        marker=MARKS[method],
        ms=5,
        capsize=2,
        lw=1,
        label=NAMES[method],
    )


def label_axis(ax: Axes, fractions: Sequence[float]) -> None:
    """Shares of the labels on a logarithmic axis."""
    ax.set_xscale("log")
    ax.set_xticks([100 * f for f in fractions], [f"{100 * f:g} %" for f in fractions])
    ax.minorticks_off()
    ax.set_xlabel("share of the labels")
    ax.grid(alpha=0.3)
