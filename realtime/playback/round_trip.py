"""Measures the audio loop: plays a probe, finds it in what an input hears, several times."""

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from realtime.playback.calibration import find, median_loop, probe, store_loop
from realtime.playback.player import SoundPlayer
from realtime.playback.stream_clock import StreamClock
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats
from realtime.values.snapshot import REPEATS, LoopState

LISTEN_SECONDS = 1.2
"""Seconds for which a probe is listened for, from the moment at which it was handed over."""
EARLY_SECONDS = 0.1
"""Two clocks are compared: what is heard may seem to come a little before it was played."""
KEPT_SECONDS = 4.0
OUTPUT_PATIENCE, PROBE_PATIENCE = 8.0, 5.0


class LoopMeter:
    """One measurement. Whoever has the input gives its sound to `push`, and calls `step`.

    Args:
        player: plays the probes; it is opened for that, and silent otherwise.
        input_name: what is listened to.
        repeats: probes.
        now: monotonic seconds.
        keep: remembers the result: (input, output, milliseconds).
    """

    def __init__(
        self,
        player: SoundPlayer,
        input_name: str,
        now: float,
        repeats: int = REPEATS,
        keep: Callable[[str, str, float], None] = store_loop,
    ) -> None:
        self.state = LoopState("measuring", of=repeats, input=input_name)
        self._player, self._keep = player, keep
        self._blocks: list[Floats] = []
        self._end_s, self._rate = 0.0, 1
        self._number = self._asked = 0
        self._until = now + OUTPUT_PATIENCE
        self._finder: threading.Thread | None = None
        self._found: list[float | None] = []
        player.measure(True)

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return self.state.state == "measuring"

    def push(self, block: Floats, rate: int, end_s: float) -> None:
        """Mono sound (n,) that ends at this stream time."""
        self._blocks.append(block)
        self._end_s, self._rate = end_s, rate
        while sum(map(len, self._blocks[1:])) > KEPT_SECONDS * rate:
            self._blocks.pop(0)

    def wait(self) -> None:
        """Wait until the sound heard so far has been searched for the probe."""
        if self._finder is not None:
            self._finder.join()

    def step(self, clock: StreamClock, now: float) -> None:
        """Go on.

        Args:
            clock: of the stream.
            now: monotonic seconds.
        """
        if not self.running or (self._finder is not None and self._finder.is_alive()):
            return
        if len(self._found) >= self.state.of:
            self._finish()
            return
        self.state = replace(self.state, done=len(self._found))
        status = self._player.status()
        if len(self._found) == self._asked:
            self._ask(status.name, status.trouble, now)
            return
        played = status.probe
        at_s = clock.stream_s(played.start_s) if played else None
        if played is not None and played.number == self._number and at_s is not None:
            if self._end_s >= at_s + LISTEN_SECONDS:
                self._find_probe(at_s, played.rate)
        elif now > self._until:
            self._found.append(None)

    def cancel(self) -> None:
        """Stop measuring; what was measured so far is dropped."""
        if self.running:
            self.state = LoopState()
            self._player.measure(False)

    def _ask(self, output: str, trouble: Trouble | None, now: float) -> None:
        """Play a probe, as soon as there is an output."""
        if output:
            self._number, self._until = self._player.probe(), now + PROBE_PATIENCE
            self._asked += 1
            self.state = replace(self.state, output=output)
        elif now > self._until:
            self.fail(trouble or Trouble(Code.OUTPUT_SILENT))

    def _find_probe(self, at_s: float, rate: int) -> None:
        """Find the probe that was handed over at this stream time, on a thread."""
        sound = np.concatenate(self._blocks)
        begin_s = max(at_s - EARLY_SECONDS, self._end_s - len(sound) / self._rate)
        first = len(sound) - round((self._end_s - begin_s) * self._rate)
        piece = sound[max(0, first) :][: round((LISTEN_SECONDS + EARLY_SECONDS) * self._rate)]
        begin_s = self._end_s - (len(sound) - max(0, first)) / self._rate

        def search() -> None:
            place = find(piece, probe_at(rate, self._rate))
            late_s = None if place is None else begin_s + place / self._rate - at_s
            self._found.append(None if late_s is None else 1000 * late_s)

        self._finder = threading.Thread(target=search, name="find probe", daemon=True)
        self._finder.start()

    def _finish(self) -> None:
        heard = [late for late in self._found if late is not None]
        try:
            loop_ms = max(0.0, median_loop(heard))
            self._keep(self.state.input, self.state.output, loop_ms)
        except UserError as error:
            self.fail(error.trouble)
            return
        self._player.measure(False)
        done = len(self._found)
        self.state = replace(
            self.state, state="done", done=done, loop_ms=loop_ms, heard_ms=tuple(heard)
        )

    def fail(self, trouble: Trouble) -> None:
        """Stop measuring, and keep the trouble in `state`."""
        self._player.measure(False)
        self.state = replace(self.state, state="failed", trouble=trouble)


def probe_at(played_rate: int, heard_rate: int) -> Floats:
    """The probe `(samples,)`, played at one rate in Hz, as an input of another rate hears it."""
    if played_rate == heard_rate:
        return probe()
    import soxr

    resampled: Floats = soxr.resample(probe(), played_rate, heard_rate).astype(np.float32)
    return resampled
