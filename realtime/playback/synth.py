"""A small synthesizer for listening to notes: decaying partials, brighter where struck harder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from realtime.values.notes import Note
from realtime.values.pitches import hertz

Floats = npt.NDArray[np.float32]


PARTIALS = 7


ATTACK_S = 0.004


RELEASE_S = 0.12


LONGEST_S = 12.0
"""A struck note cannot be heard any more after this."""


LOUDNESS = 0.16
"""Amplitude of the hardest note's strongest partial."""


A4_HZ = 440.0


class Synth:
    """Renders any stretch of a piece, always the same way: no state but the notes.

    Args:
        notes: in any order.
        rate: Hz.
    """

    def __init__(self, notes: Sequence[Note], rate: int) -> None:
        self.rate = rate
        self._notes = sorted(notes, key=lambda note: note.onset_s)
        self._onsets = np.array([note.onset_s for note in self._notes])

    def render(self, start: int, frames: int) -> Floats:
        """Samples [start, start + frames) of the piece, float32 in (-1, 1)."""
        mixed = np.zeros(frames)
        begin_s, end_s = start / self.rate, (start + frames) / self.rate
        first = int(np.searchsorted(self._onsets, begin_s - LONGEST_S))
        last = int(np.searchsorted(self._onsets, end_s))
        moments = np.arange(start, start + frames) / self.rate
        for note in self._notes[first:last]:
            if note.offset_s + RELEASE_S > begin_s:
                mixed += voice(note, moments - note.onset_s, self.rate)
        return np.tanh(mixed).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Timbre:
    """What a note sounds like, whenever it is played."""

    levels: npt.NDArray[np.float64]
    """(partials,): amplitudes, the lowest is 1."""
    rates: npt.NDArray[np.complex128]
    """(partials,): how a partial shrinks (real, below 0) and turns (imaginary) in a second."""
    loudness: float
    """Loudness of all partials together, 0 to `LOUDNESS`."""

    def softer(self, factor: float) -> "Timbre":
        """Scale the loudness by `factor`."""
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


def voice(note: Note, age_s: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float64]:
    """One note at these ages (seconds since its onset; 0 before it)."""
    made = timbre(note.pitch, note.velocity, rate)
    sound = np.zeros_like(age_s)
    for level, speed in zip(made.levels, made.rates, strict=True):
        fading = np.exp(speed.real * np.maximum(age_s, 0))
        sound += level * fading * np.sin(speed.imag * age_s)
    held_s = note.offset_s - note.onset_s
    rise = np.clip(age_s / ATTACK_S, 0, 1)
    fall = np.clip(1 - (age_s - held_s) / RELEASE_S, 0, 1)
    sound *= made.loudness * rise * fall**2
    return sound


Complexes = npt.NDArray[np.complex128]


BLOCK_FRAMES = 256
"""Frames of a block: 5.3 ms at 48 kHz, and so how much a note may start late."""


MOST_VOICES = 64
"""Notes that sound at once; the oldest end where there would be more."""


QUICK_RELEASE_S = 0.01
"""How fast a note fades that is cut off: short, but without a click."""


@dataclass(slots=True)
class Voice:
    """A note that the bank plays, until it has faded."""

    pitch: int
    timbre: Timbre
    kernel: Floats
    """(2 * partials, BLOCK_FRAMES): imaginary, then real parts of a block of every partial."""
    step: Complexes
    """(partials,): what a block does to a partial's state."""
    state: Complexes
    """(partials,): amplitude and phase now."""
    age: int = 0
    """Frames that were rendered since its onset."""
    released_at: int = -1
    """Age at which it was let go; -1 while it is held."""
    release_s: float = RELEASE_S


