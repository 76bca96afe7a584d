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
        a4_hz: tuning of the instrument; it is played to the model as if it were 440 Hz, slower or
            faster by the ratio of the two (415-466, to 0.1 Hz).
    """

    def __init__(
        self, input_rate: int, model_rate: int, hop_samples: int, a4_hz: float = 440.0
    ) -> None:
        up, down = model_rate * round(10 * a4_hz), input_rate * 4400
        divisor = math.gcd(up, down)
        self._up, self._down = up // divisor, down // divisor
        self.input_rate = input_rate
        self.hop_samples = hop_samples
        if self._up == self._down:
            self._half, self._kernels = 0, np.ones((1, 1), dtype=np.float32)
        else:
            self._half, self._kernels = _kernels(self._up, self._down)
        self.delay_s = self._half / input_rate
        self._buffer = np.zeros(0, dtype=np.float32)
        self.reset()

    def reset(self) -> None:
        """Silence before the next sample, which becomes the first."""
        self._hops = 0
        self._length = max(self._half - 1, 0)
        self._first = -self._length
        self._make_room(4 * self._kernels.shape[1] + 4 * self.hop_samples)
        self._buffer[: self._length] = 0

    @property
    def missing(self) -> int:
        """Input samples that must still be pushed before the next hop is complete."""
        last = ((self._hops + 1) * self.hop_samples - 1) * self._down // self._up
        return last + self._half + 1 - self._first - self._length

    def samples_in(self, hops: int) -> int:
        """Input samples that last as long as so many hops, to the nearest sample."""
        return (2 * hops * self.hop_samples * self._down + self._up) // (2 * self._up)

    def hops_in(self, samples: int) -> int:
        """Whole hops that so many input samples make."""
        return samples * self._up // (self.hop_samples * self._down)

    def push(self, block: Floats) -> Iterator[tuple[Floats, int]]:
        """Take (n,) input samples; gives each completed hop and the input samples it needed.

        The second value counts from the first sample after `reset`, and is what the stream time
        of everything found in this hop is computed from.
        """
        self._append(block)
        while self.missing <= 0:
            start = self._hops * self.hop_samples
            outputs = np.arange(start, start + self.hop_samples, dtype=np.int64) * self._down
            bases = outputs // self._up
            needed = int(bases[-1]) + self._half + 1
            self._hops += 1
            yield self._filter(bases, outputs % self._up), needed

    def _append(self, block: Floats) -> None:
        """Forget what no further hop needs, then take the new samples."""
        keep_from = (self._hops * self.hop_samples * self._down) // self._up
        drop = keep_from - max(self._half - 1, 0) - self._first
        if drop > 0:
            self._first += drop
            self._length -= drop
            self._buffer[: self._length] = self._buffer[drop : drop + self._length].copy()
        self._make_room(self._length + len(block))
        self._buffer[self._length : self._length + len(block)] = block
        self._length += len(block)

    def _make_room(self, samples: int) -> None:
        """A buffer for so many samples, and the view of all windows of a kernel's width."""
        taps = self._kernels.shape[1]
        if len(self._buffer) < samples + taps:
            larger = np.zeros(2 * samples + taps, dtype=np.float32)
            larger[: len(self._buffer)] = self._buffer
            self._buffer = larger
            self._windows = np.lib.stride_tricks.sliding_window_view(larger, taps)

    def _filter(self, bases: npt.NDArray[np.int64], phases: npt.NDArray[np.int64]) -> Floats:
        taps = self._kernels.shape[1]
        if taps == 1:
            begin = int(bases[0]) - self._first
            return self._buffer[begin : begin + self.hop_samples].copy()
        begin = int(bases[0]) - (self._half - 1) - self._first
        hop: Floats
        if self._up == 1:
            rows = self._windows[begin : begin + self.hop_samples * self._down : self._down]
            hop = np.einsum("ij,j->i", rows, self._kernels[0])
        else:
            rows = self._windows[bases + (begin - int(bases[0]))]
            hop = np.einsum("ij,ij->i", rows, self._kernels[phases])
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
