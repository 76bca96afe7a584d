"""Which column of a table of notes is what: by its header, else by the order that all have."""

import re
from dataclasses import dataclass
from pathlib import Path

from realtime.files.labels.pitch_units import HIGHEST_KEY, LOWEST_KEY
from realtime.files.labels.tables import (
    REMARKS,
    Rows,
    is_number,
    require_spelling,
    require_width,
    to_number,
)
from realtime.troubles.errors import UserError

TIMES = {
    "onset": ("onset", "onset_time", "onsettime", "start", "start_time", "time", "begin"),
    "offset": ("offset", "offset_time", "offsettime", "end", "end_time"),
    "duration": ("duration", "length"),
}
"""Times that we need -> names of the column, in lower case; those that say seconds come first."""
COLUMNS = {
    **{need: (*(f"{name}_s" for name in names), *names) for need, names in TIMES.items()},
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
    "pitch": ("pitch", "note", "note_name", "notename", "pitch_name", "pitchname", "value"),
    "velocity": ("velocity", "vel", "note_velocity", "midi_velocity"),
    "program": ("program", "instrument"),
}
"""What we need -> names of the column, in lower case."""
PITCHES = ("midi", "hertz", "pitch")
"""Ways to give pitches, the first that there is is read; the last does not say its unit."""
NO_PITCH_BESIDE = ("value",)
"""Names of columns that hold pitches where no other does, and anything where one does."""
MAY_NAME = ("name", "label")
"""Names of columns that hold names of notes, or of anything."""
OPTIONAL = {"velocity": "velocity", "program": "program", "instrument": "program"}
"""Names of columns that a table may do without, so that misspelt they would be passed over."""
BARE = ("onset", "offset", "pitch", "velocity")
"""Columns of a table without a header."""
UNKNOWN = ("", "-1", "nan", "none")
"""Velocities that say that nobody knows."""
LOUDEST = 127
BENDS = ("pitch_bend", "pitch_bends")
"""A last column of as many cells as a note has frames, as Basic Pitch writes it."""
SECONDS = re.compile(r"\s*[(\[](s|secs?|seconds)[)\]]$|[\s._](s|secs?|seconds)$")
"""The unit that times have, behind the name of a column; others make it another column."""
PITCH_UNIT = re.compile(r"\s*[(\[](midi|hz)[)\]]$")


@dataclass(frozen=True)
class Columns:
    """Where the columns of a table stand."""

    at: dict[str, int]
    """What we need -> the place that is read."""
    twins: tuple[tuple[str, int], ...]
    """A time that we need, and another place that says the same under another name."""
    pitches: tuple[tuple[str, str, int], ...]
    """One of PITCHES (or "" for one of MAY_NAME), name and place of each column of pitches that is
    not read."""


def find_columns(path: Path, rows: Rows) -> tuple[Columns, Rows]:
    """The columns of COLUMNS that there are, and the rows of notes below the header.

    Remarks and the second lines of Audacity's spectral selections (a backslash) are left out.

    Raises:
        UserError: if a column that is needed is missing or there twice, a row has more cells than
            there are columns, or the order of columns without a header is another than BARE.
    """
    header, named, kept = _cut_header(rows)
    if not named:
        _require_bare(path, kept)
    places = _places(header)
    twice = [name for name in places.values() if header.count(name) > 1]
    if twice:
        raise UserError(f"'{path}' has two columns called {twice[0]}; remove one of them.")
    at = {need: header.index(name) for need, name in places.items()}
    if not _suffice(at):
        raise UserError(
            f"'{path}' needs columns onset_s, offset_s (or duration) and midi_pitch; "
            f"it has {', '.join(header)}."
        )
    require_spelling(path, header, [name for name, need in OPTIONAL.items() if need not in at])
    # Pitch bends are as many cells as the note has frames, so that rows differ in length.
    if header[-1] not in BENDS:
        for number, cells in kept:
            require_width(path, number, cells, len(header))
    # The same time under two names (start and onset) must say the same; frames beside seconds not.
    twins = [
        (need, place)
        for need, chosen in at.items()
        for place, name in enumerate(header)
        if place != chosen
        and need in TIMES
        and name in COLUMNS[need]
        and _unit(name) == _unit(header[chosen])
    ]
    read = next(at[way] for way in PITCHES if way in at)
    others = [
        (way, name, place)
        for way, names in (*((way, COLUMNS[way]) for way in PITCHES), ("", MAY_NAME))
        for place, name in enumerate(header)
        if place != read and name in names and name not in NO_PITCH_BESIDE
    ]
    return Columns(at, tuple(twins), tuple(others)), kept


