"""An input of PortAudio as a `DeviceStream`, recorded by a process that may be ended."""

import json
import subprocess
import threading

import numpy as np
import numpy.typing as npt

from realtime.audio.sound_pipe import SoundPipe, read_line
from realtime.processes.start import python_command, python_environment, tied
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble

Floats = npt.NDArray[np.float32]

OPEN_SECONDS = 8.0


class ChildStream:
    """A running recording.

    Args:
        name: as `portaudio.open_input` takes it.
        channel: 1-8 for one channel, 0 for the mean of all.

    Raises:
        UserError: if it cannot be opened.
    """

    problem: Trouble | None = None
    pauses = False
    block_frames = 0

    def __init__(self, name: str, channel: int = 0) -> None:
        self._process = subprocess.Popen(
            tied(python_command("realtime.audio.portaudio_child", name, str(channel))),
            env=python_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        self._open = True
        pipe = self._process.stdout.fileno()
        try:
            opened = json.loads(read_line(pipe, OPEN_SECONDS) or b"{}")
        except ValueError:
            opened = {}
        if "rate" not in opened:
            self.close()
            if "error" in opened:
                raise UserError(Trouble.from_json(opened["error"]))
            raise UserError(Code.INPUT_SILENT, name=name or "system default")
        self.name, self.rate = str(opened["name"]), int(opened["rate"])
        self.latency_ms = float(opened["latency_ms"])
        self._sound = SoundPipe(pipe, 1, max(1, self.rate // 100))

    def take_remark(self) -> Trouble | None:
        """PortAudio reports no changes."""
        return None

    def waiting(self) -> int:
        """Samples that have come."""
        return self._sound.waiting() if self._open else 0

    def read(self, frames: int) -> Floats:
        """Up to `frames` samples, (n,)."""
        if not self._open:
            return np.zeros(0, dtype=np.float32)
        return self._sound.read(frames)[:, 0]

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return at the moment at which so many samples are there, or after the timeout."""
        if self._open:
            self._sound.wait(frames, timeout_s)

    def alive(self) -> bool:
        """False once the recording has ended."""
        return self._open and self._process.poll() is None

    def close(self) -> None:
        """End the recording."""
        if self._open:
            self._open = False
            self._process.kill()
            threading.Thread(target=self._reap, name="reap recorder", daemon=False).start()

    def _reap(self) -> None:
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
