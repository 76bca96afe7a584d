"""A small synthesizer for listening to notes: decaying partials, brighter where struck harder.

A partial is a complex number that turns and shrinks. A block of it is that number times a block
made once per pitch, so that a voice costs one small product of matrices. Notes that come and go
(`VoiceBank`) and the notes of a take (`Synth`) are voices alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
import numpy.typing as npt

from realtime.values.arrays import Floats
from realtime.values.notes import Note
from realtime.values.pitches import hertz

Complexes = npt.NDArray[np.complex128]

PARTIALS = 7
ATTACK_S = 0.004
RELEASE_S = 0.12
QUICK_RELEASE_S = 0.01
"""How fast a note fades that is cut off: short, but without a click."""
LONGEST_S = 12.0
"""A struck note cannot be heard any more after this."""
LOUDNESS = 0.16
"""Amplitude of the hardest note's strongest partial."""
A4_HZ = 440.0
BLOCK_FRAMES = 256
"""Frames of a block: 5.3 ms at 48 kHz, and so how much a note of the bank may start late."""
MOST_VOICES = 64
"""Notes of the bank that sound at once; the oldest end where there would be more."""
_FRAMES = np.arange(BLOCK_FRAMES)


@dataclass(frozen=True, slots=True)
class Timbre:
    """What a note sounds like, whenever it is played."""

    levels: npt.NDArray[np.float64]
    """(partials,): amplitudes, the lowest is 1."""
    rates: Complexes
    """(partials,): how a partial shrinks (real, below 0) and turns (imaginary) in a second."""
    loudness: float
    """Loudness of all partials together, 0 to `LOUDNESS`."""

    def softer(self, factor: float) -> "Timbre":
        """Scale the loudness by a factor of 0-1."""
        return replace(self, loudness=factor * self.loudness)


def timbre(pitch: int, velocity: int, rate: int, a4_hz: float = A4_HZ) -> Timbre:
    """The sound of a MIDI pitch (0-127) struck at a velocity (1-127), for a rate in Hz."""
    frequency: float = hertz(pitch, a4_hz)
    strength = velocity / 127
    decay = 0.9 * (frequency / 220) ** 0.45
    partials = np.arange(1, PARTIALS + 1, dtype=np.float64)
    partials = partials[partials * frequency <= 0.45 * rate]
    rates = -decay * (0.6 + 0.4 * partials) + 2j * np.pi * partials * frequency
    return Timbre(partials ** -(2.2 - 1.1 * strength), rates, LOUDNESS * strength**1.3)


@dataclass(slots=True)
class Voice:
    """A note that is rendered block by block, until it has faded."""

    pitch: int
    timbre: Timbre
    rate: int
    """Sample rate in Hz."""
    kernel: Floats
    """(2 * partials, BLOCK_FRAMES): imaginary, then real parts of a block of every partial."""
    step: Complexes
    """(partials,): what a block does to a partial's state."""
    state: Complexes
    """(partials,): amplitude and phase now."""
    age: float = 0.0
    """Frames since its onset; below 0 it begins later, within the next block or after it."""
    released_at: float = inf
    """Age at which it is let go."""
    release_s: float = RELEASE_S

    def render(self) -> Floats:
        """The next block, float32 (BLOCK_FRAMES,)."""
        parts = self.timbre.levels * self.state
        block = np.concatenate([parts.real, parts.imag]).astype(np.float32) @ self.kernel
        block *= self._envelope()
        self.state *= self.step
        self.age += BLOCK_FRAMES
        return block

    @property
    def over(self) -> bool:
        """Whether nothing of it is heard any more."""
        since_release = self.age - self.released_at
        return since_release >= self.release_s * self.rate or self.age >= LONGEST_S * self.rate

    def let_go(self, release_s: float) -> None:
        """Begin to fade within so many seconds, or fade faster from where it is."""
        if self.released_at <= self.age:
            if release_s >= self.release_s:
                return
            faded = (self.age - self.released_at) / self.rate / self.release_s
            self.timbre = self.timbre.softer(max(0.0, 1 - faded) ** 2)
        self.released_at, self.release_s = self.age, release_s

    def _envelope(self) -> Floats | float:
        loud = self.timbre.loudness
        held = self.released_at >= self.age + BLOCK_FRAMES
        if held and self.age >= ATTACK_S * self.rate:
            return loud
        ages = (self.age + _FRAMES) / self.rate
        shape = loud * np.clip(ages / ATTACK_S, 0, 1)
        if not held:
            since_s = ages - self.released_at / self.rate
            shape *= np.clip(1 - since_s / self.release_s, 0, 1) ** 2
        return shape.astype(np.float32)


