"""What every corpus reader returns: recordings with notes in seconds, groups and categories."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from realtime.files.sound_files import SOUND_SUFFIXES
from realtime.troubles.errors import UserError
from trainer.datasets.file_names import find_file

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
    no_label: str = ""
    """Why no label is there, where that is more than its name."""

    def all_categories(self) -> dict[str, str]:
        """The categories together with corpus, recording, composition and performer."""
        own = {
            "corpus": self.corpus,
            "recording": self.id,
            "composition": self.composition or self.id,
            "performer": self.performer,
        }
        return {name: value for name, value in (own | self.categories).items() if value}


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
