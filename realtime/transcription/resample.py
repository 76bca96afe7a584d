"""Any device rate -> hops at the model's rate, 0.2 ms late, however the input is cut.

A filter of our own instead of soxr's stream: soxr hands its output out in bursts and held 48 kHz
sound back for up to 37 ms (its low quality: 20 ms), as long as the model's whole look-ahead.

The filter has minimum phase. A symmetric one needs 2 ms of the future, and where the sound card
delivers hop by hop these 2 ms cost a whole further delivery: 5 to 10 ms.
"""

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from realtime.values.arrays import Floats

ZERO_CROSSINGS = 32
"""Half width of the symmetric kernel, in samples of the lower of the two rates."""
KAISER_BETA = 8.0
CUTOFF = 0.925
"""Share of the lower Nyquist frequency: flat to 85 %, 60 dB down at 100 %, 90 dB from 106 %."""
DESIGN_POINTS = 8
"""Points of the kernel for each sample of the lower rate, where its phase is computed."""
FINER = 64
"""Points between two of those; linear interpolation between them is within 1e-5."""
FLOOR = 1e-5
"""The stop band is taken to be no lower than this, for a logarithm must be taken."""


class HopResampler:
    """Cuts a stream into hops at the model's rate, on a grid that starts at the first sample.

    Output sample k is due at input time k / model_rate and needs nothing that comes later; what it
    says is `delay_s` old. Every hop is computed in one piece, so the result does not depend on the
    sizes of the pushed blocks, to the last bit.

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
            self._kernels = np.ones((1, 1), dtype=np.float32)
        else:
            self._kernels = _kernels(self._up, self._down)
        self._past = self._kernels.shape[1] - 1
        self.delay_s = _delay(self._kernels[0]) / input_rate
        self._buffer = np.zeros(0, dtype=np.float32)
        self.reset()

    def reset(self) -> None:
        """Start afresh: silence lies before the next sample, which becomes the first."""
        self._hops = 0
        self._length = self._past
        self._first = -self._length
        self._make_room(4 * self._kernels.shape[1] + 4 * self.hop_samples)
        self._buffer[: self._length] = 0

    @property
    def missing(self) -> int:
        """Input samples that must still be pushed before the next hop is complete."""
        last = ((self._hops + 1) * self.hop_samples - 1) * self._down // self._up
        return last + 1 - self._first - self._length

    def samples_in(self, hops: int) -> int:
        """Count the input samples that last as long as so many hops, to the nearest sample."""
        return (2 * hops * self.hop_samples * self._down + self._up) // (2 * self._up)

    def hops_in(self, samples: int) -> int:
        """Count the whole hops that so many input samples make."""
        return samples * self._up // (self.hop_samples * self._down)

    def push(self, block: Floats) -> Iterator[tuple[Floats, int]]:
        """Take (n,) input samples; yields each completed hop and the input samples it needed.

        The second value counts from the first sample after `reset`, and is what the stream time
        of everything found in this hop is computed from.
        """
        self._append(block)
        while self.missing <= 0:
            start = self._hops * self.hop_samples
            outputs = np.arange(start, start + self.hop_samples, dtype=np.int64) * self._down
            bases = outputs // self._up
            self._hops += 1
            yield self._filter(bases, outputs % self._up), int(bases[-1]) + 1

    def _append(self, block: Floats) -> None:
        """Forget what no further hop needs, then take the new samples."""
        keep_from = (self._hops * self.hop_samples * self._down) // self._up
        drop = keep_from - self._past - self._first
        if drop > 0:
            self._first += drop
            self._length -= drop
            self._buffer[: self._length] = self._buffer[drop : drop + self._length].copy()
        self._make_room(self._length + len(block))
        self._buffer[self._length : self._length + len(block)] = block
        self._length += len(block)

    def _make_room(self, samples: int) -> None:
        """Make a buffer for so many samples, and the view of all windows of a kernel's width."""
        taps = self._kernels.shape[1]
        if len(self._buffer) < samples + taps:
            larger = np.zeros(2 * samples + taps, dtype=np.float32)
            larger[: len(self._buffer)] = self._buffer
            self._buffer = larger
            self._windows = np.lib.stride_tricks.sliding_window_view(larger, taps)

    def _filter(self, bases: npt.NDArray[np.int64], phases: npt.NDArray[np.int64]) -> Floats:
        begin = int(bases[0]) - self._past - self._first
        if self._past == 0:
            return self._buffer[begin : begin + self.hop_samples].copy()
        hop: Floats
        if self._up == 1:
            rows = self._windows[begin : begin + self.hop_samples * self._down : self._down]
            hop = np.einsum("ij,j->i", rows, self._kernels[0])
        else:
            rows = self._windows[bases + (begin - int(bases[0]))]
            hop = np.einsum("ij,ij->i", rows, self._kernels[phases])
        return hop


def _kernels(up: int, down: int) -> Floats:
    """Make one kernel for each phase, oldest sample first: (up, taps)."""
    scale = min(1.0, up / down)
    taps = math.ceil(2 * ZERO_CROSSINGS / scale)
    ages = np.arange(taps)[::-1][np.newaxis] + (np.arange(up) / up)[:, np.newaxis]
    curve = _minimum_phase()
    places = ages * scale * DESIGN_POINTS * FINER
    kernels = np.interp(places, np.arange(len(curve)), curve, right=0.0)
    kernels /= kernels.sum(axis=1, keepdims=True)
    return kernels.astype(np.float32)


@lru_cache(maxsize=1)
def _minimum_phase() -> npt.NDArray[np.float64]:
    """Give the windowed sinc's amplitudes the least delay there can be.

    By the causal half of the cepstrum of its amplitudes (Oppenheim and Schafer, "Discrete-Time
    Signal Processing", on homomorphic systems); then as a curve.
    """
    reach = ZERO_CROSSINGS * DESIGN_POINTS
    position = np.arange(-reach, reach + 1) / DESIGN_POINTS
    inside = np.clip(1 - (position / ZERO_CROSSINGS) ** 2, 0, None)
    window = np.i0(KAISER_BETA * np.sqrt(inside)) / np.i0(KAISER_BETA)
    size = 16 << (2 * reach).bit_length()
    amplitudes = np.abs(np.fft.rfft(np.sinc(CUTOFF * position) * window, size))
    cepstrum = np.fft.irfft(np.log(np.maximum(amplitudes, FLOOR * amplitudes.max())), size)
    cepstrum[1 : size // 2] *= 2
    cepstrum[size // 2 + 1 :] = 0
    spectrum = np.exp(np.fft.rfft(cepstrum))
    return np.fft.irfft(spectrum, FINER * size)[: FINER * 2 * reach]


def _delay(kernel: Floats) -> float:
    """Measure the delay of slow oscillations, in samples of the input."""
    ages = np.arange(len(kernel))[::-1]
    return float((ages * kernel.astype(np.float64)).sum() / kernel.sum())
