"""Plays the probe and listens for it: the audio loop of this machine, on one clock."""

import threading
import time
from typing import Any

import numpy as np
import numpy.typing as npt

from realtime.calibration import find, probe
from realtime.capture import DeviceStream
from realtime.errors import UserError

Floats = npt.NDArray[np.float32]

LISTEN_SECONDS = 1.5
"""After the probe has been handed over."""
SETTLE_SECONDS = 0.5
LOUDNESS = 0.25


class Listener:
    """Keeps what an input delivers, and when.

    Args:
        stream: an open input.
    """

    def __init__(self, stream: DeviceStream) -> None:
        self._stream = stream
        self._blocks: list[Floats] = []
        self._samples = 0
        self._origin = float("inf")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.001):
            block = self._stream.read(1 << 16)
            if len(block):
                self._blocks.append(block)
                self._samples += len(block)
                self._origin = min(
                    self._origin, time.monotonic() - self._samples / self._stream.rate
                )

    def stop(self) -> tuple[Floats, float]:
        """(all samples, monotonic seconds at which the first had arrived at the earliest)."""
        self._stop.set()
        self._thread.join()
        silence: Floats = np.zeros(0, dtype=np.float32)
        return np.concatenate([silence, *self._blocks]), self._origin


def open_output(name: str, rate: int) -> tuple[Any, str]:
    """A started PortAudio output, and its name; "" is the system default.

    Raises:
        UserError: if there is none, or it cannot be opened.
    """
    try:
        import sounddevice

        stream = sounddevice.OutputStream(
            samplerate=rate, channels=1, device=name or None, latency="low", dtype="float32"
        )
        stream.start()
        return stream, str(sounddevice.query_devices(stream.device)["name"])
    except Exception as error:  # PortAudioError; its class cannot be named without the library
        raise UserError(
            f"Output '{name or 'system default'}' cannot be opened ({error})."
        ) from error


def measure_loop(stream: DeviceStream, output: Any) -> float | None:
    """Milliseconds from handing a sample to the output until it can be read from the input.

    None where the probe is not heard.
    """
    sent = probe() * np.float32(LOUDNESS)
    listener = Listener(stream)
    silence = np.zeros((int(stream.rate * SETTLE_SECONDS), 1), dtype=np.float32)
    output.write(silence)
    handed_over = time.monotonic()
    output.write(sent[:, np.newaxis])
    output.write(np.zeros((int(stream.rate * LISTEN_SECONDS), 1), dtype=np.float32))
    sound, origin = listener.stop()
    place = find(sound, sent)
    if place is None:
        return None
    return 1000 * (origin + place / stream.rate - handed_over)
