"""Scores as people and programs read them: tables on the terminal, JSON, a CSV of recordings."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from realtime.inference.spec import DecoderSettings, ModelSpec, RefineSettings
from trainer.evaluation.figures import Figures
from trainer.evaluation.tables import (
    BREAKDOWNS,
    ITEMS,
    Outcome,
    Tables,
    by_group,
    by_instrument,
    by_notes,
)
from trainer.evaluation.views import Views, name_of

COLUMNS = {
    "items": "items",
    "notes": "notes",
    "onset_precision": "P",
    "onset_recall": "R",
    "onset_f1": "onset F1",
    "interval": "95 %",
    "offset_f1": "+offset",
    "velocity_f1": "+velocity",
    "offset_velocity_f1": "+both",
    "frame_f1": "frame F1",
    "frame_ap": "frame AP",
    "aligned_f1": "aligned",
    "onset_error_ms": "error ms",
    "live_f1": "in time",
    "delay_ms": "delay ms",
    "delay_p95_ms": "p95 ms",
    "false_per_minute": "false/min",
}
"""Figure -> its title in a table."""
CELL_WIDTH, INTERVAL_WIDTH = 11, 13
"""Characters of a cell of a table."""
NO_SPREAD = (
    "95 %: - where there is one recording, or where all score alike: what others would spread by "
    "is not known"
)
ROWS = {"all": "mean of groups", ITEMS: "mean of items"}


def tables_of(outcomes: Sequence[Outcome]) -> Tables:
    """Means by group, over groups and over recordings.

    False notes a minute of the row `items` are those of all recordings without notes together.
    """
    table = by_group((one.recording, one.figures) for one in outcomes)
    empty = [one for one in outcomes if not len(one.recording.notes)]
    if empty:
        minutes = [one.recording.seconds / 60 for one in empty]
        rates = [one.figures["false_per_minute"] for one in empty]
        table[ITEMS]["false_per_minute"] = float(np.average(rates, weights=minutes))
    return table


def format_settings(settings: DecoderSettings | RefineSettings) -> str:
    """Thresholds with which a view was decoded, in a line; those that are off are left out."""
    told = []
    for name, value in asdict(settings).items():
        if isinstance(value, dict):
            told.append(format_settings(DecoderSettings(**value)))
        elif value and not isinstance(value, tuple | list):
            told.append(f"{name} {value:g}")
    return ", ".join(told)


def breakdowns_of(outcomes: Sequence[Outcome]) -> dict[str, Tables]:
    """Figures by instrument of the recording, and by register, polyphony and program of notes."""
    found = {"instrument": by_instrument(outcomes)}
    found |= {name: by_notes(outcomes, name) for name in BREAKDOWNS}
    return {name: table for name, table in found.items() if table}


def as_json(spec: ModelSpec, views: Views) -> dict[str, Any]:
    """View -> group -> figure; `breakdowns` and `recordings` hold the rest, by view."""
    named = {name_of(spec, view): outcomes for view, outcomes in views.items()}
    return {
        **{name: tables_of(outcomes) for name, outcomes in named.items()},
        "breakdowns": {name: breakdowns_of(outcomes) for name, outcomes in named.items()},
        "recordings": {
            name: {
                one.recording.id: {"group": one.recording.group, **one.figures} for one in outcomes
            }
            for name, outcomes in named.items()
        },
    }


def as_csv(spec: ModelSpec, views: Views) -> str:
    """A row for each view and recording; what is not known is empty."""
    rows = [
        {
            "view": name_of(spec, view),
            "id": one.recording.id,
            "group": one.recording.group,
            "instrument": one.recording.instrument,
            "seconds": round(one.recording.seconds, 3),
            "notes": len(one.recording.notes),
            **{name: round(value, 6) for name, value in one.figures.items()},
        }
        for view, outcomes in views.items()
        for one in outcomes
    ]
    names = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def format_table(title: str, table: Tables) -> str:
    """One line a row, of the figures that any row has."""
    shown = [
        name
        for name in COLUMNS
        if any(
            name in row or (name == "interval" and ("onset_f1_low" in row or lacks_interval(row)))
            for row in table.values()
        )
    ]
    names = [ROWS.get(row, row) for row in table]
    width = max(len(title), *map(len, names)) + 2
    sizes = {name: INTERVAL_WIDTH if name == "interval" else CELL_WIDTH for name in shown}
    lines = [f"{title:<{width}}" + "".join(f"{COLUMNS[n]:>{size}}" for n, size in sizes.items())]
    for name, figures in zip(names, table.values(), strict=True):
        cells = (f"{_cell(column, figures):>{size}}" for column, size in sizes.items())
        lines.append(f"{name:<{width}}" + "".join(cells))
    return "\n".join(lines)


def lacks_interval(row: Figures) -> bool:
    """Are there several recordings with an onset F1, and none of their spread is known?"""
    return row.get("items", 0) > 1 and "onset_f1" in row and "onset_f1_low" not in row


def format_false(outcomes: Sequence[Outcome]) -> str:
    """One line for each recording without notes; empty where there is none."""
    return "\n".join(
        f"false notes per minute, {one.recording.id}: {one.figures['false_per_minute']:.1f}"
        for one in outcomes
        if not len(one.recording.notes)
    )


def _cell(name: str, figures: dict[str, float]) -> str:
    if name == "interval":
        if "onset_f1_low" not in figures:
            return "-"
        return f"{figures['onset_f1_low']:.3f}-{figures['onset_f1_high']:.3f}"
    if name not in figures:
        return "-"
    if name in ("items", "notes"):
        return f"{figures[name]:.0f}"
    return f"{figures[name]:.{1 if name.endswith(('ms', 'minute')) else 3}f}"
