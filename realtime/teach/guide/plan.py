"""What a lesson asks for: the room, the range, notes over it, soft and loud ones, a check."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

Kind = Literal["room", "lowest", "highest", "note", "chord", "phrase"]
Touch = Literal["usual", "soft", "loud"]

BLACK = frozenset({1, 3, 6, 8, 10})
FEWEST, MOST = 8, 25
"""Notes that a lesson asks for, soft and loud ones counted."""
STEP = 3
"""Semitones between two notes, where the range allows: the music that is made of a note moves it
by at most so many."""
TOUCHED = 4
"""Pitches that are asked for softly and loudly too."""
CHORD = (4, 7)
"""Semitones above the lowest note of a chord that are aimed at."""
WIDEST_CHORD = 16


@dataclass(frozen=True)
class Family:
    """A kind of instrument, as far as a lesson differs for it."""

    code: str
    touches: bool
    """Whether it has soft and loud notes."""
    chords: bool
    """Whether it plays several notes at once."""
    low: int = 48
    """MIDI pitch from which notes are proposed where the player does not play his lowest."""
    high: int = 79


FAMILIES: dict[str, Family] = {
    family.code: family
    for family in (
        Family("", True, True),
        Family("keys", True, True, 36, 91),
        Family("plucked", True, True, 40, 76),
        Family("bars", True, True, 60, 88),
        Family("organ", False, True, 36, 91),
        Family("bowed", True, False, 55, 84),
        Family("winds", True, False, 58, 84),
        Family("voice", True, False, 48, 72),
    )
}
"""Code -> family; "" is any."""


@dataclass(frozen=True)
class Ask:
    """One thing that the player is asked for."""

    kind: Kind
    pitches: tuple[int, ...] = ()
    """MIDI; empty where the player chooses."""
    touch: Touch = "usual"

    @property
    def pitch(self) -> int:
        """MIDI pitch of the one note that is asked for, 0 where there is none or are several."""
        return self.pitches[0] if len(self.pitches) == 1 else 0


def opening() -> list[Ask]:
    """What every lesson begins with."""
    return [Ask("room"), Ask("lowest"), Ask("highest")]


def propose_pitches(low: int, high: int, most: int) -> list[int]:
    """Notes between the lowest and the highest, both among them, evenly spread.

    White keys are preferred: many instruments with few notes are tuned to C major, and for a
    beginner their names are the easier ones.

    Args:
        low: MIDI.
        high: MIDI.
        most: count that is not exceeded.
    """
    if high < low:
        low, high = high, low
    inner = [pitch for pitch in range(low + 1, high) if pitch % 12 not in BLACK]
    if len(inner) + 2 < FEWEST:
        inner = list(range(low + 1, high))
    if low == high:
        return [low]
    count = min(max(FEWEST, round((high - low) / STEP) + 1), most, len(inner) + 2)
    chosen = [low, high]
    for place in range(1, count - 1):
        wanted = low + place * (high - low) / (count - 1)
        free = [pitch for pitch in inner if pitch not in chosen]
        chosen.append(min(free, key=lambda pitch: (abs(pitch - wanted), pitch)))
    return sorted(chosen)


def propose_notes(low: int, high: int, family: Family) -> list[Ask]:
    """The notes of a lesson: over the range first, then some of them softly and loudly.

    Args:
        low: lowest note of the instrument, MIDI.
        high: its highest.
        family: whether it has soft and loud notes.
    """
    touched = 2 * TOUCHED if family.touches else 0
    pitches = propose_pitches(low, high, MOST - touched)
    asks = [Ask("note", (pitch,)) for pitch in pitches]
    if family.touches and len(pitches) > TOUCHED:
        spread = [round((i + 0.5) * len(pitches) / TOUCHED - 0.5) for i in range(TOUCHED)]
        for touch in ("soft", "loud"):
            asks += [Ask("note", (pitches[i],), touch) for i in spread]
    return asks


def propose_more(taken: Sequence[int]) -> list[Ask]:
    """Further notes of an instrument that was taught before: those farthest from the taken ones.

    Args:
        taken: MIDI pitches, at least one.
    """
    known = sorted({*taken})
    asks: list[Ask] = []
    free = [pitch for pitch in range(known[0], known[-1] + 1) if pitch not in known]
    while free and len(asks) < FEWEST:
        best = max(
            free,
            key=lambda pitch: (min(abs(pitch - one) for one in known), pitch % 12 not in BLACK),
        )
        free.remove(best)
        known.append(best)
        asks.append(Ask("note", (best,)))
    return sorted(asks, key=lambda ask: ask.pitch)


def propose_checks(taken: Sequence[int], family: Family) -> list[Ask]:
    """What the lesson ends with: two chords of notes that were taken, and a phrase played freely.

    Args:
        taken: MIDI pitches of usable notes.
        family: whether it plays chords.
    """
    chords = propose_chords(taken) if family.chords else []
    return [*(Ask("chord", chord) for chord in chords), Ask("phrase")]


def propose_chords(taken: Sequence[int]) -> list[tuple[int, ...]]:
    """At most two chords of three MIDI pitches, one low, one high, as near to triads as can be."""
    pitches = sorted({*taken})
    found: list[tuple[float, tuple[int, ...]]] = []
    for chord in combinations(pitches, 3):
        steps = chord[1] - chord[0], chord[2] - chord[0]
        if steps[1] > WIDEST_CHORD or steps[0] < 2 or steps[1] - steps[0] < 2:
            continue
        found.append((sum(abs(a - b) for a, b in zip(steps, CHORD, strict=True)), chord))
    if not found:
        return []
    first = min(found, key=lambda one: (one[0], one[1]))[1]
    others = [one for one in found if not {*one[1]} & {*first}] or [
        one for one in found if one[1] != first
    ]
    if not others:
        return [first]
    second = min(others, key=lambda one: (one[0], -one[1][0]))[1]
    return sorted([first, second])
