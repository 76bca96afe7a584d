"""Makes music from a player's single notes: melodies, chords, repeats, dynamics, rooms, noise."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from realtime.teach.examples import Music
from realtime.teach.listening.recordings import resample
from realtime.values.arrays import Floats

FARTHEST = 3
"""Semitones by which a single note is moved at most: farther it sounds like another instrument."""
SHORTEST_SECONDS = 0.09
PIECE_SECONDS = 20.0
SOFT_ATTACK_SECONDS = 0.05
"""An instrument that takes longer from the start of a note to its onset swells."""


@dataclass(frozen=True)
class OneShot:
    """One note, cut out of a recording."""

    audio: Floats
    """(n,) at the model's rate, from shortly before the note to its end."""
    pitch: int
    """Pitch that the shot sounds at, MIDI."""
    onset: int
    """Sample at which it counts as begun."""
    cents: float = 0.0
    """Cents by which the shot sounds above its pitch, A = 440 Hz."""


@dataclass
class Stroke:
    """One note of a score."""

    onset: float
    """Time of the stroke in seconds of the piece."""
    length: float
    """Seconds until it is let go."""
    pitch: int
    gain_db: float


class Band:
    """Plays scores with one-shots.

    Args:
        shots: single notes.
        rate: Hz.
        noise: of the player's room (n,), may be empty.
    """

    def __init__(self, shots: Sequence[OneShot], rate: int, noise: Floats) -> None:
        self._shots, self._rate, self._noise = list(shots), rate, noise
        self._moved: dict[tuple[int, int, int], tuple[Floats, int]] = {}
        attacks = [shot.onset / rate for shot in shots]
        self.soft = bool(attacks) and float(np.median(attacks)) > SOFT_ATTACK_SECONDS
        pitches = np.array([shot.pitch for shot in shots])
        reach = range(int(pitches.min()) - 2, int(pitches.max()) + 3)
        self.pitches = [p for p in reach if np.abs(pitches - p).min() <= FARTHEST]
        self.longest = float(np.median([len(s.audio) - s.onset for s in shots])) / rate

    def play(self, seconds: float, rng: np.random.Generator) -> list[Music]:
        """Pieces that last so many seconds together."""
        pieces = []
        while seconds > 2:
            length = min(PIECE_SECONDS, seconds)
            pieces.append(self._piece(length, rng))
            seconds -= length
        return pieces

    def _piece(self, seconds: float, rng: np.random.Generator) -> Music:
        strokes = invent(self.pitches, seconds - 1.0, self.longest, rng)
        # Half of the music is at the tuning that was recorded, half at A = 440 Hz: at a flat tuning
        # alone a lesson cost other instruments more than it may.
        tuned = float(rng.choice([0.0, 1.0]))
        bend = int(rng.integers(-10, 11))
        damped = rng.random() < 0.5
        audio = np.zeros(int(seconds * self._rate), np.float32)
        ends: dict[int, tuple[int, int]] = {}
        notes: list[tuple[float, float, int]] = []
        sources: list[int] = []
        for stroke in strokes:
            shot = self._choose(stroke.pitch, rng)
            cents = bend - round(tuned * shot.cents)
            sound, onset = self._move(shot, stroke.pitch, cents)
            start = int(stroke.onset * self._rate)
            held = round(stroke.length * self._rate) if damped else len(sound) - onset
            held = min(held, len(sound) - onset)
            fade = int(rng.uniform(0.02, 0.15) * self._rate) if damped else 0
            sound = _let_go(sound, onset + held, fade, self._rate)
            if stroke.pitch in ends:
                # A string or bar that is struck again goes on with the new stroke.
                index, before = ends[stroke.pitch]
                notes[index] = (notes[index][0], min(before, start) / self._rate, stroke.pitch)
            begin = max(0, start - onset)
            part = sound[max(0, onset - start) :][: len(audio) - begin]
            audio[begin : begin + len(part)] += part * 10 ** (stroke.gain_db / 20)
            ends[stroke.pitch] = (len(notes), start + held)
            notes.append((start / self._rate, (start + held) / self._rate, stroke.pitch))
            sources.append(shot.pitch)
        audio = add_room(audio, self._rate, rng)
        peak = float(np.abs(audio).max(initial=0.0))
        if peak > 0:
            audio *= np.float32(10 ** (rng.uniform(-26, -1) / 20) / peak)
        audio = add_noise(audio, self._noise, rng)
        table = np.array(notes, float).reshape(-1, 3)
        return Music(audio, table, self.soft, sources=np.array(sources, np.int64))

    def _choose(self, pitch: int, rng: np.random.Generator) -> OneShot:
        distances = np.array([abs(shot.pitch - pitch) for shot in self._shots])
        near = np.flatnonzero(distances <= max(distances.min(), 1 if rng.random() < 0.3 else 0))
        return self._shots[int(rng.choice(near))]

    def _move(self, shot: OneShot, pitch: int, cents: int) -> tuple[Floats, int]:
        """The one-shot at another pitch, and its onset there."""
        key = id(shot), pitch, cents
        if key not in self._moved:
            ratio = 2 ** ((pitch - shot.pitch + cents / 100) / 12)
            sound = resample(shot.audio, self._rate * ratio, self._rate)
            if len(self._moved) > 400:
                self._moved.clear()
            self._moved[key] = sound, int(shot.onset / ratio)
        return self._moved[key]


