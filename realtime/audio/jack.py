"""Whether libjack missed that another client went, which leaves ours unable to wake a successor.

A client of JACK wakes the next one through a semaphore in shared memory, and keeps one for each
number that a client may have. When another client closes in the moment in which ours opens, libjack
(1.9.21, 1.9.22) may never hear of it: it keeps the dead semaphore, and whoever has that number next
is not woken by us any more: a synthesizer that hears nothing, with an xrun in every cycle.
"""

import contextlib
import time
from pathlib import Path

MAPPED_FILES = Path("/proc/self/maps")
SEMAPHORE = "jack_sem"
OPENINGS = 12
"""How often at most a client is opened until it has missed nothing."""
SETTLE_SECONDS = 0.05
"""Within so long libjack has heard of clients that went while ours opened, if it ever does."""


def knows_who_left() -> bool:
    """Whether the clients that this process has just opened can wake everybody."""
    if missed_departures():
        time.sleep(SETTLE_SECONDS)
    return not missed_departures()


def missed_departures(mapped: Path = MAPPED_FILES) -> set[str]:
    """Semaphores of clients that are gone, held by this process; empty where it cannot be seen.

    Args:
        mapped: Linux's table of mapped files of a process.
    """
    with contextlib.suppress(OSError):
        lines = mapped.read_text(errors="replace").splitlines()
        return {line.split("/", 1)[-1] for line in lines if _is_dead_semaphore(line)}
    return set()


def _is_dead_semaphore(line: str) -> bool:
    return SEMAPHORE in line and line.endswith("(deleted)")
