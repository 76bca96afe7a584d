"""Checks a whole corpus, in parallel, for faults of sound and labels."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from realtime.processes.pool import spread
from trainer.datasets.recordings import Recording
from trainer.shards.health.clips import MOST_BAD
from trainer.shards.health.recordings import BEARABLE, FATAL, Fault, duplicate_ids, examine
from trainer.shards.health.same_sounds import KnownSounds, sound_digest


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
    faults = duplicate_ids(recordings)
    seconds, notes = 0.0, 0
    sounds = KnownSounds()
    for id, found, length, labels, digest in spread(_examine, recordings, workers, ordered=True):
        faults += found
        seconds += length
        notes += 0 if labels is None else len(labels)
        if twin := sounds.add(id, digest, labels):
            if twin.difference:
                faults += (
                    Fault(one, "contradictory label", twin.describe(other))
                    for one, other in ((twin.id, id), (id, twin.id))
                )
            else:
                faults.append(Fault(id, "duplicate audio", twin.describe(twin.id)))
        on_each()
    return Diagnosis(len(recordings), seconds, notes, tuple(faults))


def _examine(recording: Recording) -> tuple[str, tuple[Fault, ...], float, np.ndarray | None, str]:
    """Id, faults, seconds, notes, and a digest of the sound ("" if there is none)."""
    examined = examine(recording)
    audio, seconds, digest = examined.audio, 0.0, ""
    if audio is not None and len(audio.pcm):
        seconds, digest = audio.seconds, sound_digest(audio)
    return recording.id, examined.faults, seconds, examined.notes, digest
