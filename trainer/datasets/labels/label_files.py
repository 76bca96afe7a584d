"""One reader of label files of every kind, for corpora, the doctor and `jtm evaluate`."""

from pathlib import Path

import numpy as np

from realtime.troubles.errors import UserError
from trainer.datasets.labels.jams_file import read_jams_rows
from trainer.datasets.labels.note_csv import read_note_csv
from trainer.datasets.midi_notes import read_midi_notes
from trainer.datasets.recordings import note_table

MIDI_SUFFIXES = (".mid", ".midi", ".rmi", ".kar")
TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
JAMS_SUFFIXES = (".jams",)
LABEL_SUFFIXES = (*MIDI_SUFFIXES, *TABLE_SUFFIXES, *JAMS_SUFFIXES)
"""Suffixes of label files; where several lie side by side the first one is read."""


def read_label_file(path: Path) -> np.ndarray:
    """Notes of a MIDI file, held by its pedal, of a JAMS file, or of a table, by the suffix.

    Returns:
        SECONDS_DTYPE (n_notes,), ordered by onset.

    Raises:
        UserError: if it cannot be read, or no note in it lasts; a row that is no note is named.
    """
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
