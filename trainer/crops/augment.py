"""Damages clean recordings as they are drawn, as rooms, microphones and neighbours do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import scipy.fft
import scipy.signal
import soundfile
import soxr

from realtime.files.labels.tables import read_records, require_cell
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.ranges import Amount, Range, Share, Whole


@dataclass(frozen=True)
class AugmentSettings:
    """Chances (0-1) and ranges of the augmentations; all chances 0 leaves the audio as it is."""

    detune_cents: Amount = 40.0
    """Global detuning, uniform in plus or minus this many cents."""
    transpose_chance: Share = 0.5
    """Chance (0-1) of a transposition; labels move along."""
    transpose_semitones: Whole = 3
    """Largest transposition, in semitones up or down."""
    room_chance: Share = 0.5
    """Chance (0-1) that a response of --rooms is heard, nearer or farther."""
    device_chance: Share = 0.35
    """Chance (0-1) of the response of a microphone or loudspeaker of --rooms."""
    equalizer_chance: Share = 0.7
    """Chance (0-1) of a smooth random equalizer."""
    equalizer_db: Amount = 8.0
    """Largest boost and cut of that equalizer, in dB."""
    noise_chance: Share = 0.6
    """Chance (0-1) of coloured noise."""
    quietest_noise_db: Annotated[float, Range(-120, 20, "dB")] = -75.0
    """Lowest level of that noise, in dB relative to the music's RMS."""
    loudest_noise_db: Annotated[float, Range(-120, 20, "dB")] = -32.0
    """Highest level of that noise, in dB relative to the music's RMS."""
    hum_chance: Share = 0.1
    """Chance (0-1) of mains hum of 50 or 60 Hz."""
    click_chance: Share = 0.05
    """Chance (0-1) of one to seven clicks."""
    drive_chance: Share = 0.15
    """Chance (0-1) that the music is overdriven, as by an amplifier."""
    quietest_db: Annotated[float, Range(-120, 0, "dB")] = -36.0
    """Peak of the result is drawn between this and 0 dBFS."""


class Responses:
    """Room and device impulse responses, resampled once to the model's rate.

    Args:
        folder: laid out as `docs/data.md` says (`index.csv`, `rooms/`, `devices/`); "" for none.
        sample_rate: Hz.
    """

    def __init__(self, folder: str, sample_rate: int) -> None:
        self.rooms: list[np.ndarray] = []
        self.devices: list[np.ndarray] = []
        if not folder:
            return
        index = Path(folder) / "index.csv"
        if not index.is_file():
            raise UserError(
                f"No index.csv in '{folder}'; docs/data.md says how rooms are laid out."
            )
        for number, row in read_records(index, ("file",)):
            name = require_cell(index, number, row, "file")
            try:
                response, rate = soundfile.read(index.parent / name, dtype="float32")
            except (OSError, soundfile.LibsndfileError) as error:
                raise UserError(f"'{name}' of '{index}' cannot be read ({why(error)}).") from error
            response = soxr.resample(response, rate, sample_rate).astype(np.float32)
            response /= np.sqrt(np.sum(response**2)) + 1e-9
            (self.rooms if name.startswith("rooms/") else self.devices).append(response)


def draw_pitch_shift(rng: np.random.Generator, settings: AugmentSettings) -> tuple[int, float]:
    """Semitones by which labels move, and the resampling ratio (> 1 plays higher and faster)."""
    semitones = 0
    if rng.random() < settings.transpose_chance:
        reach = settings.transpose_semitones
        semitones = int(rng.integers(-reach, reach + 1))
    cents = 100 * semitones + rng.uniform(-1, 1) * settings.detune_cents
    return semitones, float(2 ** (cents / 1200))


def shift_pitch(audio: np.ndarray, ratio: float) -> np.ndarray:
    """Play `audio` (samples,) `ratio` times as fast: pitch and tempo move together."""
    result: np.ndarray = soxr.resample(audio, ratio, 1.0, quality="LQ")
    return result


