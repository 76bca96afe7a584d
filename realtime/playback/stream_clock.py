"""Stream time and the clock on the wall: which sample was where, and when."""

from collections import deque

MEMORY_SECONDS = 5.0
"""Sound arrives in deliveries; the earliest of so long a time tells when it really came."""
PIECE_SECONDS, STEADY_PIECES = 0.5, 4
LEAST_LOSS_SECONDS = 0.004


class StreamClock:
    """Monotonic seconds -> the stream time of sound that arrives at that moment."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[float, float]] = deque()

    @property
    def steady(self) -> bool:
        """Whether enough has been heard to rely on the earliest of it."""
        return len(self._pieces) >= STEADY_PIECES

    def push(self, now: float, arrived_s: float) -> None:
        """Learn that at `now`, monotonic, so many seconds of the stream have arrived."""
        origin = now - arrived_s
        if not self._pieces or now - self._pieces[-1][0] > PIECE_SECONDS:
            self._pieces.append((now, origin))
        elif origin < self._pieces[-1][1]:
            self._pieces[-1] = self._pieces[-1][0], origin
        while now - self._pieces[0][0] > MEMORY_SECONDS:
            self._pieces.popleft()

    def restart(self) -> None:
        """Forget all times: another source counts its samples anew."""
        self._pieces.clear()

    def lost_s(self) -> float:
        """Seconds by which the stream has fallen behind for good; what is told is forgiven."""
        if len(self._pieces) < 3:
            return 0.0
        # The earliest piece had no delay on its way: the others are compared with it. The newest
        # may still be on its way, so the two before it decide: late by the lesser of both is late.
        origin = min(each for _, each in self._pieces)
        behind_s = min(each for _, each in list(self._pieces)[-3:-1]) - origin
        if behind_s < LEAST_LOSS_SECONDS:
            return 0.0
        # The caller skips what is lost, so what comes next lies where it did before the loss; what
        # was measured while it was behind would only tell the same loss again.
        kept = [piece for piece in self._pieces if piece[1] < origin + LEAST_LOSS_SECONDS]
        self._pieces = deque(kept)
        return behind_s

    def stream_s(self, moment: float) -> float | None:
        """Stream time, in seconds, of what arrives at a moment; None before anything has."""
        if not self._pieces:
            return None
        return moment - min(origin for _, origin in self._pieces)

    def moment(self, stream_s: float) -> float | None:
        """When the sample of this stream time passes; None before anything has."""
        if not self._pieces:
            return None
        return stream_s + min(origin for _, origin in self._pieces)
