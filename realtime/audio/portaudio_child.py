"""`python -m realtime.audio.portaudio_child NAME CHANNEL`: writes what an input hears to stdout.

PortAudio does not survive the death of a JACK server, even where it records from elsewhere: closing
a stream never returns, looking for devices again ends the process. So the process is not ours.
First a line of JSON, `InputOpened` or `Failed`; then mono float32.
"""

import contextlib
import os
import sys
from dataclasses import dataclass

from realtime.audio.portaudio import open_input
from realtime.processes.inside import ignore_signals, keep_output
from realtime.processes.message_lines import Failed, to_line
from realtime.troubles.errors import UserError

QUIET_SECONDS = 1.0
"""An input gives sound all the time: without any for so long it is gone."""
FIRST_SOUND_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class InputOpened:
    """The device that is recorded, reported once before its sound."""

    name: str
    """Name of the device, as PortAudio lists it."""
    rate: int
    """Rate of the sound that follows, in Hz."""
    latency_ms: float
    """Delay of the input that the driver reports, in ms."""


def main(name: str, channel: int) -> None:
    """Record until the server or the reader is gone."""
    ignore_signals("SIGINT")
    pipe = keep_output()
    try:
        stream = open_input(name, channel)
    except UserError as error:
        _write(pipe, to_line(Failed(error.trouble)))
        return
    _write(pipe, to_line(InputOpened(stream.name, int(stream.rate), float(stream.latency_ms))))
    patience_s = FIRST_SOUND_SECONDS
    while True:
        stream.wait(stream.block_frames, patience_s)
        sound = stream.read(stream.rate)
        if not len(sound):
            return
        _write(pipe, sound.tobytes())
        patience_s = QUIET_SECONDS


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while len(view):
        view = view[os.write(pipe, view) :]


if __name__ == "__main__":
    with contextlib.suppress(OSError):
        main(sys.argv[1], int(sys.argv[2]))
    os._exit(0)
