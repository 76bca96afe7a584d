"""Child process that plays a take: `python -m realtime.playback.take_player_child`.

Reads orders from standard input and writes reports to standard output, a line of JSON each; both
are listed in `realtime.playback.take_messages`. It ends when stdin does.
"""

import functools
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from realtime.files.note_files import read_csv
from realtime.playback.output import TAKE_LATENCY_SECONDS, load_library, open_speaker
from realtime.playback.take_messages import (
    ORDERS,
    At,
    Ended,
    Levels,
    Load,
    Loop,
    Order,
    Pause,
    Paused,
    Play,
    Report,
)
from realtime.playback.take_player import TakePlayer
from realtime.processes.inside import keep_output, report
from realtime.processes.limits import quiet_c_libraries, raise_priority
from realtime.processes.message_lines import Failed, from_line
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, why
from realtime.values.arrays import Floats

BLOCK_FRAMES = 1024
REPORT_SECONDS = 0.05
WORKED_SECONDS = 2.5
"""An output that took so much, more than it can have in store, is opened anew where it takes no
more: on a machine that is far too busy ALSA's pulse plugin stops for good now and then."""


class Output(Protocol):
    """A place where mono sound of one rate goes."""

    @property
    def latency_s(self) -> float:
        """Seconds from `write` to the ear."""

    def write(self, block: Floats) -> object:
        """Play a mono block `(frames,)`; waits while enough is waiting to be heard."""

    def flush(self) -> None:
        """Forget what waits to be heard."""

    def drain(self) -> None:
        """Wait until what was written has been heard."""

    def close(self) -> None:
        """Stop at once; what waits is not played."""


class TakePlayerChild:
    """Plays a take by the orders that come in, and reports where it is.

    Args:
        report: called with what happens.
        open_output: rate in Hz -> an output.
    """

    def __init__(
        self, report: Callable[[Report], None], open_output: Callable[[int], Output] = open_speaker
    ) -> None:
        self._report, self._open = report, open_output
        self._playback: TakePlayer | None = None
        self._output: Output | None = None
        self._reported_s = -1.0
        self._taken = 0
        """Frames that the output took since it was opened."""
        self._levels = (1.0, 1.0)
        self._loop: tuple[float, float] | None = None

    @property
    def playing(self) -> bool:
        """Whether `step` has something to do."""
        return self._output is not None

    @property
    def output(self) -> Output | None:
        """What plays now, None while nothing does."""
        return self._output

    def follow(self, order: Order) -> None:
        """Follow one order; it holds from the next block on."""
        playback = self._playback
        if isinstance(order, Levels):
            self._levels = (order.synth, order.recording)
        elif isinstance(order, Loop):
            self._loop = order.between
        elif isinstance(order, Load):
            self._load(Path(order.notes), order.sound)
        elif isinstance(order, Play) and playback is not None:
            self._play(playback, order)
        elif isinstance(order, Pause) and playback is not None:
            latency_s = self._output.latency_s if self._output else 0.0
            self._silence()
            self._report(Paused(max(0.0, playback.at_s - latency_s)))
        if self._playback is not None:
            self._playback.levels, self._playback.loop = self._levels, self._loop

    def step(self) -> None:
        """Play one block, where something plays; waits for its turn."""
        if self._output is None or self._playback is None:
            return
        block = self._playback.render(BLOCK_FRAMES)
        if block is None:
            self._output.drain()
            self._silence()
            self._report(Ended())
            return
        try:
            self._output.write(block)
        except UserError as error:
            if not self._opened_anew(self._playback, len(block)):
                self._silence()
                self._report(Failed(error.trouble))
            return
        self._taken += len(block)
        heard_s = max(0.0, self._playback.at_s - self._output.latency_s)
        if not 0 <= heard_s - self._reported_s < REPORT_SECONDS:
            self._reported_s = heard_s
            self._report(At(heard_s))

    def close(self) -> None:
        """Fall silent and free the output."""
        self._silence()

    def _load(self, csv: Path, sound: str) -> None:
        at_s = self._playback.at_s if self._playback else 0.0
        try:
            notes = read_csv(csv)
            self._playback = TakePlayer(notes, Path(sound) if sound else None)
            self._playback.seek(at_s)
        except UserError as error:
            self._refuse(error.trouble)
        except (OSError, ValueError, KeyError) as error:
            self._refuse(Trouble(Code.FILE_UNREADABLE, path=csv, reason=why(error)))

    def _refuse(self, trouble: Trouble) -> None:
        self._silence()
        self._playback = None
        self._report(Failed(trouble))

    def _play(self, playback: TakePlayer, order: Play) -> None:
        if self._output is not None:
            self._output.flush()
        else:
            try:
                self._output = self._open(playback.rate)
            except UserError as error:
                self._report(Failed(error.trouble))
                return
        late_s = 0.0
        if order.due_s is not None:
            late_s = time.monotonic() + self._output.latency_s - order.due_s
        playback.seek(order.from_s + late_s)

    def _opened_anew(self, playback: TakePlayer, refused: int) -> bool:
        """Go on from what was heard on an output that is opened again, if it had worked before.

        Args:
            playback: what plays.
            refused: frames of the block that was not taken.
        """
        if self._output is None or self._taken < WORKED_SECONDS * playback.rate:
            return False
        heard_s = max(0.0, playback.at_s - refused / playback.rate - self._output.latency_s)
        self._silence()
        try:
            self._output = self._open(playback.rate)
        except UserError:
            return False
        playback.seek(heard_s)
        return True

    def _silence(self) -> None:
        self._taken = 0
        if self._output is not None:
            self._output.close()
            self._output = None


def serve(
    lines: Iterable[bytes],
    report: Callable[[Report], None],
    open_output: Callable[[int], Output] = open_speaker,
) -> None:
    """Follow orders until their end.

    Args:
        lines: orders, read in a thread of their own.
        report: called with what happens.
        open_output: rate in Hz -> an output.
    """
    waiting: queue.SimpleQueue[Order | None] = queue.SimpleQueue()

    def read() -> None:
        for line in lines:
            waiting.put(from_line(line, ORDERS))
        waiting.put(None)

    threading.Thread(target=read, name="orders", daemon=True).start()
    player = TakePlayerChild(report, open_output)
    try:
        while True:
            while not player.playing or not waiting.empty():
                order = waiting.get()
                if order is None:
                    return
                player.follow(order)
            player.step()
    finally:
        player.close()


if __name__ == "__main__":
    # What a user sets for playing live would make ALSA's pulse plugin stop on a busy machine.
    os.environ["PULSE_LATENCY_MSEC"] = str(round(1000 * TAKE_LATENCY_SECONDS))
    raise_priority()
    pipe = keep_output()
    with quiet_c_libraries():
        load_library()
        serve(sys.stdin.buffer, functools.partial(report, pipe))
