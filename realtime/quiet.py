"""Keeps C libraries, which write pages to stderr about what is not there, off the terminal."""

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_c_libraries() -> Iterator[None]:
    """Our own words still reach stderr; what ALSA, JACK and PortAudio write there does not."""
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
