"""Musical figures: short stretches of melody, scale, arpeggio, chord, trill or chance.

Every figure is a function of a `Sketch` (the harmony and the hand) and a stretch (start, stop) in
seconds, and returns `PartNote`s with raw velocities around the sketch's level.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trainer.render.music.notation import PartNote

SCALES = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 2, 3, 5, 7, 8, 11),
    (0, 2, 4, 7, 9),
    (0, 3, 5, 6, 7, 10),
    (0, 2, 4, 6, 8, 10),
    tuple(range(12)),
)
SCALE_WEIGHTS = (0.35, 0.2, 0.12, 0.1, 0.06, 0.04, 0.13)


@dataclass
class Sketch:
    """What a figure needs to know: chance, tempo, harmony, the reach of the hand."""

    rng: np.random.Generator
    beat: float
    """Length of a beat in seconds."""
    key: int
    """Pitch class 0..11 of the tonic."""
    scale: tuple[int, ...]
    low: int
    high: int
    level: float = 0.6
    """Velocity around which notes are played, 0..1."""
    chord_root: int = 0
    """Scale degree on which chords are built."""
    voices: int = 4
    """Most notes that sound at once."""
    length: float = 0.9
    """Sounding part of each note's time: 0.3 staccato, 1 legato, above 1 overlapping."""

    def ladder(self) -> np.ndarray:
        """Scale pitches within reach, ascending (n,), at least two."""
        pitches = np.arange(self.low, self.high + 1)
        found = pitches[np.isin((pitches - self.key) % 12, self.scale)]
        return found if len(found) >= 2 else np.array([self.low, self.high])

    def chord_tones(self) -> np.ndarray:
        """Pitches of the current chord within reach, ascending (n,), at least one."""
        steps = (0, 2, 4, 6) if self.rng.random() < 0.35 else (0, 2, 4)
        degrees = [(self.chord_root + step) % len(self.scale) for step in steps]
        classes = [(self.key + self.scale[degree]) % 12 for degree in degrees]
        pitches = np.arange(self.low, self.high + 1)
        found = pitches[np.isin(pitches % 12, classes)]
        return found if len(found) else np.array([self.low])

    def note(self, onset: float, step: float, pitch: int, accent: float = 0.0) -> PartNote:
        """A note filling `step` seconds with this sketch's articulation and level."""
        velocity = self.level + accent + self.rng.normal(0, 0.04)
        sounding = max(0.05, step * self.length * self.rng.uniform(0.92, 1.05))
        return PartNote(onset, onset + sounding, int(pitch), float(np.clip(velocity, 0.08, 1)))


Figure = Callable[[Sketch, float, float], list[PartNote]]


