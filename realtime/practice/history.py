"""What was practised, one line of a table for each run, in a file that other programs can read."""

import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why

COLUMNS = (
    "when", "piece", "parts", "mode", "first_bar", "last_bar", "tempo_percent", "notes", "right",
    "early", "late", "wrong", "missed", "unsure", "extras", "right_share", "rhythm_median_ms",
    "rhythm_p95_ms", "bad_bars",
)  # fmt: skip
"""`bad_bars` lists bars, the worst first, with a space between; empty where a figure is unknown."""
MOST_READ = 4 << 20
"""Bytes at the end of the table that are looked at for earlier runs."""
LONGEST_LINE = 20_000
"""Characters; one that is longer is not of ours."""


def history_path() -> Path:
    """The table, in the program's folder of data."""
    import platformdirs

    return platformdirs.user_data_path("jaka-to-melodia", appauthor=False) / "practice.csv"


def history_row(
    summary: Mapping[str, Any], *, parts: str, mode: str, first_bar: int, last_bar: int
) -> dict[str, str]:
    """A line of the table from what `report.summary` says of a run."""
    rhythm = summary["rhythm_ms"]
    figures = {
        "when": datetime.now().astimezone().isoformat(timespec="seconds"),
        "piece": summary["title"],
        "parts": parts,
        "mode": mode,
        "first_bar": first_bar,
        "last_bar": last_bar,
        "rhythm_median_ms": rhythm["median"],
        "rhythm_p95_ms": rhythm["p95"],
        "bad_bars": " ".join(str(row["bar"]) for row in summary["bad_bars"]),
    }
    row = {**summary, **figures}
    return {name: "" if row.get(name) is None else str(row[name]) for name in COLUMNS}


def add_run(row: Mapping[str, str], path: Path | None = None) -> None:
    """Append a line; the table is begun where there is none.

    Raises:
        UserError: if it cannot be written.
    """
    target = path or history_path()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("a+", encoding="utf-8", newline="") as file:
            end = file.seek(0, 2)
            whole = True
            if end:
                file.seek(max(0, end - 1))
                whole = file.read() in ("\n", "")
            table = csv.DictWriter(file, COLUMNS)
            if not end:
                table.writeheader()
            elif not whole:  # the computer died within a line
                file.write("\n")
            table.writerow(row)
    except OSError as error:
        raise UserError(Code.HISTORY_UNWRITABLE, path=target, reason=why(error)) from error


def last_run(piece: str, mode: str, path: Path | None = None) -> dict[str, str] | None:
    """The newest line of a piece in a mode, None where there is none that can be read."""
    found = [row for row in runs(path) if row["piece"] == piece and row["mode"] == mode]
    return found[-1] if found else None


def runs(path: Path | None = None) -> list[dict[str, str]]:
    """The lines of the table that can be read, oldest first."""
    target = path or history_path()
    try:
        with target.open(encoding="utf-8", errors="replace", newline="") as file:
            head = file.readline()
            end = file.seek(0, 2)
            file.seek(max(len(head.encode()), end - MOST_READ))
            text = file.read()
    except OSError:
        return []
    lines = (line for line in text.splitlines() if len(line) <= LONGEST_LINE)
    rows = csv.DictReader(lines, COLUMNS)
    return [row for row in rows if _is_whole(row)]


def _is_whole(row: Mapping[Any, Any]) -> bool:
    if any(not isinstance(row.get(name), str) for name in COLUMNS):
        return False
    try:
        return 0 <= float(row["right_share"]) <= 1 and int(row["notes"]) >= 0
    except ValueError:
        return False
