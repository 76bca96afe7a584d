"""`python -m realtime.midi.guardian PORT`: owns the MIDI port, silences it when the engine dies.

Options: `--active-sensing`; `--waits`, to open the port only once something comes in; `--after`,
the full name that the port of ours had before.

Reads MIDI messages of three bytes from standard input and sends them on. At the end of input, which
comes however the engine ends (also by `kill -9`), and where the engine's heartbeat stays away, it
sends the off of every note that sounds or ever did, and All Notes Off. Offs that left while nobody
was connected are sent once more to whoever connects. Reports `PortOpened`, `Failed`, and ten times
a second, from its start on, `StillThere` on standard output, a line of JSON each.
"""

import argparse
import contextlib
import os
import select
import stat
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

from realtime.midi.messages import (
    ACTIVE_SENSING,
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CONTROL,
    HANG_SECONDS,
    HEARTBEAT,
    HEARTBEAT_SECONDS,
    LONGEST_LOOK_SECONDS,
    NOTE_OFF,
    NOTE_ON,
    PITCH_WHEEL,
    WHEEL_CENTRE,
    PortOpened,
    StillThere,
)
from realtime.midi.patchbay import Patchbay
from realtime.midi.port import OpenPort, open_port
from realtime.midi.systems import midi_systems
from realtime.midi.watchdog import Watchdog, processor_of
from realtime.processes.inside import ignore_signals, report
from realtime.processes.message_lines import Failed
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble

JACK = "JACK: "
"""What stands before the name of a port of that system."""
CHECK_SECONDS = 0.25
"""How often to look whether the port is still there."""
DELIVERY_SECONDS = 0.1
"""Left to the MIDI system to deliver the last messages before the port closes."""
LAST_WORDS = 2
"""How often everything is ended before the port closes: a late cycle may swallow messages."""
BLIND_SECONDS = 10.0
"""Where nobody can see who is connected, offs are sent again once a second for so long."""


