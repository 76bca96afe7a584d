"""Which instrument is heard: what the model says of each hop, steadied over time."""

from collections.abc import Sequence

import numpy as np

from realtime.inference.onnx_model import Activations
from realtime.values.arrays import Floats

SOUNDING = 0.3
"""Hops without a pitch of at least this frame probability say nothing about the instrument."""
SMOOTHING_SECONDS = 1.0
FIRST_SECONDS = 0.4
"""Sound heard before anything is said."""
SURE = 0.5
"""Share (0-1) from which an instrument is named."""
UNSURE = 0.35
"""A named one is kept until its share is below this, or another is sure."""
FORGET_SECONDS = 6.0
"""Silence after which everything is open again."""


class InstrumentGuess:
    """Takes what the model says hop by hop; `name` and `share` are what to show.

    Args:
        names: of the model's instruments, none where it does not tell them apart.
        hop_seconds: duration of a hop.
    """

    def __init__(self, names: Sequence[str], hop_seconds: float) -> None:
        self._names = tuple(names)
        self._keep = np.float32(np.exp(-hop_seconds / SMOOTHING_SECONDS))
        self._first = round(FIRST_SECONDS / hop_seconds)
        self._forget = round(FORGET_SECONDS / hop_seconds)
        self.totals: Floats = np.zeros(len(self._names), dtype=np.float32)
        """Sum of the probabilities of all hops in which something sounded."""
        self.reset()

    def reset(self) -> None:
        """Forget what was heard last; the totals stay."""
        self._mean: Floats = np.zeros(len(self._names), dtype=np.float32)
        self._weight = np.float32(0)
        self._heard = self._silent = 0
        self.name = ""
        """What is probably heard, "" while that is open."""

    @property
    def share(self) -> float:
        """How sure `name` is, 0-1."""
        return float(self._shares()[self._names.index(self.name)]) if self.name else 0.0

    def push(self, heard: Activations) -> None:
        """Take what the model said of one hop, `(instruments,)`, 0-1 each."""
        if heard.instruments is None:
            return
        if float(heard.frame.max()) < SOUNDING:
            self._silent += 1
            if self._silent == self._forget:
                self.reset()
            return
        self._silent = 0
        self._heard += 1
        self.totals += heard.instruments
        self._mean = self._keep * self._mean + (1 - self._keep) * heard.instruments
        self._weight = self._keep * self._weight + (1 - self._keep)
        if self._heard >= self._first:
            self._decide()

    def overall(self, since: Floats | None = None) -> str:
        """Name what was heard most since the totals `(instruments,)` were `since`; "" if unsure."""
        gained = self.totals if since is None else self.totals - since
        return most_likely(self._names, gained)

    def _decide(self) -> None:
        shares = self._shares()
        best = int(shares.argmax())
        if shares[best] >= SURE:
            self.name = self._names[best]
        elif self.name and self.share < UNSURE:
            self.name = ""

    def _shares(self) -> Floats:
        shares: Floats = self._mean / max(self._weight, np.float32(1e-6))
        return shares


def most_likely(names: Sequence[str], totals: Floats) -> str:
    """Find the name with at least half of the totals `(names,)`, "" where there is none."""
    whole = float(totals.sum())
    if whole <= 0 or float(totals.max()) < SURE * whole:
        return ""
    return names[int(totals.argmax())]
