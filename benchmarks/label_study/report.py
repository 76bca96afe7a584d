"""The report of the label-efficiency study from its results file, every figure and table.

    python -m benchmarks.label_study.report docs/report/results.jsonl
    python -m benchmarks.label_study.report docs/report/results.jsonl --probe NAME=OUT/classify.json

`--probe` first adds what `jtm classify` found to the results, once a name.

Reads `source.md` beside the results and writes `README.md`, `index.html` (one file, pictures
inside) and `figures/*.svg` into the same folder. In the source, `{{ name(...) }}` calls one of the
functions of `Tables`, and `{{ figure("name", "caption") }}` shows a picture.
"""

import argparse
import base64
import json
import re
import sys
from pathlib import Path

import jinja2
import markdown
import numpy as np

from benchmarks.label_study.coverage import coverage_table
from benchmarks.label_study.figures import NAMES, draw_all
from benchmarks.label_study.intervals import Interval
from benchmarks.label_study.statistics import HELD_OUT, Study
from realtime.files.atomic import replace_text
from realtime.troubles.errors import UserError
from trainer.label_curve.results import append_row, read_rows

SETS = {"held-out": "held-out renders", "real": "real recordings"}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ font: 16px/1.55 system-ui, sans-serif; max-width: 54rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff }}
h1, h2, h3 {{ line-height: 1.25; margin-top: 2em }} h1 {{ margin-top: 0 }}
table {{ border-collapse: collapse; font-size: 14px; display: block; overflow-x: auto }}
th, td {{ border-bottom: 1px solid #ddd; padding: .3em .7em; text-align: left }}
figure {{ margin: 1.5em 0 }} figure img {{ max-width: 100%; height: auto }}
figcaption {{ font-size: 14px; color: #555 }} code, pre {{ font-size: 13px }}
pre {{ background: #f6f6f6; padding: .8em; overflow-x: auto }}
</style></head><body>
{body}
</body></html>
"""


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
            + [told(self.study.score(variant, method, f, self.groups(of))) for f in fractions]
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
                rows.append([NAMES[method], *(told_gain(found.get((of, f))) for f in fractions)])
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
        return told(
            self.study.difference(
                ("main", method, fraction), ("main", base, fraction), self.groups(of)
            ),
            signed=True,
        )

    def score(self, method: str, fraction: float, of: str, variant: str = "main") -> str:
        """One mean, for a sentence."""
        return told(self.study.score(variant, method, fraction, self.groups(of)))

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
            + [told(self.study.score("main", method, fraction, [group])) for method in methods]
            for group in self.study.real_groups()
        ]
        return table(["group", *(NAMES[m] for m in methods)], rows)

    def overall(self, method: str, of: str, base: str = "scratch") -> str:
        """Difference of two methods, mean of all shares of the labels."""
        return told(self.study.overall("main", method, base, self.groups(of)), signed=True)

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
                    row.append(told(self.study.score(variant, method, f, self.groups(of))))
                    gain = self.study.difference(
                        (variant, method, f), (base, method, f), self.groups(of)
                    )
                    row.append("" if variant == base else told_gain(gain))
                rows.append(row)
        return table(head, rows)

    def encoders(self, variants: dict[str, tuple[str, str]]) -> str:
        """CPC fine-tuned minus scratch at 3 % of the labels: encoder -> variant of either."""
        rows = []
        for encoder, (pretrained, scratch) in variants.items():
            row = [encoder]
            for of in SETS:
                groups = self.groups(of)
                row.append(told(self.study.score(scratch, "scratch", 0.03, groups)))
                gain = self.study.difference(
                    (pretrained, "cpc-finetuned", 0.03), (scratch, "scratch", 0.03), groups
                )
                row.append(told_gain(gain))
            rows.append(row)
        head = [f"{name}: {what}" for name in SETS.values() for what in ("scratch", "CPC minus it")]
        return table(["encoder", *head], rows)

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
        """A sentence part about a pretraining, cpc or supervised."""
        made = self.study.pretrainings.get((variant, objective))
        if made is None:
            return "(not run)"
        told = f"{made['steps']} steps on {made['hours']:.1f} h, "
        told += f"{made['core_seconds'] / 60:.1f} minutes of processor time"
        if objective == "cpc":
            accuracy = made["valid"].get("valid/accuracy", float("nan"))
            told += f"; held-out accuracy {accuracy:.3f} (chance {made['chance']:.3f})"
        else:
            told += f"; best at step {made['best_step']}"
            told += ", stopped by the ceiling" * made["reached_ceiling"]
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


def told(found: Interval | None, signed: bool = False) -> str:
    """An interval, or a dash where nothing was run."""
    return "-" if found is None else found.told(signed)


def told_gain(found: Interval | None) -> str:
    """A difference, bold where zero is outside."""
    if found is None:
        return "-"
    return f"**{found.told(True)}**" if found.clear_of_zero else found.told(True)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    if not rows:
        return "(not run)"
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def build(results: Path) -> list[Path]:
    """Write the report beside its results.

    Raises:
        UserError: if results or source are missing or the source asks for what there is not.
    """
    folder = results.parent
    source = folder / "source.md"
    if not results.is_file() or not source.is_file():
        raise UserError(f"'{folder}' wants results.jsonl (`jtm label-curve`) and source.md.")
    study = Study(read_rows(results))
    pictures = draw_all(study, folder / "figures")
    tables = Tables(study)

    def figure(name: str, caption: str) -> str:
        if name not in pictures:
            return "(not run)"
        return f"![{caption}](figures/{name}.svg)"

    functions = {name: getattr(tables, name) for name in vars(Tables) if not name.startswith("_")}
    try:
        template = jinja2.Template(
            source.read_text(encoding="utf-8"),
            undefined=jinja2.StrictUndefined,
            keep_trailing_newline=True,
        )
        text = template.render(**functions, figure=figure, study=study)
    except jinja2.TemplateError as error:
        raise UserError(f"'{source}' asks for something that there is not: {error}.") from error
    page = folder / "README.md"
    replace_text(page, text)
    html = folder / "index.html"
    replace_text(html, as_page(text, folder))
    return [page, html, *pictures.values()]


def add_probe(results: Path, given: str) -> None:
    """Append what `jtm classify` found to the results, a row a method.

    Args:
        results: the file.
        given: "NAME=OUT/classify.json".

    Raises:
        UserError: if it cannot be read, or the name is there already.
    """
    name, _, path = given.partition("=")
    if name in {row["name"] for row in read_rows(results) if row["kind"] == "probe"}:
        raise UserError(f"The results have a probe '{name}' already; choose another name.")
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        rows = [
            {
                "kind": "probe",
                "name": name,
                "method": method,
                "target": told["settings"]["target"],
                "clip_accuracy": round(levels["clip"]["accuracy"], 4),
                "recording_accuracy": round(levels["recording"]["accuracy"], 4),
                "chance": told["chance"],
                "classes": len(told["classes"]),
                "test_recordings": len(told["test_recordings"]),
                "train_recordings": len(told["train_recordings"]),
            }
            for method, levels in told["results"].items()
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"--probe wants NAME=OUT/classify.json of `jtm classify`, not '{given}' ({error})."
        ) from error
    for row in rows:
        append_row(results, row)


def as_page(text: str, folder: Path) -> str:
    """Markdown as one HTML file with its SVG pictures inside."""
    body = markdown.markdown(text, extensions=["tables", "fenced_code"])

    def inline(found: re.Match[str]) -> str:
        svg = base64.b64encode((folder / found["path"]).read_bytes()).decode()
        image = f'<img alt="{found["caption"]}" src="data:image/svg+xml;base64,{svg}">'
        return f"<figure>{image}<figcaption>{found['caption']}</figcaption></figure>"

    body = re.sub(
        r'<p><img alt="(?P<caption>[^"]*)" src="(?P<path>figures/[\w-]+\.svg)" ?/?></p>',
        inline,
        body,
    )
    title = text.splitlines()[0].lstrip("# ")
    return PAGE.format(title=title, body=body)


def main(argv: list[str] | None = None) -> int:
    """Build the report; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="results.jsonl of `jtm label-curve`")
    parser.add_argument("--probe", action="append", default=[], metavar="NAME=CLASSIFY.json")
    given = parser.parse_args(argv)
    try:
        for probe in given.probe:
            add_probe(given.results, probe)
        written = build(given.results)
    except UserError as error:
        print(f"label_report: {error}", file=sys.stderr)
        return 1
    for path in written:
        print(f"{path} ({path.stat().st_size / 1024:.0f} kB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
