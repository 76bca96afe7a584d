"""The model card: what the shipped file is, what it learned from, how well it does, where not."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from realtime.files.labels.tables import read_records
from realtime.inference.spec import DecoderSettings, ModelSpec
from realtime.troubles.errors import UserError
from realtime.values.json_text import parse_json

COLUMNS = (
    ("items", "items"),
    ("onset_f1", "onset F1"),
    ("interval", "95 %"),
    ("offset_f1", "with offset"),
    ("velocity_f1", "with velocity"),
    ("live_f1", "in time"),
    ("onset_precision", "precision"),
    ("onset_recall", "recall"),
    ("delay_ms", "delay ms"),
    ("onset_error_ms", "onset error ms"),
    ("false_per_minute", "false a minute"),
)

MEANS = {"all": "**mean of groups**", "items": "**mean of recordings**"}
MORE = ("breakdowns", "recordings")
"""What `jtm evaluate --json` tells beside the groups of each look-ahead."""
HOW_TO_READ = (
    "`95 %`: interval of the mean onset F1 over recordings like these, by Student's t; of few "
    "recordings it is wide. `in time`: onset F1 of the notes that left "
    "within 60 ms. `with velocity`: loudness within a tenth of the range after a line was fitted. "
    "Refined: `jtm transcribe --refine`, whose notes leave at the end of the file."
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
    energy: str = ""
    """A guess of what the training took, in words."""


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
        *([f"| instruments | {', '.join(spec.instruments)} |"] if spec.instruments else []),
        f"| licence | {spec.licence} |",
        f"| code | commit {facts.commit} |",
        f"| training | {_training(facts.training)} |",
        *([f"| energy (a guess) | {facts.energy} |"] if facts.energy else []),
        f"| parity | largest logit difference to the network {facts.worst:.1e} over 200 hops |",
        "",
        "## What it learned from",
        "",
        *_table(["source", "what", "licence", "used as"], data),
        "",
        "## Thresholds",
        "",
        *_every_threshold(spec),
        "",
        "## Scores",
        "",
    ]
    if not scores:
        lines += ["Not measured.", ""]
    else:
        lines += [HOW_TO_READ, ""]
    for look_ahead, groups in ((n, g) for n, g in scores.items() if n not in MORE):
        title = "Refined recordings" if look_ahead == "refine" else f"Look-ahead {look_ahead}"
        lines += [f"{title}:", "", *_scores(groups), ""]
    return "\n".join([*lines, notes.strip(), ""])


def read_data_table(path: Path) -> list[dict[str, str]]:
    """Rows of the CSV that lists what a recipe learns from.

    Raises:
        UserError: if it cannot be read.
    """
    return [row for _, row in read_records(path)]


def read_scores(path: Path) -> dict[str, Any]:
    """What `jtm evaluate --json` printed.

    Raises:
        UserError: if it cannot be read.
    """
    try:
        scores: dict[str, Any] = parse_json(path.read_text(encoding="utf-8"))
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


def _thresholds(decoder: DecoderSettings) -> str:
    """Every value that is not the decoder's own default, and the main ones always."""
    usual = asdict(DecoderSettings())
    shown = {
        name: value
        for name, value in asdict(decoder).items()
        if name in ("onset_threshold", "frame_threshold") or value != usual[name]
    }
    for name in ("velocity_map", "early"):
        shown.pop(name, None)
    words = [f"{name.replace('_', ' ')} {value:g}" for name, value in shown.items()]
    words += [f"early after {count} frames from {sure:g}" for count, sure in decoder.early]
    if decoder.velocity_map:
        ends = decoder.velocity_map[0][1], decoder.velocity_map[-1][1]
        words.append(f"velocities {ends[0]:.0f}-{ends[1]:.0f}")
    return ", ".join(words)


def _every_threshold(spec: ModelSpec) -> list[str]:
    lines = [
        f"- {spec.latency_ms(i):g} ms: {_thresholds(head.decoder)}"
        for i, head in enumerate(spec.heads)
    ]
    if spec.refine:
        found = spec.refine
        lines.append(
            f"- refined: support {found.support:g} over {found.support_frames} frames, "
            f"smoothing {found.smooth_frames}, {_thresholds(found.decoder)}"
        )
    return lines


def _table(columns: list[str], rows: list[dict[str, str]]) -> list[str]:
    return [
        "| " + " | ".join(columns) + " |",
        "|" + " --- |" * len(columns),
        *("| " + " | ".join(row.get(name, "") for name in columns) + " |" for row in rows),
    ]


def _scores(groups: dict[str, dict[str, float]]) -> list[str]:
    rows = []
    for group, figures in groups.items():
        row = {"group": MEANS.get(group, group)}
        for name, title in COLUMNS:
            if name in figures:
                precise = name.endswith(("f1", "precision", "recall"))
                digits = 3 if precise else 0 if name == "items" else 1
                row[title] = f"{figures[name]:.{digits}f}"
        if "onset_f1_low" in figures:
            row["95 %"] = f"{figures['onset_f1_low']:.2f}-{figures['onset_f1_high']:.2f}"
        rows.append(row)
    return _table(["group", *(title for _, title in COLUMNS)], rows)
