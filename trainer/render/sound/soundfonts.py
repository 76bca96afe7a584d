"""FluidSynth, offline: one player after another, exact to the sample.

FluidSynth starts voices on blocks of 64 frames only. Events are therefore placed on that grid
before anything is rendered, and the labels are taken from the grid: notes and audio agree.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import soxr

from realtime.troubles.errors import UserError
from trainer.render.music.gestures import CONTROL_RATE, Manner, draw_loudness, draw_pitch
from trainer.render.music.notation import SAMPLE_RATE, Part, PartNote
from trainer.render.sound.timbres import SOLO, Timbre
from trainer.shards.format import empty_notes
from trainer.shards.note_tables import perceptual_delay

DEBIAN_SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
SYNTH_RATE = 2 * SAMPLE_RATE
BLOCK = 64
"""Frames at SYNTH_RATE between two possible event times."""
GRID = BLOCK * SAMPLE_RATE // SYNTH_RATE
"""Samples of the output between two places at which a note may begin."""
PROBE_SECONDS = 6.0
DRUM_CHANNEL = 9
WARNINGS = 2
"""FluidSynth's log level for warnings."""
CONTROL_BLOCKS = SYNTH_RATE // BLOCK // CONTROL_RATE

PLAIN = Manner()

Event = tuple[int, int, str, int, int, int]
"""(block, order within the block, kind, channel, first, second)."""


@dataclass(frozen=True)
class Voice:
    """One player: an instrument, what it plays and how."""

    timbre: Timbre
    part: Part
    gain_db: float = 0.0
    manner: Manner = PLAIN
    cents: float = 0.0
    """Tuning away from A = 440 Hz."""
    stops: tuple[tuple[int, float], ...] = ()
    """Organ stops drawn beside the sounding pitch: (semitones above it, gain in dB)."""
    damping: float = 0.0
    """Seconds from the end of a note, when its key is let go, until its damper acts."""
    damper_fall: float = 0.0
    """Seconds in which the dampers of one-shots take 60 dB off middle C, more below it and less
    above; 0: notes fade as wind and bowed ones do."""


def label_notes(voice: Voice, rows: Sequence[tuple[int, int, PartNote]]) -> np.ndarray:
    """Labels of what a voice played.

    Args:
        voice: whose program the labels name.
        rows: (onset, offset, note), in samples from the start of the clip.

    Returns:
        Notes as shards keep them, `(len(rows),)` of NOTE_DTYPE.
    """
    notes = empty_notes(len(rows))
    for label, (onset, offset, note) in zip(notes, rows, strict=True):
        label["onset"], label["offset"] = onset, offset
        label["pitch"], label["velocity"] = note.pitch, note.velocity
        label["program"] = voice.timbre.program
    return notes


