"""A PulseAudio, a JACK and a receiver of our notes, for `jtm live` to run between."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.live_session import Listener, Live, allowed, connected
from tests.support.servers import Pulse, jack_ports, jack_server, pulse_server, wait_until

RECEIVER = "rx"
INPUT = f"{RECEIVER}:in"
"""Port of JACK at which the receiver hears."""


class NothingTriedError(Exception):
    """A server or the receiver did not start: nothing was tried."""


@dataclass(frozen=True)
class Bench:
    """Servers that answer, and the process that dates what arrives."""

    pulse: Pulse
    environment: dict[str, str]
    """Environment that finds both servers, and keeps the program's state apart."""
    listener: Listener

    def connect(self) -> bool:
        """Patch our port to the receiver; whether that is so."""
        return bool(connected(self.environment, INPUT))

    def start(self, *words: str | Path) -> Live:
        """`jtm live` from the server's microphone to a virtual port."""
        return Live(self.environment, "--input", "ALSA: pulse", "--midi-out", "virtual", *words)


@contextmanager
def open_bench(folder: Path) -> Iterator[Bench]:
    """Start all of it in a new folder.

    Raises:
        NothingTriedError: if a part does not answer.
    """
    folder.mkdir()
    with ExitStack() as stack:
        try:
            pulse = stack.enter_context(pulse_server(folder / "p"))
            found = stack.enter_context(jack_server(folder / "j", pulse.environment))
            listener = Listener(found, RECEIVER)
            stack.callback(listener.close)
            wait_until(lambda: INPUT in jack_ports(found), allowed(10), "the receiver")
        except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
            raise NothingTriedError(str(error)) from error
        state = {"XDG_STATE_HOME": str(folder / "state"), "HOME": str(folder)}
        yield Bench(pulse, {**found, **state}, listener)
