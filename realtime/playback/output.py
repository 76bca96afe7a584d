"""Sound outputs, filled through PortAudio's C ring: no Python runs in the callback.

PortAudio's blocking interface is no way here: over ALSA's pulse plugin it took 18 s to play 1.3 s.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from realtime.audio import portaudio
from realtime.audio.output_devices import FoundOutput
from realtime.playback.synth import BLOCK_FRAMES
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, why
from realtime.values.arrays import Floats

LIVE_RING_FRAMES, TAKE_RING_FRAMES = 1 << 13, 1 << 17
"""Frames of the rings: 0.17 s and 2.7 s at 48 kHz, more than is ever kept in store."""
LIVE_LATENCY_SECONDS = 0.016
"""Latency asked of the driver: three blocks. On a machine with four jobs for two cores two blocks
lost 3 % of the time, three lost none."""
TAKE_LATENCY_SECONDS = 0.2
"""Buffer that the device is asked for: a take is played back, nobody plays along with it."""
FIRST_STORE_SECONDS, MOST_STORE_SECONDS = 0.25, 2.0
"""Kept in the ring for a take at first, and after it has run empty several times."""
GIVE_UP_SECONDS = 5.0
"""An output that takes nothing of a take for so long is stuck."""


@dataclass(frozen=True, slots=True)
class Store:
    """How much sound waits in the ring, and how patient its writer is."""

    frames: int
    """Frames kept in store at first."""
    most: int
    """Frames kept in store at most."""
    grow: Callable[[int], int]
    """Frames kept in store -> frames from now on, where the ring has run empty."""
    look_seconds: float
    """Time between two looks whether there is room."""
    give_up_seconds: float
    """An output that takes nothing for so long is gone."""


class RingOutput:
    """One mono stream to one output, copied to all of its channels.

    Little is kept in store, so that what is written is heard soon. Where the store runs empty,
    because the computer was busy, more is kept from then on.

    Args:
        name: of the output, for people.
        rate: Hz.
        channels: of the device.
        store: how much waits.
        ring_frames: room in the ring, a power of two, more than is ever in store.
        gone: what is told where the output takes nothing any more.
        stream: what PortAudio is asked for beside: device, latency, block size.

    Raises:
        OSError: if the PortAudio library is missing.
        PortAudioError, ValueError: if the output cannot be opened as asked.
    """

    def __init__(
        self,
        name: str,
        rate: int,
        channels: int,
        store: Store,
        ring_frames: int,
        gone: Trouble,
        **stream: Any,
    ) -> None:
        import rtmixer

        self.name, self.rate = name, rate
        self.ahead = store.frames
        """Frames that are kept in store now."""
        self._channels, self._store, self._gone = channels, store, gone
        self._ring = rtmixer.RingBuffer(4 * channels, ring_frames)
        self._action: Any = None
        self._mixer: Any = rtmixer.Mixer(channels=channels, samplerate=rate, **stream)
        self._mixer.start()

    @property
    def driver_latency_s(self) -> float:
        """From the moment that `write` names to the ear, in seconds, as the driver says."""
        return float(self._mixer.latency)

    @property
    def latency_s(self) -> float:
        """Seconds from `write` until the sound is heard."""
        return self.driver_latency_s + self._waiting / self.rate

    def write(self, block: Floats) -> float:
        """Play a mono block (frames,) as soon as there is room for it.

        Returns:
            Monotonic seconds at which the driver takes it.

        Raises:
            UserError: if the output takes nothing any more.
        """
        least, looked_at = self._waiting, time.monotonic()
        while self._waiting > self.ahead - len(block):
            self._keep_playing()
            now = time.monotonic()
            if self._waiting < least:
                least, looked_at = self._waiting, now
            if not self._mixer.active or now > looked_at + self._store.give_up_seconds:
                raise UserError(self._gone)
            time.sleep(self._store.look_seconds)
        taken_at = time.monotonic() + self._waiting / self.rate
        self._ring.write(np.repeat(block, self._channels).astype(np.float32))
        if self._waiting >= self.ahead:
            self._keep_playing()
        return taken_at

    def flush(self) -> None:
        """Forget what is in store: something else is to be heard next."""
        if self._action is not None and self._action in self._mixer.actions:
            self._mixer.wait(self._mixer.cancel(self._action))
        self._action = None
        self._ring.flush()

    def drain(self) -> None:
        """Wait until what was written has been heard."""
        patience = time.monotonic() + self._waiting / self.rate + self._store.give_up_seconds
        while self._waiting and time.monotonic() < patience:
            self._keep_playing()
            time.sleep(0.01)
        time.sleep(self.driver_latency_s)

    def close(self) -> None:
        """Stop at once; what is in store is not played."""
        self._mixer.abort(ignore_errors=True)
        self._mixer.close(ignore_errors=True)

    @property
    def _waiting(self) -> int:
        return int(self._ring.read_available)

    def _keep_playing(self) -> None:
        """Start to read the ring; where it has run empty, again once more is in store.

        PortAudio's callback ends the action when the ring is empty. To start it at once would empty
        the ring again: it is filled to the new mark first.
        """
        if self._action is None:
            self._action = self._mixer.play_ringbuffer(self._ring)
        elif self._action not in self._mixer.actions:
            self.ahead = min(self._store.grow(self.ahead), self._store.most)
            self._action = None


def open_live(output: FoundOutput) -> RingOutput:
    """Open an output for what is played now: 11 ms in store at 48 kHz, a block more when empty.

    Args:
        output: as `output_devices.find_output` gave it.

    Raises:
        UserError: if it cannot be opened.
    """
    store = Store(2 * BLOCK_FRAMES, 8 * BLOCK_FRAMES, lambda ahead: ahead + BLOCK_FRAMES, 0.002, 2)
    try:
        return RingOutput(
            output.name,
            output.rate,
            output.channels,
            store,
            LIVE_RING_FRAMES,
            Trouble(Code.OUTPUT_STUCK, name=output.name),
            device=output.index,
            latency=LIVE_LATENCY_SECONDS,
            blocksize=BLOCK_FRAMES,
        )
    except Exception as error:  # PortAudioError, or ValueError for refused parameters
        raise UserError(Code.OUTPUT_REFUSED, name=output.name, reason=why(error)) from error


def open_speaker(rate: int) -> RingOutput:
    """Open the default output for a take, at `rate` Hz; twice as much in store when it ran empty.

    Raises:
        UserError: if there is no output that plays at this rate.
    """
    first, most = (round(seconds * rate) for seconds in (FIRST_STORE_SECONDS, MOST_STORE_SECONDS))
    store = Store(first, most, lambda ahead: 2 * ahead, 0.004, GIVE_UP_SECONDS)
    gone = Trouble(Code.OUTPUT_SILENT)
    refused: Exception | None = None
    for plugged_in_since in (False, True):
        try:
            if plugged_in_since:
                portaudio.list_outputs()
            return RingOutput(
                "", rate, 1, store, TAKE_RING_FRAMES, gone, latency=TAKE_LATENCY_SECONDS
            )
        except Exception as error:  # OSError without PortAudio, PortAudioError, ValueError
            refused = refused or error
    assert refused is not None
    raise UserError(Code.OUTPUT_NOT_STARTED, reason=why(refused)) from refused


def load_library() -> None:
    """Load PortAudio and have it look for devices, so that an output opens at once later."""
    with contextlib.suppress(OSError):
        import rtmixer  # noqa: F401
