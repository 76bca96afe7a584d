"""Rehearses a model file under limits of memory and time before anybody relies on it."""

import threading
from pathlib import Path
from typing import Any

from realtime.errors import UserError
from realtime.processes import memory_limit
from realtime.troubles import Code, Trouble, Value

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
        raise unusable(path, Code.DOES_NOT_RUN, reason=reason_of(error)) from None
    finally:
        late.cancel()


def unusable(path: Path, code: Code, **values: Value) -> UserError:
    """An error that says why the model in a file is not used."""
    return UserError(Code.MODEL_UNUSABLE, path=path, reason=Trouble(code, **values))


def reason_of(error: Exception) -> Value:
    """Why the runtime failed: what we know of, else its own words."""
    text = " ".join(str(error).split())
    if "Failed to allocate" in text or isinstance(error, MemoryError) or "bad_alloc" in text:
        return Trouble(Code.TOO_MUCH_MEMORY)
    if "terminate flag" in text:
        return Trouble(Code.HOP_TOO_SLOW, seconds=FIRST_HOP_SECONDS)
    return text[:200]
