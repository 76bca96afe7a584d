"""Tables and figures in sentences that the source of the report asks for, as Markdown."""

from collections.abc import Sequence

import numpy as np

from benchmarks.label_study.coverage import coverage_table
from benchmarks.label_study.figures import NAMES
from benchmarks.label_study.intervals import Interval
from benchmarks.label_study.statistics import HELD_OUT, Row, Study
from trainer.label_curve.scores import THRESHOLDS

SETS = {"held-out": "held-out renders", "real": "real recordings"}


class Tables:
    """What the source of the report can ask for; each gives Markdown."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def groups(self, of: str) -> list[str]:
        """Groups of recordings of "held-out" or "real"."""
        return [HELD_OUT] if of == "held-out" else self.study.real_groups()

    def scores(self, of: str, variant: str = "main") -> str:
        """Mean onset F1 and interval: a row a method, a column a share of the labels."""
        fractions = self.study.fractions(variant)
        head = ["method", *(f"{100 * f:g} %" for f in fractions)]
        rows = [
            [NAMES[method]]
            + [
                describe_interval(self.study.score(variant, method, f, self.groups(of)))
                for f in fractions
            ]
            for method in self.study.methods(variant, list(NAMES))
        ]
        return table(head, rows)

    def sets(self) -> dict[str, list[str]]:
        """Groups of recordings of both sets, without real ones where none were scored."""
        found = {name: self.groups(name) for name in SETS}
        return {name: groups for name, groups in found.items() if groups}

    def gains(self, of: str, base: str = "scratch", variant: str = "main") -> str:
        """Difference to another method; bold where zero is out of the question after correction."""
        fractions = self.study.fractions(variant)
        head = [f"minus {NAMES[base]}", *(f"{100 * f:g} %" for f in fractions)]
        rows = []
        for method in self.study.methods(variant, list(NAMES)):
            if method != base:
                found = self.study.gains(variant, method, base, self.sets())
                rows.append(
                    [NAMES[method], *(describe_gain(found.get((of, f))) for f in fractions)]
                )
        return table(head, rows)

    def detectable(self, of: str, base: str = "scratch", variant: str = "main") -> str:
        """The smallest difference that four of five such studies would find, a row a method."""
        fractions = self.study.fractions(variant)
        head = [f"against {NAMES[base]}", *(f"{100 * f:g} %" for f in fractions)]
        rows = []
        for method in self.study.methods(variant, list(NAMES)):
            if method != base:
                found = self.study.gains(variant, method, base, self.sets())
                seen = [found.get((of, f)) for f in fractions]
                told = ["-" if gain is None else f"{gain.detectable:.3f}" for gain in seen]
                rows.append([NAMES[method], *told])
        return table(head, rows)

    def coverage(self) -> str:
        """How often such intervals hold in simulated studies."""
        return coverage_table(self.study)

    def gain(self, method: str, fraction: float, of: str, base: str = "scratch") -> str:
        """One difference, for a sentence."""
        return describe_interval(
            self.study.difference(
                ("main", method, fraction), ("main", base, fraction), self.groups(of)
            ),
            signed=True,
        )

    def score(self, method: str, fraction: float, of: str, variant: str = "main") -> str:
        """One mean, for a sentence."""
        return describe_interval(self.study.score(variant, method, fraction, self.groups(of)))

    def wins(self, method: str, of: str, base: str = "scratch") -> str:
        """Shares of the labels at which a method is better, worse or not told apart."""
        found: dict[str, list[str]] = {"better": [], "worse": [], "not told apart": []}
        for (name, f), gain in self.study.gains("main", method, base, self.sets()).items():
            if name == of:
                side = "better" if gain.mean > 0 else "worse"
                side = side if gain.clear_of_zero else "not told apart"
                found[side].append(f"{100 * f:g} %")
        parts = [f"{side} at {', '.join(places)}" for side, places in found.items() if places]
        return "; ".join(parts) or "not run"

    def groups_table(self, fraction: float) -> str:
        """Each group of real recordings by itself at one share of the labels."""
        methods = self.study.methods("main", list(NAMES))
        rows = [
            [group]
            + [
                describe_interval(self.study.score("main", method, fraction, [group]))
                for method in methods
            ]
            for group in self.study.real_groups()
        ]
        return table(["group", *(NAMES[m] for m in methods)], rows)

    def overall(self, method: str, of: str, base: str = "scratch") -> str:
        """Difference of two methods, mean of all shares of the labels."""
        return describe_interval(
            self.study.overall("main", method, base, self.groups(of)), signed=True
        )

    def ablations(self, base: str = "base", method: str = "cpc-finetuned") -> str:
        """A row a variant: contrastive accuracy, scores, and what differs from `base`."""
        head = ["variant", "accuracy (chance)"]
        for name in SETS.values():
            head += [name, f"minus {base}"]
        rows = []
        for variant in self.study.variants():
            made = self.study.pretrainings.get((variant, "cpc"))
            if variant == "main" or made is None:
                continue
            accuracy = made["valid"].get("valid/accuracy", float("nan"))
            for f in self.study.fractions(variant):
                row = [variant, f"{accuracy:.3f} ({made['chance']:.3f})"]
                for of in SETS:
                    row.append(
                        describe_interval(self.study.score(variant, method, f, self.groups(of)))
                    )
                    gain = self.study.difference(
                        (variant, method, f), (base, method, f), self.groups(of)
                    )
                    row.append("" if variant == base else describe_gain(gain))
                rows.append(row)
        return table(head, rows)

    def encoders(self, variants: dict[str, tuple[str, str]]) -> str:
        """CPC fine-tuned minus scratch at 3 % of the labels: encoder -> variant of either."""
        rows = []
        for encoder, (pretrained, scratch) in variants.items():
            row = [encoder]
            for of in SETS:
                groups = self.groups(of)
                row.append(describe_interval(self.study.score(scratch, "scratch", 0.03, groups)))
                gain = self.study.difference(
                    (pretrained, "cpc-finetuned", 0.03), (scratch, "scratch", 0.03), groups
                )
                row.append(describe_gain(gain))
            rows.append(row)
        head = [f"{name}: {what}" for name in SETS.values() for what in ("scratch", "CPC minus it")]
        return table(["encoder", *head], rows)

    def endings(self, variant: str = "main") -> str:
        """Where the cells of a variant stopped getting better.

        A row a method, a column a share: mean step of the kept weights of mean steps run, and how
        often the labelled recordings had been heard; then how many cells of how many met the
        ceiling of steps, and how many picked the lowest or highest onset threshold there is.
        """
        fractions = self.study.fractions(variant)
        rows = []
        for method in self.study.methods(variant, list(NAMES)):
            row, ceiling, ends, count = [NAMES[method]], 0, 0, 0
            for f in fractions:
                cells = list(self.study.cells.get((variant, method, f), {}).values())
                row.append(describe_ending(cells))
                ceiling += sum(cell["reached_ceiling"] for cell in cells)
                ends += sum(cell["threshold"] in (THRESHOLDS[0], THRESHOLDS[-1]) for cell in cells)
                count += len(cells)
            rows.append([*row, f"{ceiling} of {count}", f"{ends} of {count}"])
        shares = [f"{100 * f:g} %" for f in fractions]
        return table(["best of steps, passes", *shares, "at the ceiling", "at a grid end"], rows)

    def sizes(self, variants: Sequence[str], method: str = "cpc-finetuned") -> str:
        """What a method is worth by the size of the network: a row a variant and set."""
        fractions = self.study.fractions(variants[0])
        rows = []
        for variant in variants:
            weights = self.study.weights(variant)
            gains = self.study.gains(variant, method, "scratch", self.sets())
            for of, name in SETS.items():
                found = [describe_gain(gains.get((of, f))) for f in fractions]
                rows.append([f"{weights:,} weights", name, *found])
        head = [f"{NAMES[method]} minus scratch", "set"]
        return table([*head, *(f"{100 * f:g} %" for f in fractions)], rows)

    def pilots(self, fraction: float, variant: str = "main") -> str:
        """Every method at one share against scratch, and what it costs: a row a method."""
        rows = []
        for method in self.study.methods(variant, list(NAMES)):
            cells = self.study.cells.get((variant, method, fraction), {})
            if method == "scratch" or not cells:
                continue
            one, other = (variant, method, fraction), (variant, "scratch", fraction)
            gains = [
                describe_interval(self.study.difference(one, other, self.groups(of)), signed=True)
                for of in SETS
            ]
            minutes = float(np.mean([cell["core_seconds"] for cell in cells.values()])) / 60
            rows.append([NAMES[method], f"{len(cells)}", *gains, f"{minutes:.1f}"])
        head = ["minus from scratch", "runs", *SETS.values(), "core-minutes a cell"]
        return table(head, rows)

    def machine_time(self) -> str:
        """Processor time of every kind of run: a row a variant and method."""
        found: dict[tuple[str, str], list[float]] = {}
        for row in self.study.rows:
            if row["kind"] == "probe":
                continue
            what = NAMES[row["method"]] if row["kind"] == "cell" else f"{row['objective']} weights"
            found.setdefault((row["variant"], what), []).append(row["core_seconds"] / 60)
        rows = [
            [variant, what, f"{len(minutes)}", f"{sum(minutes):.0f}"]
            for (variant, what), minutes in found.items()
        ]
        return table(["variant", "run", "runs", "core-minutes"], rows)

    def plateaus(self) -> str:
        """What the last quarter of the steps still brought: validation AP before and after it."""
        fractions = self.study.fractions("main")
        rows = []
        for method in self.study.methods("main", list(NAMES)):
            row = [NAMES[method]]
            for f in fractions:
                pairs = [
                    (
                        max(ap for step, _, ap in cell["curve"] if step <= 0.75 * cell["steps"]),
                        max(ap for _, _, ap in cell["curve"]),
                    )
                    for cell in self.study.cells.get(("main", method, f), {}).values()
                ]
                row.append(" → ".join(f"{x:.3f}" for x in np.mean(pairs, axis=0)) if pairs else "-")
            rows.append(row)
        return table(["AP at 3/4 → best", *(f"{100 * f:g} %" for f in fractions)], rows)

    def probes(self) -> str:
        """Probes on frozen features: a row a target and method."""
        rows = [
            [
                probe["name"],
                probe["method"],
                f"{100 * probe['clip_accuracy']:.1f} %",
                f"{100 * probe['recording_accuracy']:.1f} %",
                f"{100 * probe['chance']:.1f} %",
                f"{probe['classes']}",
                f"{probe['test_recordings']}",
            ]
            for probe in self.study.probes
        ]
        head = ["probe", "method", "window", "recording", "commonest class", "classes"]
        return table([*head, "recordings tested"], rows)

    def pretraining(self, objective: str, variant: str = "main") -> str:
        """A part of a sentence about all pretrainings of a kind, their figures in order."""
        made = self.study.pretrainings_made(variant, objective)
        if not made:
            return "(not run)"
        count = f"{len(made)} times " if len(made) > 1 else ""
        if "best_step" in made[0]:
            told = f"{count}{listed(made, 'steps')} steps on {made[0]['hours']:.1f} h"
            told += f", best at step {listed(made, 'best_step')}"
            told += ", stopped by the ceiling" * made[0]["reached_ceiling"]
        else:
            told = f"{count}{made[0]['steps']} steps on {made[0]['hours']:.1f} h"
        minutes = ", ".join(f"{row['core_seconds'] / 60:.1f}" for row in made)
        told += f", {minutes} minutes of processor time"
        if "chance" in made[0]:
            accuracy = ", ".join(f"{row['valid']['valid/accuracy']:.3f}" for row in made)
            told += f"; held-out accuracy {accuracy} (chance {made[0]['chance']:.3f})"
        return told

    def missing(self, seeds: int = 3) -> str:
        """How many cells of the main grid were run, of how many."""
        methods = self.study.methods("main", list(NAMES))
        grid = [(m, f) for m in methods for f in (0.01, 0.03, 0.1, 0.3, 1.0)]
        done = sum(len(self.study.cells.get(("main", m, f), {})) for m, f in grid)
        return f"{done} of {seeds * len(grid)}"

    def core_minutes(self, kind: str = "") -> str:
        """Processor time of the rows, minutes."""
        return f"{self.study.core_minutes(kind):.1f}"


def describe_interval(found: Interval | None, signed: bool = False) -> str:
    """An interval, or a dash where nothing was run."""
    return "-" if found is None else found.describe(signed)


def describe_gain(found: Interval | None) -> str:
    """A difference, bold where zero is outside."""
    if found is None:
        return "-"
    return f"**{found.describe(True)}**" if found.clear_of_zero else found.describe(True)


def listed(rows: Sequence[Row], name: str) -> str:
    """One value of all rows, with commas; once where it is the same."""
    return ", ".join(dict.fromkeys(str(row[name]) for row in rows))


def describe_ending(cells: Sequence[Row]) -> str:
    """Mean step of the kept weights, mean steps run, and mean passes over the labels."""
    if not cells:
        return "-"
    best, steps, passes = (
        float(np.mean([cell[name] for cell in cells])) for name in ("best_step", "steps", "passes")
    )
    return f"{best:.0f} of {steps:.0f}, {passes:.1f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Put head and rows together as a table in Markdown."""
    if not rows:
        return "(not run)"
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
