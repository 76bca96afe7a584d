"""`python -m realtime.playback.player_child OUTPUT`: plays what the engine wants to be heard.

Reads orders of `realtime.playback.mixer` from standard input, one JSON object a line, and ends
when it does: the engine, however it died, leaves no note behind. Reports a JSON object a line on
standard output: {"open": NAME, "latency_ms": MS}, {"error": TROUBLE}, and at each bar of the click
{"beat": {"number": of its start, "bpm": TEMPO, "beats": A BAR, "start_s": when that start was
handed over, "bar_s": when this bar was}} in monotonic seconds, and after a probe {"probe":
{"number": n, "start_s": when it was handed over, "rate": Hz}}, and of a piece {"piece": {"number":
n, "start_s": when its second 0 was handed over}}.
"""

import contextlib
import json
import os
import signal
import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from realtime.audio.outputs import find_output
from realtime.playback.mixer import LiveSound
from realtime.playback.output import LiveOutput
from realtime.playback.stream_clock import StreamClock
from realtime.playback.synth import BLOCK_FRAMES
from realtime.processes.limits import raise_priority
from realtime.troubles.errors import UserError

Floats = npt.NDArray[np.float32]

FIRST_BLOCKS = 16
"""Blocks of silence before an output counts as open: a server may take a second to begin."""
PIECE_SECONDS = 2.0
"""When a piece began is told again so often: the longer it plays, the surer that is."""
SETTLE_SECONDS = 0.5
"""An output that has just begun takes more than it plays."""


class Orders:
    """Whole lines of a pipe, as they come."""

    def __init__(self, pipe: int) -> None:
        self._pipe, self._tail = pipe, b""
        os.set_blocking(pipe, False)

    def take(self) -> list[dict[str, Any]] | None:
        """What has come since the last call; None once the pipe has ended."""
        data = b""
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._pipe, 1 << 16)
            if not data:
                return None
        *lines, self._tail = (self._tail + data).split(b"\n")
        return [json.loads(line) for line in lines]


def main(name: str) -> int:
    """Play until the end of input. Returns 0, or 1 where the output cannot be used."""
    for number in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, number):
            signal.signal(getattr(signal, number), signal.SIG_IGN)
    reports = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    raise_priority()
    try:
        output = LiveOutput(find_output(name))
        silence: Floats = np.zeros(BLOCK_FRAMES, dtype=np.float32)
        for _ in range(FIRST_BLOCKS):
            output.write(silence)
        _report(reports, open=output.name, latency_ms=1000 * output.latency_s)
        _play(output, Orders(0), reports)
    except UserError as error:
        _report(reports, error=error.trouble.to_json())
        return 1
    return 0


def _play(output: LiveOutput, orders: Orders, reports: int) -> None:
    sound, clock = LiveSound(output.rate), StreamClock()
    told: tuple[int, float] | None = None
    probes_told = 0
    piece_told = (0, -PIECE_SECONDS)
    while (waiting := orders.take()) is not None:
        for order in waiting:
            sound.obey(order)
        handed = output.write(sound.render())
        clicks = sound.metronome
        if clicks.frame > SETTLE_SECONDS * output.rate:
            clock.hear(handed, clicks.frame / output.rate)
            clicks.skip(clock.lost_s())
        probe_s = clock.moment(sound.probe_frame / output.rate)
        if sound.probe_number != probes_told and probe_s is not None and clock.steady:
            probes_told = sound.probe_number
            probe = {"number": probes_told, "start_s": probe_s, "rate": output.rate}
            _report(reports, probe=probe)
        piece_s = clock.moment(sound.piece_frame / output.rate)
        again_s = piece_told[1] + PIECE_SECONDS if piece_told[0] == sound.piece else 0.0
        if sound.piece and piece_s is not None and handed >= again_s:
            piece_told = sound.piece, handed
            _report(reports, piece={"number": sound.piece, "start_s": piece_s})
        if clicks.bar_frame is not None and told != (sound.number, clicks.bar_frame):
            start_s = clock.moment(clicks.start_frame / output.rate)
            if start_s is not None:
                told = sound.number, clicks.bar_frame
                since_s = (clicks.bar_frame - clicks.start_frame) / output.rate
                beat = {"number": sound.number, "bpm": clicks.bpm, "beats": clicks.beats}
                _report(reports, beat={**beat, "start_s": start_s, "bar_s": start_s + since_s})
    sound.obey({"cut": True})
    while sound.voices.sounding:
        output.write(sound.render())


def _report(pipe: int, **fields: Any) -> None:
    with contextlib.suppress(OSError):
        os.write(pipe, json.dumps(fields).encode() + b"\n")


if __name__ == "__main__":
    code = main(sys.argv[1])
    os._exit(code)
