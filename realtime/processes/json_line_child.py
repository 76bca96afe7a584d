"""A module of ours that runs as a process and talks in lines: the one way to start, ask, end it."""

import contextlib
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from realtime.processes.message_lines import from_line, to_line
from realtime.processes.start import python_environment

M = TypeVar("M")

END_SECONDS = 1.0
"""Left to a process to end by itself, once its input has."""


class JsonLineChild(Generic[M]):
    """A running process; another one takes another object.

    Its input is a pipe that is never waited for: what does not fit is refused, and a process that
    reads no more costs its owner nothing. The end of the input, which comes however we end, asks
    the process to end.

    Args:
        command: program and arguments.
        kinds: the messages it may report, a line of `realtime.processes.message_lines` each.
        apart: whether it shall be in a process group of its own: what a terminal, or whoever ends
            all of a group, sends to us does not reach it. Windows has nothing of the kind.

    Raises:
        OSError: if it cannot be started.
    """

    def __init__(
        self, command: Sequence[str], kinds: tuple[type[M], ...], apart: bool = False
    ) -> None:
        self._kinds = kinds
        self._process = subprocess.Popen(
            command,
            env=python_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0 if apart else None,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input, self._reports = self._process.stdin, self._process.stdout
        os.set_blocking(self._input.fileno(), False)
        # A descriptor that one thread closes while another writes may belong to somebody else.
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        """Process id that the system knows the process by."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.poll() is None

    def write(self, data: bytes) -> bool:
        """Hand bytes over without waiting; False where the process did not take all of them."""
        with self._lock, contextlib.suppress(OSError):
            return not self._input.closed and os.write(self._input.fileno(), data) == len(data)
        return False

    def send(self, message: object) -> bool:
        """Hand a message over without waiting; False where the process did not take it."""
        return self.write(to_line(message))

    def messages(self) -> Iterator[M]:
        """Yield what the process reports, in the thread that asks, until it reports no more.

        Lines that are no message of `kinds` are skipped: a library may have printed them. A second
        call finds nothing left.
        """
        if self._reports.closed:
            return
        with self._reports:
            for line in self._reports:
                with contextlib.suppress(ValueError):
                    yield from_line(line, self._kinds)

    def follow(
        self, on_message: Callable[[M], None], on_end: Callable[[int], None]
    ) -> threading.Thread:
        """Follow the reports in a thread of their own.

        Args:
            on_message: called there with each message.
            on_end: called there with the exit code, after the last message.
        """

        def run() -> None:
            for message in self.messages():
                on_message(message)
            on_end(self._process.wait())

        thread = threading.Thread(target=run, name=f"reports of {self._process.pid}", daemon=True)
        thread.start()
        return thread

    def wait(self) -> int:
        """Wait for the end; the exit code."""
        return self._process.wait()

    def kill(self) -> None:
        """End the process now, whatever it does."""
        self._process.kill()

    def release(self) -> None:
        """End the input: the process shall finish what it does, and end."""
        with self._lock, contextlib.suppress(OSError):
            self._input.close()

    def end(self, patience_s: float = END_SECONDS) -> None:
        """End the input and wait for the process; after `patience_s` seconds it is killed."""
        self.release()
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def end_unwatched(self, patience_s: float = END_SECONDS) -> None:
        """End the input without waiting; kill what still runs after `patience_s` seconds."""
        self.release()
        if self.alive:
            timer = threading.Timer(patience_s, self._process.kill)
            timer.daemon = True
            timer.start()
