"""A run as one HTML file that needs nothing else: pictures inside, tables, settings, alarms."""

import base64
import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from realtime.files.atomic import replace_text
from realtime.troubles.errors import UserError
from trainer.reports.curves import Curve, by_distance, distance_of, draw_report, read_curves
from trainer.reports.sound_pictures import draw_features, draw_transcriptions, held_out
from trainer.runs.folder import STOPPED

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --alarm: #c0392b; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
p.about { margin-top: 0; opacity: .75; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
td, th { padding: .2rem .7rem; white-space: nowrap; text-align: right;
  border-bottom: 1px solid var(--line); }
td:first-child, th:first-child { text-align: left; }
.wide { overflow-x: auto; }
img { max-width: 100%; height: auto; display: block; margin: .8rem 0; background: white;
  border-radius: 4px; }
.alarm { border-left: 4px solid var(--alarm); background: var(--soft); padding: .7rem 1rem; }
details { margin-top: 1rem; } summary { cursor: pointer; } code { font-size: .85em; }
"""
LISTED = {
    "train/loss": "loss, nats",
    "train/accuracy": "accuracy",
    "train/total": "loss",
    "train/audio_s_per_s": "audio-seconds a second",
    "train/learning_rate": "learning rate",
    "train/gradient": "gradient",
    "train/feature_spread": "spread of features",
    "train/encoder_gradient": "gradient of the encoder",
    "train/memory_gb": "memory, GB",
    "valid/loss": "held-out loss, nats",
    "valid/accuracy": "held-out accuracy",
    "valid/best_onset_f1": "held-out onset F1 at the best threshold",
    "valid/onset_precision": "held-out precision of onsets",
    "valid/onset_recall": "held-out recall of onsets",
    "valid/note_f1": "held-out F1 of notes with offsets",
    "valid/frame_f1": "held-out F1 of frames",
}
"""Figures of the table of a run, with their names for people."""


def write_page(run: Path, out: Path) -> Path:
    """Write `RUN/report.html` from whatever the run folder holds.

    Args:
        run: folder of `jtm pretrain`, `jtm train` or `jtm classify`.
        out: where its pictures go as PNG files too.

    Returns:
        The page.

    Raises:
        UserError: if there is no such folder, or it holds no run.
    """
    if not run.is_dir():
        raise UserError(
            f"There is no folder '{run}'; give one that `jtm pretrain`, `jtm train` or "
            "`jtm classify` wrote with --out."
        )
    if (run / "classify.json").is_file():
        body = classify_sections(run)
    else:
        body = training_sections(run, out)
    name = escape(run.resolve().name)
    page = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body>\n<h1>{name}</h1>\n" + "\n".join(body) + "\n"
        "</body></html>\n"
    )
    path = run / "report.html"
    replace_text(path, page)
    return path


def training_sections(run: Path, out: Path) -> list[str]:
    """Make the sections of a training run."""
    curves = read_curves(run)
    settings = read_json(run / "settings.json")
    facts = read_json(run / "run.json")
    pretraining = "cpc" in settings
    pictures = draw_report(run, out)
    what = "Contrastive pretraining" if pretraining else "Training of a transcriber"
    last = max((int(steps[-1]) + 1 for steps, _ in curves.values()), default=0)
    parts = [about(f"{what}, {last} of {settings.get('steps', '?')} steps", settings, facts)]
    stopped = read_json(run / STOPPED).get("message", "")
    if stopped:
        parts.append(
            f'<p class="alarm"><strong>The run was stopped.</strong> {escape(stopped)}</p>'
        )
    parts += section("Figures", figures_table(curves))
    if pretraining:
        parts += section("By distance", distance_table(curves))
    else:
        parts += section(
            "Notes on held-out recordings", score_table(curves, bool(settings.get("valid")))
        )
    parts += section("Curves", "".join(map(embed, pictures)))
    parts += section("What it hears", *sound(run, settings, out, pretraining))
    parts += settings_section(settings, facts)
    return parts


def sound(run: Path, settings: dict[str, Any], out: Path, pretraining: bool) -> list[str]:
    """Spectrograms, where the audio and the weights are still there."""
    shards = held_out(settings)
    if shards is None:
        return [
            "<p>None of the recordings that the run used are there any more: neither its folders "
            "of shards nor the cache of its sound files.</p>"
        ]
    try:
        if pretraining:
            pictures = draw_features(run, shards, out)
        else:
            pictures = draw_transcriptions(run, shards, out)
    except UserError as error:
        return [f"<p>{escape(str(error))}</p>"]
    return [embed(picture) for picture in pictures]


def classify_sections(run: Path) -> list[str]:
    """Make the sections of a classification."""
    told = read_json(run / "classify.json")
    settings = told["settings"]
    tested, trained = len(told["test_recordings"]), len(told["train_recordings"])
    if "classes" not in told:
        names = ("f1", "precision", "recall", "average_precision")
        rows = [[m, *(percent(f[name]) for name in names)] for m, f in told["results"].items()]
        sentence = (
            f"Which notes sound: {told['frames']} frames of {tested} recordings tested, {trained} "
            "others trained on"
        )
        heads = ["method", "frame F1", "precision", "recall", "average precision"]
        parts = [about(sentence, settings, {}), *section("Frames", table(heads, rows))]
        return parts + settings_section(settings, {})
    sentence = (
        f"{len(told['classes'])} classes of {settings['target']}: {tested} recordings tested, "
        f"{trained} others trained on; always the commonest class: {100 * told['chance']:.1f} %"
    )
    rows = []
    for method, levels in told["results"].items():
        shares = [levels[level]["accuracy"] for level in ("clip", "frame", "recording")]
        rows.append([method, *map(percent, (*shares, levels["clip"]["macro_f1"]))])
    parts = [f'<p class="about">{escape(sentence)}</p>']
    parts += section("Accuracy", table(["method", "clip", "frame", "recording", "clip F1"], rows))
    for level in ("clip", "frame"):
        picture = run / f"confusion_{level}.png"
        if picture.is_file():
            parts += section(f"Confusions, {level}", embed(picture))
    return parts + settings_section(settings, {})


def about(sentence: str, settings: dict[str, Any], facts: dict[str, Any]) -> str:
    """One line under the title."""
    kinds = [
        settings.get("model", {}).get(part, {}).get("kind", "") for part in ("encoder", "context")
    ]
    more = [f"{' + '.join(filter(None, kinds))}", facts.get("started", "")]
    return f'<p class="about">{escape(" · ".join(filter(None, [sentence, *more])))}</p>'


def figures_table(curves: dict[str, Curve]) -> str:
    """First, best and last of the figures that people look at."""
    rows = []
    for key, name in LISTED.items():
        if key in curves:
            _, values = curves[key]
            rows.append([name, *map(short, (values[0], values.min(), values.max(), values[-1]))])
    for kind in ("loss", "accuracy"):
        chance = curves.get(f"train/chance_{kind}")
        if chance is not None:
            rows.append([f"chance {kind}", "", "", "", short(chance[1][-1])])
    return table(["", "first", "least", "most", "last"], rows)


def distance_table(curves: dict[str, Curve]) -> str:
    """Accuracy and loss for each k, mean of the last tenth of training, last of validation."""
    places = [distance_of(name) for name in by_distance(curves, "train/accuracy_k")]
    rows = []
    for name, key, tail in (
        ("accuracy", "train/accuracy_k", 0.1),
        ("loss, nats", "train/loss_k", 0.1),
        ("held-out accuracy", "valid/accuracy_k", 0.0),
        ("held-out loss", "valid/loss_k", 0.0),
    ):
        if places and f"{key}{places[0]:02d}" in curves:
            values = [curves[f"{key}{k:02d}"][1] for k in places]
            means = [v[-max(1, int(tail * len(v))) :].mean() for v in values]
            rows.append([name, *(f"{mean:.3f}" for mean in means)])
    return table(["k", *map(str, places)], rows)


def score_table(curves: dict[str, Curve], given: bool) -> str:
    """Note F1 of each look-ahead, or why there is none.

    Args:
        curves: of the run.
        given: was there anything to validate on?
    """
    rows = []
    for name in sorted((n for n in curves if n.startswith("valid/onset_f1_")), key=look_ahead):
        steps, values = curves[name]
        best = int(values.argmax())
        rows.append(
            [f"{look_ahead(name):g} ms", short(values[-1]), short(values[best]), str(steps[best])]
        )
    if not rows and given:
        return (
            "<p>No validation was logged: the run ended before its first one, or no clip of "
            "--valid has notes.</p>"
        )
    if not rows:
        return "<p>Nothing was validated; give --valid.</p>"
    return table(["look-ahead", "note F1, last", "best", "at step"], rows)


def look_ahead(name: str) -> float:
    """Look-ahead in ms of a figure's name: `valid/onset_f1_40ms` -> 40."""
    return float(name.rpartition("_")[2].removesuffix("ms"))


def settings_section(settings: dict[str, Any], facts: dict[str, Any]) -> list[str]:
    """Everything that the run was started with, folded away."""
    told = flatten(facts) + flatten(settings)
    rows = [[f"<code>{escape(name)}</code>", escape(value)] for name, value in told]
    inner = table(["option", "value"], rows, plain=False)
    return [f"<h2>Settings</h2><details><summary>{len(rows)} values</summary>{inner}</details>"]


def flatten(values: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    """A nested dictionary as dotted names and text."""
    rows = []
    for name, value in values.items():
        if isinstance(value, dict):
            rows += flatten(value, f"{before}{name}.")
        else:
            rows.append((before + name, value if isinstance(value, str) else json.dumps(value)))
    return rows


def section(title: str, *inner: str) -> list[str]:
    """A heading and what is under it; nothing where there is nothing."""
    return [f"<h2>{escape(title)}</h2>", *inner] if any(inner) else []


def table(header: Sequence[str], rows: Iterable[Sequence[str]], plain: bool = True) -> str:
    """An HTML table; cells are text unless `plain` is False. Empty without rows."""
    rows = [[escape(cell) if plain else cell for cell in row] for row in rows]
    if not rows:
        return ""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    lines = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{head}</tr>{lines}</table></div>'


def embed(picture: Path) -> str:
    """A PNG inside the page."""
    data = base64.b64encode(picture.read_bytes()).decode()
    name = escape(picture.stem.replace("_", " "))
    return f'<img alt="{name}" src="data:image/png;base64,{data}">'


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; empty where the file is missing."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def percent(share: float) -> str:
    """A share in per cent, for people: 0.5 -> "50.0 %"."""
    return f"{100 * share:.1f} %"


def short(value: float) -> str:
    """A value to four significant figures, for people."""
    return f"{value:.4g}"
