"""An output that keeps little in store, so that what is played is heard at once.

Like `realtime.playback.speaker` it fills a ring that PortAudio's callback empties in C; only
shorter.
"""

import time
from typing import Any

import numpy as np
import numpy.typing as npt

from realtime.audio.outputs import FoundOutput
from realtime.playback.synth import BLOCK_FRAMES
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

Floats = npt.NDArray[np.float32]

RING_FRAMES = 1 << 13
LEAST_AHEAD, MOST_AHEAD = 2 * BLOCK_FRAMES, 8 * BLOCK_FRAMES
"""Frames kept in store: 11 ms at 48 kHz, more where that has run empty."""
LATENCY_SECONDS = 0.016
"""Latency asked of the driver: three blocks. On a machine with four jobs for two cores two blocks
lost 3 % of the time, three lost none."""
LOOK_SECONDS = 0.002
GIVE_UP_SECONDS = 2.0
"""An output that takes nothing for so long is gone."""


class LiveOutput:
    """One stream to one output.

    Args:
        output: as `outputs.find_output` gave it.

    Raises:
        UserError: if it cannot be opened.
    """

    def __init__(self, output: FoundOutput) -> None:
        import rtmixer

        self.name, self.rate, self._channels = output.name, output.rate, output.channels
        self.ahead = LEAST_AHEAD
        """How often the store ran empty."""
        self._ring = rtmixer.RingBuffer(4 * self._channels, RING_FRAMES)
        self._action: Any = None
        try:
            self._mixer: Any = rtmixer.Mixer(
                device=output.index,
                channels=self._channels,
                samplerate=self.rate,
                latency=LATENCY_SECONDS,
                blocksize=BLOCK_FRAMES,
            )
            self._mixer.start()
        except Exception as error:  # PortAudioError, or ValueError for refused parameters
            raise UserError(Code.OUTPUT_REFUSED, name=self.name, reason=str(error)) from error

    @property
    def latency_s(self) -> float:
        """From the moment that `write` names to the ear, as the driver says."""
        return float(self._mixer.latency)

    def write(self, block: Floats) -> float:
        """Play a mono block (BLOCK_FRAMES,) as soon as there is room for it.

        Returns:
            Monotonic seconds at which the driver takes it.

        Raises:
            UserError: if the output takes nothing any more.
        """
        patience = time.monotonic() + GIVE_UP_SECONDS
        while self._ring.read_available > self.ahead - BLOCK_FRAMES:
            self._keep_playing()
            if time.monotonic() > patience or not self._mixer.active:
                raise UserError(Code.OUTPUT_STUCK, name=self.name)
            time.sleep(LOOK_SECONDS)
        taken_at: float = time.monotonic() + self._ring.read_available / self.rate
        self._ring.write(np.repeat(block, self._channels).astype(np.float32))
        if self._ring.read_available >= self.ahead:
            self._keep_playing()
        return taken_at

    def close(self) -> None:
        """Stop at once; what is in store is not played."""
        self._mixer.abort(ignore_errors=True)
        self._mixer.close(ignore_errors=True)

    def _keep_playing(self) -> None:
        """Start to read the ring; where it has run empty, keep more in store from now on."""
        if self._action is not None and self._action in self._mixer.actions:
            return
        if self._action is not None:
            self.ahead = min(self.ahead + BLOCK_FRAMES, MOST_AHEAD)
        self._action = self._mixer.play_ringbuffer(self._ring)
