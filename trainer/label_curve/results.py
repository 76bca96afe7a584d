"""One file of results, a JSON object a line, to which finished runs are appended whole."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from realtime.troubles.errors import UserError
from realtime.values.json_text import parse_json
from trainer.label_curve.cells import Cell

Row = dict[str, Any]


def append_row(path: Path, row: Row) -> None:
    """Add a line in one write under a lock, so that processes do not mix and a kill cuts nothing.

    A line that an earlier crash left without an end is closed first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(row, separators=(",", ":")).encode() + b"\n"
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read_rows(path: Path) -> list[Row]:
    """All whole lines, in order; a line cut short is left out, the file may be missing.

    Raises:
        UserError: if the file holds something else.
    """
    if not path.exists():
        return []
    rows = []
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = parse_json(line)
        except ValueError:
            continue
        if not isinstance(row, dict) or "kind" not in row or not _is_whole(row):
            raise UserError(
                f"Line {number} of '{path}' is not a result of `jtm label-curve`; give another "
                "--results."
            )
        rows.append(row)
    if not rows and any(line.strip() for line in lines):
        raise UserError(f"'{path}' holds no result of `jtm label-curve`; give another --results.")
    return rows


def _is_whole(row: Row) -> bool:
    """Whether a row that is of a cell says of which, and how it was made."""
    kinds = {"variant": str, "method": str, "fraction": int | float, "seed": int, "settings": str}
    return row["kind"] != "cell" or all(isinstance(row.get(n), k) for n, k in kinds.items())


def cell_of(row: Row) -> Cell:
    """The cell that a row of kind `cell` belongs to."""
    return Cell(row["variant"], row["method"], row["fraction"], row["seed"])


def finished_cells(rows: list[Row]) -> set[Cell]:
    """Cells that need not be run again."""
    return {cell_of(row) for row in rows if row["kind"] == "cell"}


def require_same_settings(rows: list[Row], variant: str, digests: dict[str, str]) -> None:
    """Refuse to mix runs of different settings under one name.

    Raises:
        UserError: naming the first run that was made otherwise.
    """
    for row in rows:
        if row["kind"] != "cell" or row["variant"] != variant:
            continue
        wanted = digests.get(row["method"])
        if wanted and row["settings"] != wanted:
            raise UserError(
                f"The results hold {cell_of(row)} made with other settings or data; give these "
                "runs another name with --variant, or another --results."
            )
