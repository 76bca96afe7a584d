"""`python -m realtime.playback.player_child OUTPUT`: plays what the engine wants to be heard.

Reads orders from standard input and reports on standard output, a line of JSON each; both are
listed in `realtime.playback.live_messages`. It ends when its input does: the engine, however it
died, leaves no note behind.
"""

import os
import sys

import numpy as np

from realtime.audio.output_devices import find_output
from realtime.playback.live_messages import (
    ORDERS,
    Beat,
    EndNotes,
    Opened,
    Order,
    PieceBegan,
    ProbePlayed,
)
from realtime.playback.mixer import Mixer
from realtime.playback.output import RingOutput, open_live
from realtime.playback.stream_clock import StreamClock
from realtime.playback.synth import BLOCK_FRAMES
from realtime.processes.inside import Orders, ignore_signals, keep_output, report
from realtime.processes.limits import raise_priority
from realtime.processes.message_lines import Failed
from realtime.troubles.errors import UserError
from realtime.values.arrays import Floats

FIRST_BLOCKS = 16
"""Blocks of silence before an output counts as open: a server may take a second to begin."""
PIECE_SECONDS = 2.0
"""When a piece began is told again so often: the longer it plays, the surer that is."""
SETTLE_SECONDS = 0.5
"""An output that has just begun takes more than it plays."""


def main(name: str) -> int:
    """Play until the end of input. Returns 0, or 1 where the output cannot be used."""
    ignore_signals()
    reports = keep_output()
    raise_priority()
    try:
        output = open_live(find_output(name))
        silence: Floats = np.zeros(BLOCK_FRAMES, dtype=np.float32)
        for _ in range(FIRST_BLOCKS):
            output.write(silence)
        report(reports, Opened(output.name, 1000 * output.driver_latency_s))
        _play(output, Orders(0, ORDERS), reports)
    except UserError as error:
        report(reports, Failed(error.trouble))
        return 1
    return 0


def _play(output: RingOutput, orders: Orders[Order], reports: int) -> None:
    sound, clock = Mixer(output.rate), StreamClock()
    told: tuple[int, float] | None = None
    probes_told = 0
    piece_told = (0, -PIECE_SECONDS)
    while (waiting := orders.take()) is not None:
        for order in waiting:
            sound.follow(order)
        handed = output.write(sound.render())
        clicks = sound.metronome
        if clicks.frame > SETTLE_SECONDS * output.rate:
            clock.push(handed, clicks.frame / output.rate)
            clicks.skip(clock.lost_s())
        probe_s = clock.moment(sound.probe_frame / output.rate)
        if sound.probe_number != probes_told and probe_s is not None and clock.steady:
            probes_told = sound.probe_number
            report(reports, ProbePlayed(probes_told, probe_s, output.rate))
        piece_s = clock.moment(sound.piece_frame / output.rate)
        again_s = piece_told[1] + PIECE_SECONDS if piece_told[0] == sound.piece else 0.0
        if sound.piece and piece_s is not None and handed >= again_s:
            piece_told = sound.piece, handed
            report(reports, PieceBegan(sound.piece, piece_s))
        if clicks.bar_frame is not None and told != (sound.number, clicks.bar_frame):
            start_s = clock.moment(clicks.start_frame / output.rate)
            if start_s is not None:
                told = sound.number, clicks.bar_frame
                since_s = (clicks.bar_frame - clicks.start_frame) / output.rate
                bar_s = start_s + since_s
                beat = Beat(sound.number, clicks.bpm, clicks.beats, start_s, bar_s)
                report(reports, beat)
    sound.follow(EndNotes())
    while sound.voices.sounding:
        output.write(sound.render())


if __name__ == "__main__":
    code = main(sys.argv[1])
    os._exit(code)
