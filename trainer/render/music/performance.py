"""Turns a score into what a player does: timing, dynamics, pedal, range, one note per key."""

import bisect

import numpy as np

from trainer.render.music.notation import HIGHEST, LOWEST, Part, PartNote

SHORTEST = 0.04
"""Seconds; nobody plays shorter notes."""


def humanise(part: Part, rng: np.random.Generator, strength: float = 1.0) -> Part:
    """Uneven timing, spread chords and a slow drift of the dynamics.

    Args:
        part: any part; its pedal moves along with the tempo.
        rng: chance.
        strength: 0 leaves the part alone; 1 is a lively amateur; performed music wants 0.2.
    """
    if not part.notes or strength <= 0:
        return part
    jitter = rng.uniform(0, 0.012) * strength
    spread = rng.choice([0, 0.006, 0.015, 0.03], p=[0.3, 0.35, 0.25, 0.1]) * strength
    drift_depth = rng.uniform(0, 0.15) * strength
    swing_rate, swing_phase = rng.uniform(0.05, 0.3), rng.uniform(0, 2 * np.pi)
    loud_depth = rng.uniform(0, 0.12) * strength
    notes = []
    for note in part.notes:
        late = rng.normal(0, jitter) + rng.uniform(0, spread)
        loud = loud_depth * np.sin(2 * np.pi * swing_rate * note.onset + swing_phase)
        velocity = float(np.clip(note.velocity + loud + rng.normal(0, 0.02 * strength), 0.06, 1))
        onset = max(0.0, note.onset + late)
        notes.append(PartNote(onset, max(note.offset, onset + SHORTEST), note.pitch, velocity))
    drifted = warp_tempo(Part(tuple(notes), part.role, part.pedal), drift_depth, rng)
    return drifted


def warp_tempo(part: Part, depth: float, rng: np.random.Generator) -> Part:
    """Copy a part under a tempo that wanders by `depth` (0.1 = ten per cent)."""
    rate, phase = rng.uniform(0.03, 0.2), rng.uniform(0, 2 * np.pi)
    scale = depth / (2 * np.pi * rate)

    def warp(seconds: float) -> float:
        if not np.isfinite(seconds):
            return seconds
        wave = np.sin(2 * np.pi * rate * seconds + phase) - np.sin(phase)
        return max(0.0, float(seconds + scale * wave))

    notes = tuple(PartNote(warp(n.onset), warp(n.offset), n.pitch, n.velocity) for n in part.notes)
    return Part(notes, part.role, tuple((warp(a), warp(b)) for a, b in part.pedal))


def hold_pedal(part: Part) -> Part:
    """Notes extended to the release of the pedal that is down at their key-up."""
    if not part.pedal:
        return part
    downs = [down for down, _ in part.pedal]
    notes = []
    for note in part.notes:
        place = bisect.bisect_right(downs, note.offset) - 1
        offset = note.offset
        if place >= 0 and part.pedal[place][1] > offset:
            offset = part.pedal[place][1]
        notes.append(PartNote(note.onset, offset, note.pitch, note.velocity))
    return Part(tuple(notes), part.role)


def fit_range(part: Part, low: int, high: int) -> Part:
    """Move the part by octaves into MIDI pitches low to high; drop what does not fit."""
    if not part.notes:
        return part
    low, high = max(low, LOWEST), min(high, HIGHEST)
    pitches = np.array([note.pitch for note in part.notes])
    shifts = sorted(range(-48, 49, 12), key=abs)
    outside = [int(((pitches + s < low) | (pitches + s > high)).sum()) for s in shifts]
    shift = shifts[int(np.argmin(outside))]
    kept = (
        PartNote(n.onset, n.offset, n.pitch + shift, n.velocity)
        for n in part.notes
        if low <= n.pitch + shift <= high
    )
    return Part(tuple(kept), part.role, part.pedal)


def transpose(part: Part, semitones: int) -> Part:
    """The part that many semitones higher; notes that leave the MIDI range are left out."""
    kept = (
        PartNote(n.onset, n.offset, n.pitch + semitones, n.velocity)
        for n in part.notes
        if 0 <= n.pitch + semitones <= 127
    )
    return Part(tuple(kept), part.role, part.pedal)


def balance_hands(part: Part, slope: float) -> Part:
    """The part with its high notes louder (or, below 0, softer) by `slope` per two octaves."""
    if not part.notes:
        return part
    middle = float(np.mean([note.pitch for note in part.notes]))
    notes = (
        PartNote(
            n.onset,
            n.offset,
            n.pitch,
            float(np.clip(n.velocity + slope * (n.pitch - middle) / 24, 0.06, 1)),
        )
        for n in part.notes
    )
    return Part(tuple(notes), part.role, part.pedal)


def separate_repeats(part: Part, seconds: float, gap: float = 0.0) -> Part:
    """Sorted by onset, one note per key at a time, nothing after the end of the clip.

    A note still sounding when its key is struck again ends `gap` seconds before that. Strikes of
    one key closer than SHORTEST become one note.
    """
    last: dict[int, int] = {}
    notes: list[PartNote] = []
    for note in sorted(part.notes, key=lambda n: (n.onset, n.pitch)):
        if note.onset > seconds - 0.06:
            continue
        offset = min(max(note.offset, note.onset + SHORTEST), seconds + 1)
        earlier = last.get(note.pitch)
        if earlier is not None:
            old = notes[earlier]
            if note.onset - old.onset < SHORTEST:
                merged = max(old.offset, offset)
                notes[earlier] = PartNote(old.onset, merged, old.pitch, old.velocity)
                continue
            if old.offset > note.onset - gap:
                ended = max(note.onset - gap, old.onset + 0.6 * (note.onset - old.onset))
                notes[earlier] = PartNote(old.onset, ended, old.pitch, old.velocity)
        last[note.pitch] = len(notes)
        notes.append(PartNote(note.onset, offset, note.pitch, note.velocity))
    return Part(tuple(notes), part.role)


def play_alone(part: Part, rng: np.random.Generator) -> Part:
    """One note at a time: the top voice, each note ending at (or just after) the next onset."""
    top: list[PartNote] = []
    for note in sorted(part.notes, key=lambda n: (n.onset, -n.pitch)):
        if top and note.onset - top[-1].onset < 0.05:
            continue
        top.append(note)
    legato = rng.random() < 0.5
    notes = []
    for i, note in enumerate(top):
        offset = note.offset
        if i + 1 < len(top):
            following = top[i + 1].onset
            if legato and following - offset < 0.25:
                offset = following + rng.uniform(0, 0.04)
            offset = min(offset, following + 0.04)
        notes.append(PartNote(note.onset, offset, note.pitch, note.velocity))
    return Part(tuple(notes), part.role)


def limit_length(part: Part, longest: float) -> Part:
    """No note longer than a bow stroke or breath of `longest` seconds."""
    return Part(
        tuple(
            PartNote(n.onset, min(n.offset, n.onset + longest), n.pitch, n.velocity)
            for n in part.notes
        ),
        part.role,
        part.pedal,
    )
