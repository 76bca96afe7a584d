"""A source of PulseAudio or PipeWire as a `DeviceStream`: `parec` writes a pipe, we read it.

ALSA's `pulse` device, the other way to the same sound, brought it 10 ms later (docs/latency.md),
names no source and hides moves. The pipe is the ring: `parec` fills it whatever Python does.
"""

import subprocess
import threading

import numpy as np
import numpy.typing as npt

from realtime import pulse
from realtime.errors import UserError
from realtime.pulse import PulseSource
from realtime.pulse_watch import SourceWatch
from realtime.sound_pipe import SoundPipe
from realtime.sources import pick_channel

Floats = npt.NDArray[np.float32]

LATENCY_MS = 10
MOST_CHANNELS = 8


class PulseStream:
    """A running recording.

    Args:
        source: to record from.
        follows: whether it was chosen as the system's default.
        channel: 1-8 for one channel, 0 for the mean of all.

    Raises:
        UserError: if `parec` cannot be started.
    """

    pauses = False

    def __init__(self, source: PulseSource, follows: bool, channel: int = 0) -> None:
        self.name, self.rate = source.full, source.rate
        self._channels, self._channel = min(source.channels, MOST_CHANNELS), channel
        self.block_frames = max(64, source.rate // 100)
        self.latency_ms = float(LATENCY_MS)
        command = ["parec", "--raw", "--format=float32le", f"--rate={source.rate}",
                   f"--channels={self._channels}", f"--latency-msec={LATENCY_MS}",
                   f"--process-time-msec={LATENCY_MS // 2}",
                   "--property=application.name=Jaka to melodia"]  # fmt: skip
        if self._channels == source.channels:
            command.append(f"--channel-map={source.channel_map}")
        if not follows:
            command.append(f"--device={source.name}")
        try:
            self._process = subprocess.Popen(
                command,
                env=pulse.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise UserError(f"Input '{self.name}' cannot be opened ({error}).") from error
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        self._sound = SoundPipe(pipe, self._channels, max(1, self.rate // 100))
        self._open = True
        self._watch = SourceWatch(self._process.pid, source, follows)
        self._watch.start()

    @property
    def problem(self) -> str:
        """Why what is heard is not what was chosen, or empty."""
        return self._watch.problem

    def take_remark(self) -> str:
        """A sentence on a change that is fine, once."""
        return self._watch.take_remark()

    def waiting(self) -> int:
        """Samples that have come."""
        return self._sound.waiting() if self._open else 0

    def read(self, frames: int) -> Floats:
        """Up to `frames` samples, (n,)."""
        if not self._open:
            return np.zeros(0, dtype=np.float32)
        return pick_channel(self._sound.read(frames), self._channel)

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return at the moment at which so many samples are there, or after the timeout."""
        if self._open:
            self._sound.wait(frames, timeout_s)

    def alive(self) -> bool:
        """False once the recording has ended or was moved to a source nobody chose."""
        return self._open and not self._watch.problem and self._process.poll() is None

    def close(self) -> None:
        """End the recording."""
        if self._open:
            self._open = False
            self._watch.close()
            self._process.kill()
            threading.Thread(target=self._reap, name="reap parec", daemon=False).start()

    def _reap(self) -> None:
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
