"""Tells a process that hangs from one that a busy machine gives no processor time."""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

STARVED_SECONDS = 3.0
"""So much of a silence is forgiven where the process waits for a processor."""
STARVED_SHARE = 0.5
"""Who is ready to run and got less than this of the time waits for a processor."""


@dataclass(frozen=True, slots=True)
class Processor:
    """What a process wants and got of the processors, at one moment."""

    wants: bool
    """Whether one of its threads is ready to run."""
    got_s: float
    """Processor time of all its threads so far, in seconds."""
    reads: bool = False
    """Whether one of its threads waits for a disk."""


def processor_of(process: int, proc: Path = Path("/proc")) -> Processor | None:
    """Look at a process (its id), as Linux tells; None where nothing can be seen."""
    wants, reads, got_ns, seen = False, False, 0, False
    for task in proc.glob(f"{process}/task/*"):
        with suppress(OSError, ValueError, IndexError):
            state = (task / "stat").read_text().rpartition(")")[2].split()[0]
            got_ns += int((task / "schedstat").read_text().split()[0])
            wants, reads, seen = wants or state == "R", reads or state == "D", True
    return Processor(wants, got_ns / 1e9, reads) if seen else None


@dataclass
class Watchdog:
    """Counts how long a process has been silent although it could have spoken.

    Time in which it wanted a processor and got none counts only after `STARVED_SECONDS` of it, and
    between two looks no more counts than `longest_s`: then it was ourselves who did not run. Where
    the system tells nothing of processors all the rest of the time counts.

    One that starts has nothing to say yet: until it is first heard from only time counts in which
    it did nothing, for neither want of a processor nor of a disk.

    Args:
        process: id of the process that shall speak.
        longest_s: most that counts between two looks, in seconds.
        starts: whether it was only just started.
    """

    process: int
    longest_s: float
    starts: bool = False
    silent_s: float = field(default=0.0, init=False)
    """Silence that counts, in seconds."""
    _starved_s: float = field(default=0.0, init=False)
    _looked_at: float = field(default_factory=time.monotonic, init=False)
    _before: Processor | None = field(default=None, init=False)

    def reset(self, now: float) -> None:
        """Start counting anew: the process has answered at this monotonic second."""
        self.silent_s = self._starved_s = 0.0
        self._looked_at, self._before, self.starts = now, None, False

    def update(self, now: float, processor: Processor | None) -> float:
        """Count the time since the last call, in which the process did not answer.

        Args:
            now: the monotonic clock.
            processor: what `processor_of` tells.

        Returns:
            Silence that counts so far, in seconds.
        """
        passed_s, self._looked_at = max(0.0, now - self._looked_at), now
        counted_s = min(passed_s, self.longest_s)
        before, self._before = self._before, processor
        if self.starts:
            still = _stands_still(before, processor)
            self.silent_s = self.silent_s + counted_s if still else 0.0
            return self.silent_s
        if processor is not None and processor.wants and before is not None:
            starved = processor.got_s - before.got_s < STARVED_SHARE * passed_s
            if starved and self._starved_s < STARVED_SECONDS:
                self._starved_s += passed_s
                counted_s = 0.0
        self.silent_s += counted_s
        return self.silent_s


def _stands_still(before: Processor | None, now: Processor | None) -> bool:
    """Whether a process did nothing between two looks, and is let do what it wants."""
    if before is None or now is None or now.wants or now.reads:
        return False
    return now.got_s == before.got_s
