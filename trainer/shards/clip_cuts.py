"""Long recordings -> clips, cut where the fewest notes sound."""

import numpy as np

GRID = 160
"""Samples between the places where a cut is considered: 10 ms at 16 kHz."""


def cut_points(notes: np.ndarray, n_samples: int, clip_samples: int) -> list[int]:
    """Borders of clips of about `clip_samples`, from 0 to `n_samples`.

    Each inner border lies within a quarter of a clip of its even place, at the moment with the
    fewest sounding notes, and of those at the one nearest the even place.

    Args:
        notes: with `onset` and `offset` in samples.
        n_samples: of the recording.
        clip_samples: wanted length; 0 or less leaves the recording whole.
    """
    count = round(n_samples / clip_samples) if clip_samples > 0 else 1
    if count <= 1:
        return [0, n_samples]
    sounding = count_sounding(notes, n_samples)
    reach = clip_samples // 4 // GRID
    borders = [0]
    for number in range(1, count):
        even = round(number * n_samples / count) // GRID
        first, last = max(even - reach, borders[-1] // GRID + 1), min(even + reach, len(sounding))
        places = np.arange(first, last)
        best = np.lexsort((np.abs(places - even), sounding[first:last]))[0]
        borders.append(int(places[best]) * GRID)
    return [*borders, n_samples]


def count_sounding(notes: np.ndarray, n_samples: int) -> np.ndarray:
    """Notes that sound at each multiple of GRID samples, int (n_samples // GRID + 1,)."""
    places = n_samples // GRID + 1
    change = np.zeros(places + 1, np.int64)
    np.add.at(change, np.minimum(-(-notes["onset"] // GRID), places), 1)
    np.add.at(change, np.minimum(-(-notes["offset"] // GRID), places), -1)
    return np.cumsum(change)[:places]


def cut_notes(notes: np.ndarray, start: int, end: int) -> np.ndarray:
    """Notes that sound in [start, end), in samples from `start`.

    A note that began before the clip has a negative onset: it is heard, but its start is not.
    """
    inside = notes[(notes["offset"] > start) & (notes["onset"] < end)].copy()
    inside["onset"] -= start
    inside["offset"] = np.minimum(inside["offset"], end) - start
    return inside
