"""What a process asks of the system: memory limits, priority, a quiet stderr."""

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

MODEL_BYTES = 2 << 30
"""A model may take so much more memory than the process has when it opens it."""


ENGINE_BYTES = 4 << 30
"""An engine's process may grow by so much in its life."""


_M_ARENA_MAX = -8
"""Parameter of glibc's mallopt: how many heaps there may be."""


def cap_memory(more_bytes: int = ENGINE_BYTES) -> None:
    """Let this process and those it starts grow by so many bytes, where that is possible.

    What asks for more gets an error, rather than the machine into trouble.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_capped(_address_space() + more_bytes, hard), hard))


def share_heap() -> None:
    """Let all threads that start from now on share one heap, where the C library is glibc.

    It would give each a heap of its own, in which space that is free serves no other thread: a
    process of six threads then grows for half an hour.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


@contextlib.contextmanager
def memory_limit(more_bytes: int = MODEL_BYTES) -> Iterator[None]:
    """Limit by how many bytes this process may grow until the block ends."""
    try:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = _capped(_capped(_address_space() + more_bytes, hard), soft)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _capped(value: int, limit: int) -> int:
    return value if limit < 0 else min(value, limit)


NICENESS = -10


def raise_priority() -> bool:
    """Lower this process's niceness where the system allows it. Returns whether it did.

    Ordinary users are allowed it by `@audio - nice -10` in /etc/security/limits.conf; where they
    are not, nothing changes. Processes started from here on inherit it.
    """
    if not hasattr(os, "setpriority"):
        return False
    with contextlib.suppress(OSError):
        if os.getpriority(os.PRIO_PROCESS, 0) > NICENESS:
            os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
        return True
    return False


@contextlib.contextmanager
def quiet_c_libraries() -> Iterator[None]:
    """Our own words still reach stderr; what ALSA, JACK and decoders write there does not."""
    try:
        saved = os.dup(2)
    except OSError:
        yield
        return
    before = sys.stderr
    nothing = os.open(os.devnull, os.O_WRONLY)
    with open(os.dup(saved), "w", buffering=1, errors="replace") as private:
        before.flush()
        os.dup2(nothing, 2)
        os.close(nothing)
        sys.stderr = private
        try:
            yield
        finally:
            sys.stderr = before
            os.dup2(saved, 2)
            os.close(saved)
