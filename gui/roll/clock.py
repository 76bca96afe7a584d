"""Stream time that moves with the wall clock, so the picture glides however the audio arrives."""

JUMP_S = 2.0
"""A larger difference is a new stream or a long sleep: jump instead of gliding."""
SLEW = 0.12
"""How much faster or slower than the wall clock the picture may run to come back in step."""
STEADY_S = 0.02
"""Differences below this are the rhythm of the snapshots, not drift."""
WINDOW_S = 0.4
"""The freshest snapshot of this long says how far the stream really is."""


class RollClock:
    """Estimates "now" in stream seconds. Between two calls it never goes back, except on a jump.

    A snapshot is always a little old, by an amount that varies; the freshest one of the last
    moments tells the truth, the others would only make the picture tremble.
    """

    def __init__(self) -> None:
        self._offset = 0.0
        self._shown = 0.0
        self._stream: float | None = None
        self._last_wall = 0.0
        self._window_start = 0.0
        self._freshest: float | None = None
        self._target: float | None = None
        self.frozen = False
        """True stops the picture, for a stream that has ended."""

    def update(self, stream_s: float, wall_s: float) -> float:
        """Take a snapshot's stream time, seen at `wall_s`; returns the stream time to draw."""
        measured = stream_s - wall_s
        moving = stream_s != self._stream
        self._stream = stream_s
        if self._target is None or (moving and abs(measured - self._offset) > JUMP_S):
            self._jump(measured, wall_s)
        if self.frozen:
            self._offset = max(self._shown, stream_s) - wall_s
            self._target = self._offset
        if moving:
            self._collect(measured, wall_s)
        self._slew(wall_s)
        self._shown = wall_s + self._offset
        return self._shown

    def _jump(self, measured: float, wall_s: float) -> None:
        self._offset = self._target = measured
        self._shown = wall_s + measured
        self._last_wall = self._window_start = wall_s
        self._freshest = None

    def _collect(self, measured: float, wall_s: float) -> None:
        self._freshest = measured if self._freshest is None else max(self._freshest, measured)
        if wall_s - self._window_start >= WINDOW_S:
            self._target = self._freshest
            self._freshest = None
            self._window_start = wall_s

    def _slew(self, wall_s: float) -> None:
        elapsed = max(wall_s - self._last_wall, 0.0)
        self._last_wall = wall_s
        error = (self._target or 0.0) - self._offset
        if self.frozen or abs(error) <= STEADY_S:
            return
        limit = SLEW * elapsed
        self._offset += min(max(error, -limit), limit)
