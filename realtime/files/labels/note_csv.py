"""Notes of a table: our own columns, the names that others use for them, or label tracks."""

import math
import re
from functools import partial
from pathlib import Path

import numpy as np

from realtime.files.labels.columns import (
    PITCHES,
    TIMES,
    UNKNOWN,
    Columns,
    find_columns,
    find_likely_notes,
)
from realtime.files.labels.musicnet_csv import read_label_csv
from realtime.files.labels.note_table import (
    LARGEST_NUMBER,
    UNKNOWN_VELOCITY,
    NoteRow,
    note_rows,
    note_table,
)
from realtime.files.labels.pitch_units import (
    LOWEST_KEY,
    find_doubtful,
    find_midi,
    midi_pitch,
    nearest_key,
)
from realtime.files.labels.programs import find_program
from realtime.files.labels.tables import (
    REMARKS,
    Rows,
    cut_rows,
    is_number,
    read_rows,
    to_number,
)
from realtime.troubles.errors import UserError

SAME_SECONDS = 0.02
"""Two columns that say one time differ by less, however they are rounded."""
SAME = dict.fromkeys(TIMES, SAME_SECONDS)
"""Times that may be said in two columns, and by how much they may differ."""
SAME_PITCH = 1.0
"""Semitones from which the pitches of two columns differ, as a note and its neighbour do; a voice
that slides is off its note by less."""
NOTE_NAME = re.compile(r"([A-Ga-g])([#♯b♭]*)(\d+)")
"""Without a minus: E-4 is an E flat for some programs, and no octave below 0 is heard."""
STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


def read_note_csv(path: Path) -> np.ndarray:
    """Notes of a table with a header, or of bare `onset offset pitch [velocity]` rows in seconds.

    Pitches are MIDI numbers or names (C4 is 60), so a label track of Audacity can be read; or Hz,
    where the column says so; numbers that may be either are refused where it says nothing. Columns
    that say a pitch once more have to agree, names by the octaves of C4 = 60, too. A file
    with MusicNet's `start_beat` column counts samples at 44.1 kHz and is read so. Velocities above
    1 are MIDI velocities; empty, nan and -1 are unknown ones. Programs are numbers, or names of
    General MIDI; an `instrument` of another name is unknown. Rows that begin with `#` or `%`
    (but for a header), or with the backslash of Audacity's spectral selections, hold no notes.

    Returns:
        SECONDS_DTYPE (n_notes,), ordered by onset.

    Raises:
        UserError: if a column is missing, or a row is no note, none on a piano's keyboard, or
            contradicts itself.
    """
    rows = read_rows(path)
    if not rows:
        raise UserError(
            f"'{path}' is empty; a recording in which no note sounds has a header alone."
        )
    first = next((cells for _, cells in rows if not cells[0].startswith(REMARKS)), [])
    if "start_beat" in first:
        return read_label_csv(path)
    columns, rows = find_columns(path, rows)
    at = columns.at
    _refuse_mixed(path, rows, at)
    way = next(way for way in PITCHES if way in at)
    if way != "midi":
        _refuse_doubtful(path, way, [cell_at(cells, at[way]) for _, cells in rows])
    _refuse_contradictions(path, rows, columns)
    if (place := at.get("program")) is not None and cell_at(first, place).lower() == "program":
        _refuse_no_programs(path, rows, place)
    notes = note_table(note_rows(path, rows, partial(_note, at=at)))
    velocities = notes["velocity"]
    if (velocities > 1).any():
        if ((velocities > 0) & (velocities < 1)).any():
            raise UserError(
                f"'{path}' has velocities between 0 and 1 beside larger ones; write all of them as "
                "0-127, or as 0-1."
            )
        notes["velocity"] /= 127
    return notes


def table_has_note(path: Path) -> bool:
    """Whether any row of a table that cannot be read whole is a note that lasts.

    Bytes that are no UTF-8 and quotes that are not closed are read past; a file that cannot be
    opened may hold some.
    """
    try:
        rows = read_rows(path)
    except UserError:
        try:
            text = path.read_bytes().decode("utf-8", "replace")
        except OSError:
            return True
        rows = cut_rows(path, text.replace('"', "").replace("\0", ""))
    if any("start_beat" in cells for _, cells in rows):
        return True
    at, rows = find_likely_notes(rows) if rows else ({}, [])
    return any(_may_last(cells, at) for _, cells in rows)


def _may_last(cells: list[str], at: dict[str, int]) -> bool:
    """Whether a row is a note with an end behind its onset, at a pitch that may be in Hz."""
    try:
        onset, offset, pitch, *_ = _note(cells, at)
    except (ArithmeticError, LookupError, ValueError):
        return False
    return offset > onset and pitch >= LOWEST_KEY


def _refuse_doubtful(path: Path, way: str, pitches: list[str]) -> None:
    """Refuse pitches without a unit that may be Hz, and frequencies that are MIDI numbers.

    Raises:
        UserError: if there are such.
    """
    numbers = [to_number(text) for text in pitches if is_number(text)]
    numbers = [number for number in numbers if abs(number) <= LARGEST_NUMBER]
    if way == "hertz" and (wrong := find_midi(numbers)) is not None:
        raise UserError(
            f"'{path}' has the frequency {wrong:g}, which looks like a MIDI pitch; call the column "
            "midi_pitch, or give Hz to a tenth."
        )
    if way == "pitch" and (doubtful := find_doubtful(numbers)) is not None:
        raise UserError(
            f"'{path}' has the pitch {doubtful:g}, which may be Hz or a MIDI number; call the "
            "column frequency or midi_pitch."
        )


