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
SETTLE_SECONDS = 0.1
_PIECE_BYTES = 1 << 16
_SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", 1031)


class SoundPipe:
    """Frames of float32, interleaved, from the first that begins a delivery.

    What comes in the first tenth of a second is left out up to the end of a delivery. Hops then end
    where deliveries end, instead of up to a whole delivery (5 to 10 ms) before the next one.

    Args:
        pipe: file descriptor to read from; it stays the caller's.
        channels: of a frame.
    """

    def __init__(self, pipe: int, channels: int) -> None:
        self._pipe, self._channels = pipe, channels
        self._frame_bytes = 4 * channels
        self._kept = bytearray()
        self._began_at: float | None = None
        self._settled = False
        self._arrival = select.poll()
        self._arrival.register(pipe, select.POLLIN)
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, _SET_PIPE_SIZE, PIPE_BYTES)

    def waiting(self) -> int:
        """Frames that have come."""
        coming = _bytes_in(self._pipe)
        if self._settled:
            return (len(self._kept) + coming) // self._frame_bytes
        if coming:
            self._take()
        return 0

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
            if not self._take():
                time.sleep(max(0.0, until - time.monotonic()))
                return

    def _take(self) -> bool:
        """Read what has come; False where nothing will."""
        data = os.read(self._pipe, _PIECE_BYTES)
        self._kept += data
        if not self._settled and data:
            now = time.monotonic()
            self._began_at = self._began_at or now
            del self._kept[: len(self._kept) // self._frame_bytes * self._frame_bytes]
            self._settled = now - self._began_at >= SETTLE_SECONDS
        return bool(data)

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
