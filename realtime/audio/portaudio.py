"""The one module that touches PortAudio: lists inputs, opens one into a ring that C fills."""

import contextlib
import threading
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from realtime.audio.jack import OPENINGS, knows_who_left
from realtime.audio.sources import pick_channel, poll_until_due
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.arrays import Floats

RING_SECONDS = 3.0
MOST_CHANNELS = 8
SOUND_SERVERS = ("default", "pulse", "pipewire")
"""Devices that claim any count of channels and mix down themselves."""
FORBIDDEN = frozenset({-1, -13, -2147024891})
"""Codes by which ALSA (EPERM, EACCES) and Windows (E_ACCESSDENIED) refuse a program."""
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class InputDevice:
    """An input of a sound card."""

    host_api: str
    name: str
    channels: int
    rate: int
    """Rate in Hz that the device itself runs at."""
    default: bool = False

    @property
    def full(self) -> str:
        """The name as settings and command line use it."""
        return f"{self.host_api}: {self.name}"

    @property
    def plays(self) -> bool:
        """Whether this is what the computer plays: a loopback of Windows' WASAPI."""
        return self.host_api == "Windows WASAPI" and self.name.endswith("[Loopback]")


@dataclass(frozen=True, slots=True)
class OutputDevice(InputDevice):
    """An output of a sound card; `channels` are those it plays."""


def list_outputs() -> list[tuple[int, OutputDevice]]:
    """Every output there is, with PortAudio's number of it.

    Raises:
        UserError: if the PortAudio library is not installed.
    """
    with _lock:
        sounddevice = _fresh_sounddevice()
        apis = sounddevice.query_hostapis()
        default = _default_index(sounddevice, apis, "output")
        found = []
        for index, entry in enumerate(sounddevice.query_devices()):
            channels, rate = int(entry["max_output_channels"]), int(entry["default_samplerate"])
            if channels > 0 and rate > 0:
                api, name = str(apis[entry["hostapi"]]["name"]), str(entry["name"])
                device = OutputDevice(api, name, channels, rate, index == default)
                found.append((index, device))
        return found


def list_inputs() -> list[InputDevice]:
    """Every input there is.

    Raises:
        UserError: if the PortAudio library is not installed.
    """
    with _lock:
        return [device for _, device in _inputs(_fresh_sounddevice())]


