"""Note labels in samples, and the rule of one note per pitch."""

import numpy as np

from trainer.shards.decoding import SAMPLE_RATE
from trainer.shards.format import empty_notes

LATEST_ONSET = 35 * SAMPLE_RATE // 1000
"""Samples; the perceptual onset of a slow attack is at most this long after its start."""

SAME_STRIKE = 30 * SAMPLE_RATE // 1000
"""Samples; two players who start one pitch closer than this count as one note."""

SHORTEST = 20 * SAMPLE_RATE // 1000
"""Samples; no label is shorter."""


def perceptual_delay(attack_samples: float) -> int:
    """Samples from the start of a sound to its labelled onset.

    The attack is the time from the start to half the peak amplitude. The label stands in the
    middle of it (at 0.6), and never later than 35 ms: about 2-7 ms for struck and plucked strings.
    """
    return int(min(0.6 * attack_samples, LATEST_ONSET))


def merge_notes(tables: list[np.ndarray], n_samples: int) -> np.ndarray:
    """Notes of all players that begin within a clip: NOTE_DTYPE `(n,)`, one at a time a pitch."""
    rows = keep_inside(np.concatenate([empty_notes(), *tables]), n_samples)
    rows["offset"] = np.minimum(np.maximum(rows["offset"], rows["onset"] + SHORTEST), n_samples)
    return one_per_pitch(rows)


def keep_inside(notes: np.ndarray, n_samples: int) -> np.ndarray:
    """Notes that begin within a recording, ordered by onset; none ends after it or before it began.

    Args:
        notes: NOTE_DTYPE (n,), in samples of the recording.
        n_samples: its length.
    """
    inside = notes[(notes["onset"] >= 0) & (notes["onset"] < n_samples - SHORTEST)]
    inside["offset"] = np.clip(inside["offset"], inside["onset"] + 1, n_samples)
    return np.sort(inside, order=["onset", "pitch"])


def one_per_pitch(notes: np.ndarray) -> np.ndarray:
    """Notes `(n,)` without overlaps on any pitch, as one keyboard would play them.

    Unisons count once; of two notes that overlap on one pitch the earlier ends where the later
    begins, and the later lasts as long as either sounds. Two players of one pitch cannot be told
    apart in rows of pitches, so a network is taught this; scores count every note of a label.

    Args:
        notes: structured, with onset and offset in samples, pitch and velocity.

    Returns:
        A table of its own, ordered by onset.
    """
    rows = np.sort(notes, order=["pitch", "onset"])
    same = rows["pitch"][1:] == rows["pitch"][:-1]
    if not (same & (rows["onset"][1:] < rows["offset"][:-1])).any():
        return np.sort(rows, order=["onset", "pitch"])
    keep = np.ones(len(rows), bool)
    current = 0
    for i in range(1, len(rows)):
        now, before = rows[i], rows[current]
        if now["pitch"] != before["pitch"] or now["onset"] >= before["offset"]:
            current = i
        elif now["onset"] - before["onset"] < SAME_STRIKE:
            before["offset"] = max(before["offset"], now["offset"])
            before["velocity"] = np.fmax(before["velocity"], now["velocity"])
            keep[i] = False
        else:
            now["offset"] = max(before["offset"], now["offset"])
            before["offset"] = now["onset"]
            current = i
    return np.sort(rows[keep], order=["onset", "pitch"])
