"""Lengths, pitches, metres and tempi as MusicXML writes them."""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from xml.etree import ElementTree as Xml

from realtime.troubles.codes import Code

TYPES = ("maxima", "long", "breve", "whole", "half", "quarter", "eighth", "16th", "32nd", "64th",
         "128th", "256th", "512th", "1024th")  # fmt: skip
QUARTERS = {name: Fraction(32, 2**index) for index, name in enumerate(TYPES)}
BEAT_TYPES = {str(1 << power) for power in range(8)}
"""What a beat may be: a whole note to a 128th."""
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


class DamagedScore(ValueError):
    """A score that says something that cannot be; the code says what."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Tempo:
    """From `at` on, `bpm` quarters a minute, or so many times the tempo before."""

    at: Fraction
    bpm: float
    relative: bool = False


@lru_cache(maxsize=1024)
def number(text: str | None) -> Fraction | None:
    """A finite number, None where there is none."""
    try:
        return Fraction((text or "").strip())
    except (ValueError, ZeroDivisionError):
        return None


def length_of(note: Xml.Element, divisions: Fraction) -> Fraction:
    """Quarters that a note lasts: what it says, or else how it looks.

    Raises:
        DamagedScore: if it does neither.
    """
    said = number(note.findtext("duration"))
    if said is not None and said >= 0:
        return said / divisions
    seen = QUARTERS.get((note.findtext("type") or "").strip())
    if seen is None:
        raise DamagedScore(Code.PIECE_UNREADABLE)
    seen *= 2 - Fraction(1, 2 ** min(len(note.findall("dot")), 8))
    actual = number(note.findtext("time-modification/actual-notes"))
    normal = number(note.findtext("time-modification/normal-notes"))
    return seen * normal / actual if actual and normal and actual > 0 < normal else seen


def pitch_of(pitch: Xml.Element) -> int:
    """MIDI number as written, perhaps beyond 0-127; between two semitones the lower one.

    Raises:
        DamagedScore: if there is no such pitch.
    """
    step = STEPS.get((pitch.findtext("step") or "").strip().upper())
    octave, alter = number(pitch.findtext("octave")), number(pitch.findtext("alter") or "0")
    if step is None or octave is None or alter is None or abs(octave) > 20 or abs(alter) > 20:
        raise DamagedScore(Code.PIECE_UNREADABLE)
    return 12 * (int(octave) + 1) + step + math.floor(alter)


def whole(text: str | None, usual: int) -> int:
    """A whole number of a usual size; `usual` where there is none."""
    found = number(text)
    return usual if found is None or abs(found) > 1000 else int(found)


def playable(text: str) -> float:
    """Beats a minute.

    Raises:
        DamagedScore: if nothing can be played so.
    """
    found = number(text)
    if found is None or not 0 < found <= 100_000:
        raise DamagedScore(Code.PIECE_TEMPO)
    return float(found)


def metre_of(time: Xml.Element) -> tuple[int, int] | None:
    """Beats of a bar, and which note is one; "2+3" and several fractions are added up.

    Raises:
        DamagedScore: if a beat is no power of two.
    """
    total, finest = Fraction(0), 1
    for beats, unit in zip(time.findall("beats"), time.findall("beat-type"), strict=False):
        kind = (unit.text or "").strip()
        if kind not in BEAT_TYPES:
            raise DamagedScore(Code.PIECE_UNREADABLE)
        counts = [int(n) for n in re.findall(r"\d{1,4}", beats.text or "")]
        total += Fraction(sum(counts), int(kind))
        finest = max(finest, int(kind))
    return (int(total * finest), finest) if total else None


def metronome(mark: Xml.Element, at: Fraction) -> Tempo | None:
    """The tempo of a metronome mark, None where it names none.

    "quarter = eighth" keeps what a quarter before it lasted for the eighth after it.

    Raises:
        DamagedScore: if it is 0.
    """
    units: list[Fraction] = []
    for element in mark:
        if element.tag == "beat-unit":
            units.append(QUARTERS.get((element.text or "").strip(), Fraction(0)))
        elif element.tag == "beat-unit-dot" and units:
            units[-1] *= Fraction(3, 2)
    if not units or not all(units):
        return None
    found = re.search(r"\d+(?:[.,]\d+)?", mark.findtext("per-minute") or "")
    if found:
        return Tempo(at, playable(found[0].replace(",", ".")) * float(units[0]))
    if len(units) == 2:
        return Tempo(at, float(units[1] / units[0]), relative=True)
    return None
