"""Rehearses a model file under limits of memory and time before anybody relies on it."""

import threading
from pathlib import Path
from typing import Any

from realtime.errors import UserError
from realtime.processes import memory_limit

FIRST_HOP_SECONDS = 5.0


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