def _let_go(sound: Floats, held: int, fade: int, rate: int) -> Floats:
    """The sound damped after `held` samples; never cut off without a short fade."""
    fade = max(fade, int(0.005 * rate))
    sound = sound[: held + fade].copy()
    count = min(fade, len(sound))
    sound[len(sound) - count :] *= np.linspace(1, 0, count, dtype=np.float32) ** 2
    return sound


def invent(
    pitches: Sequence[int], seconds: float, longest: float, rng: np.random.Generator
) -> list[Stroke]:
    """A score over some pitches: a melody that walks and leaps, with repeats and chords.

    Args:
        pitches: that may be played, ascending.
        seconds: of the score.
        longest: a usual length of a note, seconds.
        rng: chance.
    """
    pace = float(np.exp(rng.uniform(np.log(0.11), np.log(0.7))))
    chords, repeats, leaps = rng.uniform(0, 0.45), rng.uniform(0, 0.3), rng.uniform(0, 0.5)
    depth = rng.uniform(2, 10)
    strokes: list[Stroke] = []
    now, place = float(rng.uniform(0.1, 0.6)), int(rng.integers(len(pitches)))
    while now < seconds:
        if rng.random() < leaps:
            place = int(rng.integers(len(pitches)))
        elif rng.random() >= repeats:
            place += int(rng.choice([-2, -1, 1, 2]))
        place = int(np.clip(place, 0, len(pitches) - 1))
        chosen = {pitches[place]}
        if rng.random() < chords:
            chosen |= {
                pitches[int(rng.integers(len(pitches)))] for _ in range(int(rng.integers(1, 4)))
            }
        gain = -abs(float(rng.normal(0, depth)))
        length = max(SHORTEST_SECONDS, min(longest, pace * float(rng.uniform(0.5, 2.2))))
        for pitch in chosen:
            late = float(rng.choice([0.0, rng.uniform(0, 0.03)]))
            strokes.append(Stroke(now + late, length, pitch, gain + float(rng.normal(0, 1.5))))
        now += pace * float(rng.choice([0.5, 1, 1, 1, 2])) * float(rng.uniform(0.9, 1.1))
        if rng.random() < 0.04:
            now += float(rng.uniform(0.5, 1.5))
    return sorted(strokes, key=lambda stroke: stroke.onset)


def add_room(audio: Floats, rate: int, rng: np.random.Generator) -> Floats:
    """In half of the calls the sound in a room of 0.1 to 0.7 s, 6 to 22 dB below the direct sound.

    The response is noise that decays and grows darker, after a gap of some milliseconds.
    """
    if rng.random() < 0.5 or not len(audio):
        return audio
    decay = float(rng.uniform(0.1, 0.7))
    count = int(decay * rate)
    tail = rng.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
    dull = float(rng.uniform(0.1, 0.7))
    tail = np.convolve(tail, dull ** np.arange(12), mode="same")
    tail[: int(rng.uniform(0.002, 0.015) * rate)] = 0
    tail /= np.sqrt((tail**2).sum()) + 1e-12
    size = 1 << (len(audio) + count).bit_length()
    wet = np.fft.irfft(np.fft.rfft(audio, size) * np.fft.rfft(tail, size), size)[: len(audio)]
    return audio + (10 ** (rng.uniform(-22, -6) / 20) * wet).astype(np.float32)


def add_noise(audio: Floats, noise: Floats, rng: np.random.Generator) -> Floats:
    """The sound with the noise of the player's room, or where none is known with hiss.

    Args:
        audio: (n,).
        noise: (m,) of the room; repeated forwards and backwards as long as it is needed.
        rng: chance.
    """
    if len(noise) < 2000:
        hiss = rng.standard_normal(len(audio)).astype(np.float32)
        hiss[1:] += np.float32(rng.uniform(0, 0.9)) * hiss[:-1]
        return audio + hiss * np.float32(10 ** (rng.uniform(-80, -52) / 20))
    loop = np.concatenate([noise, noise[::-1]])
    loop = np.roll(loop, int(rng.integers(len(loop))))
    repeated = np.tile(loop, len(audio) // len(loop) + 1)[: len(audio)]
    louder = np.float32(10 ** (rng.uniform(-6, 6) / 20))
    noisy: Floats = (audio + repeated * louder).astype(np.float32)
    return noisy
