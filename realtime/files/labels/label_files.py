"""One reader of label files of every kind, for corpora, the doctor and `jtm evaluate`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from realtime.files.labels.jams_file import jams_has_note, read_jams_rows
from realtime.files.labels.midi_notes import read_midi_notes
from realtime.files.labels.note_csv import read_note_csv, table_has_note
from realtime.files.labels.note_table import note_table
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.given_file import require_file

MIDI_SUFFIXES = (".mid", ".midi", ".rmi", ".kar")
TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
JAMS_SUFFIXES = (".jams",)
LABEL_SUFFIXES = (*MIDI_SUFFIXES, *TABLE_SUFFIXES, *JAMS_SUFFIXES)
"""Suffixes of label files; where several lie side by side the first one is read."""
SAME_SECONDS, SAME_SHARE = 0.05, 0.2
"""Two labels of a note agree within this, their ends also within a share of the note."""


def read_agreeing(paths: Sequence[Path]) -> np.ndarray:
    """Notes of the first of several label files that one recording has.

    Those that hold no notes at all (words, curves) are passed over, whichever comes first.

    Raises:
        UserError: as `read_label_file`, if none can be read, or one that holds notes cannot; or if
            two say different notes.
    """
    read: list[tuple[Path, np.ndarray]] = []
    passed: list[UserError] = []
    for path in paths:
        try:
            notes = read_label_file(path)
        except UserError as error:
            if holds_notes(path):
                raise
            passed.append(error)
            continue
        if read and (told := describe_difference(read[0][1], notes)):
            raise UserError(
                f"'{read[0][0]}' and '{path}' say different notes of one recording ({told}); keep "
                "the one that is right, or put each beside the sound that it belongs to."
            )
        read.append((path, notes))
    if not read:
        raise passed[0]
    return read[0][1]


def holds_notes(path: Path) -> bool:
    """Whether a label file that cannot be read is one of notes, and not of words or curves.

    A MIDI file always is; a table or a JAMS file is where a row of it is a note.
    """
    suffix = path.suffix.lower()
    if suffix in MIDI_SUFFIXES:
        return True
    return jams_has_note(path) if suffix in JAMS_SUFFIXES else table_has_note(path)


def describe_difference(one: np.ndarray, other: np.ndarray) -> str:
    """What two tables of SECONDS_DTYPE do not agree in; "" where they do."""
    if len(one) != len(other):
        return f"{len(one)} and {len(other)} notes"
    one, other = (np.sort(notes, order=["pitch", "onset", "offset"]) for notes in (one, other))
    margin = np.maximum(SAME_SECONDS, SAME_SHARE * (one["offset"] - one["onset"]))
    for name, most in (("pitch", 0), ("onset", SAME_SECONDS), ("offset", margin)):
        wrong = ~(np.abs(one[name].astype(float) - other[name]) <= most)
        if wrong.any():
            first, second = one[wrong][0], other[wrong][0]
            where = "" if name == "pitch" else f" of pitch {first['pitch']}"
            return f"{name} {first[name]:g} and {second[name]:g}{where}"
    return ""


def read_label_file(path: Path) -> np.ndarray:
    """Notes of a MIDI file, held by its pedal, of a JAMS file, or of a table, by the suffix.

    Returns:
        SECONDS_DTYPE (n_notes,), ordered by onset.

    Raises:
        UserError: if it cannot be read, or no note in it lasts; a row that is no note is named.
    """
    try:
        require_file(path)
    except OSError as error:
        raise UserError(f"Cannot read '{path}' ({why(error)}).") from error
    notes = _read(path)
    if len(notes) and (notes["onset"] == notes["offset"]).all():
        raise UserError(
            f"Every note of '{path}' ends where it begins (point labels?), so nobody knows how "
            "long they sound; write their ends."
        )
    return notes


def _read(path: Path) -> np.ndarray:
    suffix = path.suffix.lower()
    if suffix in MIDI_SUFFIXES:
        return read_midi_notes(path, pedal=True)
    if suffix in JAMS_SUFFIXES:
        return note_table(read_jams_rows(path))
    return read_note_csv(path)
