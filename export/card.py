"""The model card: what the shipped file is, what it learned from, how well it does, where not."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realtime.errors import UserError
from realtime.spec import ModelSpec

COLUMNS = (
    ("onset_f1", "onset F1"),
    ("offset_f1", "with offset"),
    ("onset_precision", "precision"),
    ("onset_recall", "recall"),
    ("delay_ms", "delay ms"),
    ("onset_error_ms", "onset error ms"),
    ("false_per_minute", "false a minute"),
)


@dataclass(frozen=True)
class CardFacts:
    """What the exporter knows about a model beside its specification."""

    bytes: int
    parameters: int
    sha256: str
    worst: float
    """Largest logit difference to the network over the parity hops."""
    training: dict[str, Any]
    """Facts stored in the checkpoint: step, hours_heard, valid_f1."""
    commit: str = "unknown"


def write_card(
    spec: ModelSpec,
    facts: CardFacts,
    scores: dict[str, Any],
    data: list[dict[str, str]],
    notes: str,
) -> str:
    """Markdown text of the card.

    Args:
        spec: of the exported model.
        facts: figures of the file and its training.
        scores: what `jtm evaluate --json` printed: look-ahead -> group -> figure; may be empty.
        data: rows source, what, licence, used as.
        notes: paragraphs written by hand, such as known failures.
    """
    lines = [
        f"# {spec.name}",
        "",
        spec.provenance,
        "",
        "| | |",
        "| --- | --- |",
        f"| file | {facts.bytes / 1e6:.1f} MB, SHA-256 `{facts.sha256}` |",
        f"| parameters | {facts.parameters} |",
        f"| input | {spec.sample_rate} Hz mono, hops of {spec.hop_ms:g} ms |",
        f"| look-aheads | {_look_aheads(spec)} |",
        f"| pitches | MIDI {spec.pitch_low}-{spec.pitch_high} |",
        f"| licence | {spec.licence} |",
        f"| code | commit {facts.commit} |",
        f"| training | {_training(facts.training)} |",
        f"| parity | largest logit difference to the network {facts.worst:.1e} over 200 hops |",
        "",
        "## What it learned from",
        "",
        *_table(["source", "what", "licence", "used as"], data),
        "",
        "## Thresholds",
        "",
        *(f"- {spec.latency_ms(i):g} ms: {_thresholds(spec, i)}" for i in range(len(spec.heads))),
        "",
        "## Scores",
        "",
    ]
    if not scores:
        lines += ["Not measured.", ""]
    for look_ahead, groups in scores.items():
        lines += [f"Look-ahead {look_ahead}:", "", *_scores(groups), ""]
    return "\n".join([*lines, notes.strip(), ""])


def read_data_table(path: Path) -> list[dict[str, str]]:
    """Rows of the CSV that lists what a recipe learns from.

    Raises:
        UserError: if it cannot be read.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise UserError(f"Cannot read the data table '{path}' ({error.strerror}).") from error


def read_scores(path: Path) -> dict[str, Any]:
    """What `jtm evaluate --json` printed.

    Raises:
        UserError: if it cannot be read.
    """
    try:
        scores: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(
            f"Cannot read scores from '{path}' ({error}); write them with `jtm evaluate --json`."
        ) from error
    return scores


def _look_aheads(spec: ModelSpec) -> str:
    default = spec.latency_ms(spec.default_head)
    every = ", ".join(f"{spec.latency_ms(i):g}" for i in range(len(spec.heads)))
    return f"{every} ms (default {default:g})"


def _training(facts: dict[str, Any]) -> str:
    known = {name: value for name, value in facts.items() if value is not None}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in known.items())


def _thresholds(spec: ModelSpec, head: int) -> str:
    decoder = spec.heads[head].decoder
    return (
        f"onset {decoder.onset_threshold:g}, frame {decoder.frame_threshold:g}, "
        f"offset {decoder.offset_threshold:g}, rearm {decoder.rearm_ratio:g}, "
        f"repeat {decoder.repeat_frames}, release {decoder.release_frames} frames, "
        f"support {decoder.frame_support:g}, ghost {decoder.ghost_ratio:g}"
    )


def _table(columns: list[str], rows: list[dict[str, str]]) -> list[str]:
    return [
        "| " + " | ".join(columns) + " |",
        "|" + " --- |" * len(columns),
        *("| " + " | ".join(row.get(name, "") for name in columns) + " |" for row in rows),
    ]


def _scores(groups: dict[str, dict[str, float]]) -> list[str]:
    rows = []
    for group, figures in groups.items():
        row = {"group": "**mean of groups**" if group == "all" else group}
        for name, title in COLUMNS:
            if name in figures:
                digits = 3 if name.endswith(("f1", "precision", "recall")) else 1
                row[title] = f"{figures[name]:.{digits}f}"
        rows.append(row)
    return _table(["group", *(title for _, title in COLUMNS)], rows)
