"""Limits of memory and time: for a model file that may be malicious, and for hours of playing."""

import contextlib
import ctypes
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from realtime.errors import UserError

MODEL_BYTES = 2 << 30
"""A model may take so much more memory than the process has when it opens it."""
ENGINE_BYTES = 4 << 30
"""An engine's process may grow by so much in its life."""
FIRST_HOP_SECONDS = 5.0
_M_ARENA_MAX = -8
"""Of glibc's mallopt."""


def cap_memory(more_bytes: int = ENGINE_BYTES) -> None:
    """Let this process and those it starts grow by so much and no further, where that is possible.

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
    """The same for a while."""
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


def rehearse(session: Any, fetch: list[str], feeds: dict[str, Any], path: Path) -> None:
    """Run a model once, before anybody relies on it.

    Raises:
        UserError: where it fails, takes too much memory or too long.
    """
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.log_severity_level = 4
    late = threading.Timer(FIRST_HOP_SECONDS, lambda: setattr(options, "terminate", True))
    late.daemon = True
    late.start()
    try:
        with memory_limit():
            session.run(fetch, feeds, options)
    except Exception as error:  # the runtime's exceptions share no base class of their own
        raise UserError(f"Cannot use model {path}: it does not run ({reason_of(error)}).") from None
    finally:
        late.cancel()


def reason_of(error: Exception) -> str:
    """The runtime's words in a few of ours."""
    text = " ".join(str(error).split())
    if "Failed to allocate" in text or isinstance(error, MemoryError) or "bad_alloc" in text:
        return "it asks for too much memory"
    if "terminate flag" in text:
        return f"a hop takes longer than {FIRST_HOP_SECONDS:g} s"
    return text[:200]


def _address_space() -> int:
    import os

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _capped(value: int, limit: int) -> int:
    return value if limit < 0 else min(value, limit)
