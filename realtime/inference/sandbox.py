"""Runs an untrusted model file under limits of memory and time, first on test sounds.

What a model costs may depend on what it hears: it is rehearsed with silence, loud music and noise,
and watched for as long as it runs.
"""

import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from realtime.inference.runtime import load_runtime
from realtime.processes.limits import memory_limit
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, Value

FIRST_HOP_SECONDS = 5.0


LOOK_SECONDS = 0.5


class HopWatch:
    """Ends a hop that takes longer than `FIRST_HOP_SECONDS`; one thread for as long as it is used.

    `options` goes to the runtime with every hop.
    """

    def __init__(self) -> None:
        self._began_at: float | None = None
        self.options: Any = None
        self._renew()
        threading.Thread(target=_watch, args=(weakref.ref(self),), daemon=True).start()

    def __enter__(self) -> "HopWatch":
        if self.options.terminate:
            self._renew()
        self._began_at = time.monotonic()
        return self

    def __exit__(self, *raised: object) -> None:
        self._began_at = None

    def check(self) -> None:
        """End the hop that runs where it is late."""
        began_at = self._began_at
        if began_at is not None and time.monotonic() - began_at > FIRST_HOP_SECONDS:
            self.options.terminate = True

    def _renew(self) -> None:
        self.options = load_runtime().RunOptions()
        self.options.log_severity_level = 4


def _watch(watch: "weakref.ref[HopWatch]") -> None:
    while (used := watch()) is not None:
        used.check()
        del used
        time.sleep(LOOK_SECONDS)


def rehearse(
    session: Any, fetch: list[str], feeds: dict[str, Any], path: Path, watch: HopWatch
) -> None:
    """Let a model hear silence, loud music and noise, before anybody relies on it.

    Args:
        session: of the runtime.
        fetch: names of its outputs.
        feeds: `audio` (1, hop_samples) and the state, each by name.
        path: of the file, for the message.
        watch: ends it where it takes too long.

    Raises:
        UserError: where it fails, takes too much memory or too long.
    """
    size = feeds["audio"].shape[1]
    try:
        with memory_limit():
            for sound in _trying_sounds(size):
                with watch:
                    session.run(fetch, {**feeds, "audio": sound[None]}, watch.options)
    except Exception as error:  # the runtime's exceptions share no base class of their own
        raise unusable(path, Code.DOES_NOT_RUN, reason=reason_of(error)) from None


def _trying_sounds(size: int) -> Iterator[npt.NDArray[np.float32]]:
    """Hops (size,) of all that a microphone may give."""
    rng = np.random.default_rng(1)
    phase = 2 * np.pi * np.arange(size) / size
    chord = np.mean([np.sin(phase * turns) for turns in (1, 3, 4, 5, 7)], axis=0)
    noise = rng.uniform(-1, 1, size)
    sounds = [0 * chord, chord, noise, 0.02 * chord, 0.02 * noise, np.sign(chord), 0 * chord + 1]
    sounds += [1e-6 * noise, 10 * noise]
    for sound in sounds:
        yield sound.astype(np.float32)


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
