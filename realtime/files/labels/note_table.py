"""Notes of labels as a table: seconds, pitch, velocity and program of each."""

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from realtime.files.labels.pitch_units import HIGHEST_KEY, LOWEST_KEY, on_keyboard
from realtime.troubles.errors import UserError

SECONDS_DTYPE = np.dtype(
    [
        ("onset", "<f8"),
        ("offset", "<f8"),
        ("pitch", "<i2"),
        ("velocity", "<f4"),
        ("program", "<i2"),
    ]
)
"""One note of a corpus: seconds, MIDI pitch, velocity 0..1 (NaN unknown), GM program 0..127 (-1
unknown)."""

UNKNOWN_VELOCITY = math.nan
"""Velocity of notes that nobody measured; no loss, target or score counts it."""

NoteRow = tuple[float, float, int, float, int]
"""Onset s, offset s, pitch, velocity, program."""


def note_rows(
    path: Path, rows: Iterable[tuple[int, Any]], read: Callable[[Any], NoteRow]
) -> Iterator[NoteRow]:
    """What `read` makes of each (line number, cells or line) of a table of notes.

    Raises:
        UserError: naming the first row that is no note, or none on a piano's keyboard: the pitch
            of a table is another column then, or has another unit.
    """
    for number, row in rows:
        try:
            note = read(row)
            if max(abs(note[2]), abs(note[4])) > LARGEST_NUMBER:
                raise ValueError("no pitch or no program")
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            cells = row.values() if isinstance(row, dict) else row
            shown = row if isinstance(row, str) else ", ".join(str(c) for c in cells if c)
            raise UserError(
                f"Row {number} of '{path}' is no note ('{shown[:80]}'); mend or remove it."
            ) from error
        if not on_keyboard(note[2]):
            raise UserError(
                f"Row {number} of '{path}' has the pitch {note[2]}, off the piano's keyboard "
                f"({LOWEST_KEY}-{HIGHEST_KEY}; is it another column, or are there decimal commas? "
                "cut the cells at semicolons then); mend or remove it."
            )
        yield note


LARGEST_NUMBER = 2**15 - 1
"""Highest pitch or program that a table can hold."""


def note_table(rows: Iterable[NoteRow]) -> np.ndarray:
    """Rows (onset s, offset s, MIDI pitch, velocity, program) -> SECONDS_DTYPE ordered by onset."""
    table = np.array(list(rows), SECONDS_DTYPE)
    return np.sort(table, order=["onset", "pitch"])


def find_rewritten(notes: np.ndarray) -> np.ndarray:
    """Whether each note, ordered by onset, begins once more at its moment with another end.

    Two players may play so; a table of one player contradicts itself.

    Args:
        notes: SECONDS_DTYPE (n_notes,).

    Returns:
        bool (n_notes,), of each pair the second one alone.
    """
    order = np.argsort(notes, order=["pitch", "program", "onset", "offset"])
    found = np.zeros(len(notes), bool)
    first, second = notes[order[:-1]], notes[order[1:]]
    same = first["offset"] != second["offset"]
    for name in ("pitch", "program", "onset"):
        same &= first[name] == second[name]
    found[order[1:]] = same
    return found


def describe_impossible(notes: np.ndarray) -> str:
    """How many notes (SECONDS_DTYPE) cannot be, and the first of them; "" for none."""
    times = notes["onset"], notes["offset"]
    wrong = ~np.isfinite(times[0]) | ~np.isfinite(times[1]) | impossible(notes)
    wrong |= (times[1] < times[0]) | (times[0] < 0)
    if not wrong.any():
        return ""
    first = notes[wrong][0]
    more = "" if np.isnan(first["velocity"]) else f", velocity {127 * float(first['velocity']):.4g}"
    return (
        f"{int(wrong.sum())} impossible notes (first: onset {first['onset']:g} s, offset "
        f"{first['offset']:g} s, pitch {first['pitch']}{more}, program {first['program']})"
    )


def impossible(notes: np.ndarray) -> np.ndarray:
    """Which notes have a pitch outside 0-127, a velocity outside 0-1, or no GM program.

    A velocity that is not a number is unknown, which is possible.

    Args:
        notes: SECONDS_DTYPE or NOTE_DTYPE (n_notes,).

    Returns:
        bool (n_notes,).
    """
    pitch, velocity, program = notes["pitch"], notes["velocity"], notes["program"]
    possible = (pitch >= 0) & (pitch <= 127)
    possible &= np.isnan(velocity) | ((velocity >= 0) & (velocity <= 1))
    return ~(possible & (program >= -1) & (program <= 127))