class RingStream:
    """A running input. PortAudio's thread writes the ring from C; we read it.

    Args:
        index: PortAudio's number of the device, valid until the next scan.
        device: what was listed.
        channel: 1-8 for one channel, 0 for the mean of all.
    """

    problem = ""
    keeps_late = False

    def __init__(self, index: int, device: InputDevice, channel: int = 0) -> None:
        import rtmixer

        self.name, self.rate, self.pauses = device.full, device.rate, device.plays
        self._channels, self._channel = min(device.channels, MOST_CHANNELS), channel
        if device.name in SOUND_SERVERS:
            self._channels = min(self._channels, 2)
        self.block_frames = max(64, device.rate // 100)
        size = 1 << int(np.ceil(np.log2(RING_SECONDS * device.rate)))
        self._ring = rtmixer.RingBuffer(4 * self._channels, size)
        self._recorder: Any = rtmixer.Recorder(
            device=index,
            channels=self._channels,
            samplerate=device.rate,
            blocksize=self.block_frames,
            latency="low",
        )
        self._recorder.record_ringbuffer(self._ring)
        self._recorder.start()
        latency = self._recorder.latency
        self.latency_ms = 1000 * float(latency if isinstance(latency, float) else latency[0])
        self._open = True

    def waiting(self) -> int:
        """Count the samples that wait in the ring; 0 once the device is closed."""
        return int(self._ring.read_available) if self._open else 0

    def read(self, frames: int) -> Floats:
        """Up to `frames` samples, the mean of the channels, (n,)."""
        count = min(frames, self.waiting())
        if count == 0:
            return np.zeros(0, dtype=np.float32)
        _, first, second = self._ring.get_read_buffers(count)
        joined = np.frombuffer(bytes(first) + bytes(second), dtype=np.float32)
        self._ring.advance_read_index(count)
        return pick_channel(joined.reshape(-1, self._channels), self._channel)

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return once so many samples are there, or after the timeout."""
        poll_until_due(self.waiting, frames, self.rate, timeout_s)

    def take_remark(self) -> str:
        """Report no change of device: PortAudio knows of none."""
        return ""

    def alive(self) -> bool:
        """False once the stream has stopped, or the ring has overflowed and C stopped writing."""
        return self._open and bool(self._recorder.active) and bool(self._recorder.actions)

    def close(self) -> None:
        """Stop recording and free the device; a device that is gone raises nothing."""
        if self._open:
            self._open = False
            with contextlib.suppress(Exception):
                self._recorder.abort()
            with contextlib.suppress(Exception):
                self._recorder.close()
            _open_streams.discard(self)


_open_streams: set[RingStream] = set()


def open_input(name: str, channel: int = 0) -> RingStream:
    """Open an input by "HOST API: NAME" or NAME; "" is the system default.

    Args:
        name: as listed.
        channel: 1-8 for one channel, 0 for the mean of all.

    Raises:
        UserError: if there is no such input, or it cannot be opened.
    """
    with _lock:
        found = _inputs(_fresh_sounddevice())
        if not found:
            raise UserError(Code.NO_INPUT)
        wanted = [entry for entry in found if name in (entry[1].full, entry[1].name)]
        if not name:
            wanted = [entry for entry in found if entry[1].default] or found[:1]
        if not wanted:
            raise UserError(Code.UNKNOWN_INPUT, name=name)
        index, device = wanted[0]
        stream = _open_somehow(index, device, channel)
        _open_streams.add(stream)
        return stream


def _open_somehow(index: int, device: InputDevice, channel: int) -> RingStream:
    """Open with the device's own rate and channels; some drivers only take others than they say."""
    errors = []
    for rate, channels in (
        (device.rate, device.channels),
        (device.rate, min(device.channels, 2)),
        (48_000, min(device.channels, 2)),
        (44_100, 1),
        (48_000, 1),
    ):
        try:
            return RingStream(index, replace(device, rate=rate, channels=channels), channel)
        except Exception as error:  # PortAudioError, or ValueError for refused parameters
            errors.append(error)
    if any(map(_forbids, errors)):
        raise UserError(Code.INPUT_FORBIDDEN, name=device.full)
    raise UserError(Code.INPUT_REFUSED, name=device.full, reason=why(errors[0]))


def _forbids(error: Exception) -> bool:
    """Whether the system below PortAudio says that this program may not use the device.

    PortAudioError holds (its words, its code, (API, the system's code, the system's words)).
    """
    host: tuple[Any, ...] = error.args[2] if len(error.args) > 2 else ()
    return len(host) > 1 and host[1] in FORBIDDEN


def _inputs(sounddevice: Any) -> list[tuple[int, InputDevice]]:
    apis = sounddevice.query_hostapis()
    default = _default_index(sounddevice, apis)
    found = []
    for index, entry in enumerate(sounddevice.query_devices()):
        channels, rate = int(entry["max_input_channels"]), int(entry["default_samplerate"])
        if channels > 0 and rate > 0:
            api = str(apis[entry["hostapi"]]["name"])
            name = str(entry["name"])
            found.append((index, InputDevice(api, name, channels, rate, index == default)))
    return found


def _default_index(sounddevice: Any, apis: Any, kind: str = "input") -> int:
    """PortAudio's default input or output; where it names none, a sound server's."""
    index = int(sounddevice.default.device[("input", "output").index(kind)])
    if index >= 0:
        return index
    for number, entry in enumerate(sounddevice.query_devices()):
        if entry[f"max_{kind}_channels"] > 0 and entry["name"] in SOUND_SERVERS:
            return number
    return next((int(api[f"default_{kind}_device"]) for api in apis), -1)


def _fresh_sounddevice() -> Any:
    """The sounddevice module with a new list of devices, unless a stream would be cut by that."""
    try:
        import sounddevice

        if not _open_streams:
            for _ in range(OPENINGS):
                sounddevice._terminate()
                sounddevice._initialize()
                if knows_who_left():
                    break
    except OSError as error:
        raise UserError(Code.PORTAUDIO_MISSING) from error
    except Exception as error:  # PortAudioError; its class cannot be named without the library
        raise UserError(Code.SOUND_SYSTEM_FAILED, reason=why(error)) from error
    return sounddevice
