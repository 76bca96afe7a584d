"""Recorded single notes: the index, and each recording made ready to be played."""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr
from scipy.signal import firwin, oaconvolve

from realtime.files.labels.tables import read_records
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from trainer.render.sound.timbres import SUSTAINED, Timbre, allowed_folder, classify_folder

SOURCE_RATE = 24_000
"""Hz at which recordings are kept; above the output rate, so that interpolation is clean."""
LONGEST = 16 * SOURCE_RATE
"""Source samples to which loops are written out."""
LONG_ENOUGH = 4 * SOURCE_RATE
LOOPED_DB, UNEVEN_DB = 5.0, 9.0
"""How far the level may stray from the usual one within a loop, in dB."""
CROSSFADE = SOURCE_RATE // 20
FURTHEST = 4
"""Semitones by which a recording may be moved."""


@dataclass(frozen=True)
class OneShotRow:
    """One row of the index: one recorded note."""

    path: Path
    pitch: int
    layer: int
    n_layers: int
    looped: bool
    cents: float
    attack: int
    """Source samples from the start to half the peak."""


@dataclass(frozen=True)
class OneShotSound:
    """A recording of one note, in memory and ready to be played."""

    pcm: np.ndarray
    """int16 (n,) at SOURCE_RATE, low-passed to 7.4 kHz, loop written out."""
    body: int
    """Source samples after which the sound has decayed (or was cut)."""


class OneShots:
    """All instruments of a one-shot folder that a split may use."""

    def __init__(self, folder: Path, split: str) -> None:
        index = folder / "index.csv"
        if not index.exists():
            raise UserError(f"No index.csv in the sample folder {folder}. See docs/data.md.")
        self._takes: dict[str, dict[int, list[OneShotRow]]] = {}
        families: dict[str, str] = {}
        for line, row in read_records(index):
            try:
                name, family = row["instrument"], row["family"]
                take = _read_row(folder, row)
            except (KeyError, TypeError, ValueError, OverflowError) as error:
                raise UserError(
                    f"{index}, line {line}: missing column or bad value, {error}. "
                    "docs/data.md lists the columns."
                ) from error
            if allowed_folder(name, split):
                self._takes.setdefault(name, {}).setdefault(take.pitch, []).append(take)
                families[name] = family
        self.timbres = [self._timbre(name, families[name]) for name in sorted(self._takes)]

    def _timbre(self, name: str, corpus_family: str) -> Timbre:
        family, program = classify_folder(name, corpus_family)
        pitches = sorted(self._takes[name])
        return Timbre(f"one-shot:{name}", program, family, pitches[0] - 2, pitches[-1] + 2)

    def nearest(self, timbre: Timbre, pitch: int, layer: float) -> OneShotRow | None:
        """The take closest in pitch, then in layer (0 softest .. 1 loudest); None if too far."""
        by_pitch = self._takes[timbre.id.removeprefix("one-shot:")]
        best = min(by_pitch, key=lambda p: (abs(p - pitch), p))
        if abs(best - pitch) > FURTHEST:
            return None
        return min(by_pitch[best], key=lambda t: abs(t.layer / max(1, t.n_layers - 1) - layer))


@lru_cache(maxsize=2048)
def load_recording(path: Path, looped: bool, sustained: bool) -> OneShotSound:
    """Read a take; loops are written out to LONGEST.

    `looped` takes have an even part to loop. Other `sustained` takes are looped only when they
    are shorter than LONG_ENOUGH, within a wider tolerance.
    """
    try:
        sound, rate = sf.read(path, dtype="float32", always_2d=True)
    except (OSError, sf.LibsndfileError) as error:
        raise UserError(
            f"{path} is listed in index.csv but cannot be read: {why(error)}"
        ) from error
    mono = sound.mean(axis=1)
    if rate != SOURCE_RATE:
        mono = soxr.resample(mono, rate, SOURCE_RATE)
    mono = oaconvolve(mono, _low_pass(), mode="same").astype(np.float32)
    body = find_end(mono, 0.1 if sustained else 0.01)
    if looped or (sustained and body < LONG_ENOUGH):
        tolerance = LOOPED_DB if looped else UNEVEN_DB
        written = write_out_loop(mono, zlib.crc32(path.name.encode()), tolerance)
        if written is not None:
            mono, body = written, len(written)
    return OneShotSound((np.clip(mono, -1, 1) * 32767).astype(np.int16), body)


