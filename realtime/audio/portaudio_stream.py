"""An input of PortAudio as a `DeviceStream`, recorded by a process that may be ended."""

import contextlib

import numpy as np

from realtime.audio.portaudio_child import InputOpened
from realtime.audio.sound_pipe import SoundPipe, read_line
from realtime.processes.message_lines import Failed, from_line
from realtime.processes.start import python_command, python_environment
from realtime.processes.tied_process import TiedProcess
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats

OPEN_SECONDS = 8.0
KINDS: tuple[type[InputOpened | Failed], ...] = (InputOpened, Failed)


class ChildStream:
    """A running recording.

    Args:
        name: as `portaudio.open_input` takes it.
        channel: 1-8 for one channel, 0 for the mean of all.

    Raises:
        UserError: if it cannot be opened.
    """

    problem: Trouble | None = None
    hush: Trouble | None = None
    pauses = False
    keeps_late = False
    block_frames = 0

    def __init__(self, name: str, channel: int = 0) -> None:
        command = python_command("realtime.audio.portaudio_child", name, str(channel))
        self._child = TiedProcess(command, python_environment())
        opened: InputOpened | Failed | None = None
        with contextlib.suppress(ValueError):
            line = read_line(self._child.output, OPEN_SECONDS)
            opened = from_line(line, KINDS)
        if not isinstance(opened, InputOpened):
            self.close()
            if opened is not None:
                raise UserError(opened.trouble)
            raise UserError(Code.INPUT_SILENT, name=name or "system default")
        self.name, self.rate, self.latency_ms = opened.name, opened.rate, opened.latency_ms
        self._sound = SoundPipe(self._child.output, 1, max(1, self.rate // 100))

    def take_remark(self) -> Trouble | None:
        """Report no change of device: PortAudio knows of none."""
        return None

    def waiting(self) -> int:
        """Count the samples that wait in the pipe; 0 once it is closed."""
        return self._sound.waiting() if self._child.open else 0

    def read(self, frames: int) -> Floats:
        """Up to `frames` samples, (n,)."""
        if not self._child.open:
            return np.zeros(0, dtype=np.float32)
        return self._sound.read(frames)[:, 0]

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return at the moment at which so many samples are there, or after the timeout."""
        if self._child.open:
            self._sound.wait(frames, timeout_s)

    def alive(self) -> bool:
        """False once the recording has ended."""
        return self._child.alive

    def close(self) -> None:
        """End the recording and its process; both are not waited for."""
        self._child.close()
