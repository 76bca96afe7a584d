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
    """Notes of all players as one table `(n,)` of NOTE_DTYPE, without overlaps on any pitch.

    Unisons count once; of two notes that overlap on one pitch the earlier ends where the later
    begins, and the later lasts as long as either sounds.
    """
    rows = np.concatenate([empty_notes(), *tables])
    rows = rows[(rows["onset"] >= 0) & (rows["onset"] < n_samples - SHORTEST)]
    rows["offset"] = np.minimum(np.maximum(rows["offset"], rows["onset"] + SHORTEST), n_samples)
    rows = np.sort(rows, order=["pitch", "onset"])
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