class Voices:
    """Makes voices; what a pitch's voices share is kept.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._blocks: dict[tuple[int, float], tuple[Floats, Complexes]] = {}

    def make(self, pitch: int, velocity: int, age: float = 0.0, a4_hz: float = A4_HZ) -> Voice:
        """Begin a voice of a MIDI pitch at a velocity (1-127), `age` frames after its onset."""
        sound = timbre(pitch, velocity, self.rate, a4_hz)
        key = pitch, a4_hz
        if key not in self._blocks:
            self._blocks[key] = self.block(sound.rates)
        kernel, step = self._blocks[key]
        state = np.exp(sound.rates * (age / self.rate))
        return Voice(pitch, sound, self.rate, kernel, step, state, age)

    def block(self, rates: Complexes) -> tuple[Floats, Complexes]:
        """Kernel and step of a voice whose partials shrink and turn at these rates, (partials,)."""
        turning = np.exp(np.outer(rates, _FRAMES / self.rate))
        kernel = np.concatenate([turning.imag, turning.real]).astype(np.float32)
        return kernel, np.exp(rates * BLOCK_FRAMES / self.rate)


class Synth:
    """Renders any stretch of a piece, always the same way: no state but the notes.

    Args:
        notes: in any order.
        rate: Hz.
    """

    def __init__(self, notes: Sequence[Note], rate: int) -> None:
        self.rate = rate
        self._voices = Voices(rate)
        self._notes = sorted(notes, key=lambda note: note.onset_s)
        self._onsets = np.array([note.onset_s for note in self._notes])

    def render(self, start: int, frames: int) -> Floats:
        """Samples [start, start + frames) of the piece, float32 in (-1, 1)."""
        blocks = np.zeros((-(-frames // BLOCK_FRAMES), BLOCK_FRAMES), dtype=np.float32)
        begin_s, end_s = start / self.rate, (start + frames) / self.rate
        first = int(np.searchsorted(self._onsets, begin_s - LONGEST_S))
        last = int(np.searchsorted(self._onsets, end_s))
        for note in self._notes[first:last]:
            if note.offset_s + RELEASE_S > begin_s:
                self._add(note, start, blocks)
        return np.tanh(blocks.reshape(-1)[:frames])

    def _add(self, note: Note, start: int, blocks: Floats) -> None:
        """Add a note to `(blocks, BLOCK_FRAMES)`, whose first sample is number `start`."""
        age = start - note.onset_s * self.rate
        skipped = max(0, int(-age) // BLOCK_FRAMES)
        voice = self._voices.make(note.pitch, note.velocity, age + skipped * BLOCK_FRAMES)
        voice.released_at = (note.offset_s - note.onset_s) * self.rate
        for block in blocks[skipped:]:
            block += voice.render()
            if voice.over:
                return


class VoiceBank:
    """Plays notes as they come and go.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.a4_hz = A4_HZ
        self._making = Voices(rate)
        self._voices: list[Voice] = []

    @property
    def held(self) -> list[int]:
        """MIDI pitches that are held now."""
        return [voice.pitch for voice in self._voices if voice.released_at == inf]

    @property
    def sounding(self) -> bool:
        """Whether anything is heard, fading notes included."""
        return bool(self._voices)

    def on(self, pitch: int, velocity: int) -> None:
        """Begin a MIDI pitch at a velocity (1-127) with the next block; an older one is cut."""
        self._release(pitch, QUICK_RELEASE_S)
        self._voices.append(self._making.make(pitch, velocity, a4_hz=self.a4_hz))
        for voice in self._voices[:-MOST_VOICES]:
            voice.let_go(QUICK_RELEASE_S)

    def off(self, pitch: int) -> None:
        """Let go of a MIDI pitch; nothing where it does not sound."""
        self._release(pitch, RELEASE_S)

    def cut(self) -> None:
        """End everything within a hundredth of a second."""
        for voice in self._voices:
            voice.let_go(QUICK_RELEASE_S)

    def bend(self, cents: float) -> None:
        """Turn held notes so many cents from their pitch, smoothly; new ones begin at theirs."""
        turn = 2 ** (cents / 1200)
        for voice in self._voices:
            if voice.released_at == inf:
                rates = voice.timbre.rates
                voice.kernel, voice.step = self._making.block(rates.real + 1j * turn * rates.imag)

    def render(self) -> Floats:
        """The next block, float32 (BLOCK_FRAMES,), not limited."""
        mixed: Floats = np.zeros(BLOCK_FRAMES, dtype=np.float32)
        for voice in self._voices:
            mixed += voice.render()
        self._voices = [voice for voice in self._voices if not voice.over]
        return mixed

    def _release(self, pitch: int, release_s: float) -> None:
        for voice in self._voices:
            if voice.pitch == pitch:
                voice.let_go(release_s)
