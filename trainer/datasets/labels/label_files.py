"""One reader of label files of either kind, for corpora, the doctor and `jtm evaluate`."""

from pathlib import Path

import numpy as np

from trainer.datasets.midi_notes import read_midi_notes
from trainer.datasets.note_csv import read_note_csv

MIDI_SUFFIXES = (".mid", ".midi", ".rmi", ".kar")
TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
LABEL_SUFFIXES = (*MIDI_SUFFIXES, *TABLE_SUFFIXES)
"""In order of preference."""


def read_label_file(path: Path) -> np.ndarray:
    """Notes of a MIDI file, held by its pedal, or of a table, by the suffix of the file.

    Returns:
        SECONDS_DTYPE (n_notes,), ordered by onset.

    Raises:
        UserError: if it cannot be read; a row that is no note is named.
    """
    if path.suffix.lower() in MIDI_SUFFIXES:
        return read_midi_notes(path, pedal=True)
    return read_note_csv(path)