class SoundFontPlayer:
    """Plays any number of voices with SoundFonts that are loaded once.

    Every voice gets a FluidSynth of its own: one that is reset and used again still remembers
    enough (filters, sounding voices) to make audio depend on what was played before.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._fluid = _import_fluidsynth()
        self._owner = self._fluid.Synth(
            gain=0.5,
            samplerate=SYNTH_RATE,
            channels=16,
            **{"synth.lock-memory": 0, "synth.reverb.active": 0, "synth.chorus.active": 0},
        )
        self._calls = _declare_calls(self._fluid)
        self._fonts = [self._load(path) for path in paths]
        self._probes: dict[tuple[str, int], tuple[int, int]] = {}

    def play(
        self, voice: Voice, n_samples: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """One voice -> audio (n_samples,) float32 at SAMPLE_RATE, its notes (n_notes,)."""
        notes = self._label(voice)
        events = [(0, 1, "bend", 0, _bend(voice.cents), 0), *_strike(0, voice.part, voice.damping)]
        if voice.timbre.expressive:
            events += _express(0, voice, rng)
        return self._run(events, n_samples, 0, voice.timbre), notes

    def play_drums(self, hits: Part, kit: int, soundfont: int, n_samples: int) -> np.ndarray:
        """A drum kit (bank 128) -> audio (n_samples,) float32."""
        drums = Timbre("drums", kit, "drums", 0, 127, soundfont)
        return self._run(_strike(DRUM_CHANNEL, hits), n_samples, DRUM_CHANNEL, drums)

    def close(self) -> None:
        """Free FluidSynth and its SoundFonts."""
        self._owner.delete()

    def measure(self, timbre: Timbre, pitch: int) -> tuple[int, int]:
        """Attack (start to half peak) and ring (start to -40 dB) in samples, measured once.

        Sustained sounds get a ring of practically forever.
        """
        key = (timbre.id, pitch // 3)
        if key not in self._probes:
            middle = min(max(pitch // 3 * 3 + 1, timbre.low), timbre.high)
            seconds = 1.5 if timbre.sustained else PROBE_SECONDS
            strike: Event = (0, 2, "on", 0, middle, 90)
            sound = self._run([strike], int(seconds * SAMPLE_RATE), 0, timbre)
            self._probes[key] = measure_sound(sound, timbre.sustained)
        return self._probes[key]

    def _label(self, voice: Voice) -> np.ndarray:
        rows = []
        for note in voice.part.notes:
            attack, ring = self.measure(voice.timbre, note.pitch)
            on, off = _block(note.onset) * GRID, _block(note.offset) * GRID
            delay = perceptual_delay(attack)
            rows.append((on + delay, max(min(off, on + ring), on + delay), note))
        return label_notes(voice, rows)

    def _run(self, events: list[Event], n_samples: int, channel: int, timbre: Timbre) -> np.ndarray:
        fluid = self._fluid
        synth = fluid.new_fluid_synth(self._owner.settings)
        font = self._fonts[timbre.soundfont]
        number = self._calls.add_sfont(synth, font)
        bank = 128 if channel == DRUM_CHANNEL else 0
        fluid.fluid_synth_program_select(synth, channel, number, bank, timbre.program)
        blocks = -(-n_samples // GRID)
        out = np.zeros(blocks * BLOCK * 2, np.float32)
        done = 0
        for block, _, kind, where, first, second in sorted(events):
            if block >= blocks:
                break
            if block > done:
                self._fill(synth, out, done, block)
                done = block
            if kind == "on":
                fluid.fluid_synth_noteon(synth, where, first, second)
            elif kind == "off":
                fluid.fluid_synth_noteoff(synth, where, first)
            elif kind == "bend":
                fluid.fluid_synth_pitch_bend(synth, where, first + 8192)
            else:
                fluid.fluid_synth_cc(synth, where, first, second)
        self._fill(synth, out, done, blocks)
        self._calls.remove_sfont(synth, font)
        fluid.delete_fluid_synth(synth)
        mono = out.reshape(-1, 2).mean(axis=1)
        result: np.ndarray = soxr.resample(mono, SYNTH_RATE, SAMPLE_RATE, quality="MQ")[:n_samples]
        return result

    def _fill(self, synth: int, out: np.ndarray, first: int, last: int) -> None:
        """Render blocks first..last into the interleaved stereo buffer."""
        if last > first:
            pointer = out.ctypes.data + first * BLOCK * 8
            frames = (last - first) * BLOCK
            self._calls.write_float(synth, frames, pointer, 0, 2, pointer, 1, 2)

    def _load(self, path: Path) -> int:
        """The SoundFont as FluidSynth's pointer, kept alive by the owner."""
        number = self._owner.sfload(str(path)) if path.exists() else -1
        if number < 0:
            hint = "" if path.exists() else " `sudo apt install fluid-soundfont-gm` brings one."
            raise UserError(f"SoundFont {path} cannot be loaded.{hint}")
        result: int = self._calls.get_sfont_by_id(self._owner.synth, number)
        return result