def damage(
    audio: np.ndarray,
    rng: np.random.Generator,
    settings: AugmentSettings,
    responses: Responses,
    sample_rate: int,
) -> np.ndarray:
    """Room, device, equalizer, overdrive, noise, hum, clicks, level: the order of a recording.

    Args:
        audio: (samples,) float32. Onsets stay where they are: every filter is causal, direct
            sound first.

    Returns:
        (samples,) float32, peak at most 1.
    """
    kernels = []
    if responses.rooms and rng.random() < settings.room_chance:
        kernels.append(_dry_wet(responses.rooms[rng.integers(len(responses.rooms))], rng))
    if responses.devices and rng.random() < settings.device_chance:
        kernels.append(responses.devices[rng.integers(len(responses.devices))])
    if rng.random() < settings.equalizer_chance:
        kernels.append(_draw_equalizer(rng, settings.equalizer_db))
    for kernel in kernels:
        audio = scipy.signal.oaconvolve(audio, kernel)[: len(audio)].astype(np.float32)
    audio = audio / (np.abs(audio).max() + 1e-9)
    if rng.random() < settings.drive_chance:
        drive = rng.uniform(1.0, 6.0)
        audio = np.tanh(drive * audio) / np.tanh(drive)
    audio = audio + _draw_noise(audio, rng, settings, sample_rate)
    peak_db = rng.uniform(settings.quietest_db, 0.0)
    audio = audio * (10 ** (peak_db / 20) / (np.abs(audio).max() + 1e-9))
    return audio.astype(np.float32)


def _dry_wet(room: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A room with its reverberant part scaled by 0.15-1: nearer or farther from the microphone."""
    direct = 40
    mixed = room.copy()
    mixed[direct:] *= rng.uniform(0.15, 1.0)
    return mixed


def _draw_equalizer(rng: np.random.Generator, decibels: float, taps: int = 512) -> np.ndarray:
    """A smooth random magnitude curve as a minimum-phase filter (cepstral folding)."""
    points = rng.uniform(-decibels, decibels, 7)
    bins = np.arange(taps // 2 + 1)
    position = np.clip(np.log2(np.maximum(bins, 1) / 2.0) + 1.0, 0, 6)
    curve = np.interp(position, np.linspace(0, 6, len(points)), points)
    log_magnitude = curve * (np.log(10) / 20)
    cepstrum = scipy.fft.irfft(log_magnitude, taps)
    cepstrum[1 : taps // 2] *= 2
    cepstrum[taps // 2 + 1 :] = 0
    result: np.ndarray = scipy.fft.irfft(np.exp(scipy.fft.rfft(cepstrum)), taps).astype(np.float32)
    return result


def _draw_noise(
    audio: np.ndarray, rng: np.random.Generator, settings: AugmentSettings, sample_rate: int
) -> np.ndarray:
    """Coloured noise, mains hum and clicks of the same length; zeros when none was drawn."""
    noise = np.zeros(len(audio), np.float32)
    level = np.sqrt(np.mean(audio**2)) + 1e-4
    if rng.random() < settings.noise_chance:
        raw = rng.standard_normal(len(audio)).astype(np.float32)
        pole = rng.uniform(-0.5, 0.97)
        coloured = scipy.signal.lfilter([1.0], [1.0, -pole], raw)
        decibels = rng.uniform(settings.quietest_noise_db, settings.loudest_noise_db)
        noise += (coloured * level * 10 ** (decibels / 20) / (coloured.std() + 1e-9)).astype(
            np.float32
        )
    if rng.random() < settings.hum_chance:
        time = np.arange(len(audio)) / sample_rate
        mains = rng.choice([50.0, 60.0]) * rng.uniform(0.998, 1.002)
        for partial in range(1, 8):
            amplitude = level * 10 ** (rng.uniform(-60, -28) / 20) / partial**0.5
            noise += amplitude * np.sin(
                2 * np.pi * mains * partial * time + rng.uniform(0, 2 * np.pi)
            ).astype(np.float32)
    if rng.random() < settings.click_chance:
        for place in rng.integers(0, len(audio) - 32, rng.integers(1, 8)):
            noise[place : place + 16] += rng.standard_normal(16) * level * rng.uniform(0.5, 6)
    return noise
