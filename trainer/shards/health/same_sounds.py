"""One sound under several names, counted twice or contradicting itself; one name of two sounds."""

import hashlib
import re
from dataclasses import dataclass

import numpy as np

from realtime.files.labels.label_files import describe_difference
from trainer.datasets.recordings import Recording
from trainer.shards.decoding import Decoded

SILENT_PEAK = 1e-3
"""-60 dBFS; a recording that never gets louder is silent."""
NAMED_BY_FILE = ("pairs", "audio")
"""Corpora whose recordings are called like their files; another folder may have the same names."""
MARK = re.compile("~[0-9a-f]{8}$")
"""What `name_by_sound` puts behind a name."""


def sound_digest(audio: Decoded) -> str:
    """A digest of the samples that are heard; "" of silence and of nothing."""
    if not len(audio.pcm) or audio.peak < SILENT_PEAK:
        return ""
    return hashlib.sha1(audio.pcm.tobytes()).hexdigest()


@dataclass(frozen=True)
class SameSound:
    """An earlier recording with the same samples."""

    id: str
    difference: str
    """What their notes do not agree in; "" where they do, or one has no label."""

    def describe(self, other: str) -> str:
        """What is wrong, as seen from one of the two, about the other one."""
        said = f"the same samples as {other}"
        return f"{said} with other notes ({self.difference})" if self.difference else said


class KnownSounds:
    """Recordings by what is heard in them, to find a sound that comes again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, np.ndarray | None]] = {}

    def add(self, id: str, digest: str, notes: np.ndarray | None) -> SameSound | None:
        """The first recording of this sound; None if it is this one, or silent.

        Args:
            id: of the recording.
            digest: of its samples, by `sound_digest`.
            notes: SECONDS_DTYPE (n_notes,); None where it has no label.
        """
        first, theirs = self._known.setdefault(digest, (id, notes))
        if not digest or first == id:
            return None
        if notes is None or theirs is None:
            return SameSound(first, "")
        return SameSound(first, describe_difference(theirs, notes))


def name_by_sound(recording: Recording, pcm: np.ndarray) -> str:
    """The id of a recording, with a mark of its sound behind it where it is only a file's name.

    `01` of two folders becomes `01~5d5b09f6` and `01~c3499c27`. A path would change with the
    place of the folder; the same sound has the same mark wherever it lies, so that recordings
    which are learned from and tested on are found.

    Args:
        recording: of any corpus.
        pcm: int16 (n_samples,), all that is heard of it.
    """
    if recording.corpus not in NAMED_BY_FILE:
        return recording.id
    return f"{recording.id}~{hashlib.sha1(pcm.tobytes()).hexdigest()[:8]}"
