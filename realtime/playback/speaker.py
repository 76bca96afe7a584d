"""The default sound output, filled through PortAudio's C ring: no Python runs in its callback.

PortAudio's blocking interface is no way here: over ALSA's pulse plugin it took 18 s to play 1.3 s.
"""

import time
from typing import Any

import numpy as np
import numpy.typing as npt

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

Floats = npt.NDArray[np.float32]

RING_FRAMES = 1 << 17
"""At 48 kHz 2.7 s, more than is ever kept in store."""
DEVICE_SECONDS = 0.2
"""Buffer that the device is asked for: a take is played back, nobody plays along with it."""
FIRST_STORE_SECONDS, MOST_STORE_SECONDS = 0.25, 2.0
"""Kept in the ring at first, and after it has run empty several times."""
GIVE_UP_SECONDS = 10.0
"""An output that takes nothing for so long is gone."""


class Speaker:
    """One mono stream to the default output.

    Little is kept in store at first, so that another level is heard soon. Each time the store runs
    empty, because the computer was busy, twice as much is kept from then on.

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
            raise UserError(Code.OUTPUT_NOT_STARTED, reason=str(error)) from error
        self._rate = rate
        self._ring = rtmixer.RingBuffer(4, RING_FRAMES)
        self._store = round(FIRST_STORE_SECONDS * rate)
        self._action: Any = None
        try:
            self._mixer: Any = rtmixer.Mixer(channels=1, samplerate=rate, latency=DEVICE_SECONDS)
            self._mixer.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise UserError(Code.OUTPUT_NOT_STARTED, reason=str(error)) from error

    @property
    def latency_s(self) -> float:
        """From `write` to the ear."""
        waiting = int(self._ring.read_available)
        return float(self._mixer.latency) + waiting / self._rate

    def write(self, block: Floats) -> None:
        """Play a mono block (n,); waits while enough is in store.

        Raises:
            UserError: if the output takes nothing any more.
        """
        waiting = int(self._ring.read_available)
        patience = time.monotonic() + GIVE_UP_SECONDS
        while self._ring.read_available >= self._store:
            self._keep_playing()
            if self._ring.read_available < waiting:
                waiting = int(self._ring.read_available)
                patience = time.monotonic() + GIVE_UP_SECONDS
            if not self._mixer.active or time.monotonic() > patience:
                raise UserError(Code.OUTPUT_SILENT)
            time.sleep(0.004)
        self._ring.write(np.ascontiguousarray(block, dtype=np.float32))

    def flush(self) -> None:
        """Forget what is in store: something else is to be heard next."""
        if self._action is not None and self._action in self._mixer.actions:
            self._mixer.wait(self._mixer.cancel(self._action))
        self._action = None
        self._ring.flush()

    def close(self) -> None:
        """Stop at once; what is in store is not played."""
        self._mixer.abort(ignore_errors=True)
        self._mixer.close(ignore_errors=True)

    def drain(self) -> None:
        """Wait until what was written has been heard."""
        self._keep_playing()
        patience = time.monotonic() + MOST_STORE_SECONDS + GIVE_UP_SECONDS
        while self._ring.read_available and time.monotonic() < patience:
            self._keep_playing()
            time.sleep(0.01)
        time.sleep(float(self._mixer.latency))

    def _keep_playing(self) -> None:
        """Start to read the ring; where it has run empty, again and with more in store."""
        if self._action is None:
            self._action = self._mixer.play_ringbuffer(self._ring)
        elif self._action not in self._mixer.actions:
            most = round(MOST_STORE_SECONDS * self._rate)
            self._store = min(2 * self._store, most)
            self._action = None
