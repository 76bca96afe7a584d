"""Sound that another process writes into a pipe. The pipe is the ring: it fills whatever we do."""

import contextlib
import fcntl
import os
import select
import struct
import termios
import time

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

PIPE_BYTES = 1 << 20
"""2.7 s of stereo at 48 kHz; what does not fit waits in the writer."""
_PIECE_BYTES = 1 << 16
_SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", 1031)


class SoundPipe:
    """Frames of float32, interleaved.

    Args:
        pipe: file descriptor to read from; it stays the caller's.
        channels: of a frame.
    """

    def __init__(self, pipe: int, channels: int) -> None:
        self._pipe, self._channels = pipe, channels
        self._frame_bytes = 4 * channels
        self._kept = bytearray()
        self._arrival = select.poll()
        self._arrival.register(pipe, select.POLLIN)
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, _SET_PIPE_SIZE, PIPE_BYTES)

    def waiting(self) -> int:
        """Frames that have come."""
        return (len(self._kept) + _bytes_in(self._pipe)) // self._frame_bytes

    def read(self, frames: int) -> Floats:
        """Up to `frames` of them, (n, channels), without waiting."""
        size = min(frames, self.waiting()) * self._frame_bytes
        if len(self._kept) < size:
            self._kept += os.read(self._pipe, size - len(self._kept))
        data = bytes(self._kept[:size])
        del self._kept[:size]
        return np.frombuffer(data, dtype=np.float32).reshape(-1, self._channels)

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return at the moment at which so many frames are there, or after the timeout."""
        size, until = frames * self._frame_bytes, time.monotonic() + timeout_s
        while len(self._kept) < size:
            left_s = until - time.monotonic()
            if left_s <= 0 or not self._arrival.poll(1 + int(1000 * left_s)):
                return
            data = os.read(self._pipe, _PIECE_BYTES)
            if not data:
                time.sleep(max(0.0, until - time.monotonic()))
                return
            self._kept += data

    def read_line(self, timeout_s: float) -> bytes:
        """A line before the sound, without its end; empty where none comes in time."""
        line, until = bytearray(), time.monotonic() + timeout_s
        while (left_s := until - time.monotonic()) > 0:
            if self._arrival.poll(1 + int(1000 * left_s)):
                letter = os.read(self._pipe, 1)
                if letter in (b"\n", b""):
                    return bytes(line)
                line += letter
        return b""


def _bytes_in(pipe: int) -> int:
    answer = fcntl.ioctl(pipe, termios.FIONREAD, b"\0\0\0\0")
    return int(struct.unpack("i", answer)[0])
