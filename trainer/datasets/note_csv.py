"""Notes of a CSV, TSV or text file: our own columns, or the names that others use for them."""

import csv
from functools import partial
from pathlib import Path

import numpy as np

from realtime.errors import UserError
from trainer.datasets.musicnet import read_label_csv
from trainer.datasets.recordings import UNKNOWN_VELOCITY, NoteRow, note_rows, note_table

COLUMNS = {
    "onset": ("onset_s", "onset", "onset_time", "onsettime", "start", "start_s", "start_time"),
    "offset": ("offset_s", "offset", "offset_time", "offsettime", "end", "end_s", "end_time"),
    "duration": ("duration", "duration_s"),
    "pitch": ("midi_pitch", "midipitch", "pitch", "note", "midi"),
    "velocity": ("velocity",),
    "program": ("program", "instrument"),
}
"""What we need -> names of the column, in lower case."""


def read_note_csv(path: Path) -> np.ndarray:
    """Notes of a table with a header, or of bare `onset offset pitch [velocity]` lines in seconds.

    A file with MusicNet's `start_beat` column counts samples at 44.1 kHz and is read so.
    Velocities above 1 are MIDI velocities.

    Returns:
        SECONDS_DTYPE (n_notes,), ordered by onset.

    Raises:
        UserError: if a column is missing, or a row is no note.
    """
    numbered = enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1)
    lines = [(number, line) for number, line in numbered if line.strip()]
    if not lines:
        return note_table([])
    first = lines[0][1]
    if "start_beat" in first:
        return read_label_csv(path)
    rows = [(number, _cells(line, first)) for number, line in lines]
    header = [name.strip().lower().lstrip("# ") for name in rows[0][1]]
    if _is_number(header[0]):
        header = ["onset", "offset", "pitch", "velocity"][: len(header)]
    else:
        rows = rows[1:]
    at = {
        need: next((header.index(name) for name in names if name in header), None)
        for need, names in COLUMNS.items()
    }
    if at["onset"] is None or at["pitch"] is None or (at["offset"] is at["duration"] is None):
        raise UserError(
            f"'{path}' needs columns onset_s, offset_s (or duration) and midi_pitch; "
            f"it has {', '.join(header)}."
        )
    notes = note_table(note_rows(path, rows, partial(_note, at=at)))
    if (notes["velocity"] > 1).any():
        notes["velocity"] /= 127
    return notes


def _note(row: list[str], at: dict[str, int | None]) -> NoteRow:
    onset = float(row[at["onset"]])
    if at["offset"] is not None:
        offset = float(row[at["offset"]])
    else:
        offset = onset + float(row[at["duration"]])
    velocity = UNKNOWN_VELOCITY if at["velocity"] is None else float(row[at["velocity"]])
    program = -1
    if at["program"] is not None and _is_number(row[at["program"]]):
        program = int(float(row[at["program"]]))
    return onset, offset, round(float(row[at["pitch"]])), velocity, program


def _cells(line: str, first: str) -> list[str]:
    """Cells of a line, cut as the first line is: at commas, else semicolons, else spaces."""
    if "," in first or ";" in first:
        return next(csv.reader([line], delimiter="," if "," in first else ";"))
    return line.split()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
