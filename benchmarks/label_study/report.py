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

from benchmarks.label_study.figures import draw_all
from benchmarks.label_study.statistics import Study
from benchmarks.label_study.tables import Tables
from realtime.troubles.errors import UserError
from realtime.values.atomic import replace_text
from trainer.label_curve.results import append_row, read_rows

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
