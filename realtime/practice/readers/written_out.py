"""Completes scores that say how long their notes are, but not how they look.

MusicXML asks for `duration` and `tie`, which are heard; `type`, `tied` and `tuplet`, which are
seen, may be left out, as programs that write scores from MIDI do. Verovio plays what is seen.
"""

from fractions import Fraction
from xml.etree import ElementTree as Xml

TYPES = ("maxima", "long", "breve", "whole", "half", "quarter", "eighth", "16th", "32nd", "64th",
         "128th", "256th")  # fmt: skip
QUARTERS = {name: Fraction(32, 2**index) for index, name in enumerate(TYPES)}
RATIOS = ((1, 1), (3, 2), (5, 4), (7, 4), (6, 4), (9, 8))
"""Notes in the time of others: the ratios that are looked for, the plain one first."""
MOST_DOTS = 3

Pair = tuple[str | None, str | None]


def write_out(root: Xml.Element) -> None:
    """Add what is missing of types, dots, ties and tuplets to a partwise score, in place."""
    for part in root.iter("part"):
        divisions = Fraction(1)
        for measure in part.iter("measure"):
            for element in measure:
                if element.tag == "attributes":
                    divisions = _number(element.findtext("divisions")) or divisions
                elif element.tag == "note":
                    _write_type(element, divisions)
                    _write_ties(element)
            _write_tuplets(measure)


def _number(text: str | None) -> Fraction | None:
    """A positive number, None where there is none."""
    try:
        found = Fraction((text or "").strip())
    except (ValueError, ZeroDivisionError):
        return None
    return found if found > 0 else None


def _write_type(note: Xml.Element, divisions: Fraction) -> None:
    """Name the look of a note by its length, where one look has that length."""
    length = _number(note.findtext("duration"))
    rest = note.find("rest")
    if (
        length is None
        or note.find("type") is not None
        or (rest is not None and rest.get("measure"))
    ):
        return
    for actual, normal in RATIOS:
        for name, quarters in QUARTERS.items():
            for dots in range(MOST_DOTS + 1):
                if length / divisions * actual / normal == quarters * (2 - Fraction(1, 2**dots)):
                    _set_type(note, name, dots, (actual, normal))
                    return


def _set_type(note: Xml.Element, name: str, dots: int, ratio: tuple[int, int]) -> None:
    added = [Xml.Element("type"), *(Xml.Element("dot") for _ in range(dots))]
    added[0].text = name
    if ratio != (1, 1) and note.find("time-modification") is None:
        change = Xml.Element("time-modification")
        for tag, number in zip(("actual-notes", "normal-notes"), ratio, strict=True):
            Xml.SubElement(change, tag).text = str(number)
        added.append(change)
    before = [c.tag in ("duration", "tie", "instrument", "voice") for c in note]
    place = max((i for i, is_before in enumerate(before) if is_before), default=-1) + 1
    note[place:place] = added


def _notations(note: Xml.Element) -> Xml.Element:
    found = note.find("notations")
    return Xml.SubElement(note, "notations") if found is None else found


def _write_ties(note: Xml.Element) -> None:
    """Draw the ties that sound, where none is drawn."""
    sounding = [tie.get("type", "") for tie in note.findall("tie")]
    if sounding and note.find("notations/tied") is None:
        for kind in sounding:
            Xml.SubElement(_notations(note), "tied", type=kind)


def _write_tuplets(measure: Xml.Element) -> None:
    """Bracket runs of notes of one voice in another time, where the bar has no bracket."""
    if measure.find("note/notations/tuplet") is not None:
        return
    runs: dict[Pair, list[list[Xml.Element]]] = {}
    ratios: dict[Pair, Pair] = {}
    for note in measure.findall("note"):
        if note.find("chord") is not None or note.find("grace") is not None:
            continue
        voice = note.findtext("voice"), note.findtext("staff")
        change = note.find("time-modification")
        ratio: Pair = (None, None)
        if change is not None:
            ratio = change.findtext("actual-notes"), change.findtext("normal-notes")
        if ratio != ratios.get(voice, (None, None)):
            runs.setdefault(voice, []).append([])
        ratios[voice] = ratio
        if ratio != (None, None):
            runs[voice][-1].append(note)
    for run in (run for each in runs.values() for run in each if len(run) > 1):
        for note, kind in ((run[0], "start"), (run[-1], "stop")):
            Xml.SubElement(_notations(note), "tuplet", type=kind, number="1")
