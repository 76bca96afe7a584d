"""A PulseAudio, a JACK and a receiver of our notes, for `jtm live` to run between."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

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
    folder: Path
    """Where the servers write what they have to say."""

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
        yield Bench(pulse, {**found, **state}, listener, folder)


def examined(bench: Bench, live: Live) -> str:
    """What program, servers and receiver are doing now, and what they said; takes seconds."""
    told = [f"load {os.getloadavg()}, monotonic {time.monotonic():.3f}"]
    for process in (live.process.pid, bench.pulse.process.pid):
        with suppress(psutil.Error):
            found = psutil.Process(process)
            for one in (found, *found.children(recursive=True)):
                with suppress(psutil.Error, OSError):
                    waits, words = Path(f"/proc/{one.pid}/wchan").read_text(), one.cmdline()
                    got_s = sum(one.cpu_times()[:2])
                    told.append(f"{one.pid} {one.status()} {waits} {got_s:.2f} s {words}"[:300])
    for command in (["jack_lsp", "-c"], ["pactl", "list", "short", "source-outputs"]):
        began_s = time.monotonic()
        try:
            said = subprocess.run(
                command, env=bench.environment, capture_output=True, text=True, timeout=20,
                check=False,
            )  # fmt: skip
            told.append(f"{command}: {said.stdout}{said.stderr} {time.monotonic() - began_s:.2f} s")
        except subprocess.TimeoutExpired:
            told.append(f"{command}: no answer")
    told += [f"{path}:\n{path.read_text(errors='replace')[-3000:]}"
             for path in sorted(bench.folder.glob("*/*.log"))]  # fmt: skip
    told += ["program:", *live.lines[-40:]]
    told += ["receiver:", *map(str, bench.listener.heard[-60:])]
    return "\n".join(told) + "\n"
