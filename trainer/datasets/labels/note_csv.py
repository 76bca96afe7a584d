"""Notes of a table: our own columns, the names that others use for them, or label tracks."""

import math
import re
from functools import partial
from pathlib import Path

import numpy as np

from realtime.troubles.errors import UserError
from trainer.datasets.labels.pitch_units import find_doubtful
from trainer.datasets.labels.tables import Rows, is_number, read_rows, require_width, to_number
from trainer.datasets.musicnet import read_label_csv
from trainer.datasets.recordings import UNKNOWN_VELOCITY, NoteRow, note_rows, note_table

COLUMNS = {
    "onset": (
        "onset_s",
        "onset",
        "onset_time",
        "onsettime",
        "start",
        "start_s",
        "start_time",
        "time",
        "time_s",
    ),
    "offset": ("offset_s", "offset", "offset_time", "offsettime", "end", "end_s", "end_time"),
    "duration": ("duration", "duration_s"),
    "midi": ("midi_pitch", "midipitch", "midi", "midi_note", "pitch_midi", "note_midi"),
    "hertz": (
        "pitch_hz",
        "note_hz",
        "frequency",
        "frequency_hz",
        "freq",
        "freq_hz",
        "hz",
        "f0",
        "f0_hz",
    ),
    "pitch": ("pitch", "note", "value"),
    "velocity": ("velocity", "vel"),
    "program": ("program", "instrument"),
}
"""What we need -> names of the column, in lower case."""
TIMES = ("onset", "offset", "duration")
PITCHES = ("midi", "hertz", "pitch")
"""Ways to give pitches, the first that there is is read; the last does not say its unit."""
BARE = ("onset", "offset", "pitch", "velocity")
"""Columns of a table without a header."""
UNKNOWN = ("", "-1", "nan", "none")
"""Velocities that say that nobody knows."""
SECONDS = re.compile(r"\s*[(\[](s|sec|seconds)[)\]]$|\s*\.(s|sec)$")
"""The unit that times have, behind the name of a column; others make it another column."""
PITCH_UNIT = re.compile(r"\s*[(\[](midi|hz)[)\]]$")
NOTE_NAME = re.compile(r"([A-Ga-g])([#♯b♭]*)(-?\d+)")
STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


def read_note_csv(path: Path) -> np.ndarray:
    """Notes of a table with a header, or of bare `onset offset pitch [velocity]` rows in seconds.

    Pitches are MIDI numbers or names (C4 is 60), so a label track of Audacity can be read; or Hz,
    where the column says so; numbers that may be either are refused where it says nothing. A file
    with MusicNet's `start_beat` column counts samples at 44.1 kHz and is read so. Velocities above
    1 are MIDI velocities; empty, nan and -1 are unknown ones. Rows that begin with `#` (but for a
    header), or with the backslash of Audacity's spectral selections, hold no notes.

    Returns:
        SECONDS_DTYPE (n_notes,), ordered by onset.

    Raises:
        UserError: if a column is missing, or a row is no note.
    """
    rows = read_rows(path)
    if not rows:
        raise UserError(
            f"'{path}' is empty; a recording in which no note sounds has a header alone."
        )
    if "start_beat" in rows[0][1]:
        return read_label_csv(path)
    at, rows = _find_columns(path, rows)
    _refuse_mixed(path, rows, at)
    notes = note_table(note_rows(path, rows, partial(_note, at=at)))
    if not at.keys() & {"midi", "hertz"}:
        _refuse_doubtful(path, [cells[at["pitch"]] for _, cells in rows])
    velocities = notes["velocity"]
    if (velocities > 1).any():
        if ((velocities > 0) & (velocities < 1)).any():
            raise UserError(
                f"'{path}' has velocities between 0 and 1 beside larger ones; write all of them as "
                "0-127, or as 0-1."
            )
        notes["velocity"] /= 127
    return notes


def _refuse_doubtful(path: Path, pitches: list[str]) -> None:
    """Refuse pitches without a unit that may be Hz.

    Raises:
        UserError: if there are such.
    """
    doubtful = find_doubtful(to_number(text) for text in pitches if is_number(text))
    if doubtful is not None:
        raise UserError(
            f"'{path}' has the pitch {doubtful:g}, which may be Hz or a MIDI number; call the "
            "column frequency or midi_pitch."
        )


def _refuse_mixed(path: Path, rows: Rows, at: dict[str, int]) -> None:
    """Refuse times with points beside times with commas: one of the two groups thousands.

    Raises:
        UserError: naming the first row whose times are written otherwise than an earlier one's.
    """
    seen = ""
    for number, cells in rows:
        for need in (time for time in TIMES if time in at):
            text = cells[at[need]] if at[need] < len(cells) else ""
            mark = next((one for one in ",." if one in text), "")
            if mark and seen and mark != seen:
                raise UserError(
                    f"Row {number} of '{path}' has the time {text}, and others have decimals with "
                    f"'{seen}'; write all of them alike, and thousands without a mark."
                )
            seen = seen or mark


def _find_columns(path: Path, rows: Rows) -> tuple[dict[str, int], Rows]:
    """Place of each column of COLUMNS that there is, and the rows below the header."""
    while len(rows) > 1 and rows[0][1][0].startswith("#") and not _columns(rows[0][1]):
        rows = rows[1:]
    header = _names(rows[0][1])
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
    at = {need: header.index(name) for need, name in _columns(header).items()}
    twice = [name for name in _columns(header).values() if header.count(name) > 1]
    if twice:
        raise UserError(f"'{path}' has two columns called {twice[0]}; remove one of them.")
    if not ("onset" in at and at.keys() & set(PITCHES) and at.keys() & {"offset", "duration"}):
        raise UserError(
            f"'{path}' needs columns onset_s, offset_s (or duration) and midi_pitch; "
            f"it has {', '.join(header)}."
        )
    kept = [(number, cells) for number, cells in rows if not cells[0].startswith(("#", "\\"))]
    for number, cells in kept:
        require_width(path, number, cells, len(header))
    return at, kept


def _names(cells: list[str]) -> list[str]:
    """Names of columns in lower case, without seconds, their words joined by underscores."""
    cells = cells[1:] if cells[0] == "#" else cells
    found = [SECONDS.sub("", cell.lower().lstrip("# ").rstrip()) for cell in cells]
    found = [PITCH_UNIT.sub(r" \1", name) for name in found]
    return ["_".join(name.replace("-", " ").split()) for name in found]


def _columns(cells: list[str]) -> dict[str, str]:
    """What we need -> the name that these cells have for it."""
    header = _names(cells)
    return {
        need: found
        for need, names in COLUMNS.items()
        if (found := next((name for name in names if name in header), None))
    }


def _note(row: list[str], at: dict[str, int]) -> NoteRow:
    def cell(need: str) -> str:
        place = at.get(need)
        if place is None or (place >= len(row) and need in ("velocity", "program")):
            return ""
        return row[place]

    onset = to_number(cell("onset"))
    ends = "offset" in at
    offset = to_number(cell("offset")) if ends else onset + to_number(cell("duration"))
    said = cell("velocity").lower()
    velocity = UNKNOWN_VELOCITY if said in UNKNOWN else to_number(said)
    if math.isnan(velocity) and said not in UNKNOWN:
        raise ValueError("no velocity")
    program = int(to_number(cell("program"))) if is_number(cell("program")) else -1
    way = next(way for way in PITCHES if way in at)
    if way == "hertz":
        pitch = round(69 + 12 * math.log2(to_number(cell(way)) / 440))
    else:
        pitch = read_pitch(cell(way))
    return onset, offset, pitch, velocity, program


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
