"""MIDI ports of this machine: list, open by name, make a virtual one."""

import contextlib
import itertools
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from realtime.audio.jack import LOOK_SECONDS, OPENINGS, REFUSALS, REFUSED_SECONDS, knows_who_left
from realtime.midi.systems import MidiOutput, MidiSystem, midi_systems
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why

CLIENT_NAME = "Jaka to melodia"
VIRTUAL = "virtual"
OUR_END = "out"
"""Name of our end of a connection, behind the client's."""
FORMER_SECONDS = 1.0
"""A busy server may show a client that was killed for a while: its name is waited for so long."""


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


@dataclass(frozen=True, slots=True)
class OpenPort:
    """A MIDI output that is open."""

    out: MidiOutput
    name: str
    """With its system, as settings and command line use it."""
    source: str
    """What the system calls our end of the connection, CLIENT:PORT."""
    target: str = ""
    """What the system calls the port at the other end now; "" where ours waits for others."""


def list_ports() -> list[PortName]:
    """Every MIDI output there is; empty where no MIDI system runs."""
    return [
        PortName(system.name, _without_numbers(name))
        for system, out in _running()
        for name in out.get_ports()
    ]


def systems() -> list[str]:
    """MIDI systems that run here now."""
    return [system.name for system, _ in _running()]


def _running() -> Iterator[tuple[MidiSystem, MidiOutput]]:
    """Each system that runs here, with an output of ours that is gone afterwards."""
    for system in midi_systems():
        out = system.make_output(CLIENT_NAME)
        if out is not None:
            yield system, out
            out.delete()


def open_port(name: str, among: Sequence[MidiSystem] | None = None, former: str = "") -> OpenPort:
    """Open a port by its name; "virtual" makes one of our own.

    Args:
        name: "virtual", or a name that `list_ports` gives, with or without its system.
        among: the systems to look in, in this order; None for those of this machine.
        former: what this gave for a port of ours that is gone; the new one gets its name, by which
            others are connected to it.

    Raises:
        UserError: if there is no such port, or no virtual ports on this system.
    """
    for system in midi_systems() if among is None else among:
        opened = _open_in(system, name, former)
        if opened is not None:
            return opened
    if name != VIRTUAL:
        raise UserError(Code.UNKNOWN_PORT, name=name)
    if sys.platform == "win32":
        raise UserError(Code.NO_VIRTUAL_PORTS)
    raise UserError(Code.NO_MIDI_SYSTEM)


def _open_in(system: MidiSystem, name: str, former: str) -> OpenPort | None:
    """Open a port in one system; None where it has no such port."""
    client, jack = _name_in(system, former), system.name == "JACK"
    refused = 0
    for attempt in range(1, OPENINGS + 1):
        out = system.make_output(client)
        opened = None if out is None else _open(out, system.name, client, name)
        if out is not None and opened is not None:
            if not jack or attempt == OPENINGS or knows_who_left():
                return opened
            out.close_port()
            out.delete()
        else:
            refused += 1
            if not jack or refused == REFUSALS:
                break
            time.sleep(REFUSED_SECONDS)
    return None


def _open(out: MidiOutput, system: str, client: str, name: str) -> OpenPort | None:
    """Open one port of `out`; None (and `out` deleted) where there is no such port.

    Raises:
        UserError: if it is there and cannot be opened.
    """
    ours = f"{client}:{OUR_END}"
    if name == VIRTUAL:
        with contextlib.suppress(Exception):  # each library raises a class per system
            if system != "Windows":
                out.open_virtual_port(OUR_END)
                return OpenPort(out, f"{system}: {ours}", ours)
    else:
        for index, present in enumerate(out.get_ports()):
            plain = _without_numbers(present)
            if name in (present, plain, f"{system}: {plain}", f"{system}: {present}"):
                try:
                    out.open_port(index, OUR_END)
                except Exception as error:
                    out.delete()
                    raise UserError(Code.PORT_REFUSED, name=name, reason=why(error)) from error
                return OpenPort(out, f"{system}: {plain}", ours, str(present))
    out.delete()
    return None


def _name_in(system: MidiSystem, former: str) -> str:
    """The name that a port of ours had in this system, else a free one."""
    place, _, full = former.partition(": ")
    wanted, present = full.rpartition(":")[0], system.sources()
    if place != system.name or not wanted.startswith(CLIENT_NAME):
        return free_name(present)
    until_s = time.monotonic() + FORMER_SECONDS
    while wanted in _clients(present) and time.monotonic() < until_s:
        time.sleep(LOOK_SECONDS)
        present = system.sources()
    return free_name(present) if wanted in _clients(present) else wanted


def free_name(present: Iterable[str]) -> str:
    """A name for our own port that no other copy of the program has: the second is "... 2".

    Args:
        present: names of the ports that give MIDI now, "CLIENT:PORT" and numbers.
    """
    taken = _clients(present)
    names = (CLIENT_NAME if n == 1 else f"{CLIENT_NAME} {n}" for n in itertools.count(1))
    return next(name for name in names if name not in taken)


def _clients(present: Iterable[str]) -> set[str]:
    return {name.split(":", 1)[0].strip() for name in present}


def _without_numbers(name: str) -> str:
    """ALSA appends client and port numbers, which change from day to day."""
    return re.sub(r" \d+:\d+$", "", str(name))
