"""Takes out of a recording what is none of the instrument's sound: an offset, and the mains' hum.

A cable, a charger or a cheap converter adds them, and they sound on between the notes, where a note
of that pitch would be found.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from realtime.values.arrays import Doubles, Floats

OFFSET_SECONDS = 0.25
"""What is slower than four waves a second is no sound."""
MAINS_HZ = (50, 60)
HIGHEST_HZ = 1000
FRAME_SECONDS = 0.5
"""In which every multiple of 50 or 60 Hz has a bin of its own."""
FEWEST_FRAMES = 6
QUIET_PART = 0.2
"""Part of the frames, the quietest, in which hum is looked for."""
ABOVE = 4.0
"""Times by which hum is louder than the spectrum beside it."""
STEADY = 0.5
"""Part of its usual loudness below which hum does not sink, in nine of ten frames."""
FAINTEST = 1e-4
"""Amplitude below which hum is harmless, -80 dBFS."""
QUIET_TIMES = 2.0
"""Times the level of the quietest tenth up to which a moment is one between notes."""
LAG_BLOCKS = 6
"""Blocks between which hum's phase is compared: it turns by less than half, 1.6 Hz off."""
FOLLOW_SECONDS, BLOCK_SECONDS = 1.0, 0.05
"""How slowly hum changes, and how often it is measured for that."""
SWELL = 1.4
"""Times its amplitude in the quiet up to which a moment shows hum alone; what is more is a note of
that pitch, and hum sounds under it as before and after it."""


@dataclass(frozen=True)
class Hum:
    """Hum of the mains: what frequency they have, and how strong each multiple is."""

    mains_hz: int
    lines: tuple[tuple[float, float], ...]
    """(Hz, amplitude)."""


def without_offset(audio: Floats, rate: int) -> Floats:
    """Sound (n,) around zero, also where the offset wanders."""
    if not len(audio):
        return audio
    half = max(1, int(OFFSET_SECONDS * rate) // 2)
    sums = np.concatenate([[0.0], np.cumsum(audio, dtype=np.float64)])
    places = np.arange(len(audio))
    first, last = np.maximum(places - half, 0), np.minimum(places + half + 1, len(audio))
    slow = (sums[last] - sums[first]) / (last - first)
    centred: Floats = (audio - slow).astype(np.float32)
    return centred


def find_hum(audio: Floats, rate: int) -> Hum | None:
    """The hum of a recording (n,), None where there is none or the recording is too short.

    Hum is what stands out of the quietest moments and is there at every other one too.
    """
    size = int(FRAME_SECONDS * rate)
    if len(audio) < size + (FEWEST_FRAMES - 1) * (size // 2):
        return None
    frames = np.lib.stride_tricks.sliding_window_view(audio, size)[:: size // 2]
    window = np.hanning(size).astype(np.float32)
    most = int(HIGHEST_HZ * FRAME_SECONDS) + 12
    parts = [
        np.abs(np.fft.rfft(frames[start : start + 500] * window, axis=1)[:, :most])
        for start in range(0, len(frames), 500)
    ]
    spectra = np.concatenate(parts) * 2 / window.sum()
    power = (spectra[:, 2:] ** 2).sum(axis=1)
    count = max(2, int(QUIET_PART * len(frames)))
    quiet = spectra[np.argsort(power)[:count]].mean(axis=0)
    always = np.percentile(spectra, 10, axis=0)
    usual = np.median(spectra, axis=0)
    found = [Hum(mains, _lines(quiet, always, usual, mains)) for mains in MAINS_HZ]
    best = max(found, key=lambda hum: sum(amplitude for _, amplitude in hum.lines))
    return best if best.lines else None


def _lines(
    quiet: Doubles,
    always: Doubles,
    usual: Doubles,
    mains: int,
) -> tuple[tuple[float, float], ...]:
    """Multiples of a frequency at which there is hum; the arrays are spectra `(bins,)`."""
    lines = []
    for hertz in range(mains, HIGHEST_HZ + 1, mains):
        place = round(hertz * FRAME_SECONDS)
        beside = np.concatenate([quiet[place - 10 : place - 3], quiet[place + 4 : place + 11]])
        steady = always[place] > STEADY * min(usual[place], quiet[place])
        if steady and quiet[place] > max(ABOVE * float(np.median(beside)), FAINTEST):
            lines.append((float(hertz), float(quiet[place])))
    return tuple(lines)


def without_hum(audio: Floats, rate: int, hum: Hum | None) -> Floats:
    """The recording (n,) less its hum, which is followed in strength and phase between notes."""
    if hum is None or not len(audio):
        return audio
    step = int(BLOCK_SECONDS * rate)
    blocks = -(-len(audio) // step)  # the last one may be shorter
    padded = np.pad(audio, (0, blocks * step - len(audio))).reshape(blocks, step)
    loud = np.sqrt((padded.astype(np.float64) ** 2).mean(axis=1))
    quiet = loud <= QUIET_TIMES * np.percentile(loud, 10)
    time = np.arange(step) / rate
    smooth = np.hanning(2 * round(FOLLOW_SECONDS / BLOCK_SECONDS) + 3)[1:-1]
    middles = (np.arange(blocks) + 0.5) * step
    places = np.arange(len(audio))
    cleaned = audio.copy()
    for hertz, amplitude in hum.lines:
        turn = np.exp(-2j * np.pi * hertz * (np.arange(blocks) * step / rate))
        found = 2 * (padded @ np.exp(-2j * np.pi * hertz * time) / step) * turn
        alone = (quiet & (np.abs(found) <= SWELL * amplitude)).astype(float)
        turns = found[LAG_BLOCKS:] * np.conj(found[:-LAG_BLOCKS]) * alone[LAG_BLOCKS:]
        # The mains are a little off their frequency: so the phase turns from moment to moment.
        off = float(np.angle((turns * alone[:-LAG_BLOCKS]).sum())) / (LAG_BLOCKS * step)
        found = found * np.exp(-1j * off * middles)
        weight = _smoothed(alone, smooth)
        known = weight > 0.5
        if not known.any():
            continue
        mean = _smoothed(found * alone, smooth)[known] / weight[known]
        followed = np.interp(middles, middles[known], mean.real) + 1j * np.interp(
            middles, middles[known], mean.imag
        )
        wave = np.interp(places, middles, followed.real) + 1j * np.interp(
            places, middles, followed.imag
        )
        wave *= np.exp(1j * (2 * np.pi * hertz / rate + off) * places)
        cleaned -= wave.real.astype(np.float32)
    return cleaned


def _smoothed(values: npt.NDArray[Any], smooth: Doubles) -> npt.NDArray[Any]:
    """Running sums of values `(n,)`, each weighted by a window of odd length around it."""
    half = len(smooth) // 2
    found: npt.NDArray[Any] = np.convolve(values, smooth)[half : half + len(values)]
    return found