def _refuse_no_programs(path: Path, rows: Rows, place: int) -> None:
    """Refuse words in a column `program` that are no programs; in `instrument` they are unknown.

    Raises:
        UserError: naming the first such row.
    """
    for number, cells in rows:
        text = cell_at(cells, place)
        known = is_number(text) or text.lower() in UNKNOWN or find_program(text) >= 0
        if not known:
            raise UserError(
                f"Row {number} of '{path}' has the program '{text[:40]}'; give a number of General "
                "MIDI (0-127), one of its names, or leave the cell empty."
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


def _refuse_contradictions(path: Path, rows: Rows, columns: Columns) -> None:
    """Refuse rows that give a time or a pitch twice, and differently.

    Raises:
        UserError: naming the first such row.
    """
    way = next(way for way in PITCHES if way in columns.at)
    others = [
        other for other in columns.pitches if _holds_pitches(rows, other[2], named=not other[0])
    ]
    for number, cells in rows:
        wrong = _contradicting_times(cells, columns)
        said = cell_at(cells, columns.at[way])
        for kind, name, place in others:
            other = cell_at(cells, place)
            wrong = wrong or _contradicting_pitches(way, said, kind, name, other)
        if wrong:
            raise UserError(
                f"Row {number} of '{path}' says {wrong}; mend it, or remove one of the columns."
            )


def _holds_pitches(rows: Rows, place: int, named: bool) -> bool:
    """Whether a column beside the one that is read holds pitches, and does not number the rows.

    Args:
        rows: of notes.
        place: of the column.
        named: whether names of notes alone are pitches there.
    """
    texts = [cell_at(cells, place) for _, cells in rows]
    if named:
        return all(NOTE_NAME.fullmatch(text) for text in texts if text)
    numbers = [to_number(text) if is_number(text) else math.nan for text in texts]
    return len(texts) < 2 or not any(
        numbers == list(range(first, first + len(numbers))) for first in (0, 1)
    )


def _contradicting_times(cells: list[str], columns: Columns) -> str:
    def number(place: int) -> float | None:
        text = cell_at(cells, place)
        return to_number(text) if is_number(text) else None

    said = {need: n for need, at in columns.at.items() if (n := number(at)) is not None}
    if {"onset", "offset", "duration"} <= said.keys():
        end = said["onset"] + said["duration"]
        if abs(end - said["offset"]) > SAME_SECONDS:
            return f"the offset {said['offset']:g} and, by its duration, {end:g}"
    for need, place in columns.twins:
        other = number(place)
        if other is not None and need in said and abs(other - said[need]) > SAME[need]:
            return f"the {need} {said[need]:g} and, in another column, {other:g}"
    return ""


def _contradicting_pitches(way: str, said: str, kind: str, name: str, other: str) -> str:
    first, second = _possible_pitches(way, said), _possible_pitches(kind, other)
    if not first or not second:
        return ""
    if any(abs(one - two) < SAME_PITCH for one in first for two in second):
        return ""
    told = f"{said} ({first[0]:.4g})" if NOTE_NAME.fullmatch(said) else said
    octaves = "; 60 is C4" if abs(first[0] - second[0]) % 12 == 0 else ""
    return f"the pitch {told} and, in the column {name}, {other} ({second[0]:.4g}{octaves})"


def _possible_pitches(way: str, text: str) -> list[float]:
    """What pitch a cell may mean; none where it is no pitch."""
    try:
        if NOTE_NAME.fullmatch(text):
            return [float(read_pitch(text))]
        number = to_number(text)
        if not math.isfinite(number):
            return []
        if way == "hertz":
            return [midi_pitch(number)]
        return [number, *([midi_pitch(number)] if way == "pitch" and number > 0 else [])]
    except ValueError:
        return []


def _note(row: list[str], at: dict[str, int]) -> NoteRow:
    def cell(need: str) -> str:
        place = at.get(need)
        if place is None or (place >= len(row) and need in ("velocity", "program")):
            return ""
        return row[place]  # a row that is too short is no note

    onset = to_number(cell("onset"))
    ends = "offset" in at
    offset = to_number(cell("offset")) if ends else onset + to_number(cell("duration"))
    said = cell("velocity").lower()
    velocity = UNKNOWN_VELOCITY if said in UNKNOWN else to_number(said)
    if math.isnan(velocity) and said not in UNKNOWN:
        raise ValueError("no velocity")
    played = cell("program")
    named = played.lower() in UNKNOWN or not is_number(played)
    program = find_program(played) if named else int(to_number(played))
    way = next(way for way in PITCHES if way in at)
    text = cell(way)
    pitch = nearest_key(midi_pitch(to_number(text))) if way == "hertz" else read_pitch(text)
    return onset, offset, pitch, velocity, program


def cell_at(cells: list[str], place: int) -> str:
    """The cell at a place of a row; "" where the row ends before it."""
    return cells[place] if place < len(cells) else ""


def read_pitch(text: str) -> int:
    """MIDI pitch of a number or of a name in scientific notation (C4 is 60).

    Raises:
        ValueError: if it is neither.
    """
    name = NOTE_NAME.fullmatch(text)
    if not name:
        return nearest_key(to_number(text))
    letter, signs, octave = name.groups()
    raised = sum(1 if sign in "#♯" else -1 for sign in signs)
    return STEPS[letter.lower()] + raised + 12 * (int(octave) + 1)
