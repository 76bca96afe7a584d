"""`python -m realtime.audio.portaudio_child NAME CHANNEL`: writes what an input hears to stdout.

PortAudio does not survive the death of a JACK server, even where it records from elsewhere: closing
a stream never returns, looking for devices again ends the process. So the process is not ours.
First a line of JSON: what was opened, or {"error": TROUBLE}; then mono float32.
"""

import contextlib
import json
import os
import signal
import sys

from realtime.audio.portaudio import open_input
from realtime.troubles.errors import UserError

QUIET_SECONDS = 1.0
"""An input gives sound all the time: without any for so long it is gone."""
FIRST_SOUND_SECONDS = 4.0


def main(name: str, channel: int) -> None:
    """Record until the server or the reader is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        stream = open_input(name, channel)
    except UserError as error:
        _write(pipe, json.dumps({"error": error.trouble.to_json()}).encode() + b"\n")
        return
    opened = {"name": stream.name, "rate": stream.rate, "latency_ms": stream.latency_ms}
    _write(pipe, json.dumps(opened).encode() + b"\n")
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
