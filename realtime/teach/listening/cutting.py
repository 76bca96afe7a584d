"""Cuts a recording of notes played one after another where each of them starts and ends."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from realtime.teach.listening.pitch import estimate_pitch
from realtime.teach.listening.recordings import levels
from realtime.values.arrays import Floats

STEP_SECONDS = 0.01
ABOVE_NOISE_DB = 12.0
BELOW_PEAK_DB = 35.0
"""What sounds is so far above the noise of the room, and no further below the loudest."""
NEAREST_SECONDS = 0.09
"""Two notes do not start nearer to each other."""
RISE_DB = 5.0
"""Decibels that the level rises within 40 ms where a note is struck, plucked or tongued."""
BRIGHTENING = 3.0
"""Parts of its usual change by which the spectrum changes where a note starts over another."""
STEADY_SECONDS = 0.1
"""A pitch that lasts so long is a note of its own where notes are slurred."""
SLUR_SEMITONES = 0.7
WINDOW_SECONDS = 0.08
PERIODIC = 0.8


@dataclass(frozen=True)
class Cut:
    """A stretch of a recording that is one note."""

    start: float
    """Where the cut begins, in seconds of the recording."""
    end: float
    dip_db: float = 99.0
    """Decibels that the level had sunk from the loudest of the note before to this start."""
    suddenness: float = 99.0
    """Parts of its usual change by which the spectrum changed when it started."""


def cut(audio: Floats, rate: int) -> list[Cut]:
    """Notes of a recording, in order.

    Where the level rises or the spectrum changes suddenly a note starts; where a steady pitch
    follows another without either, the player slurred. A note ends where the next one starts or
    where it has sunk into the noise.

    Args:
        audio: (n,).
        rate: Hz.
    """
    step = int(STEP_SECONDS * rate)
    level = levels(audio, step)
    if not len(level):
        return []
    floor = float(np.percentile(level, 10))
    loud = float(np.percentile(level, 98))
    least = max(min(floor + ABOVE_NOISE_DB, loud - 10), loud - BELOW_PEAK_DB)
    sounding = level >= least
    change = spectral_change(audio, rate, step)[: len(level)]
    change = np.pad(change, (0, len(level) - len(change)))
    starts = find_starts(level, change, sounding)
    usual = max(float(np.median(change[sounding])), 1e-6)
    cuts: list[Cut] = []
    last = 0
    for start, following in zip(starts, [*starts[1:], len(level)], strict=True):
        quiet = np.flatnonzero(~sounding[start + 3 : following])
        end = start + 3 + int(quiet[0]) if len(quiet) else following
        parts = slurred(audio, rate, start * STEP_SECONDS, min(end, following) * STEP_SECONDS)
        dip = float(level[last : start + 1].max() - level[max(0, start - 8) : start + 2].min())
        sudden = float(change[max(0, start - 2) : start + 3].max()) / usual
        cuts += [replace(parts[0], dip_db=dip, suddenness=sudden), *parts[1:]]
        last = start
    return cuts


def find_starts(level: Floats, change: Floats, sounding: npt.NDArray[np.bool_]) -> list[int]:
    """Steps of `STEP_SECONDS` at which notes start; all arguments are `(steps,)`."""
    nearest = round(NEAREST_SECONDS / STEP_SECONDS)
    before = np.lib.stride_tricks.sliding_window_view(np.pad(level, (4, 0), "edge"), 4)[:-1]
    after = np.lib.stride_tricks.sliding_window_view(np.pad(level, (0, 3), "edge"), 4)
    rise = after.max(axis=1)[: len(level)] - before.mean(axis=1)[: len(level)]
    usual = float(np.median(change[sounding])) if sounding.any() else 0.0
    strength = rise / RISE_DB + change / (BRIGHTENING * max(usual, 1e-6))
    ahead = np.concatenate([sounding[2:], sounding[-1:], sounding[-1:]])[: len(level)]
    wanted = ((rise >= RISE_DB) | (change >= BRIGHTENING * max(usual, 1e-6))) & ahead & (rise > 0.5)
    starts: list[int] = []
    for place in np.flatnonzero(wanted).tolist():
        around = strength[max(0, place - 3) : place + 4]
        if strength[place] < around.max():
            continue
        if starts and place - starts[-1] < nearest:
            if (
                strength[place] > 1.5 * strength[starts[-1]]
                and level[starts[-1]] < level[place] - 9
            ):
                starts[-1] = place
            continue
        starts.append(place)
    begins = np.flatnonzero(np.diff(np.concatenate([[False], sounding]).astype(np.int8)) == 1)
    for place in begins.tolist():
        if not any(-3 <= start - place <= nearest for start in starts):
            starts.append(place)
    return sorted(starts)


def spectral_change(audio: Floats, rate: int, step: int) -> Floats:
    """How much louder the spectrum grew in the last 20 ms, mean of its rising bands in dB."""
    size = 1 << int(np.log2(0.05 * rate))
    padded = np.pad(audio, (size // 2, size))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::step]
    window = np.hanning(size).astype(np.float32)
    bands: list[Floats] = []
    for start in range(0, len(frames), 2000):
        spectrum = np.abs(np.fft.rfft(frames[start : start + 2000] * window, axis=1))
        bands.append((20 * np.log10(spectrum[:, 2:] + 1e-4)).astype(np.float32))
    loud = np.concatenate(bands)
    change = np.zeros(len(loud), np.float32)
    change[2:] = np.maximum(loud[2:] - loud[:-2], 0).mean(axis=1)
    centred: Floats = np.concatenate([change[1:], change[-1:]])
    return centred


def slurred(audio: Floats, rate: int, start: float, end: float) -> list[Cut]:
    """One stretch of mono sound `(samples,)`, in seconds, as the notes that differ in pitch alone.

    A leap of an octave or a twelfth is no note of its own: estimators of pitch slip by one.
    """
    times = np.arange(start, end - WINDOW_SECONDS, 2 * STEP_SECONDS)
    if end - start < 3 * STEADY_SECONDS:
        return [Cut(start, end)]
    size = int(WINDOW_SECONDS * rate)
    track = []
    for time in times:
        sample = int(time * rate)
        pitch, clear = estimate_pitch(audio[sample : sample + size], rate)
        track.append(pitch if clear >= PERIODIC else np.nan)
    steady = round(STEADY_SECONDS / (2 * STEP_SECONDS))  # windows of a steady pitch
    cuts: list[Cut] = []
    begin, current = start, float("nan")
    for index in range(len(track) - steady):
        stretch = np.array(track[index : index + steady])
        if np.isnan(stretch).any() or np.ptp(stretch) > SLUR_SEMITONES:
            continue
        here = float(np.median(stretch))
        if np.isnan(current):
            current = here
        apart = abs(here - current)
        # Twice or three times a frequency, or a half of it, is the same note, misread.
        octave = abs(apart - 12 * round(apart / 12)) < 0.4 and apart > 6
        twelfth = abs(apart - 19) < 0.4
        if apart > SLUR_SEMITONES and not octave and not twelfth:
            moment = float(times[index])
            # A first pitch of less than that was a glide into this one, and belongs to it.
            if moment - begin >= STEADY_SECONDS:
                cuts.append(Cut(begin, moment))
                begin = moment
            current = here
        elif not octave and not twelfth:
            # Follow a player whose pitch drifts, slowly: a slow glide to a neighbour still counts.
            current = 0.8 * current + 0.2 * here
    return [*cuts, Cut(begin, end)]
