"""The inside of a process of ours: orders in, reports out, which signals end it, which not."""

import contextlib
import os
import signal
import threading
from typing import Generic, TypeVar

from realtime.processes.message_lines import from_line, to_line

M = TypeVar("M")


def ignore_signals(*names: str) -> None:
    """Ignore Ctrl-C and its like, which a terminal sends to us too: our owner says when to end.

    Args:
        names: of signals, SIGINT, SIGTERM and SIGHUP where none are given; what a system does not
            have is skipped.
    """
    for name in names or ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def ending_signals() -> list[signal.Signals]:
    """What asks a program to end; `nohup` has it go on when its terminal closes."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    present = [getattr(signal, name) for name in names if hasattr(signal, name)]
    return [
        one
        for one in present
        if one.name != "SIGHUP" or signal.getsignal(one) is not signal.SIG_IGN
    ]


def keep_output() -> int:
    """Take standard output away from libraries that print.

    Returns:
        A descriptor of what standard output was; to that number nothing is written any more.
    """
    kept = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    return kept


def end_with_input() -> None:
    """Let this process end at once when its standard input does, so that it outlives no owner."""
    threading.Thread(target=_wait_for_end, name="end of input", daemon=True).start()


def _wait_for_end() -> None:
    # Not by `sys.stdin`: a thread that waits in it makes the interpreter abort as it ends.
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    os._exit(1)


def report(pipe: int, message: object) -> None:
    """Write a message; a reader that is gone is found out where orders are read."""
    with contextlib.suppress(OSError):
        os.write(pipe, to_line(message))


class Orders(Generic[M]):
    """Orders that come through a pipe, a message a line, taken without waiting.

    Args:
        pipe: file descriptor, made non-blocking.
        kinds: the messages that may come.
    """

    def __init__(self, pipe: int, kinds: tuple[type[M], ...]) -> None:
        self._pipe, self._kinds, self._tail = pipe, kinds, b""
        os.set_blocking(pipe, False)

    def take(self) -> list[M] | None:
        """Take what has come since the last call; None once the pipe has ended.

        Raises:
            ValueError: if a line is no order.
        """
        data = b""
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._pipe, 1 << 16)
            if not data:
                return None
        *lines, self._tail = (self._tail + data).split(b"\n")
        return [from_line(line, self._kinds) for line in lines]
