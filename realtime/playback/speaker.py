"""The default sound output, filled through PortAudio's C ring: no Python runs in its callback.

PortAudio's blocking interface is no way here: over ALSA's pulse plugin it took 18 s to play 1.3 s.
"""

import time
from typing import Any

import numpy as np
import numpy.typing as npt

from realtime.errors import UserError

Floats = npt.NDArray[np.float32]

RING_FRAMES = 1 << 13
"""At 48 kHz 0.17 s: longer than the computer is ever busy, short enough to pause at once."""
GIVE_UP_SECONDS = 2.0
"""An output that takes nothing for so long is gone."""


class Speaker:
    """One mono stream to the default output.

    Args:
        rate: Hz.

    Raises:
        UserError: if there is no output that plays at this rate.
    """

    def __init__(self, rate: int) -> None:
        try:
            import rtmixer
            import sounddevice
        except OSError as error:
            raise UserError(str(error)) from error
        self._rate = rate
        self._ring = rtmixer.RingBuffer(4, RING_FRAMES)
        self._action: Any = None
        try:
            self._mixer: Any = rtmixer.Mixer(
                channels=1, samplerate=rate, latency="low", blocksize=rate // 100
            )
            self._mixer.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise UserError(str(error)) from error

    @property
    def latency_s(self) -> float:
        """From `write` to the ear."""
        waiting = int(self._ring.read_available)
        return float(self._mixer.latency) + waiting / self._rate

    def write(self, block: Floats) -> None:
        """Play a mono block (n,); waits while the ring is full.

        Raises:
            UserError: if the output takes nothing any more.
        """
        patience = time.monotonic() + GIVE_UP_SECONDS
        while self._ring.write_available < len(block):
            self._keep_playing()
            if time.monotonic() > patience:
                raise UserError("The sound output takes no more sound.")
            time.sleep(0.004)
        self._ring.write(np.ascontiguousarray(block, dtype=np.float32))
        if self._ring.read_available >= RING_FRAMES // 2:
            self._keep_playing()

    def close(self) -> None:
        """Stop at once."""
        self._mixer.abort(ignore_errors=True)
        self._mixer.close(ignore_errors=True)

    def drain(self) -> None:
        """Wait until what was written has been heard."""
        self._keep_playing()
        patience = time.monotonic() + GIVE_UP_SECONDS
        while self._ring.read_available and time.monotonic() < patience:
            time.sleep(0.01)
        time.sleep(float(self._mixer.latency))

    def _keep_playing(self) -> None:
        """Start to read the ring, again where it has run empty."""
        if self._action is None or self._action not in self._mixer.actions:
            self._action = self._mixer.play_ringbuffer(self._ring)
