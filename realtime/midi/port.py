"""MIDI ports of this machine, through python-rtmidi: list, open by name, make a virtual one."""

import contextlib
import itertools
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from realtime.audio.jack import OPENINGS, knows_who_left
from realtime.errors import UserError

CLIENT_NAME = "Jaka to melodia"
VIRTUAL = "virtual"
_API_NAMES = {
    "LINUX_ALSA": "ALSA",
    "UNIX_JACK": "JACK",
    "MACOSX_CORE": "CoreMIDI",
    "WINDOWS_MM": "Windows",
}


@dataclass(frozen=True, slots=True)
class PortName:
    """A MIDI output that can be opened."""

    system: str
    """ALSA, JACK, CoreMIDI or Windows."""
    name: str

    @property
    def full(self) -> str:
        """The name as settings and command line use it."""
        return f"{self.system}: {self.name}"


def list_ports() -> list[PortName]:
    """Every MIDI output there is; empty where no MIDI system runs."""
    found = []
    for api, system in _apis():
        out = _client(api)
        if out is not None:
            found += [PortName(system, _without_numbers(name)) for name in out.get_ports()]
            out.delete()
    return found


def systems() -> list[str]:
    """MIDI systems that run here now."""
    running = []
    for api, system in _apis():
        out = _client(api)
        if out is not None:
            running.append(system)
            out.delete()
    return running


def open_port(name: str) -> tuple[Any, str]:
    """An opened rtmidi output and its name. "virtual" makes a port of our own.

    Raises:
        UserError: if there is no such port, or no virtual ports on this system.
    """
    for api, system in _apis():
        out, opened = _open_in(api, system, name)
        if opened:
            return out, f"{system}: {opened}"
    if name != VIRTUAL:
        raise UserError(f"No MIDI port named '{name}'. Run `jtm devices` to see the list.")
    if sys.platform == "win32":
        raise UserError(
            "Windows has no virtual MIDI ports; install loopMIDI, make a port there and choose it."
        )
    raise UserError(
        "No MIDI system to make a virtual port in: start JACK, or load the "
        "snd-seq kernel module for ALSA."
    )


def _open_in(api: int, system: str, name: str) -> tuple[Any, str]:
    """The output and the name of its port in one MIDI system; "" where there is none."""
    client = free_name(_sources(api))
    for attempt in range(1, OPENINGS + 1):
        out = _client(api, client)
        opened = "" if out is None else _open(out, system, client, name)
        if out is None or not opened:
            break
        if system != "JACK" or attempt == OPENINGS or knows_who_left():
            return out, opened
        out.close_port()
        out.delete()
    return None, ""


def _open(out: Any, system: str, client: str, name: str) -> str:
    """Open one port of `out`; its name, or "" (and `out` deleted) where there is no such port.

    Raises:
        UserError: if it is there and cannot be opened.
    """
    if name == VIRTUAL:
        with contextlib.suppress(Exception):  # rtmidi raises a class per system
            if system != "Windows":
                out.open_virtual_port("out")
                return f"{client}:out"
    else:
        for index, present in enumerate(out.get_ports()):
            plain = _without_numbers(present)
            if name in (present, plain, f"{system}: {plain}", f"{system}: {present}"):
                try:
                    out.open_port(index, "out")
                except Exception as error:
                    out.delete()
                    raise UserError(f"MIDI port '{name}' cannot be opened ({error}).") from error
                return plain
    out.delete()
    return ""


def free_name(present: Iterable[str]) -> str:
    """A name for our own port that no other copy of the program has: the second is "... 2".

    Args:
        present: names of the ports that give MIDI now, "CLIENT:PORT" and numbers.
    """
    taken = {name.split(":", 1)[0].strip() for name in present}
    names = (CLIENT_NAME if n == 1 else f"{CLIENT_NAME} {n}" for n in itertools.count(1))
    return next(name for name in names if name not in taken)


def _sources(api: int) -> list[str]:
    """Ports that give MIDI: where other copies of the program show."""
    import rtmidi

    try:
        listener = rtmidi.MidiIn(rtapi=api, name=f"{CLIENT_NAME} scan")
        found = [str(name) for name in listener.get_ports()]
        listener.delete()
    except Exception:  # rtmidi raises a class per system
        return []
    return found


def _apis() -> list[tuple[int, str]]:
    import rtmidi

    compiled = rtmidi.get_compiled_api()
    known = [(int(getattr(rtmidi, f"API_{key}", -1)), name) for key, name in _API_NAMES.items()]
    return [(api, name) for api, name in known if api in compiled]


def _client(api: int, name: str = CLIENT_NAME) -> Any | None:
    """An rtmidi output of one system, or None where that system does not run."""
    import rtmidi

    try:
        out = rtmidi.MidiOut(rtapi=api, name=name)
        out.get_ports()
    except Exception:  # rtmidi raises a class per system
        return None
    return out


def _without_numbers(name: str) -> str:
    """ALSA appends client and port numbers, which change from day to day."""
    return re.sub(r" \d+:\d+$", "", str(name))
