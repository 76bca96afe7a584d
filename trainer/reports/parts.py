"""The parts of a report as data; `page.html` says what they look like."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realtime.troubles.errors import UserError
from realtime.values.json_text import parse_json


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a header; a block without rows is left out."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG file that goes into the page."""

    path: Path

    @property
    def name(self) -> str:
        """What it shows, for those who cannot see it."""
        return self.path.stem.replace("_", " ")

    @property
    def base64(self) -> str:
        """Bytes of the picture, as a data URL writes them."""
        return base64.b64encode(self.path.read_bytes()).decode()


Block = str | Table | Picture
"""A paragraph, a table or a picture."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with blocks under it."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The page of one run, top to bottom."""

    name: str
    about: str
    """One line under the title."""
    sections: Sequence[Section]
    settings: Table
    """Everything the run was started with."""
    alarm: str = ""
    """Why the run was stopped; "" where it was not."""


def filled(sections: Sequence[Section]) -> list[Section]:
    """The sections that hold something: tables without rows are left out, then empty sections."""
    kept = [
        Section(one.title, [b for b in one.blocks if not isinstance(b, Table) or b.rows])
        for one in sections
    ]
    return [one for one in kept if one.blocks]


def about_line(sentence: str, settings: dict[str, Any], facts: dict[str, Any]) -> str:
    """What the run did, its network and its day.

    Args:
        sentence: what it did.
        settings: of the run, nested.
        facts: of `run.json`.
    """
    model = settings.get("model", {})
    kinds = [model.get(part, {}).get("kind", "") for part in ("encoder", "context")]
    return " · ".join(
        filter(None, [sentence, " + ".join(filter(None, kinds)), facts.get("started", "")])
    )


def settings_table(*nested: dict[str, Any]) -> Table:
    """Name and value of everything in these dictionaries."""
    return Table(["option", "value"], [row for values in nested for row in flatten(values)])


def flatten(values: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    """A nested dictionary as dotted names and text."""
    rows = []
    for name, value in values.items():
        if isinstance(value, dict):
            rows += flatten(value, f"{before}{name}.")
        else:
            rows.append((before + name, value if isinstance(value, str) else json.dumps(value)))
    return rows


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; empty where the file is missing.

    Raises:
        UserError: if it is damaged.
    """
    try:
        return dict(parse_json(path.read_text(encoding="utf-8"))) if path.is_file() else {}
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"'{path}' is damaged ({error}); remove it.") from error


def percent(share: float) -> str:
    """A share in per cent, for people: 0.5 -> "50.0 %"."""
    return f"{100 * share:.1f} %"


def short(value: float) -> str:
    """A value to four significant figures, for people."""
    return f"{value:.4g}"
