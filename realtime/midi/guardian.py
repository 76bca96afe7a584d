"""`python -m realtime.midi.guardian PORT`: owns the MIDI port, silences it when the engine dies.

Reads MIDI messages of three bytes from standard input and sends them on. At the end of input, which
comes however the engine ends (also by `kill -9`), it sends the off of every note that still sounds
and All Notes Off. Reports a JSON object a line on standard output: {"open": NAME}, {"error": TEXT}.
"""

import contextlib
import json
import os
import select
import signal
import stat
import sys
import time
from typing import Any

from realtime.errors import UserError
from realtime.midi.messages import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CONTROL,
    NOTE_OFF,
    NOTE_ON,
    PITCH_WHEEL,
    WHEEL_CENTRE,
)
from realtime.midi.port import VIRTUAL, open_port

CHECK_SECONDS = 0.25
"""How often to look whether the port is still there."""
DELIVERY_SECONDS = 0.1
"""Left to the MIDI system to deliver the last messages before the port closes."""


class Guard:
    """Forwards messages to an rtmidi output and remembers what sounds."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._sounding: set[tuple[int, int]] = set()
        self._channels: set[int] = set()
        self._bent: set[int] = set()

    def forward(self, messages: bytes) -> None:
        """Send whole messages of three bytes."""
        for start in range(0, len(messages), 3):
            status, key, value = messages[start : start + 3]
            kind, channel = status & 0xF0, status & 0x0F
            self._channels.add(channel)
            if kind == NOTE_ON and value > 0:
                self._sounding.add((channel, key))
            elif kind in (NOTE_ON, NOTE_OFF):
                self._sounding.discard((channel, key))
            elif kind == PITCH_WHEEL:
                self._bent.add(channel)
            self._out.send_message([status, key, value])

    def silence(self, channels: range | None = None) -> None:
        """End what sounds, wheels to the centre, then All Notes Off and All Sound Off."""
        for channel, key in sorted(self._sounding):
            self._out.send_message([NOTE_OFF | channel, key, 0])
        self._sounding.clear()
        for channel in sorted(self._bent):
            self._out.send_message([PITCH_WHEEL | channel, WHEEL_CENTRE & 127, WHEEL_CENTRE >> 7])
        self._bent.clear()
        for channel in channels or sorted(self._channels):
            self._out.send_message([CONTROL | channel, ALL_NOTES_OFF, 0])
            self._out.send_message([CONTROL | channel, ALL_SOUND_OFF, 0])


def main(port: str) -> int:
    """Serve until the end of input. Returns 0, or 1 where the port cannot be opened."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    before = _sockets()
    try:
        out, full_name = open_port(port)
    except UserError as error:
        _report(error=str(error))
        return 1
    server = _sockets() - before
    guard = Guard(out)
    if port != VIRTUAL:
        guard.silence(range(16))
    _report(open=full_name)
    gone = False
    try:
        gone = _serve(guard, out, port, server)
    finally:
        if not gone:
            guard.silence()
            time.sleep(DELIVERY_SECONDS)
        out.close_port()
    return 0


def _serve(guard: Guard, out: Any, port: str, server: set[tuple[int, int]]) -> bool:
    """Forward until the end of input. Returns True if the port or its server vanished."""
    pending = b""
    names = set(out.get_ports())
    check_at = time.monotonic() + CHECK_SECONDS
    while True:
        ready = sys.platform == "win32" or select.select([0], [], [], CHECK_SECONDS)[0]
        if time.monotonic() >= check_at:
            check_at = time.monotonic() + CHECK_SECONDS
            if _hung_up(server):
                _report(error="The MIDI system went away; trying again.")
                return True
            if port != VIRTUAL and names and not names & set(out.get_ports()):
                _report(error=f"MIDI port '{port}' is gone.")
                return True
        if not ready:
            continue
        data = os.read(0, 4096)
        if not data:
            return False
        pending += data
        whole = len(pending) - len(pending) % 3
        guard.forward(pending[:whole])
        pending = pending[whole:]


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


def _report(**fields: str) -> None:
    with contextlib.suppress(OSError):
        os.write(1, json.dumps(fields).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
