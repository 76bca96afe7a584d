"""A MusicXML score as it sounds: what its parts say, in the order in which it is played."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree as Xml

from realtime.practice.readers.musical_time import USUAL_TEMPO
from realtime.practice.readers.playing_order import Stretch, playing_order
from realtime.practice.readers.signs import Sign
from realtime.practice.readers.symbols import Tempo
from realtime.practice.readers.written import PartReader, WrittenBar, WrittenNote

USUAL_BPM = 60e6 / USUAL_TEMPO
SHAKEN = Fraction(1, 2)
"""Quarters between the moments at which a note with a tremolo or a trill may sound again."""
KEYS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
MINOR_KEYS = (
    "Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m"
)  # fmt: skip
HANDS = {2: ("right hand", "left hand"), 3: ("right hand", "left hand", "pedal")}


@dataclass(slots=True)
class Sounding:
    """A score in the order of playing; times are quarters from its beginning.

    Args:
        notes: [begin, end, pitch, part, index of the bar, beat, rolled].
        optional: [begin, end, pitch] of what may sound, but is not asked for.
        bars: [begin, number, printed label, beats].
        tempi: [begin, quarters a minute].
    """

    notes: list[list[float]] = field(default_factory=list)
    optional: list[list[float]] = field(default_factory=list)
    bars: list[tuple[float, int, str, int]] = field(default_factory=list)
    tempi: list[list[float]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    key: str = ""
    unread: list[str] = field(default_factory=list)


def sound_out(root: Xml.Element, repeats: bool = True) -> tuple[Sounding, int]:
    """What a partwise score sounds like, and how many notes of it have no pitch.

    Args:
        root: of the score.
        repeats: False plays every passage once, with its last ending.

    Raises:
        DamagedScore: if it says what cannot be.
        TooManyBars: if it has no end.
    """
    channels = {
        midi.get("id", ""): (midi.findtext("midi-channel") or "").strip()
        for midi in root.iter("midi-instrument")
    }
    readers = [PartReader(part, channels) for part in root.iter("part")]
    parts = [list(reader.bars()) for reader in readers]
    score = _Score(parts)
    order, unclear = playing_order([(bar.length, bar.signs) for bar in score.bars], repeats)
    unread = {code for reader in readers for code in reader.unread} | set(unclear)
    sounding = _Player(score, [reader.staves for reader in readers]).play(order)
    _name_parts(root, [reader.staves for reader in readers], sounding)
    sounding.key = _key(parts)
    sounding.unread = sorted(unread)
    return sounding, sum(reader.unpitched for reader in readers)


@dataclass(slots=True)
class _Bar:
    """A bar of all parts together."""

    length: Fraction
    metre: tuple[int, int]
    number: int
    label: str
    signs: list[Sign]
    begin: Fraction
    """Quarters from the beginning of the score as written."""


class _Score:
    """All parts of a score bar by bar, with the tempo at every place of the writing.

    Args:
        parts: bars of each.
    """

    def __init__(self, parts: Sequence[Sequence[WrittenBar]]) -> None:
        self.parts = parts
        self.bars: list[_Bar] = []
        self.tempi: list[tuple[Fraction, float]] = [(Fraction(0), USUAL_BPM)]
        self.swings: list[tuple[Fraction, Fraction | None, Fraction]] = []
        metre, begin, last = (4, 4), Fraction(0), 0
        for index in range(max(map(len, parts), default=0)):
            there = [part[index] for part in parts if index < len(part)]
            metre = next((bar.metre for bar in there if bar.metre), metre)
            length = max(bar.length for bar in there) or max(bar.rest for bar in there)
            length = length or Fraction(4 * metre[0], metre[1])
            label = next((bar.label for bar in there if bar.label), str(index + 1))
            digits = "".join(c if c.isdecimal() else " " for c in label).split()
            if digits and label.startswith(digits[0]):
                last = int(digits[0][:6])
            fits = Fraction(4 * metre[0], metre[1]) == length
            pickup = any(bar.pickup for bar in there) and index == 0
            usual = metre if fits or last == 0 or pickup else _metre_of(length, metre[1])
            if any(bar.free for bar in there):
                usual = _metre_of(length, 4)
            signs = list(dict.fromkeys(sign for bar in there for sign in bar.signs))
            self.bars.append(_Bar(length, usual, last, label, signs, begin))
            self._add_tempi([tempo for bar in there for tempo in bar.tempi], begin)
            self.swings += [
                (begin + at, part, unit) for bar in there for at, part, unit in bar.swings
            ]
            begin += length

    def _add_tempi(self, tempi: Sequence[Tempo], begin: Fraction) -> None:
        for tempo in sorted(tempi, key=lambda tempo: tempo.at):
            at, (latest, bpm) = begin + tempo.at, self.tempi[-1]
            if not tempo.relative:
                bpm = tempo.bpm
            elif latest != at:
                bpm *= tempo.bpm
            if latest == at:
                self.tempi.pop()
            self.tempi.append((at, bpm))

    def late(self, at: Fraction) -> Fraction:
        """How much later than written a note sounds that swings; `at` in quarters as written."""
        index = bisect_right(self.swings, at, key=lambda row: row[0]) - 1
        if index < 0:
            return Fraction(0)
        _, part, unit = self.swings[index]
        bar = self.bars[bisect_right(self.bars, at, key=lambda bar: bar.begin) - 1]
        off_beat = part is not None and (at - bar.begin) % (2 * unit) == unit
        return 2 * unit * (part or 0) - unit if off_beat else Fraction(0)


def _metre_of(length: Fraction, unit: int) -> tuple[int, int]:
    """Beats of a bar that is not filled, or more than filled."""
    return max(1, round(length * unit / 4)), unit


class _Player:
    """Plays a score.

    Args:
        score: that is played.
        staves: of each of its parts.
    """

    def __init__(self, score: _Score, staves: Sequence[int]) -> None:
        self._score = score
        offsets = [sum(staves[:part]) for part in range(len(staves))]
        self._offsets, self._staves = offsets, staves
        self._sounding = Sounding()
        self._open: dict[tuple[int, int], list[tuple[Fraction, list[float]]]] = {}
        """Part and pitch -> notes that are tied to what follows, with their ends."""

    def play(self, order: Sequence[Stretch]) -> Sounding:
        """What sounds when these stretches are played one after the other."""
        result, now = self._sounding, Fraction(0)
        before: Stretch | None = None
        for stretch in order:
            bar = self._score.bars[stretch.bar]
            goes_on = before is not None and (before.bar, before.end) == (
                stretch.bar,
                stretch.begin,
            )
            if not goes_on:
                result.bars.append((float(now), bar.number, bar.label, bar.metre[0]))
            self._set_tempi(stretch, bar.begin, now)
            for part, bars in enumerate(self._score.parts):
                if stretch.bar < len(bars):
                    self._play_part(part, bars[stretch.bar].notes, stretch, now)
            now += stretch.end - stretch.begin
            before = stretch
        result.notes.sort()
        return result

    def _set_tempi(self, stretch: Stretch, bar_begin: Fraction, now: Fraction) -> None:
        tempi, begin = self._score.tempi, bar_begin + stretch.begin
        first = bisect_right(tempi, begin, key=lambda row: row[0]) - 1
        for at, bpm in tempi[first:]:
            if at >= bar_begin + stretch.end:
                break
            told = self._sounding.tempi
            if not told or told[-1][1] != bpm:
                told.append([float(now + max(at - begin, Fraction(0))), bpm])

    def _play_part(
        self, part: int, notes: Sequence[WrittenNote], stretch: Stretch, now: Fraction
    ) -> None:
        bar = self._score.bars[stretch.bar]
        unit, shift = 4 / bar.metre[1], now - stretch.begin
        whole = stretch.begin == 0 and stretch.end == bar.length
        for note in sorted(notes, key=lambda note: (float(note.at), note.pitch)):
            inside = (whole or stretch.begin <= note.at) and note.at < stretch.end
            after = not inside and note.at == stretch.end == bar.length and not note.asked
            if not (inside or after) or (note.times and stretch.time not in note.times):
                continue
            begin = shift + note.at
            end = begin + note.length
            if self._score.swings:
                written = bar.begin + note.at
                end += self._score.late(written + note.length)
                begin += self._score.late(written)
            if not note.asked:
                self._sounding.optional.append([float(begin), float(end), note.pitch])
                continue
            self._shake(note, begin, end)
            waiting = self._open.get((part, note.pitch), []) if "stop" in note.ties else []
            tied = next((one for one in waiting if one[0] == begin), None)
            if tied is not None:
                waiting.remove(tied)
                row = tied[1]
                row[1] = float(end)
            else:
                staff = min(note.staff, self._staves[part]) - 1
                beat = 1 + float(note.at) / unit
                place = len(self._sounding.bars) - 1
                row = [float(begin), float(end), note.pitch, self._offsets[part] + staff, place,
                       beat, note.rolled]  # fmt: skip
                self._sounding.notes.append(row)
            if "start" in note.ties:
                self._open.setdefault((part, note.pitch), []).append((end, row))

    def _shake(self, note: WrittenNote, begin: Fraction, end: Fraction) -> None:
        """What an ornament may let sound while its note lasts."""
        if note.near is None:
            return
        at = begin
        while at < end:
            following = min(at + SHAKEN, end)
            for apart in range(-note.near, note.near + 1):
                row = [float(at), float(following), note.pitch + apart]
                self._sounding.optional.append(row)
            at = following


def _name_parts(root: Xml.Element, staves: Sequence[int], sounding: Sounding) -> None:
    """Name the staves that have notes, and number the notes' parts by these."""
    listed = {one.get("id"): one for one in root.iter("score-part")}
    names: list[str] = []
    elements = list(root.iter("part"))
    for number, part in enumerate(elements, start=1):
        one = listed.get(part.get("id"))
        told = ("part-name", "part-abbreviation", "score-instrument/instrument-name")
        given = [] if one is None else [" ".join((one.findtext(tag) or "").split()) for tag in told]
        name = next(filter(None, given), f"part {number}")
        tabs = [c for c in part.iter("clef") if (c.findtext("sign") or "").strip() == "TAB"]
        hands = () if tabs else HANDS.get(staves[number - 1], ())
        alone = len(elements) == 1
        for staff in range(staves[number - 1]):
            hand = hands[staff] if hands else ""
            names.append(hand if hand and alone else f"{name} {hand}".strip())
    used = sorted({int(row[3]) for row in sounding.notes})
    place = {old: new for new, old in enumerate(used)}
    for row in sounding.notes:
        row[3] = place[int(row[3])]
    sounding.parts = [names[index] for index in used]


def _key(parts: Sequence[Sequence[WrittenBar]]) -> str:
    """The first key that is named."""
    for part in parts:
        for bar in part[:1]:
            if bar.key is not None:
                fifths, mode = bar.key
                if abs(fifths) <= 7:
                    return (MINOR_KEYS if mode == "minor" else KEYS)[fifths + 7]
    return ""
