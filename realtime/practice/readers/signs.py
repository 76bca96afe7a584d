"""Signs of a score that say in which order its bars are played: repeats, endings, jumps."""

import re
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree as Xml

JUMPS = ("dacapo", "dalsegno")
PLACES = ("segno", "coda")
TARGETED = ("dalsegno", "tocoda", *PLACES)
"""Attributes of `sound` whose value names the sign; the others say "yes"."""
ENDS = ("fine", "tocoda", *JUMPS)
"""Signs that act at the end of their bar, wherever they stand above it."""
MOST_TIMES = 64
"""A passage that is to be repeated more often is a slip of the pen."""
DA_CAPO = re.compile(r"\bd\W{0,2}c\b|\bd[ae]l?\s+capo\b", re.IGNORECASE)
DAL_SEGNO = re.compile(r"\bd\W{0,2}s\b|\bd[ae]l?\s+segno\b|\bd[ae]l?\s*\U0001d10b", re.IGNORECASE)
TO_CODA = re.compile(r"\b(to|al?|alla|zur|vers la)\s+(coda\b|\U0001d10c)", re.IGNORECASE)
CODA = re.compile(r"^\W*(coda|\U0001d10c)\W*$", re.IGNORECASE)
FINE = re.compile(r"^\W*(fine|fin|ende|koniec)\W*$", re.IGNORECASE)
SEGNO = re.compile(r"^\W*(segno|\U0001d10b)\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign above, or at the line of, a bar.

    Args:
        kind: forward, backward, begin and end (of an ending), barline, fine, tocoda, dacapo,
            dalsegno, segno, or coda.
        at: quarters from the beginning of its bar; None is the bar's end.
        name: of a segno or coda, or of that which is meant; "" is any.
        times: how often the passage is played in all.
        numbers: of an ending.
        after_jump: the passage is repeated after a jump, too.
        sounds: False where it is only seen, as words or a drawn sign.
        words: that stand with it.
    """

    kind: str
    at: Fraction | None
    name: str = ""
    times: int = 2
    numbers: frozenset[int] = frozenset()
    after_jump: bool = False
    sounds: bool = True
    words: str = ""


def numbers_of(text: str) -> frozenset[int]:
    """Numbers of an ending: "1, 2" or "1-3"."""
    found: set[int] = set()
    for first, last in re.findall(r"(\d{1,3})(?:\s*[-–]\s*(\d{1,3}))?", text):
        low, high = int(first), int(last or first)
        found.update(range(low, min(high, low + MOST_TIMES) + 1))
    return frozenset(number for number in found if 0 < number <= MOST_TIMES)


def barline_signs(line: Xml.Element, at: Fraction) -> list[Sign]:
    """Signs at a bar line, which stands left, right, or at `at` quarters in mid-bar."""
    place = {"left": Fraction(0), "middle": at}.get(line.get("location", "right"))
    found = [Sign(kind, place, line.get(kind, "")) for kind in PLACES if line.get(kind)]
    for ending in line.findall("ending"):
        text = ending.get("number", "").strip() or (ending.text or "")
        kind = "begin" if ending.get("type") == "start" else "end"
        found.append(Sign(kind, place, numbers=numbers_of(text)))
    for repeat in line.findall("repeat"):
        backward = repeat.get("direction") == "backward"
        times = repeat.get("times", "")
        found.append(
            Sign(
                "backward" if backward else "forward",
                place,
                times=min(int(times), MOST_TIMES) if times.isdecimal() and int(times) else 2,
                after_jump=repeat.get("after-jump") == "yes",
            )
        )
    if place is not None and place > 0:
        found.append(Sign("barline", place))
    return found


def sound_signs(sound: Xml.Element, at: Fraction, words: str = "") -> list[Sign]:
    """Signs that a `sound` names."""
    found = []
    for kind in (*ENDS, *PLACES):
        name = sound.get(kind, "")
        if name and name != "no":
            target = name if kind in TARGETED and name != "yes" else ""
            found.append(Sign(kind, at, target, words=words))
    if sound.get("forward-repeat") == "yes":
        found.append(Sign("forward", at))
    return found


def seen_signs(direction: Xml.Element, at: Fraction, words: str) -> list[Sign]:
    """Signs that are only seen: words, and drawn segni and codas."""
    drawn = {kind for kind in PLACES if direction.find(f"direction-type/{kind}") is not None}
    if DA_CAPO.search(words):
        return [Sign("dacapo", at, sounds=False, words=words)]
    if DAL_SEGNO.search(words):
        return [Sign("dalsegno", at, sounds=False, words=words)]
    if TO_CODA.search(words) or ("coda" in drawn and re.fullmatch(r"\W*(to|a)\W*", words, re.I)):
        return [Sign("tocoda", at, sounds=False, words=words)]
    kinds = [kind for kind, said in (("fine", FINE), ("coda", CODA), ("segno", SEGNO))
             if said.search(words) or kind in drawn]  # fmt: skip
    return [Sign(kind, at, sounds=False) for kind in kinds]


def words_of(direction: Xml.Element) -> str:
    """The words of a direction in a line."""
    return " ".join(" ".join((w.text or "") for w in direction.iter("words")).split())
