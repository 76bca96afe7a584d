"""Whether a JACK client really passes MIDI on: it sends to a listener of our own, which must hear.

A JACK server (seen: 1.9.21, clients with the library 1.9.22 of python-rtmidi's wheel) now and then
leaves a client that opens while the server starts out of every cycle: its port is there and can be
connected, and what is sent to it goes nowhere for as long as it is open.
"""

import contextlib
import time
from typing import Any

from realtime.midi_bytes import ALL_NOTES_OFF, CONTROL

PATIENCE_SECONDS = 0.4
"""A JACK period is 1 to 40 ms."""
LISTENERS = 2
"""The listener is a client like any other: one that is deaf itself has a successor."""


def passes_on(out: Any, api: int, client: str) -> bool:
    """Send All Notes Off from `out`, before any note, to a listener connected to its port alone.

    Args:
        out: an opened rtmidi output.
        api: rtmidi's number of JACK.
        client: the output's name among JACK's clients.

    Returns:
        True if it was heard, or where no listener can be made that would hear it.
    """
    for _ in range(LISTENERS):
        ear = _listen(api, client)
        if ear is None:
            return True
        try:
            if _hears(ear, out):
                return True
        finally:
            with contextlib.suppress(Exception):  # rtmidi raises a class per system
                ear.close_port()
                ear.delete()
    return False


def _listen(api: int, client: str) -> Any | None:
    import rtmidi

    with contextlib.suppress(Exception):  # rtmidi raises a class per system
        ear = rtmidi.MidiIn(rtapi=api, name=f"{client} check")
        for index, name in enumerate(ear.get_ports()):
            if str(name).split(":", 1)[0] == client:
                ear.open_port(index, "in")
                return ear
        ear.delete()
    return None


def _hears(ear: Any, out: Any) -> bool:
    until = time.monotonic() + PATIENCE_SECONDS
    out.send_message([CONTROL, ALL_NOTES_OFF, 0])
    while time.monotonic() < until:
        if ear.get_message() is not None:
            return True
        time.sleep(0.002)
    return False
