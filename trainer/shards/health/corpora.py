"""Look at a whole corpus, in parallel, and say what is wrong with it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from trainer.datasets.recordings import Recording
from trainer.shards.health.clips import MOST_BAD
from trainer.shards.health.recordings import BEARABLE, FATAL, Fault, duplicate_ids, examine
from trainer.shards.pool import spread


@dataclass(frozen=True)
class Diagnosis:
    """What the doctor found in one folder or corpus."""

    items: int
    seconds: float
    """Seconds of audio that could be decoded."""
    notes: int
    faults: tuple[Fault, ...]

    @property
    def bad_items(self) -> int:
        """Items with a fault that keeps them out of training."""
        repeated = sum(fault.kind == "duplicate id" for fault in self.faults)
        others = {
            fault.id
            for fault in self.faults
            if fault.kind in FATAL and fault.kind != "duplicate id"
        }
        return min(self.items, len(others) + repeated)

    @property
    def healthy(self) -> bool:
        """Is at most 1 % bad?"""
        return self.bad_items <= MOST_BAD * self.items

    def as_json(self) -> dict[str, Any]:
        """Counts and every fault, for `--json`."""
        counts = Counter(fault.kind for fault in self.faults)
        return {
            "items": self.items,
            "hours": round(self.seconds / 3600, 3),
            "notes": self.notes,
            "bad_items": self.bad_items,
            "bad_percent": round(100 * self.bad_items / max(1, self.items), 2),
            "healthy": self.healthy,
            "bearable_items": len({fault.id for fault in self.faults if fault.kind in BEARABLE}),
            "counts": {kind: counts[kind] for kind in (*FATAL, *BEARABLE)},
            "faults": [{"id": f.id, "fault": f.kind, "detail": f.detail} for f in self.faults],
        }


def diagnose(
    recordings: Sequence[Recording], workers: int, on_each: Callable[[], None] = lambda: None
) -> Diagnosis:
    """Decode and check every recording.

    Args:
        recordings: of a corpus.
        workers: processes; 1 stays in this one.
        on_each: called after each recording, for a progress bar.
    """
    faults = duplicate_ids([one.id for one in recordings])
    seconds, notes = 0.0, 0
    sounds: dict[str, str] = {}
    for found, length, count, digest in spread(_examine, recordings, workers, ordered=True):
        faults += found.faults
        seconds += length
        notes += count
        if digest and sounds.setdefault(digest, found.id) != found.id:
            detail = f"the same samples as {sounds[digest]}"
            faults.append(Fault(found.id, "duplicate audio", detail))
        on_each()
    return Diagnosis(len(recordings), seconds, notes, tuple(faults))


@dataclass(frozen=True)
class _Found:
    id: str
    faults: tuple[Fault, ...]


def _examine(recording: Recording) -> tuple[_Found, float, int, str]:
    """Faults, seconds, notes, and a digest of the samples ("" if there are none)."""
    examined = examine(recording)
    seconds, digest = 0.0, ""
    if examined.audio is not None and len(examined.audio.pcm):
        seconds = examined.audio.seconds
        digest = hashlib.sha1(examined.audio.pcm.tobytes()).hexdigest()
    notes = 0 if examined.notes is None else len(examined.notes)
    return _Found(recording.id, examined.faults), seconds, notes, digest