def measure_sound(sound: np.ndarray, sustained: bool) -> tuple[int, int]:
    """Attack and ring, in samples, of a note that starts at sample 0 (n_samples,)."""
    window = SAMPLE_RATE // 500
    frames = np.abs(sound[: len(sound) // window * window]).reshape(-1, window).max(axis=1)
    early = frames[: int(1.5 * SAMPLE_RATE / window)]
    peak = float(early.max()) if len(early) else 0.0
    if peak <= 0:
        return 0, 0
    attack = int(np.argmax(early >= peak / 2)) * window
    ring = (int(np.flatnonzero(frames >= peak / 100)[-1]) + 1) * window
    endless = sustained or ring >= len(frames) * window - window
    return attack, 3600 * SAMPLE_RATE if endless else ring


def _block(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE / GRID)


def _strike(channel: int, part: Part, damping: float = 0.0) -> list[Event]:
    """Ons and offs; an off that would come late stands before the next on of its key."""
    events: list[Event] = []
    following: dict[int, float] = {}
    for note in sorted(part.notes, key=lambda note: -note.onset):
        on, velocity = _block(note.onset), int(np.clip(round(note.velocity * 127), 1, 127))
        again = max(note.offset, following.get(note.pitch, np.inf) - 2 * GRID / SAMPLE_RATE)
        off = max(_block(min(note.offset + damping, again)), on + 1)
        events.append((on, 2, "on", channel, note.pitch, velocity))
        events.append((off, 0, "off", channel, note.pitch, 0))
        following[note.pitch] = note.onset
    return events


def _express(channel: int, voice: Voice, rng: np.random.Generator) -> list[Event]:
    """Swells (CC 11) for all; vibrato and scoops (pitch bend) for those who play single lines."""
    if voice.timbre.family not in SOLO:
        return _swell(channel, voice, rng)
    events: list[Event] = []
    notes = voice.part.notes
    for i, note in enumerate(notes):
        first, last = _block(note.onset), _block(note.offset)
        if i + 1 < len(notes):
            last = min(last, _block(notes[i + 1].onset) - 1)
        count = max(2, (last - first) // CONTROL_BLOCKS)
        blocks = first + CONTROL_BLOCKS * np.arange(count)
        slurred = i > 0 and note.onset - notes[i - 1].offset < 0.03
        step = notes[i - 1].pitch - note.pitch if slurred else 0
        cents = voice.cents + draw_pitch(voice.manner, rng, count, step)
        loud = _expression(draw_loudness(voice.manner, rng, count))
        for block, level, bend in zip(blocks.tolist(), loud, cents.tolist(), strict=True):
            events.append((block, 1, "cc", channel, 11, level))
            events.append((block, 1, "bend", channel, _bend(bend), 0))
    return events


def _swell(channel: int, voice: Voice, rng: np.random.Generator) -> list[Event]:
    """One slow swell after the other for a whole section, whatever its chords do."""
    events: list[Event] = []
    block, last = 0, _block(max((note.offset for note in voice.part.notes), default=0.0))
    while block < last:
        count = int(rng.uniform(1, 6) * CONTROL_RATE)
        loud = _expression(draw_loudness(voice.manner, rng, count))
        places = range(block, block + count * CONTROL_BLOCKS, CONTROL_BLOCKS)
        events += [(b, 1, "cc", channel, 11, v) for b, v in zip(places, loud, strict=True)]
        block += count * CONTROL_BLOCKS
    return events


def _expression(loudness_db: np.ndarray) -> list[int]:
    """Decibels, 0 or below, as values of controller 11."""
    values: list[int] = (127 * 10 ** (loudness_db / 40)).astype(int).tolist()
    return values


def _bend(cents: float) -> int:
    return int(np.clip(round(cents / 200 * 8192), -8192, 8191))


def _declare_calls(fluid: Any) -> SimpleNamespace:
    """FluidSynth functions that pyfluidsynth leaves out, or declares otherwise."""
    pointer, number = ctypes.c_void_p, ctypes.c_int

    def declare(name: str, result: type, *kinds: type) -> Any:
        return fluid.cfunc(f"fluid_synth_{name}", result, *_arguments(*kinds))

    # A synth that loses its SoundFont warns of 16 silent channels: 16 lines for every voice.
    fluid.cfunc("fluid_set_log_function", pointer, *_arguments(number, pointer, pointer))(
        WARNINGS, None, None
    )
    left = right = (pointer, number, number)
    return SimpleNamespace(
        write_float=declare("write_float", number, pointer, number, *left, *right),
        add_sfont=declare("add_sfont", number, pointer, pointer),
        remove_sfont=declare("remove_sfont", number, pointer, pointer),
        get_sfont_by_id=declare("get_sfont_by_id", pointer, pointer, number),
    )


def _arguments(*kinds: type) -> list[tuple[str, type, int]]:
    return [(f"argument_{i}", kind, 1) for i, kind in enumerate(kinds)]


def _import_fluidsynth() -> Any:
    try:
        import fluidsynth
    except ImportError as error:
        raise UserError(
            "FluidSynth is missing: `sudo apt install libfluidsynth3` and `pip install "
            "'jaka-to-melodia[train]'`."
        ) from error
    return fluidsynth