def melody(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """Steps and leaps on the scale from `start` to `stop` seconds, in mixed rhythm with rests."""
    rng, ladder, notes = sketch.rng, sketch.ladder(), []
    place, time = int(rng.integers(len(ladder))), start
    values = rng.choice([0.25, 1 / 3, 0.5, 1, 1.5, 2], size=3)
    leaps = rng.uniform(0.1, 0.4)
    while time < stop:
        step = max(0.07, sketch.beat * float(rng.choice(values)))
        if rng.random() > 0.08:
            strong = 0.08 if rng.random() < 0.2 else 0.0
            notes.append(sketch.note(time, step, ladder[place], strong))
        move = rng.integers(-7, 8) if rng.random() < leaps else rng.choice([-2, -1, -1, 0, 1, 1, 2])
        place = int(np.clip(place + move, 0, len(ladder) - 1))
        time += step
    return notes


def long_tones(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """Slow singing notes of one to six beats."""
    rng, ladder, notes, time = sketch.rng, sketch.ladder(), [], start
    place = int(rng.integers(len(ladder)))
    while time < stop:
        step = float(np.clip(sketch.beat * rng.choice([1, 2, 2, 3, 4, 6]), 0.5, 5))
        notes.append(sketch.note(time, step, ladder[place]))
        place = int(np.clip(place + rng.integers(-4, 5), 0, len(ladder) - 1))
        time += step
    return notes


def scale_run(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """Up and down the scale, evenly, from `start` to `stop` seconds."""
    rng, ladder, notes, time = sketch.rng, sketch.ladder(), [], start
    step = max(0.065, sketch.beat * float(rng.choice([0.25, 0.25, 1 / 3, 0.5])))
    place, way = int(rng.integers(len(ladder))), int(rng.choice([-1, 1]))
    while time < stop:
        notes.append(sketch.note(time, step, ladder[place]))
        if not 0 <= place + way < len(ladder) or rng.random() < 0.06:
            way = -way
        place = int(np.clip(place + way, 0, len(ladder) - 1))
        time += step
    return notes


def arpeggio(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """Chord tones one by one from `start` to `stop` seconds; sometimes left ringing."""
    rng, notes, time = sketch.rng, [], start
    step = max(0.065, sketch.beat * float(rng.choice([0.25, 1 / 3, 0.5])))
    ringing = rng.random() < 0.4
    tones = sketch.chord_tones()
    width = min(len(tones), int(rng.integers(3, 9)))
    first = int(rng.integers(len(tones) - width + 1))
    up = list(range(width))
    pattern = [up, up[::-1], up + up[-2:0:-1], list(rng.permutation(width))][rng.integers(4)]
    i = 0
    while time < stop:
        hold = step * (width if ringing else 1)
        tone = tones[min(first + int(pattern[i % len(pattern)]), len(tones) - 1)]
        notes.append(sketch.note(time, hold, tone, 0.06 * (i % len(pattern) == 0)))
        time += step
        i += 1
        if i % len(pattern) == 0 and rng.random() < 0.35:
            _change_chord(sketch)
            tones = sketch.chord_tones()
    return notes


def block_chords(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """Chords struck together, each held for some beats or repeated."""
    rng, notes, time = sketch.rng, [], start
    values = rng.choice([0.5, 1, 1, 2, 2, 4], size=2)
    while time < stop:
        step = float(np.clip(sketch.beat * rng.choice(values), 0.15, 5))
        for tone in _voicing(sketch):
            notes.append(sketch.note(time, step, tone))
        if rng.random() < 0.6:
            _change_chord(sketch)
        time += step
    return notes


def broken_chords(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """Low note and the rest in turn, for some seconds: Alberti bass, oom-pah, guitar picking."""
    rng, notes, time, i = sketch.rng, [], start, 0
    step = max(0.08, sketch.beat * float(rng.choice([0.25, 0.5, 0.5, 1])))
    pattern = [[0, 2, 1, 2], [0, 3, 3, 3], [0, 3], [0, 1, 2, 1]][rng.integers(4)]
    voicing = _voicing(sketch)
    while time < stop:
        which = pattern[i % len(pattern)]
        tones = voicing[1:] if which == 3 else [voicing[min(which, len(voicing) - 1)]]
        for tone in tones or voicing:
            notes.append(sketch.note(time, step, tone, 0.05 * (which == 0)))
        time += step
        i += 1
        if i % len(pattern) == 0 and rng.random() < 0.3:
            _change_chord(sketch)
            voicing = _voicing(sketch)
    return notes


def repeated_notes(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """One pitch (or a chord) struck again and again, 2 to 12 times a second."""
    rng, notes, time = sketch.rng, [], start
    step = 1 / float(np.exp(rng.uniform(np.log(2), np.log(12))))
    tones = _voicing(sketch) if rng.random() < 0.25 else [rng.choice(sketch.ladder())]
    left = int(rng.integers(3, 13))
    while time < stop:
        for tone in tones:
            notes.append(sketch.note(time, step * 0.9, tone))
        time += step
        left -= 1
        if left == 0:
            tones, left = [rng.choice(sketch.ladder())], int(rng.integers(3, 13))
    return notes


def held_tones(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """One tone or chord held for five seconds or more, over and over."""
    rng, notes, time = sketch.rng, [], start
    while time < stop:
        step = float(rng.uniform(5, 20))
        tones = _voicing(sketch) if rng.random() < 0.4 else [int(rng.choice(sketch.ladder()))]
        notes += [sketch.note(time, step, tone) for tone in tones]
        _change_chord(sketch)
        time += step + float(rng.choice([0.0, rng.uniform(0.1, 2)]))
    return notes


def steady_repeats(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """One tone or chord struck evenly and alike, from `start` to `stop` seconds."""
    rng, time, notes = sketch.rng, start, []
    step = 1 / float(np.exp(rng.uniform(np.log(0.8), np.log(9))))
    tones = _voicing(sketch) if rng.random() < 0.25 else [int(rng.choice(sketch.ladder()))]
    loud, held = float(np.clip(sketch.level, 0.1, 1)), step * float(rng.uniform(0.3, 0.95))
    while time < stop:
        notes += [PartNote(time, time + held, int(tone), loud) for tone in tones]
        time += step
    return notes


def trill(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """Two neighbours in quick alternation, then a rest, from `start` to `stop` seconds."""
    rng, notes, time = sketch.rng, [], start
    ladder = sketch.ladder()
    while time < stop:
        base, step = int(rng.choice(ladder)), 1 / rng.uniform(6, 13)
        upper = base + int(rng.choice([1, 2, 3, 4]))
        if upper > sketch.high:
            base, upper = upper - 2 * (upper - base), base
        for i in range(int(rng.integers(6, 24))):
            if time < stop:
                notes.append(sketch.note(time, step, max((base, upper)[i % 2], sketch.low)))
                time += step
        time += sketch.beat * rng.uniform(0.2, 1.5)
    return notes


def bass_line(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """Roots and fifths on the beat, walking in between."""
    rng, notes, time = sketch.rng, [], start
    ladder, tones = sketch.ladder(), sketch.chord_tones()
    step = max(0.12, sketch.beat * float(rng.choice([0.5, 1, 1, 2])))
    walking = rng.random() < 0.4
    while time < stop:
        pitch = int(rng.choice(ladder if walking and rng.random() < 0.6 else tones))
        notes.append(sketch.note(time, step, pitch))
        if rng.random() < 0.25:
            _change_chord(sketch)
            tones = sketch.chord_tones()
        time += step
    return notes


def octaves(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """A melody doubled at the octave below, from `start` to `stop` seconds."""
    return [
        PartNote(n.onset, n.offset, pitch, n.velocity)
        for n in melody(sketch, start, stop)
        for pitch in (n.pitch, n.pitch - 12)
        if pitch >= sketch.low
    ]


def texture(sketch: Sketch, start: float, stop: float) -> list[PartNote]:
    """Notes at random from `start` to `stop` seconds, of any pitch and length: no music."""
    rng = sketch.rng
    count = max(1, int((stop - start) * np.exp(rng.uniform(np.log(1), np.log(14)))))
    onsets = np.sort(rng.uniform(start, stop, count))
    lengths = np.exp(rng.uniform(np.log(0.06), np.log(2.5), count))
    pitches = rng.integers(sketch.low, sketch.high + 1, count)
    spread = rng.uniform(0.05, 0.25)
    levels = np.clip(rng.normal(sketch.level, spread, count), 0.1, 1)
    return [
        PartNote(float(t), float(t + d), int(p), float(v))
        for t, d, p, v in zip(onsets, lengths, pitches, levels, strict=True)
    ]


def _change_chord(sketch: Sketch) -> None:
    weights = np.array([3, 1, 0.7, 2, 2.5, 1.5, 0.4])[: len(sketch.scale)]
    if len(weights) < len(sketch.scale):
        weights = np.ones(len(sketch.scale))
    sketch.chord_root = int(sketch.rng.choice(len(weights), p=weights / weights.sum()))


def _voicing(sketch: Sketch) -> list[int]:
    """One to `voices` chord tones near each other, ascending."""
    tones = sketch.chord_tones()
    count = min(len(tones), int(sketch.rng.integers(2, max(3, sketch.voices + 1))))
    first = int(sketch.rng.integers(len(tones) - count + 1))
    return [int(tone) for tone in tones[first : first + count]]
