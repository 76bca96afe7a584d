"""Sound that another process writes into a pipe. The pipe is the ring: it fills whatever we do."""

import contextlib
import fcntl
import math
import os
import select
import struct
import termios
import time

import numpy as np

from realtime.values.arrays import Floats

PIPE_BYTES = 1 << 20
"""2.7 s of stereo at 48 kHz; what does not fit waits in the writer."""
SETTLE_SECONDS = 0.1
_PIECE_BYTES = 1 << 16
_SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", 1031)


class SoundPipe:
    """Frames of float32, interleaved; whole blocks of them end where deliveries end.

    Of what comes, every frame can be read, from the first look on; what came before nobody waited
    for. A tenth of a second after the first delivery their beat is known: then less than a block
    of silence goes before it all, so that a hop is never up to a delivery (5 to 10 ms) late.

    Args:
        pipe: file descriptor to read from; it stays the caller's.
        channels: of a frame.
        block_frames: length of a block, a hop of the engine.
    """

    def __init__(self, pipe: int, channels: int, block_frames: int) -> None:
        self._pipe, self._channels, self._block_frames = pipe, channels, block_frames
        self._frame_bytes = 4 * channels
        self._kept = bytearray()
        self._piece = memoryview(bytearray(_PIECE_BYTES))
        self._began_at = math.inf
        self._looked = self._settled = False
        self._arrival = select.poll()
        self._arrival.register(pipe, select.POLLIN)
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, _SET_PIPE_SIZE, PIPE_BYTES)

    def waiting(self) -> int:
        """Frames that have come; none before their beat is known."""
        if not self._settled:
            self._drain()
            if not self._settled:
                return 0
        return (len(self._kept) + _bytes_in(self._pipe)) // self._frame_bytes

    def read(self, frames: int) -> Floats:
        """Up to `frames` of them, (n, channels), without waiting."""
        size = min(frames, self.waiting()) * self._frame_bytes
        if len(self._kept) < size:
            self._kept += os.read(self._pipe, size - len(self._kept))
        data = self._kept[:size]
        del self._kept[:size]
        return np.frombuffer(data, dtype=np.float32).reshape(-1, self._channels)

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return at the moment at which so many frames are there, or after the timeout."""
        size, until = frames * self._frame_bytes, time.monotonic() + timeout_s
        while not self._settled or len(self._kept) < size:
            left_s = until - time.monotonic()
            if left_s <= 0 or not self._arrival.poll(1 + int(1000 * left_s)):
                return
            if not self._settled:
                self._drain()
            elif not self._take():
                time.sleep(max(0.0, until - time.monotonic()))
                return

    def _take(self) -> bool:
        """Read what has come; False where nothing will."""
        count = os.readv(self._pipe, [self._piece])
        self._kept += self._piece[:count]
        return count > 0

    def _drain(self) -> None:
        """Drain the pipe, so that what is kept ends on a delivery, and pad it to whole blocks.

        The first delivery is dropped: it is as long as the program was late. A pipe that has ended
        is settled at once.
        """
        ended = False
        while not ended and self._arrival.poll(0):
            ended = not self._take()
        whole = len(self._kept) // self._frame_bytes
        if not self._looked:
            self._looked = True
            del self._kept[: whole * self._frame_bytes]
        elif whole:
            now = time.monotonic()
            self._began_at = min(self._began_at, now)
            # A program that starts delivers in gulps, then as the server's periods come.
            self._settled = ended or now - self._began_at >= SETTLE_SECONDS
            if self._settled:
                # Silence in front: blocks then end where deliveries end, so none is split by one.
                self._kept[:0] = bytes(-whole % self._block_frames * self._frame_bytes)


def read_line(pipe: int, timeout_s: float) -> bytes:
    """A line that comes before the sound, without its end; empty where none comes in time.

    Args:
        pipe: file descriptor.
        timeout_s: seconds in which it has to come.
    """
    arrival = select.poll()
    arrival.register(pipe, select.POLLIN)
    line, until = bytearray(), time.monotonic() + timeout_s
    while (left_s := until - time.monotonic()) > 0:
        if arrival.poll(1 + int(1000 * left_s)):
            letter = os.read(pipe, 1)
            if letter in (b"\n", b""):
                return bytes(line)
            line += letter
    return b""


def _bytes_in(pipe: int) -> int:
    answer = fcntl.ioctl(pipe, termios.FIONREAD, b"\0\0\0\0")
    return int(struct.unpack("i", answer)[0])
