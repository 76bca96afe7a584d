"""Child process that plays a take: `python -m realtime.playback.take_player_child`.

Reads orders from stdin, one JSON object a line:
    {"load": "NOTES.csv", "sound": "TAKE.flac" or ""}   {"play": seconds}   {"pause": true}
    {"levels": [synth, recording]}   {"loop": [from, to] or null}
and writes what happens to stdout in the same way:
    {"at": seconds}, twenty times a second while it plays   {"paused": seconds}   {"ended": true}
    {"error": "no-output", "stalled" or "file", "detail": "..."}
It ends when stdin does.
"""

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TextIO

from realtime.files.note_files import read_csv
from realtime.playback.speaker import DEVICE_SECONDS, Speaker
from realtime.playback.take_player import Floats, Playback
from realtime.processes.limits import quiet_c_libraries, raise_priority
from realtime.troubles.errors import UserError

BLOCK_FRAMES = 1024
REPORT_SECONDS = 0.05


class Output(Protocol):
    """Where sound goes."""

    @property
    def latency_s(self) -> float:
        """From `write` to the ear."""

    def write(self, block: Floats) -> None:
        """Play a mono block; waits while enough is waiting to be heard."""

    def flush(self) -> None:
        """Forget what waits to be heard."""

    def drain(self) -> None:
        """Wait until what was written has been heard."""

    def close(self) -> None:
        """Stop."""


class Player:
    """Obeys orders and plays.

    Args:
        say: called with what happens.
        open_output: rate in Hz -> an output.
    """

    def __init__(
        self, say: Callable[[dict[str, Any]], None], open_output: Callable[[int], Output] = Speaker
    ) -> None:
        self._say, self._open = say, open_output
        self._playback: Playback | None = None
        self._output: Output | None = None
        self._said_at = -1.0
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

    def obey(self, order: dict[str, Any]) -> None:
        """Follow one order."""
        if "levels" in order:
            self._levels = (float(order["levels"][0]), float(order["levels"][1]))
        if "loop" in order:
            loop = order["loop"]
            self._loop = (float(loop[0]), float(loop[1])) if loop else None
        if "load" in order:
            self._load(Path(order["load"]), order.get("sound") or "")
        if self._playback is not None:
            self._playback.levels, self._playback.loop = self._levels, self._loop
        if "play" in order and self._playback is not None:
            self._play(float(order["play"]))
        if "pause" in order and self._playback is not None:
            latency_s = self._output.latency_s if self._output else 0.0
            self._silence()
            self._say({"paused": max(0.0, self._playback.at_s - latency_s)})

    def step(self) -> None:
        """Play one block."""
        if self._output is None or self._playback is None:
            return
        block = self._playback.render(BLOCK_FRAMES)
        if block is None:
            self._output.drain()
            self._silence()
            self._say({"ended": True})
            return
        try:
            self._output.write(block)
        except UserError as error:
            self._silence()
            self._say({"error": "stalled", "detail": str(error)})
            return
        heard_s = max(0.0, self._playback.at_s - self._output.latency_s)
        if not 0 <= heard_s - self._said_at < REPORT_SECONDS:
            self._said_at = heard_s
            self._say({"at": heard_s})

    def close(self) -> None:
        """Fall silent."""
        self._silence()

    def _load(self, csv: Path, sound: str) -> None:
        at_s = self._playback.at_s if self._playback else 0.0
        try:
            notes = read_csv(csv)
            self._playback = Playback(notes, Path(sound) if sound else None)
            self._playback.seek(at_s)
        except (OSError, ValueError, KeyError, UserError) as error:
            self._silence()
            self._playback = None
            self._say({"error": "file", "detail": str(error)})

    def _play(self, at_s: float) -> None:
        assert self._playback is not None
        self._playback.seek(at_s)
        if self._output is not None:
            self._output.flush()
        else:
            try:
                self._output = self._open(self._playback.rate)
            except UserError as error:
                self._say({"error": "no-output", "detail": str(error)})

    def _silence(self) -> None:
        if self._output is not None:
            self._output.close()
            self._output = None


def serve(orders: TextIO, answers: TextIO, open_output: Callable[[int], Output] = Speaker) -> None:
    """Follow orders until their end."""
    waiting: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    def listen() -> None:
        for line in orders:
            waiting.put(json.loads(line))
        waiting.put(None)

    def say(answer: dict[str, Any]) -> None:
        print(json.dumps(answer), file=answers, flush=True)

    threading.Thread(target=listen, name="orders", daemon=True).start()
    player = Player(say, open_output)
    try:
        while True:
            while not player.playing or not waiting.empty():
                order = waiting.get()
                if order is None:
                    return
                player.obey(order)
            player.step()
    finally:
        player.close()


if __name__ == "__main__":
    # What a user sets for playing live would make ALSA's pulse plugin stop on a busy machine.
    os.environ["PULSE_LATENCY_MSEC"] = str(round(1000 * DEVICE_SECONDS))
    raise_priority()
    with quiet_c_libraries():
        serve(sys.stdin, sys.stdout)
