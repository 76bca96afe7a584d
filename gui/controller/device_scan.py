"""Reads the lists of inputs and MIDI ports off the GUI thread."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble, why


@dataclass(frozen=True)
class DeviceNames:
    """What is plugged in: (name for the engine, name for people)."""

    inputs: tuple[tuple[str, str], ...] = ()
    midi_outs: tuple[tuple[str, str], ...] = ()
    virtual_midi: bool = True
    """Whether a MIDI port of our own can be made here."""
    outputs: tuple[tuple[str, str], ...] = ()
    """Where sound can be played."""
    troubles: tuple[Trouble, ...] = ()
    """Why the lists may be incomplete."""


class DeviceScan:
    """Scans devices on a thread, one scan at a time; the window polls for the result.

    Args:
        read: gives the names; may block and may raise.
    """

    def __init__(self, read: Callable[[], DeviceNames]) -> None:
        self._read = read
        self._thread: threading.Thread | None = None
        self._found: DeviceNames | None = None

    def start(self) -> None:
        """Begin to read, unless that is already under way."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="device scan", daemon=True)
            self._thread.start()

    def poll(self) -> DeviceNames | None:
        """The names, once per scan; None while there is nothing new."""
        found, self._found = self._found, None
        return found

    def wait(self, timeout_s: float = 2.0) -> None:
        """Let a running scan come to its end, for at most so many seconds."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            self._found = self._read()
        except Exception as error:  # a driver may fail in any way; the pickers then stay short
            self._found = DeviceNames(troubles=(Trouble(Code.DEVICES_UNREAD, reason=why(error)),))


def read_device_names() -> DeviceNames:
    """The names through `realtime.engine.devices`, which looks in a child process."""
    from realtime.engine.devices import list_devices

    found = list_devices()
    return DeviceNames(
        labelled(device.name for device in found.inputs),
        labelled(found.midi_outputs),
        bool(found.midi_systems),
        labelled(found.sound_outputs),
        found.troubles,
    )


def labelled(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(name, label) pairs: "HOST: NAME" reads as NAME where that is enough to tell them apart."""
    full = list(dict.fromkeys(names))
    short = [name.split(": ", 1)[-1] for name in full]
    return tuple(
        (name, label if short.count(label) == 1 else name)
        for name, label in zip(full, short, strict=True)
    )
