"""What a part of a MusicXML score says, bar by bar: notes as they sound, tempi, metres, signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree as Xml

from realtime.practice.readers.signs import (
    Sign,
    barline_signs,
    seen_signs,
    sound_signs,
    words_of,
)
from realtime.practice.readers.symbols import (
    QUARTERS,
    Tempo,
    length_of,
    metre_of,
    metronome,
    number,
    pitch_of,
    playable,
    whole,
)
from realtime.troubles.codes import Code

PERCUSSION_CHANNEL = "10"
STROKE = Fraction(1, 8)
"""Quarters after which the second note of a tremolo of two comes."""
SHAKES = frozenset({"trill-mark", "turn", "delayed-turn", "inverted-turn", "delayed-inverted-turn",
                    "vertical-turn", "shake", "wavy-line", "mordent", "inverted-mordent", "haydn",
                    "schleifer"})  # fmt: skip
"""Ornaments that touch the neighbours of their note."""
SWING = re.compile(r"\b(swing|shuffle|swung)\b", re.IGNORECASE)


@dataclass(slots=True)
class WrittenNote:
    """A note of a bar, at sounding pitch.

    Args:
        at: quarters from the beginning of the bar.
        length: in quarters.
        pitch: MIDI number.
        staff: from 1.
        ties: "start", "stop".
        asked: False for what may be played but need not: grace and cue notes.
        times: of a repeated passage in which it is played; empty for every time.
        near: semitones up and down that its ornament touches; None where it has none.
        rolled: the notes of its chord come one after the other.
    """

    at: Fraction
    length: Fraction
    pitch: int
    staff: int = 1
    ties: frozenset[str] = frozenset()
    asked: bool = True
    times: frozenset[int] = frozenset()
    near: int | None = None
    rolled: bool = False


@dataclass(slots=True)
class WrittenBar:
    """A bar of one part.

    Args:
        label: its printed number, "" where it has none.
        length: quarters that are filled, 0 where nothing but rests of a whole bar is there.
        rest: quarters of these rests.
        metre: beats and which note is a beat, where that is named anew.
        key: fifths and mode, where that is named anew.
    """

    label: str
    pickup: bool = False
    notes: list[WrittenNote] = field(default_factory=list)
    length: Fraction = Fraction(0)
    rest: Fraction = Fraction(0)
    metre: tuple[int, int] | None = None
    free: bool = False
    """Whether it has no metre."""
    key: tuple[int, str] | None = None
    tempi: list[Tempo] = field(default_factory=list)
    swings: list[tuple[Fraction, Fraction | None, Fraction]] = field(default_factory=list)
    """(at, part of the pair of notes that the first takes or None, quarters of one note)."""
    signs: list[Sign] = field(default_factory=list)


class PartReader:
    """Reads one part after another bar.

    Args:
        part: the element.
        channels: MIDI channel of each instrument of the score, by its id.
    """

    def __init__(self, part: Xml.Element, channels: dict[str, str]) -> None:
        self._part, self._channels = part, channels
        self._divisions = Fraction(1)
        self._moves: dict[int, list[tuple[Fraction, int]]] = {}
        """Staff, 0 for all -> semitones to sounding pitch, from quarters of this bar on."""
        self._clefs: dict[int, str] = {}
        self._beside: set[int] = set()
        """Staves that may be played in place of others: ossias."""
        self._repeated: dict[int, int] = {}
        """Staff, 0 for all -> how many bars a sign repeats."""
        self._opened: dict[str, WrittenNote] = {}
        """Voice -> first note of a tremolo of two."""
        self._second: tuple[Fraction, WrittenNote] | None = None
        """Where the second note of one is written, and that note."""
        self.staves = 1
        self.unread: set[Code] = set()
        self.unpitched = 0

    def bars(self) -> Iterator[WrittenBar]:
        """The bars in the order of writing.

        Raises:
            DamagedScore: if one says what cannot be.
        """
        before: list[WrittenBar] = []
        for measure in self._part.iter("measure"):
            for staff, moves in self._moves.items():
                self._moves[staff] = [(Fraction(0), moves[-1][1])]
            bar = self._read(measure)
            for staff, back in self._repeated.items():
                there = [n for n in bar.notes if staff in (0, n.staff)]
                if not there and len(before) >= back:
                    again = before[-back]
                    bar.notes += [n for n in again.notes if staff in (0, n.staff)]
                    bar.length = max(bar.length, again.length)
            before.append(bar)
            yield bar

    def _read(self, measure: Xml.Element) -> WrittenBar:
        bar = WrittenBar((measure.get("number") or "").strip(), measure.get("implicit") == "yes")
        now = begun = Fraction(0)
        for element in measure:
            if element.tag == "note":
                at = begun if element.find("chord") is not None else now
                length = self._note(element, bar, at)
                if length is not None and element.find("chord") is None:
                    begun, now = now, now + length
            elif element.tag in ("backup", "forward"):
                length = (number(element.findtext("duration")) or Fraction(0)) / self._divisions
                now = max(now + (length if element.tag == "forward" else -length), Fraction(0))
                begun = now
                bar.length = max(bar.length, now)
            elif element.tag == "attributes":
                self._attributes(element, bar, now)
            elif element.tag == "direction":
                self._direction(element, bar, now)
            elif element.tag == "sound":
                self._sound(element, bar, now, "")
            elif element.tag == "barline":
                bar.signs += barline_signs(element, now)
        for note in bar.notes:
            note.pitch += self._move(note.staff, note.at)
        return bar

    def _move(self, staff: int, at: Fraction) -> int:
        moves = self._moves.get(staff) or self._moves.get(0) or [(Fraction(0), 0)]
        if len(moves) == 1:
            return moves[0][1]
        return [semitones for since, semitones in moves if since <= at or since == 0][-1]

    def _attributes(self, given: Xml.Element, bar: WrittenBar, now: Fraction) -> None:
        divisions = number(given.findtext("divisions"))
        if divisions is not None and divisions > 0:
            self._divisions = divisions
        self.staves = max(self.staves, whole(given.findtext("staves"), 1))
        for clef in given.findall("clef"):
            self._clefs.setdefault(whole(clef.get("number"), 1), "")
            self._clefs[whole(clef.get("number"), 1)] = (clef.findtext("sign") or "").strip()
        for move in given.findall("transpose"):
            semitones = (number(move.findtext("chromatic")) or 0) + 12 * (
                number(move.findtext("octave-change")) or 0
            )
            staff = whole(move.get("number"), 0)
            usual = self._moves.get(0, [(Fraction(0), 0)])
            if not staff:
                self._moves = {0: usual}
            self._moves.setdefault(staff, list(usual)).append((now, round(semitones)))
        self._styles(given)
        key = given.find("key")
        if key is not None and key.find("fifths") is not None:
            bar.key = whole(key.findtext("fifths"), 0), (key.findtext("mode") or "").strip()
        for time in given.findall("time")[:1]:
            bar.free = time.find("senza-misura") is not None
            bar.metre = metre_of(time) or bar.metre

    def _styles(self, given: Xml.Element) -> None:
        """Ossias, bars that a sign repeats, slashes."""
        for details in given.findall("staff-details"):
            if (details.findtext("staff-type") or "").strip() in ("ossia", "cue"):
                self._beside.add(whole(details.get("number"), 1))
        for style in given.findall("measure-style"):
            repeat = style.find("measure-repeat")
            staff = whole(style.get("number"), 0)
            if repeat is not None and repeat.get("type") == "start":
                self._repeated[staff] = max(1, whole(repeat.text, 1))
            elif repeat is not None:
                self._repeated.pop(staff, None)
            if style.find("beat-repeat") is not None or style.find("slash") is not None:
                self.unread.add(Code.SCORE_SLASHES)

    def _direction(self, given: Xml.Element, bar: WrittenBar, now: Fraction) -> None:
        offset = given.find("offset")
        if offset is not None and offset.get("sound") == "yes":
            now = max(now + (number(offset.text) or 0) / self._divisions, Fraction(0))
        words = words_of(given)
        sounds = given.findall("sound")
        for sound in sounds:
            self._sound(sound, bar, now, words)
        if not any(sound.get("tempo") for sound in sounds):
            for mark in given.iter("metronome"):
                tempo = metronome(mark, now)
                if tempo is not None:
                    bar.tempi.append(tempo)
        if not any(sign.words == words for sign in bar.signs if words):
            bar.signs += seen_signs(given, now, words)
        swings = SWING.search(words) or given.find(".//metronome-relation") is not None
        if swings and given.find(".//swing") is None:
            self.unread.add(Code.SCORE_SWING)

    def _sound(self, sound: Xml.Element, bar: WrittenBar, now: Fraction, words: str) -> None:
        offset = number(sound.findtext("offset"))
        now = max(now + (offset or 0) / self._divisions, Fraction(0))
        tempo = sound.get("tempo")
        if tempo is not None:
            bar.tempi.append(Tempo(now, playable(tempo)))
        swing = sound.find("swing")
        if swing is not None:
            first, second = number(swing.findtext("first")), number(swing.findtext("second"))
            unit = QUARTERS.get((swing.findtext("swing-type") or "eighth").strip(), Fraction(1, 2))
            part = first / (first + second) if first and second and first + second > 0 else None
            bar.swings.append((now, part, unit))
        bar.signs += sound_signs(sound, now, words)

    def _note(self, given: Xml.Element, bar: WrittenBar, at: Fraction) -> Fraction | None:
        """Take a note in; returns how far it moves on, None for a grace note."""
        grace = given.find("grace") is not None
        length = None if grace else length_of(given, self._divisions)
        rest = given.find("rest")
        if rest is not None and rest.get("measure") == "yes":
            bar.rest = max(bar.rest, length or Fraction(0))
            return length
        if length is not None:
            bar.length = max(bar.length, at + length)
        pitch, staff = given.find("pitch"), whole(given.findtext("staff"), 1)
        if pitch is None or self._is_drum(given, staff):
            self.unpitched += rest is None
            return length
        head = (given.findtext("notehead") or "").strip()
        if head == "slash":
            self.unread.add(Code.SCORE_SLASHES)
            return length
        if self._clefs.get(staff) == "TAB" and self.staves > 1:
            return length
        harmonic = given.find("notations/technical/harmonic")
        touched = harmonic is not None and (
            harmonic.find("touching-pitch") is not None or harmonic.find("base-pitch") is not None
        )
        if touched:
            self.unread.add(Code.SCORE_HARMONICS)
        if (number(pitch.findtext("alter") or "0") or 0) % 1:
            self.unread.add(Code.SCORE_MICROTONES)
        note = WrittenNote(
            at,
            length or Fraction(0),
            pitch_of(pitch),
            staff,
            frozenset(tie.get("type", "") for tie in (*given.iter("tie"), *given.iter("tied"))),
            asked=bool(length) and given.find("cue") is None and not touched
            and staff not in self._beside,
            times=frozenset(int(n) for n in re.findall(r"\d+", given.get("time-only", ""))),
        )  # fmt: skip
        self._ornament(given, note, bar)
        bar.notes.append(note)
        return length

    def _ornament(self, given: Xml.Element, note: WrittenNote, bar: WrittenBar) -> None:
        """Trills, tremolos and rolled chords; notes of a chord share them."""
        if given.find("notations") is not None:
            kinds = {element.tag for element in given.iterfind("notations/ornaments/*")}
            if kinds & SHAKES:
                note.near = 2
            elif given.findtext("notations/ornaments/tremolo", "0").strip() not in ("", "0"):
                note.near = 0
            note.rolled = given.find("notations/arpeggiate") is not None
        head = bar.notes[-1] if bar.notes else None
        if given.find("chord") is not None and head is not None and head.at == note.at:
            note.near = head.near if note.near is None else note.near
            note.rolled |= head.rolled
        self._alternate(given, note, bar)

    def _alternate(self, given: Xml.Element, note: WrittenNote, bar: WrittenBar) -> None:
        """A tremolo of two notes or chords: both sound through, the second a stroke later."""
        voice, chord = given.findtext("voice") or "", given.find("chord") is not None
        tremolo = given.find("notations/ornaments/tremolo")
        kind = tremolo.get("type", "") if tremolo is not None else ""
        if kind == "start" and not chord:
            self._opened[voice] = note
        elif kind == "stop" and not chord and voice in self._opened:
            first = self._opened.pop(voice)
            end = note.at + note.length
            for other in bar.notes:
                if other.at == first.at and other.near == 0:
                    other.length = max(other.length, end - other.at)
            self._second = note.at, note
            note.at = first.at + min(STROKE, first.length / 2)
            note.length = end - note.at
        elif chord and self._second is not None and self._second[0] == note.at:
            second = self._second[1]
            note.at, note.length, note.near = second.at, second.length, second.near
        elif not chord:
            self._second = None

    def _is_drum(self, given: Xml.Element, staff: int) -> bool:
        instrument = given.find("instrument")
        name = instrument.get("id", "") if instrument is not None else ""
        if not name and self._channels:
            own = {c for i, c in self._channels.items() if i.startswith(self._part.get("id", "-"))}
            channel = own.pop() if len(own) == 1 else ""
        else:
            channel = self._channels.get(name, "")
        return channel == PERCUSSION_CHANNEL or self._clefs.get(staff) == "percussion"
