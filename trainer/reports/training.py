"""The page of a training run: figures, curves, what it hears, settings."""

from pathlib import Path
from typing import Any

from realtime.troubles.errors import UserError
from trainer.reports.curves import (
    JOINED,
    Curve,
    by_distance,
    distance_of,
    draw_report,
    read_curves,
    write_joined,
)
from trainer.reports.parts import (
    Block,
    Picture,
    ReportPage,
    Section,
    Table,
    about_line,
    filled,
    read_json,
    settings_table,
    short,
)
from trainer.reports.sound_pictures import draw_features, draw_transcriptions, held_out
from trainer.runs.folder import STOPPED

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


def training_page(run: Path, out: Path) -> ReportPage:
    """Make the page of a folder of `jtm pretrain` or `jtm train`.

    Args:
        run: that folder.
        out: where the pictures go as PNG files too.

    Raises:
        UserError: if the folder holds no run.
    """
    curves = read_curves(run)
    settings = read_json(run / "settings.json")
    facts = read_json(run / "run.json")
    pretraining = "cpc" in settings
    pictures = draw_report(run, out)
    write_joined(curves, out / JOINED)
    what = "Contrastive pretraining" if pretraining else "Training of a transcriber"
    last = max((int(steps[-1]) + 1 for steps, _ in curves.values()), default=0)
    if pretraining:
        scores = Section("By distance", [distance_table(curves)])
    else:
        given = bool(settings.get("valid"))
        scores = Section("Notes on held-out recordings", [score_table(curves, given)])
    sections = [
        Section("Figures", [figures_table(curves)]),
        scores,
        Section(
            "Curves",
            [
                "Lines are running means where the axis says so, the pale ones behind them what "
                f"was logged; {out.name}/{JOINED} has every figure of the run, before and after it "
                "was resumed.",
                *(Picture(picture) for picture in pictures),
            ],
        ),
        Section("What it hears", sound(run, settings, out, pretraining)),
    ]
    return ReportPage(
        name=run.resolve().name,
        about=about_line(f"{what}, {last} of {settings.get('steps', '?')} steps", settings, facts),
        sections=filled(sections),
        settings=settings_table(facts, settings),
        alarm=read_json(run / STOPPED).get("message", ""),
    )


def sound(run: Path, settings: dict[str, Any], out: Path, pretraining: bool) -> list[Block]:
    """Spectrograms, where the audio and the weights are still there."""
    shards = held_out(settings)
    if shards is None:
        return [
            "None of the recordings that the run used are there any more: neither its folders "
            "of shards nor the cache of its sound files."
        ]
    try:
        if pretraining:
            pictures = draw_features(run, shards, out)
        else:
            pictures = draw_transcriptions(run, shards, out)
    except UserError as error:
        return [str(error)]
    return [Picture(picture) for picture in pictures]


def figures_table(curves: dict[str, Curve]) -> Table:
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
    return Table(["", "first", "least", "most", "last"], rows)


def distance_table(curves: dict[str, Curve]) -> Table:
    """Accuracy and loss for each k, mean of the last tenth of training, last of validation."""
    places = [distance_of(name) for name in by_distance(curves, "train/accuracy_k")]
    rows = []
    for name, key, tail in (
        ("accuracy, last tenth", "train/accuracy_k", 0.1),
        ("loss of it, nats", "train/loss_k", 0.1),
        ("held-out accuracy", "valid/accuracy_k", 0.0),
        ("held-out loss", "valid/loss_k", 0.0),
    ):
        if places and f"{key}{places[0]:02d}" in curves:
            values = [curves[f"{key}{k:02d}"][1] for k in places]
            means = [v[-max(1, int(tail * len(v))) :].mean() for v in values]
            rows.append([name, *(f"{mean:.3f}" for mean in means)])
    return Table(["k", *map(str, places)], rows)


def score_table(curves: dict[str, Curve], given: bool) -> Table | str:
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
            "No validation was logged: the run ended before its first one, or no clip of "
            "--valid has notes."
        )
    if not rows:
        return "Nothing was validated; give --valid."
    return Table(["look-ahead", "note F1, last", "best", "at step"], rows)


def look_ahead(name: str) -> float:
    """Look-ahead in ms of a figure's name: `valid/onset_f1_40ms` -> 40."""
    return float(name.rpartition("_")[2].removesuffix("ms"))
