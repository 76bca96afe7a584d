"""One sound under several names: counted twice, or contradicting itself."""

import hashlib
from dataclasses import dataclass

import numpy as np

from realtime.files.labels.label_files import describe_difference
from trainer.shards.decoding import Decoded

SILENT_PEAK = 1e-3
"""-60 dBFS; a recording that never gets louder is silent."""


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
