"""Who plays what in one clip: settings from solo piano to a band, scores to suit them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from trainer.render.music.gestures import draw_manner
from trainer.render.music.midi_files import Piece, take_excerpt
from trainer.render.music.notation import Part, Score
from trainer.render.music.performance import (
    balance_hands,
    fit_range,
    hold_pedal,
    humanise,
    limit_length,
    play_alone,
    separate_repeats,
    transpose,
)
from trainer.render.music.scores import add_pedal, compose_together
from trainer.render.sound.soundfonts import Voice
from trainer.render.sound.timbres import SOLO, Timbre

Families = dict[str, float]
LINES: Families = {"bowed": 4, "brass": 2, "reed": 3.5, "pipe": 1.6, "voice": 0.6}
LOW_LINES: Families = {"bowed": 3, "reed": 1, "brass": 1}
OTHERS: Families = {
    "guitar": 4.5,
    "epiano": 1.5,
    "harpsichord": 1,
    "mallet": 2.8,
    "plucked": 2,
    "organ": 4,
    "accordion": 0.8,
    "ensemble": 1.3,
    "synth": 0.6,
    "bass": 0.8,
}
LEADS: Families = LINES | {"guitar": 1.5, "mallet": 0.8, "synth": 0.5, "piano": 0.5}
BACKING: Families = {
    "piano": 4,
    "guitar": 3,
    "epiano": 1,
    "organ": 1,
    "ensemble": 1.5,
    "plucked": 1,
}
BASSES: Families = {"bass": 4, "bowed": 0.7}

SETTINGS = {"piano": 0.4, "line": 0.15, "chamber": 0.17, "other": 0.16, "band": 0.12}
"""Share of each setting in the music."""

STOPS = {-12: 0.45, 7: 0.12, 12: 0.7, 19: 0.4, 24: 0.5, 28: 0.2, 31: 0.2, 36: 0.3}
"""Semitones from an organ's 8' pitch to its other stops (16', 5 1/3', 4', ...), and how often each
is drawn."""

LONGEST = 20.0
"""Seconds for which an organ, or some bow or breath, holds a note at most."""

RINGING = frozenset({"piano", "epiano", "mallet", "plucked"})
"""Families whose players may let notes ring on (pedal, open strings)."""


DAMPED = RINGING | {"harpsichord", "guitar"}
"""Families whose notes are ended by a damper or a hand, which takes its time."""


FELT = frozenset({"piano", "epiano", "harpsichord"})
"""Families with a damper of felt on each string, under which it dies away."""


@dataclass(frozen=True)
class Chair:
    """One player to be: a role and the families that can fill it."""

    role: str
    families: Families


def draw_chairs(setting: str, rng: np.random.Generator) -> list[Chair]:
    """The players of one clip."""
    if setting == "piano":
        return [Chair("keys", {"piano": 1})]
    if setting == "line":
        return [Chair("lead", LINES)]
    if setting == "other":
        return [Chair("keys", OTHERS)]
    if setting == "chamber":
        count = int(rng.choice([2, 3, 4], p=[0.4, 0.25, 0.35]))
        families: Families = {"bowed": 1} if rng.random() < 0.35 else LINES
        low = families if len(families) == 1 else LOW_LINES
        return [Chair("lead", families)] * (count - 1) + [Chair("bass", low)]
    chairs = [Chair("lead", LEADS), Chair("keys", BACKING), Chair("bass", BASSES)]
    if rng.random() < 0.35:
        chairs.append(Chair("chords", BACKING))
    if rng.random() < 0.45:
        chairs.pop(2)
    return chairs


def write_score(
    setting: str,
    chairs: list[Chair],
    timbres: list[Timbre],
    pieces: list[Piece],
    midi_share: float,
    rng: np.random.Generator,
    seconds: float,
) -> tuple[Score, str]:
    """Music for these players, one part per chair, and where it comes from.

    Args:
        setting: kind of ensemble.
        chairs: who plays which role.
        timbres: of the chairs.
        pieces: given scores.
        midi_share: chance, 0-1, of a given score.
        rng: chance.
        seconds: length of the clip.
    """
    if rng.random() < midi_share:
        piece = _choose_piece(setting, pieces, rng)
        if piece is not None:
            score = take_excerpt(piece, rng, seconds)
            parts = _hand_out(score, chairs, rng)
            if setting in ("piano", "line") and rng.random() < 0.2:
                parts = [transpose(part, int(rng.choice([-24, -12, -12, 12]))) for part in parts]
            if parts and sum(len(part.notes) for part in parts) >= 4:
                return Score(tuple(parts), score.song), piece.collection
    roles = [(chair.role, t.low, t.high) for chair, t in zip(chairs, timbres, strict=True)]
    score = compose_together(rng, roles, seconds)
    parts = [add_pedal(part, rng, seconds) if rng.random() < 0.4 else part for part in score.parts]
    return Score(tuple(parts)), "invented"


def make_voices(
    score: Score, timbres: list[Timbre], rng: np.random.Generator, seconds: float, performed: bool
) -> list[Voice]:
    """Every part brought to life by its instrument: timing, dynamics, range, tuning.

    Args:
        score: a part for each timbre.
        timbres: of the parts.
        rng: chance.
        seconds: length of the clip.
        performed: whether the timing is a player's already.
    """
    strength = 0.2 if performed else float(rng.uniform(0, 1.2))
    tuning = float(rng.uniform(-40, 40) if rng.random() < 0.3 else rng.normal(0, 7))
    louder, contrast = float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.6, 2.2))
    voices = []
    for number, (part, timbre) in enumerate(zip(score.parts, timbres, strict=True)):
        part = _shade(part, louder, contrast)
        if timbre.family not in SOLO:
            part = balance_hands(part, float(rng.uniform(-0.1, 0.3)))
        part = humanise(part, rng, strength)
        if timbre.family in RINGING:
            part = hold_pedal(part)
        part = fit_range(part, timbre.low, timbre.high)
        gap = float(rng.choice([0.0, 0.008, 0.02]))
        if timbre.family in SOLO:
            gap = float(rng.uniform(0.005, 0.06))  # the tongue or the bow between repeated notes
            longest = rng.uniform(3, 7) if rng.random() < 0.85 else LONGEST
            part = limit_length(play_alone(part, rng), float(longest))
        elif timbre.sustained:
            part = limit_length(part, LONGEST)
        part = separate_repeats(part, seconds, gap)
        gain = float(rng.uniform(-1, 2) if number == 0 else rng.uniform(-7, 1))
        if part.notes:
            manner = draw_manner(timbre.family, rng)
            cents = tuning + float(rng.normal(0, 3))
            # a recorded registration is whole; a SoundFont's organ is one stop among others
            mixed = timbre.family == "organ" and timbre.soundfont >= 0
            stops = draw_stops(rng) if mixed else ()
            damping = draw_damping(rng) if timbre.family in DAMPED else 0.0
            fall = draw_damper_fall(rng) if timbre.family in FELT else 0.0
            voices.append(Voice(timbre, part, gain, manner, cents, stops, damping, fall))
    return voices


def draw_stops(rng: np.random.Generator) -> tuple[tuple[int, float], ...]:
    """Stops that an organist adds: (semitones from the sounding pitch, level in dB)."""
    if rng.random() < 0.4:
        return ()
    drawn = [semitones for semitones, chance in STOPS.items() if rng.random() < chance]
    return tuple((semitones, float(rng.uniform(-14, 3))) for semitones in drawn)


def draw_damping(rng: np.random.Generator) -> float:
    """Seconds from key-up to silence that an action takes beside the decay of its recording."""
    return float(rng.uniform(0.01, 0.09)) if rng.random() < 0.7 else 0.0


def draw_damper_fall(rng: np.random.Generator) -> float:
    """Seconds in which an instrument's dampers take 60 dB off middle C."""
    return float(np.exp(rng.uniform(np.log(0.12), np.log(0.9))))


def choose_timbre(
    families: Families,
    stock: list[tuple[Timbre, float]],
    rng: np.random.Generator,
) -> Timbre | None:
    """A timbre from the families in stock, family first, then instrument; None if none fits."""
    present = {timbre.family for timbre, _ in stock}
    names = [name for name in families if name in present]
    if not names:
        return None
    weights = np.array([families[name] for name in names])
    family = names[rng.choice(len(names), p=weights / weights.sum())]
    options = [(timbre, weight) for timbre, weight in stock if timbre.family == family]
    shares = np.array([weight for _, weight in options])
    return options[rng.choice(len(options), p=shares / shares.sum())][0]


def _shade(part: Part, louder: float, contrast: float) -> Part:
    """The part at another overall loudness; velocities stay within pp..ff."""
    if not part.notes:
        return part
    middle = float(np.mean([note.velocity for note in part.notes]))
    notes = (
        replace(n, velocity=float(np.clip(louder + contrast * (n.velocity - middle), 0.12, 1)))
        for n in part.notes
    )
    return replace_notes(part, tuple(notes))


def replace_notes(part: Part, notes: tuple[Any, ...]) -> Part:
    """Copy a part with other notes."""
    return Part(notes, part.role, part.pedal)


COLLECTIONS: dict[str, Families] = {
    "piano": {"pop909": 0.65, "vienna4x22": 0.25, "bach_chorales": 0.1},
    "line": {"pop909": 0.8, "bach_chorales": 0.2},
    "chamber": {"bach_chorales": 0.65, "pop909": 0.35},
    "other": {"pop909": 0.75, "vienna4x22": 0.1, "bach_chorales": 0.15},
    "band": {"pop909": 1},
}


def _choose_piece(setting: str, pieces: list[Piece], rng: np.random.Generator) -> Piece | None:
    if not pieces:
        return None
    present = {piece.collection for piece in pieces}
    wanted = {name: w for name, w in COLLECTIONS[setting].items() if name in present}
    if wanted:
        weights = np.array(list(wanted.values()))
        name = list(wanted)[rng.choice(len(wanted), p=weights / weights.sum())]
        pieces = [piece for piece in pieces if piece.collection == name]
    return pieces[rng.integers(len(pieces))]


def _hand_out(score: Score, chairs: list[Chair], rng: np.random.Generator) -> list[Part]:
    """One part of the piece per chair; a soloist at the keys gets all of it."""
    parts = [part for part in score.parts if part.notes]
    if not parts:
        return []
    if len(chairs) == 1 and chairs[0].role == "keys":
        if rng.random() < 0.15:
            parts = [parts[rng.integers(len(parts))]]
        pedal = max((part.pedal for part in parts), key=len) if rng.random() < 0.8 else ()
        return [Part(tuple(note for part in parts for note in part.notes), "keys", pedal)]
    handed = []
    for number, chair in enumerate(chairs):
        fitting = [part for part in parts if part.role == chair.role and part not in handed]
        free = fitting or [part for part in parts if part not in handed] or parts
        handed.append(free[rng.integers(len(free))] if number else free[0])
    if len(chairs) == 1:
        handed = [parts[rng.integers(len(parts))]]
    return handed
