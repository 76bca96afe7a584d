"""Detects that libjack missed another client's end and cannot wake the client after it.

A client of JACK wakes the next one through a semaphore in shared memory, and keeps one for each
number that a client may have. libjack (1.9.21, 1.9.22) passes over the news that another client
went until the memory of its own is mapped, at the end of its opening: it keeps the dead semaphore,
and whoever has that number next is not woken by us: a synthesizer that hears nothing, with an xrun
in every cycle. A client that opens again begins without semaphores.

Of a client that goes later libjack hears a moment after its semaphore is dead: within 60 ms on a
machine with twelve programs for two cores. So a dead one means something only where it stays.
"""

import contextlib
import time
from pathlib import Path

MAPPED_FILES = Path("/proc/self/maps")
SEMAPHORE = "jack_sem"
OPENINGS = 12
"""How often at most a client is opened until it has missed nothing."""
REFUSALS = 4
"""How often at most a client is opened that the server refuses: it does so, once, where another
client goes in that moment, whose semaphore ours was told to open."""
REFUSED_SECONDS = 0.05
PATIENCE_SECONDS = 0.5
"""Within so long libjack has heard of a client that went, if it ever does."""
LOOK_SECONDS = 0.01


def knows_who_left() -> bool:
    """Whether the clients that this process has just opened can wake everybody."""
    dead, until_s = dead_semaphores(), time.monotonic() + PATIENCE_SECONDS
    while dead and time.monotonic() < until_s:
        time.sleep(LOOK_SECONDS)
        dead &= dead_semaphores()
    return not dead


def dead_semaphores(mapped: Path = MAPPED_FILES) -> set[str]:
    """Semaphores of clients that are gone, still held by this process; empty where unknown.

    Two clients of one name, one after the other, have two of them: each is told by its place in
    memory and its file's number as well.

    Args:
        mapped: Linux's table of mapped files of a process.
    """
    with contextlib.suppress(OSError):
        lines = mapped.read_text(errors="replace").splitlines()
        return {line for line in lines if SEMAPHORE in line and line.endswith("(deleted)")}
    return set()
