"""What every corpus reader returns: recordings with notes in seconds, groups and categories."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from realtime.files.sound_files import SOUND_SUFFIXES
from realtime.troubles.errors import UserError
from trainer.datasets.labels.file_names import find_file

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

USUAL = (".wav", ".flac", ".ogg", ".mp3", ".opus", ".aif", ".aiff", ".m4a")
AUDIO_SUFFIXES = (*USUAL, *sorted(SOUND_SUFFIXES - set(USUAL)))


@dataclass(frozen=True)
class Recording:
    """One recording of a corpus; its notes are read when asked for."""

    id: str
    """Name of the recording, unique in its corpus."""
    corpus: str
    audio: Path
    read_notes: Callable[[], np.ndarray] | None = None
    """Gives SECONDS_DTYPE (n_notes,), ordered by onset; None where the corpus has no labels.
    Picklable; any exception means that the labels cannot be read."""
    labels: tuple[Path, ...] = ()
    """Label files of the recording that `read_notes` reads."""
    composition: str = ""
    """The work; all its movements and performances share it. Empty when unknown."""
    performer: str = ""
    seconds: float | None = None
    """Length that the corpus states."""
    rates: tuple[int, ...] = ()
    """Sample rates (Hz) that the corpus is published in; empty for any."""
    channel: int = 0
    """Channel of the file that is heard, from 1; 0 mixes all of them."""
    categories: dict[str, str] = field(default_factory=dict, hash=False)
    """composer, ensemble, instrument, ...: whatever the corpus knows by name."""
    splits: dict[str, str] = field(default_factory=dict, hash=False)
    """Scheme -> part (train, valid, test); "" where the scheme leaves the recording out."""

    def all_categories(self) -> dict[str, str]:
        """The categories together with corpus, recording, composition and performer."""
        own = {
            "corpus": self.corpus,
            "recording": self.id,
            "composition": self.composition or self.id,
            "performer": self.performer,
        }
        return {name: value for name, value in (own | self.categories).items() if value}


NoteRow = tuple[float, float, int, float, int]
"""Onset s, offset s, pitch, velocity, program."""


def note_rows(
    path: Path, rows: Iterable[tuple[int, Any]], read: Callable[[Any], NoteRow]
) -> Iterator[NoteRow]:
    """What `read` makes of each (line number, cells or line) of a table of notes.

    Raises:
        UserError: naming the first row that is no note.
    """
    for number, row in rows:
        try:
            note = read(row)
            if max(abs(note[2]), abs(note[4])) > LARGEST_NUMBER:
                raise ValueError("no pitch or no program")
            yield note
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            cells = row.values() if isinstance(row, dict) else row
            shown = row if isinstance(row, str) else ", ".join(str(c) for c in cells if c)
            raise UserError(
                f"Row {number} of '{path}' is no note ('{shown[:80]}'); mend or remove it."
            ) from error


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


def require_folder(folder: Path, *choices: str) -> Path:
    """The first of `folder/CHOICE` that is a folder.

    Raises:
        UserError: if there is none.
    """
    for choice in choices:
        if (folder / choice).is_dir():
            return folder / choice
    raise UserError(
        f"'{folder}' has no folder {' or '.join(repr(c) for c in choices)}; "
        "see docs/data.md for the layout of each corpus."
    )


def find_audio(stem: Path) -> Path:
    """`stem` with the suffix of an existing audio file, so that corpora may be kept as FLAC.

    Returns the path with `.wav` where none exists; the doctor then calls it unreadable.
    """
    for suffix in AUDIO_SUFFIXES:
        found = find_file(stem.with_name(stem.name + suffix))
        if found.is_file():
            return found
    return stem.with_name(stem.name + ".wav")
