"""A program that writes sound or lines for us and holds a device: it never outlives us."""

import subprocess
import threading
from collections.abc import Iterator, Mapping

from realtime.processes.start import tied


class TiedProcess:
    """A running program whose output we read; it is killed by `close`, and by our death.

    Args:
        command: program and arguments.
        environment: the whole of it.
        errors: whether what it writes to standard error is read too.

    Raises:
        OSError: if it cannot be started.
    """

    def __init__(
        self, command: list[str], environment: Mapping[str, str], errors: bool = False
    ) -> None:
        self._process = subprocess.Popen(
            tied(command),
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if errors else subprocess.DEVNULL,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._pipes = self._process.stdin, self._process.stdout
        self.open = True
        """Whether its output may still be read."""

    @property
    def pid(self) -> int:
        """Number of the process; `tied` keeps it for the program."""
        return self._process.pid

    @property
    def output(self) -> int:
        """File descriptor of the pipe that it writes."""
        return self._pipes[1].fileno()

    @property
    def alive(self) -> bool:
        """Whether it runs and was not closed."""
        return self.open and self._process.poll() is None

    def lines(self) -> Iterator[bytes]:
        """Yield the lines that it writes, each with its end, until it writes no more."""
        yield from self._pipes[1]

    def wait(self) -> int:
        """Wait for its end, once its lines were read; the exit code."""
        return self._process.wait()

    def kill(self) -> None:
        """Kill the program; who reads its lines finds their end, and closes."""
        self._process.kill()

    def close(self) -> None:
        """Kill the program without waiting for it: one that hangs in a driver may take a while."""
        if self.open:
            self.open = False
            self._process.kill()
            threading.Thread(target=self._reap, name="reap a program").start()

    def _reap(self) -> None:
        self._process.wait()
        for pipe in self._pipes:
            pipe.close()
