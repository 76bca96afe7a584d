"""Fast, balanced, precise: three names for the look-aheads a model offers."""

from collections.abc import Sequence

USUAL_MS = (20.0, 40.0, 80.0)
"""Asked for where the model's own choices are not known; the engine takes the nearest one."""


class LookAheads:
    """Which look-ahead each of the three names asks for.

    Args:
        offered_ms: look-aheads of the model, any count, any order.
        default_ms: the model's own choice; "balanced" where it lies between the others.
    """

    def __init__(self, offered_ms: Sequence[float] = (), default_ms: float | None = None) -> None:
        offered = sorted(offered_ms) or list(USUAL_MS)
        shortest, longest = offered[0], offered[-1]
        middle = offered[(len(offered) - 1) // 2]
        if default_ms is not None and shortest < default_ms < longest:
            middle = default_ms
        self.milliseconds = (shortest, middle, longest)
        own = middle if default_ms is None else default_ms
        self.default = 1 if middle == own else self.milliseconds.index(own)
        """The name that stands for the model's own choice."""

    def latency_ms(self, index: int) -> float | None:
        """The `latency_ms` setting of a choice; None stands for the model's own."""
        return None if index == self.default else self.milliseconds[index]

    def index(self, latency_ms: float | None) -> int:
        """Index of the choice nearest to a look-ahead in ms; the usual one for None."""
        if latency_ms is None:
            return self.default
        distances = [abs(latency_ms - value) for value in self.milliseconds]
        return distances.index(min(distances))
