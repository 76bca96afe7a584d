"""Notes of a table: our own columns, the names that others use for them, or label tracks."""

import math
import re
from functools import partial
from pathlib import Path

import numpy as np

from realtime.troubles.errors import UserError
from trainer.datasets.labels.tables import Rows, is_number, read_rows, require_width, to_number
from trainer.datasets.musicnet import read_label_csv
from trainer.datasets.recordings import UNKNOWN_VELOCITY, NoteRow, note_rows, note_table

COLUMNS = {
    "onset": ("onset_s", "onset", "onset_time", "onsettime", "start", "start_s", "start_time"),
    "offset": ("offset_s", "offset", "offset_time", "offsettime", "end", "end_s", "end_time"),
    "duration": ("duration", "duration_s"),
    "pitch": ("midi_pitch", "midipitch", "pitch", "note", "midi"),
    "velocity": ("velocity", "vel"),
    "program": ("program", "instrument"),
}
"""What we need -> names of the column, in lower case."""
BARE = ("onset", "offset", "pitch", "velocity")
"""Columns of a table without a header."""
UNKNOWN = ("", "-1", "nan", "none")
"""Velocities that say that nobody knows."""
NOTE_NAME = re.compile(r"([A-Ga-g])([#♯b♭]*)(-?\d+)")
STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


def read_note_csv(path: Path) -> np.ndarray:
    """Notes of a table with a header, or of bare `onset offset pitch [velocity]` rows in seconds.

    Pitches are MIDI numbers or names (C4 is 60), so a label track of Audacity can be read. A file
    with MusicNet's `start_beat` column counts samples at 44.1 kHz and is read so. Velocities above
    1 are MIDI velocities; empty, nan and -1 are unknown ones. Rows that begin with `#`, or with the
    backslash of Audacity's spectral selections, hold no notes.

    Returns:
        SECONDS_DTYPE (n_notes,), ordered by onset.

    Raises:
        UserError: if a column is missing, or a row is no note.
    """
    rows = read_rows(path)
    if not rows:
        return note_table([])
    if "start_beat" in rows[0][1]:
        return read_label_csv(path)
    at, rows = _find_columns(path, rows)
    notes = note_table(note_rows(path, rows, partial(_note, at=at)))
    if (notes["velocity"] > 1).any():
        notes["velocity"] /= 127
    return notes


def _find_columns(path: Path, rows: Rows) -> tuple[dict[str, int | None], Rows]:
    """Place of each column in COLUMNS, and the rows below the header."""
    header = [name.lower().lstrip("# ") for name in rows[0][1]]
    named = not is_number(header[0])
    if named:
        rows = rows[1:]
    elif len(header) > len(BARE):
        raise UserError(
            f"'{path}' has {len(header)} cells in a row and no header; say in its first row which "
            "are onset_s, offset_s, midi_pitch and velocity."
        )
    else:
        header = list(BARE)
    at = {
        need: next((header.index(name) for name in names if name in header), None)
        for need, names in COLUMNS.items()
    }
    if at["onset"] is None or at["pitch"] is None or (at["offset"] is at["duration"] is None):
        raise UserError(
            f"'{path}' needs columns onset_s, offset_s (or duration) and midi_pitch; "
            f"it has {', '.join(header)}."
        )
    kept = [(number, cells) for number, cells in rows if not cells[0].startswith(("#", "\\"))]
    for number, cells in kept:
        require_width(path, number, cells, len(header))
    return at, kept


def _note(row: list[str], at: dict[str, int | None]) -> NoteRow:
    def cell(need: str) -> str:
        place = at[need]
        if place is None or (place >= len(row) and need in ("velocity", "program")):
            return ""
        return row[place]

    onset = to_number(cell("onset"))
    ends = at["offset"] is not None
    offset = to_number(cell("offset")) if ends else onset + to_number(cell("duration"))
    said = cell("velocity").lower()
    velocity = UNKNOWN_VELOCITY if said in UNKNOWN else to_number(said)
    if math.isnan(velocity) and said not in UNKNOWN:
        raise ValueError("no velocity")
    program = int(to_number(cell("program"))) if is_number(cell("program")) else -1
    return onset, offset, read_pitch(cell("pitch")), velocity, program


def read_pitch(text: str) -> int:
    """MIDI pitch of a number or of a name in scientific notation (C4 is 60).

    Raises:
        ValueError: if it is neither.
    """
    name = NOTE_NAME.fullmatch(text)
    if not name:
        return round(to_number(text))
    letter, signs, octave = name.groups()
    raised = sum(1 if sign in "#♯" else -1 for sign in signs)
    return STEPS[letter.lower()] + raised + 12 * (int(octave) + 1)
