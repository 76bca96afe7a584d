"""What the player recorded, at the model's rate, and whether anything can be learned from it."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from realtime.audio.sources import FileSource
from realtime.teach.listening.hum import find_hum, without_hum, without_offset
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.values.arrays import Floats

LONGEST_SECONDS = 30 * 60.0
SILENT = 3e-4
"""A recording whose samples all stay below this (-70 dBFS) holds nothing to learn from."""
LOWEST_RATE = 11_025
"""Hz of a file; below it half of what the model hears of a high note is missing."""
TELEPHONE_RATE = 8_000
"""Hz, whose sound is looked for in files of a higher rate. Sound up to 6 kHz, which old recordings
of singers are, teaches well."""
WALL_DB = 20.0
"""By which the spectrum falls at half of such a rate, where it is flat before: what no instrument,
room or microphone does within a sixth of an octave."""
FLAT_DB = 12.0
FLOOR_DB = -105.0
"""Spectrum in dBFS below which there is nothing to compare."""
CLIP_LEVEL = 0.5
"""A sample this large that equals its neighbours was cut off, here or in what was recorded."""
CLIP_RUN = 4
"""Samples in a row, at the file's own rate, of which a clipped wave has several."""


@dataclass(frozen=True)
class TaughtRecording:
    """One recording of the player's, mono, at the model's rate."""

    name: str
    audio: Floats
    """(n,) mono samples in [-1, 1] at `rate`."""
    rate: int
    """Sample rate of the model in Hz."""
    clipped: npt.NDArray[np.float64]
    """Seconds at which waves are cut off."""
    hum_hz: int = 0
    """Frequency of the mains whose hum was taken out of it, 0 where there was none."""

    @property
    def seconds(self) -> float:
        """Duration of the recording, in seconds."""
        return len(self.audio) / self.rate


def read_recording(path: Path, rate: int) -> TaughtRecording:
    """A sound file, mono, at the model's rate.

    Raises:
        UserError: if it cannot be read, is too long, silent, or telephone sound.
    """
    with closing(FileSource(path)) as source:
        if source.rate < LOWEST_RATE:
            raise UserError(Code.RECORDING_RATE, path=path, rate=source.rate)
        if source.duration_s > LONGEST_SECONDS:
            minutes, most = source.duration_s / 60, round(LONGEST_SECONDS / 60)
            raise UserError(Code.RECORDING_LONG, path=path, minutes=minutes, most=most)
        blocks = []
        while (block := source.read(1 << 16)) is not None:
            blocks.append(block)
        own_rate = source.rate
    sound = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    sound = np.where(np.isfinite(sound), sound, np.float32(0))
    if len(sound) == 0 or float(np.ptp(sound)) < 2 * SILENT:
        raise UserError(Code.RECORDING_SILENT, path=path)
    if is_telephone_sound(sound, own_rate):
        raise UserError(Code.RECORDING_NARROW, path=path, telephone=TELEPHONE_RATE, rate=own_rate)
    clipped = find_clipped(sound) / own_rate
    audio = without_offset(resample(sound - sound.mean(), own_rate, rate), rate)
    hum = find_hum(audio, rate)
    audio = without_hum(audio, rate, hum)
    return TaughtRecording(path.name, audio, rate, clipped, hum.mains_hz if hum else 0)


def resample(sound: Floats, rate: float, wanted: float) -> Floats:
    """Sound (n,) at another rate; rates need not be whole numbers."""
    if rate == wanted:
        return sound
    import soxr

    changed: Floats = soxr.resample(sound, rate, wanted).astype(np.float32)
    return changed


def find_clipped(sound: Floats) -> npt.NDArray[np.int64]:
    """Samples at which a run of cut-off samples begins."""
    cut = np.abs(sound) >= CLIP_LEVEL
    cut &= np.abs(np.diff(sound, prepend=sound[:1])) < 1e-5
    edges = np.flatnonzero(np.diff(np.concatenate([[False], cut, [False]]).astype(np.int8)))
    begins, ends = edges[::2], edges[1::2]
    runs: npt.NDArray[np.int64] = begins[ends - begins >= CLIP_RUN - 1]
    return runs


def is_telephone_sound(sound: Floats, rate: int) -> bool:
    """Whether sound was raised to its rate from that of a telephone.

    Resampling leaves a wall at half of the lower rate: hiss up to it, nothing above. Of each band
    the median bin is taken, which is the hiss between the partials; an instrument whose partials
    end there, and sound without any hiss, have no wall.

    Args:
        sound: (n,).
        rate: Hz, of the file.
    """
    size, half = 4096, TELEPHONE_RATE / 2
    if len(sound) < size or 1.6 * half > rate / 2:
        return False
    frames = np.lib.stride_tricks.sliding_window_view(sound, size)[:: max(size, len(sound) // 200)]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(size).astype(np.float32), axis=1))
    decibels = 20 * np.log10(np.median(spectrum, axis=0) / (size / 4) + 1e-9)

    def band(low: float, high: float) -> float:
        first, last = (round(part * half * size / rate) for part in (low, high))
        return float(np.median(decibels[first:last]))

    below, above = band(0.7, 0.84), band(1.1, 1.3)
    flat = below > band(0.5, 0.65) - FLAT_DB
    return flat and below > FLOOR_DB and below - above > WALL_DB


def levels(audio: Floats, step: int) -> Floats:
    """Level of each `step` samples in dBFS, over windows twice as long."""
    padded = np.pad(audio.astype(np.float64), (step, step)) ** 2
    summed = np.concatenate([[0.0], np.cumsum(padded)])
    starts = np.arange(0, max(1, len(audio) - step + 1), step)
    starts = starts[starts + 2 * step < len(summed)]
    power = (summed[starts + 2 * step] - summed[starts]) / (2 * step)
    decibels: Floats = (10 * np.log10(power + 1e-10)).astype(np.float32)
    return decibels