class VoiceBank:
    """Plays notes as they come and go. The sound is that of `realtime.playback.synth.Synth`.

    A partial is a number that turns and shrinks: a block of it is that number times a block made
    once per pitch, so that a voice costs one small product of matrices.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.a4_hz = 440.0
        self._voices: list[Voice] = []
        self._kernels: dict[tuple[int, float], tuple[Floats, Complexes]] = {}
        self._frames = np.arange(BLOCK_FRAMES)

    @property
    def held(self) -> list[int]:
        """MIDI pitches that are held now."""
        return [voice.pitch for voice in self._voices if voice.released_at < 0]

    @property
    def sounding(self) -> bool:
        """Whether anything is heard, fading notes included."""
        return bool(self._voices)

    def on(self, pitch: int, velocity: int) -> None:
        """Begin a MIDI pitch at a velocity (1-127) with the next block; an older one is cut."""
        self._release(pitch, QUICK_RELEASE_S)
        self._voices.append(self._made(pitch, velocity))
        for voice in self._voices[:-MOST_VOICES]:
            self._let_go(voice, QUICK_RELEASE_S)

    def off(self, pitch: int) -> None:
        """Let go of a MIDI pitch; nothing where it does not sound."""
        self._release(pitch, RELEASE_S)

    def cut(self) -> None:
        """End everything within a hundredth of a second."""
        for voice in self._voices:
            self._let_go(voice, QUICK_RELEASE_S)

    def bend(self, cents: float) -> None:
        """Turn held notes so many cents from their pitch, smoothly; new ones begin at theirs."""
        turn = 2 ** (cents / 1200)
        for voice in self._voices:
            if voice.released_at < 0:
                rates = voice.timbre.rates
                voice.kernel, voice.step = self._block(rates.real + 1j * turn * rates.imag)

    def render(self) -> Floats:
        """The next block, float32 (BLOCK_FRAMES,), not limited."""
        mixed: Floats = np.zeros(BLOCK_FRAMES, dtype=np.float32)
        for voice in self._voices:
            parts = voice.timbre.levels * voice.state
            block = np.concatenate([parts.real, parts.imag]).astype(np.float32) @ voice.kernel
            mixed += block * self._envelope(voice)
            voice.state *= voice.step
            voice.age += BLOCK_FRAMES
        self._voices = [voice for voice in self._voices if not self._over(voice)]
        return mixed

    def _made(self, pitch: int, velocity: int) -> Voice:
        sound = timbre(pitch, velocity, self.rate, self.a4_hz)
        key = pitch, self.a4_hz
        if key not in self._kernels:
            self._kernels[key] = self._block(sound.rates)
        kernel, step = self._kernels[key]
        return Voice(pitch, sound, kernel, step, np.ones(len(step), dtype=np.complex128))

    def _block(self, rates: Complexes) -> tuple[Floats, Complexes]:
        """Kernel and step of a voice whose partials shrink and turn at these rates."""
        turning = np.exp(np.outer(rates, self._frames / self.rate))
        kernel = np.concatenate([turning.imag, turning.real]).astype(np.float32)
        return kernel, np.exp(rates * BLOCK_FRAMES / self.rate)

    def _envelope(self, voice: Voice) -> Floats | float:
        loud = voice.timbre.loudness
        if voice.released_at < 0 and voice.age >= ATTACK_S * self.rate:
            return loud
        ages = (voice.age + self._frames) / self.rate
        shape = loud * np.clip(ages / ATTACK_S, 0, 1)
        if voice.released_at >= 0:
            since_s = ages - voice.released_at / self.rate
            shape *= np.clip(1 - since_s / voice.release_s, 0, 1) ** 2
        return shape.astype(np.float32)

    def _over(self, voice: Voice) -> bool:
        if voice.released_at >= 0:
            return voice.age - voice.released_at >= voice.release_s * self.rate
        return voice.age >= LONGEST_S * self.rate

    def _release(self, pitch: int, release_s: float) -> None:
        for voice in self._voices:
            if voice.pitch == pitch:
                self._let_go(voice, release_s)

    def _let_go(self, voice: Voice, release_s: float) -> None:
        """Begin to fade, or fade faster from where it is."""
        if voice.released_at >= 0:
            if release_s >= voice.release_s:
                return
            faded = (voice.age - voice.released_at) / self.rate / voice.release_s
            voice.timbre = voice.timbre.softer(max(0.0, 1 - faded) ** 2)
        voice.released_at, voice.release_s = voice.age, release_s
