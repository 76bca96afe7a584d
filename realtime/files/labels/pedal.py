"""The sustain pedal: where it is down, and what notes last by it."""

from collections.abc import Iterable
from operator import itemgetter

import numpy as np

PEDAL_DOWN = 64
"""Controller 64 at or above this value holds notes."""


def hold_by_pedal(
    notes: np.ndarray, changes: list[tuple[float, int]], end_seconds: float
) -> np.ndarray:
    """Extend the offs that the pedal holds to its lift, or to the next stroke of their pitch.

    A note that no pedal holds ends where its own off says, whoever strikes its pitch meanwhile.

    Args:
        notes: SECONDS_DTYPE (n,) of one instrument.
        changes: (seconds, value 0-127) of controller 64.
        end_seconds: where a pedal that is never lifted lets go.
    """
    held = np.sort(notes, order=["pitch", "onset"])
    released = held["offset"].copy()  # a note that one stretch holds is not the next one's
    lifted = released.copy()
    for down, up in pedal_stretches(changes, end_seconds):
        lifted[(released >= down) & (released < up)] = up
    following = np.full(len(held), np.inf)
    for i in range(len(held) - 2, -1, -1):
        if held["pitch"][i] == held["pitch"][i + 1]:
            now, later = held["onset"][i : i + 2]
            following[i] = later if later > now else following[i + 1]
    held["offset"] = np.maximum(released, np.minimum(lifted, following))
    return np.sort(held, order=["onset", "pitch"])


def pedal_stretches(
    changes: Iterable[tuple[float, int]], end_seconds: float
) -> list[tuple[float, float]]:
    """(seconds, value) of controller 64 -> (down, up) stretches in seconds, in order.

    Changes of one moment count in the order of the file.
    """
    stretches: list[tuple[float, float]] = []
    down: float | None = None
    for time, value in sorted(changes, key=itemgetter(0)):
        if value >= PEDAL_DOWN and down is None:
            down = time
        elif value < PEDAL_DOWN and down is not None:
            stretches.append((down, time))
            down = None
    if down is not None:
        stretches.append((down, end_seconds))
    return stretches