class Guard:
    """Forwards messages to an rtmidi output and remembers what sounds."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._sounding: set[tuple[int, int]] = set()
        self._used: set[tuple[int, int]] = set()
        self._bent: set[int] = set()
        self._fresh: set[tuple[int, int]] = set()
        """Notes whose off left since the last look at who is connected."""
        self._owed: set[tuple[int, int]] = set()
        """Notes whose off left while perhaps nobody was connected."""

    @property
    def sounds(self) -> bool:
        """Whether a note sounds whose off has not been sent."""
        return bool(self._sounding)

    def forward(self, messages: bytes) -> None:
        """Send whole messages of three bytes."""
        for start in range(0, len(messages), 3):
            status, key, value = messages[start : start + 3]
            if status == HEARTBEAT[0]:
                continue
            kind, channel = status & 0xF0, status & 0x0F
            if kind == NOTE_ON and value > 0:
                self._sounding.add((channel, key))
                self._used.add((channel, key))
            elif kind in (NOTE_ON, NOTE_OFF):
                self._sounding.discard((channel, key))
                self._used.add((channel, key))
                self._fresh.add((channel, key))
            elif kind == PITCH_WHEEL:
                self._bent.add(channel)
            self._out.send_message([status, key, value])

    def update(self, heard: bool, came: bool) -> None:
        """Owe the offs that nobody heard to whoever comes, but for notes that sound again.

        Args:
            heard: whether somebody is connected now.
            came: whether somebody is who was not at the last look.
        """
        if came:
            self.pay()
            self._owed, self._fresh = set(), set()
        self._owed = self._fresh if heard else self._owed | self._fresh
        self._fresh = set()

    def pay(self) -> None:
        """Send the offs that are owed; they stay owed."""
        for channel, key in sorted((self._owed | self._fresh) - self._sounding):
            self._out.send_message([NOTE_OFF | channel, key, 0])

    def sense(self) -> None:
        """Say that we are there."""
        self._out.send_message([ACTIVE_SENSING])

    def silence(self, channels: Iterable[int] = ()) -> None:
        """End what sounds or ever did, wheels to the centre, All Notes Off and All Sound Off."""
        channels = channels or sorted({channel for channel, _ in self._used} | self._bent)
        for channel, key in (*sorted(self._sounding), *sorted(self._used - self._sounding)):
            self._out.send_message([NOTE_OFF | channel, key, 0])
        self._sounding.clear()
        for channel in sorted(self._bent):
            self._out.send_message([PITCH_WHEEL | channel, WHEEL_CENTRE & 127, WHEEL_CENTRE >> 7])
        self._bent.clear()
        for channel in channels:
            self._out.send_message([CONTROL | channel, ALL_NOTES_OFF, 0])
            self._out.send_message([CONTROL | channel, ALL_SOUND_OFF, 0])


def main(words: list[str]) -> int:
    """Serve until the end of input. Returns 0, or 1 where the port cannot be opened.

    Args:
        words: of the command line.
    """
    parser = argparse.ArgumentParser(prog="guardian")
    parser.add_argument("port")
    parser.add_argument("--active-sensing", action="store_true")
    parser.add_argument("--waits", action="store_true")
    parser.add_argument("--after", default="")
    options = parser.parse_args(words)
    port: str = options.port
    ignore_signals()
    patchbay = None
    try:
        with _speaking():
            if options.waits:
                midi_systems()  # loads their libraries
                if not os.read(0, len(HEARTBEAT)):
                    return 0
            before = _sockets()
            opened = open_port(port, former=options.after)
            server = _sockets() - before
            guard = Guard(opened.out)
            if opened.target:
                guard.silence(range(16))
            if opened.name.startswith(JACK):
                patchbay = _patched(opened)
            report(1, PortOpened(opened.name))
    except UserError as error:
        report(1, Failed(error.trouble))
        return 1
    gone = False
    try:
        gone = Service(guard, opened, server, patchbay, options.active_sensing).run()
    finally:
        if not gone:
            for _ in range(LAST_WORDS):
                guard.silence()
                time.sleep(DELIVERY_SECONDS)
            if patchbay is not None:
                patchbay.close()
        opened.out.close_port()
    return 0


def _patched(port: OpenPort) -> Patchbay | None:
    """Connect our end as it was before; None where no server answers."""
    with contextlib.suppress(OSError):
        patchbay = Patchbay(port.source, port.target)
        patchbay.reconnect()
        return patchbay
    return None


@contextlib.contextmanager
def _speaking() -> Iterator[None]:
    """Say that we are there while our libraries are loaded, and they open a port."""
    done = threading.Event()

    def beat() -> None:
        report(1, StillThere())
        while not done.wait(HEARTBEAT_SECONDS):
            report(1, StillThere())

    thread = threading.Thread(target=beat, name="signs of life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


class Service:
    """Forwards, and looks ten times a second after engine, port and whoever listens."""

    def __init__(
        self,
        guard: Guard,
        port: OpenPort,
        server: set[tuple[int, int]],
        patchbay: Patchbay | None,
        senses: bool,
    ) -> None:
        self._guard, self._port, self._server = guard, port, server
        self._patchbay, self._senses = patchbay, senses
        self._began_at = time.monotonic()
        self._engine = Watchdog(os.getppid(), LONGEST_LOOK_SECONDS)
        self._check_at = self._pay_at = 0.0

    def run(self) -> bool:
        """Forward until the end of input. Returns True if the port or its server vanished."""
        if self._patchbay is not None:
            self._patchbay.watch()
        pending = b""
        beat_at = 0.0
        while True:
            ready = sys.platform == "win32" or select.select([0], [], [], HEARTBEAT_SECONDS)[0]
            now = time.monotonic()
            if now >= beat_at:
                beat_at = now + HEARTBEAT_SECONDS
                report(1, StillThere())
                if self._check(now, bool(ready)):
                    return True
            if not ready:
                continue
            data = os.read(0, 4096)
            if not data:
                return False
            self._engine.reset(now)
            pending += data
            whole = len(pending) - len(pending) % 3
            self._guard.forward(pending[:whole])
            pending = pending[whole:]

    def _engine_hangs(self, now: float) -> bool:
        return self._engine.update(now, processor_of(self._engine.process)) > HANG_SECONDS

    def _check(self, now: float, ready: bool) -> bool:
        """Returns True if the port or its server vanished."""
        if not ready and self._guard.sounds and self._engine_hangs(now):
            self._guard.silence()
        if self._senses:
            self._guard.sense()
        if now < self._check_at:
            return False
        self._check_at = now + CHECK_SECONDS
        if _hung_up(self._server):
            report(1, Failed(Trouble(Code.MIDI_SYSTEM_GONE)))
            return True
        if self._port.target and self._port.target not in self._port.out.get_ports():
            report(1, Failed(Trouble(Code.PORT_GONE, name=self._port.name)))
            return True
        if self._patchbay is not None:
            for heard, came in self._patchbay.seen():
                self._guard.update(heard, came)
        elif not self._port.target and now >= self._pay_at:
            self._pay_at = now + 1.0
            blind = now - self._began_at < BLIND_SECONDS
            self._guard.update(heard=not blind, came=False)
            self._guard.pay()
        return False


def _sockets() -> set[tuple[int, int]]:
    """(descriptor, inode) of every socket of this process."""
    found = set()
    for descriptor in range(64):
        with contextlib.suppress(OSError):
            status = os.fstat(descriptor)
            if stat.S_ISSOCK(status.st_mode):
                found.add((descriptor, status.st_ino))
    return found


def _hung_up(server: set[tuple[int, int]]) -> bool:
    """Whether the server at the other end of these sockets has died.

    JACK's library tells nobody that asks through rtmidi, and goes on to list the ports it knew.
    """
    if not server:
        return False
    look = select.poll()
    for descriptor, _ in server:
        look.register(descriptor, 0)
    return bool(look.poll(0)) or not server <= _sockets()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
