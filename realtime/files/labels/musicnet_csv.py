"""Label files of MusicNet as published: times in samples, instruments counted from 1."""

from pathlib import Path

import numpy as np

from realtime.files.labels.note_table import UNKNOWN_VELOCITY, NoteRow, note_rows, note_table
from realtime.files.labels.tables import read_records
from realtime.troubles.errors import UserError

LABEL_RATE = 44_100
"""Hz; the label CSVs count samples at this rate, whatever rate the audio was resampled to."""


def read_label_csv(path: Path) -> np.ndarray:
    """An original label file -> SECONDS_DTYPE; its times are samples at 44.1 kHz.

    Raises:
        UserError: if it has no rows, or one is no note.
    """
    rows = read_records(path, ("start_time", "end_time", "note", "instrument"))
    if not rows:
        raise UserError(f"'{path}' has no notes, and all of MusicNet has some; get it again.")
    return note_table(note_rows(path, rows, _note))


def _note(row: dict[str, str]) -> NoteRow:
    return (
        int(row["start_time"]) / LABEL_RATE,
        int(row["end_time"]) / LABEL_RATE,
        int(row["note"]),
        UNKNOWN_VELOCITY,
        int(row["instrument"]) - 1,
    )