def find_end(sound: np.ndarray, ratio: float) -> int:
    """Sample after which the envelope stays below `ratio` of its peak (n,)."""
    window = SOURCE_RATE // 100
    frames = np.abs(sound[: len(sound) // window * window]).reshape(-1, window).max(axis=1)
    if not len(frames):
        return len(sound)
    above = np.flatnonzero(frames >= ratio * frames.max())
    return int((above[-1] + 1) * window)


def write_out_loop(sound: np.ndarray, seed: int, tolerance_db: float) -> np.ndarray | None:
    """Sustain a note to LONGEST samples by crossfaded jumps inside its stable part (n,).

    The stable part is levelled first, and every jump lands where the waveforms agree best, so
    that no pulse of the loop is heard. None when the stable part is shorter than 0.25 s.
    """
    first, last, gain = _stable_part(sound, tolerance_db)
    if last - first < SOURCE_RATE // 4:
        return None
    rng = np.random.default_rng(seed)
    level = sound * gain
    period = SOURCE_RATE // 40
    pieces, length = [level[: last - CROSSFADE]], last - CROSSFADE
    tail = level[last - CROSSFADE : last]
    ramp = np.linspace(0, 1, CROSSFADE, dtype=np.float32)
    while length < LONGEST:
        latest = max(first + 1, first + (last - first) // 2 - CROSSFADE - period)
        near = int(rng.integers(first, latest))
        window = level[near : near + period + CROSSFADE]
        if len(window) < period + CROSSFADE:
            near, window = first, level[first : first + period + CROSSFADE]
        start = near + int(np.argmax(np.correlate(window, tail, mode="valid")))
        joined = tail * (1 - ramp) + level[start : start + CROSSFADE] * ramp
        pieces += [joined, level[start + CROSSFADE : last - CROSSFADE]]
        length += last - CROSSFADE - start
        if last - CROSSFADE - start <= 0:
            return None
    return np.concatenate(pieces)[:LONGEST]


def _stable_part(sound: np.ndarray, tolerance_db: float) -> tuple[int, int, np.ndarray]:
    """First and last sample of the longest even stretch, and the gain (n,) levelling it."""
    window = SOURCE_RATE // 50
    power = np.convolve(sound**2, np.ones(window) / window, mode="same")[:: window // 2]
    level = 10 * np.log10(power + 1e-12)
    usual = np.median(level[level > level.max() - 10])
    inside = np.abs(level - usual) < tolerance_db
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(int), [0]])))
    starts, stops = edges[::2], edges[1::2]
    longest = int(np.argmax(stops - starts))
    margin = SOURCE_RATE // 20
    first = int(starts[longest]) * (window // 2) + margin
    last = min(int(stops[longest]) * (window // 2), len(sound)) - margin
    wanted = np.where(inside, usual - level, 0.0)
    smooth = np.convolve(np.pad(wanted, 4, mode="edge"), np.ones(9) / 9, mode="valid")
    places = np.arange(len(level)) * (window // 2)
    time = np.arange(len(sound))
    shift = np.interp(time, places, smooth) * np.clip((time - first) / margin + 1, 0, 1)
    gain = 10 ** (shift / 20)  # the attack before the stretch stays as recorded
    return first, last, gain.astype(np.float32)


@lru_cache(maxsize=1)
def _low_pass() -> np.ndarray:
    result: np.ndarray = firwin(63, 7400, fs=SOURCE_RATE).astype(np.float32)
    return result


def _read_row(folder: Path, row: dict[str, str]) -> OneShotRow:
    family, _ = classify_folder(row["instrument"], row["family"])
    cents = 0.0 if family == "piano" else float(row["f0_cents"] or 0)
    return OneShotRow(
        folder / row["file"],
        int(row["midi_pitch"]),
        int(row["layer"]),
        int(row["n_layers"]),
        row["looped_ok"] == "1" and family in SUSTAINED,
        cents,
        int(float(row["attack_ms"] or 5) * SOURCE_RATE / 1000),
    )
