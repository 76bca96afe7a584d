"""Any device rate -> hops at the model's rate, 2 ms late, however the input is cut.

A windowed sinc of our own instead of soxr's stream: soxr hands its output out in bursts and held
48 kHz sound back for up to 37 ms (its low quality: 20 ms), as long as the model's whole look-ahead.
"""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

ZERO_CROSSINGS = 32
"""Half width of the kernel, in samples of the lower of the two rates."""
KAISER_BETA = 8.0
CUTOFF = 0.925
"""Of the lower Nyquist frequency: flat to 85 %, 80 dB down at 100 %."""


class HopResampler:
    """Cuts a stream into hops at the model's rate, on a grid that starts at the first sample.

    Output sample k lies exactly at input time k / model_rate: nothing is shifted, the filter only
    needs `delay_s` seconds more input before a hop is complete. Every hop is computed in one piece,
    so the result does not depend on the sizes of the pushed blocks, to the last bit.

    Args:
        input_rate: Hz of what is pushed.
        model_rate: Hz of the hops.
        hop_samples: length of a hop at the model's rate.
    """

    def __init__(self, input_rate: int, model_rate: int, hop_samples: int) -> None:
        divisor = math.gcd(input_rate, model_rate)
        self._up, self._down = model_rate // divisor, input_rate // divisor
        self.input_rate = input_rate
        self.hop_samples = hop_samples
        if self._up == self._down:
            self._half, self._kernels = 0, np.ones((1, 1), dtype=np.float32)
        else:
            self._half, self._kernels = _kernels(self._up, self._down)
        self.delay_s = self._half / input_rate
        self.reset()

    def reset(self) -> None:
        """Silence before the next sample, which becomes the first."""
        self._hops = 0
        self._waiting = np.zeros(max(self._half - 1, 0), dtype=np.float32)
        self._first = -len(self._waiting)

    @property
    def hop_grid(self) -> tuple[int, int]:
        """Smallest (input samples, hops) that last equally long."""
        samples, hops = self._down * self.hop_samples, self._up
        divisor = math.gcd(samples, hops)
        return samples // divisor, hops // divisor

    def push(self, block: Floats) -> Iterator[tuple[Floats, int]]:
        """Take (n,) input samples; gives each completed hop and the input samples it needed.

        The second value counts from the first sample after `reset`, and is what the stream time
        of everything found in this hop is computed from.
        """
        self._waiting = np.concatenate([self._waiting, block])
        while True:
            start = self._hops * self.hop_samples
            outputs = np.arange(start, start + self.hop_samples, dtype=np.int64) * self._down
            bases = outputs // self._up
            needed = int(bases[-1]) + self._half + 1
            if needed > self._first + len(self._waiting):
                return
            self._hops += 1
            yield self._filter(bases, outputs % self._up), needed
            keep_from = int((self._hops * self.hop_samples * self._down) // self._up)
            drop = keep_from - max(self._half - 1, 0) - self._first
            self._waiting = self._waiting[drop:]
            self._first += drop

    def _filter(self, bases: npt.NDArray[np.int64], phases: npt.NDArray[np.int64]) -> Floats:
        taps = self._kernels.shape[1]
        if taps == 1:
            begin = int(bases[0]) - self._first
            return self._waiting[begin : begin + self.hop_samples].copy()
        windows = np.lib.stride_tricks.sliding_window_view(self._waiting, taps)
        rows = windows[bases - (self._half - 1) - self._first]
        hop: Floats = np.einsum("ij,ij->i", rows, self._kernels[phases])
        return hop


def _kernels(up: int, down: int) -> tuple[int, Floats]:
    """Half width in input samples, and one kernel per phase: (up, 2 * half)."""
    scale = min(1.0, up / down)
    half = math.ceil(ZERO_CROSSINGS / scale)
    offsets = np.arange(-half + 1, half + 1)[np.newaxis] - (np.arange(up) / up)[:, np.newaxis]
    position = offsets * scale
    inside = np.clip(1 - (position / ZERO_CROSSINGS) ** 2, 0, None)
    window = np.i0(KAISER_BETA * np.sqrt(inside)) / np.i0(KAISER_BETA) * (inside > 0)
    kernels = np.sinc(CUTOFF * position) * window
    kernels /= kernels.sum(axis=1, keepdims=True)
    return half, kernels.astype(np.float32)