def find_likely_notes(rows: Rows) -> tuple[dict[str, int], Rows]:
    """What we need -> place, and the rows that may be notes, of a table that may be refused.

    Both are empty where the columns are not those of notes.
    """
    header, named, kept = _cut_header(rows)
    at = {need: header.index(name) for need, name in _places(header).items()}
    if not _suffice(at):
        return {}, []
    return at, [row for row in kept if named or not _why_not_bare(row[1], len(row[1]))]


def _cut_header(rows: Rows) -> tuple[list[str], bool, Rows]:
    """Names of the columns, whether a header gives them, and the rows of notes."""
    # A first line that begins as a remark may be the header (`# onset,offset`): it is, where it
    # names a column that we need.
    while len(rows) > 1 and rows[0][1][0].startswith(REMARKS) and not _places(_header(rows)):
        rows = rows[1:]
    header = _header(rows)
    named = not is_number(header[0])
    if named:
        rows = rows[1:]
    kept = [(number, cells) for number, cells in rows if not cells[0].startswith((*REMARKS, "\\"))]
    return header if named else list(BARE), named, kept


def _suffice(at: dict[str, int]) -> bool:
    """Whether a table has an onset, an end or a length, and a pitch."""
    return "onset" in at and bool(at.keys() & set(PITCHES) and at.keys() & {"offset", "duration"})


def _header(rows: Rows) -> list[str]:
    """Names in the first row: in lower case, words joined by underscores, seconds as `_s`.

    A mark of remarks before the names is no cell of theirs where the rows below have a cell less.
    """
    cells = rows[0][1]
    if cells[0] in REMARKS and len(rows) > 1 and len(rows[1][1]) < len(cells):
        cells = cells[1:]
    found = [SECONDS.sub("_s", cell.lower().lstrip("#% ").rstrip()) for cell in cells]
    found = [PITCH_UNIT.sub(r" \1", name) for name in found]
    return ["_".join(name.replace("-", " ").split()) for name in found]


def _unit(name: str) -> bool:
    """Whether the name of a time says that it is in seconds."""
    return name.endswith("_s")


def _places(header: list[str]) -> dict[str, str]:
    """What we need -> the name that a header has for it."""
    return {
        need: found
        for need, names in COLUMNS.items()
        if (found := next((name for name in names if name in header), None))
    }


def _require_bare(path: Path, rows: Rows) -> None:
    """Refuse a table without a header whose numbers are no onset, end, pitch and velocity.

    Decimal commas that commas cut, durations, frequencies and other orders are told by ends before
    their onsets, pitches off the keyboard, velocities above 127, and rows of several lengths.

    Raises:
        UserError: naming the first row that cannot be one.
    """
    for number, cells in rows:
        wrong = _why_not_bare(cells, len(rows[0][1]))
        if wrong:
            raise UserError(
                f"Row {number} of '{path}' has {wrong}, and no header says which column is which; "
                "begin the table with onset_s, offset_s (or duration), midi_pitch (or frequency) "
                "and velocity in the order of its columns."
            )


def _why_not_bare(cells: list[str], width: int) -> str:
    """What shows that cells are no onset, end, pitch and velocity, "" where nothing does.

    Args:
        cells: of one row.
        width: cells of the first row.
    """
    if not len(BARE) - 1 <= len(cells) <= len(BARE):
        return f"{len(cells)} cells"
    if len(cells) != width:
        return f"{len(cells)} cells, the first one {width}"
    onset, offset, pitch = cells[:3]
    if is_number(onset) and is_number(offset) and to_number(offset) < to_number(onset):
        return f"{offset} behind {onset}, an end before its onset"
    if is_number(pitch) and not LOWEST_KEY <= to_number(pitch) <= HIGHEST_KEY:
        return f"{pitch} where the pitch is expected, off the keyboard ({LOWEST_KEY}-{HIGHEST_KEY})"
    loud = cells[3] if len(cells) > 3 else ""
    if is_number(loud) and loud not in UNKNOWN and not 0 <= to_number(loud) <= LOUDEST:
        return f"{loud} where the velocity is expected (0-{LOUDEST})"
    return ""
