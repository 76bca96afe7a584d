"""Quantised notes -> MusicXML that notation programs open: two staves, chords, ties over bars."""

import math
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from xml.etree import ElementTree as Xml

from realtime.files.atomic import whole_file
from realtime.files.click import Click
from realtime.notes import Note

DIVISIONS = 12
"""Of a quarter note: sixteenths and triplet eighths are whole."""
BEATS = 4
"""A bar, where no click says otherwise."""
SPLIT_PITCH = 60
"""From here up a note stands on the upper staff."""
STEPS = ("C", "C", "D", "D", "E", "F", "F", "G", "G", "A", "A", "B")
SHARPS = frozenset({1, 3, 6, 8, 10})
LENGTHS = (
    (48, "whole", 0),
    (36, "half", 1),
    (24, "half", 0),
    (18, "quarter", 1),
    (12, "quarter", 0),
    (9, "eighth", 1),
    (6, "eighth", 0),
    (3, "16th", 0),
)
"""Divisions -> (type, dots), longest first."""

Chord = tuple[int, int, list[int]]
"""(start, end) in divisions, pitches."""


def write_music_xml(
    notes: Sequence[Note], path: Path, name: str, bpm: float, click: Click | None = None
) -> None:
    """A score rounded to sixteenths: in 4/4 from the first note, or with the bars of a click.

    Args:
        notes: in seconds.
        path: of the file.
        name: title of the score.
        bpm: quarters a minute; a click has its own.
        click: that was played to: its tempo, its metre in quarters, bars from its first beat.
            Notes before that beat get whole bars before it.

    Raises:
        UserError: if the file cannot be written.
    """
    origin_s, beats = min((note.onset_s for note in notes), default=0.0), BEATS
    if click is not None:
        bpm, beats = click.bpm, click.beats
        origin_s = _first_bar_s(origin_s, click)
    score = Xml.Element("score-partwise", version="3.1")
    Xml.SubElement(Xml.SubElement(score, "work"), "work-title").text = name
    part = Xml.SubElement(Xml.SubElement(score, "part-list"), "score-part", id="P1")
    Xml.SubElement(part, "part-name").text = name
    body = Xml.SubElement(score, "part", id="P1")
    staves = [_chords(notes, bpm, origin_s, upper) for upper in (True, False)]
    bar = beats * DIVISIONS
    last = max((end for staff in staves for _, end, _ in staff), default=1)
    for number in range(-(-last // bar)):
        measure = Xml.SubElement(body, "measure", number=str(number + 1))
        if number == 0:
            _head(measure, bpm, beats)
        for index, chords in enumerate(staves):
            if index:
                Xml.SubElement(Xml.SubElement(measure, "backup"), "duration").text = str(bar)
            _fill(measure, chords, number * bar, (number + 1) * bar, index + 1)
    Xml.indent(score)
    with whole_file(path) as partial:
        Xml.ElementTree(score).write(partial, encoding="utf-8", xml_declaration=True)


def _first_bar_s(first_s: float, click: Click) -> float:
    """Where bar 1 begins: on the click's first beat, or whole bars before it.

    A first note that is only a little early is rounded to the beat and needs no bar.
    """
    early = round((click.first_beat_s - first_s) / (60 / click.bpm / 4))
    return click.first_beat_s - max(0, math.ceil(early / (4 * click.beats))) * click.bar_s


def _chords(notes: Sequence[Note], bpm: float, origin_s: float, upper: bool) -> list[Chord]:
    """Notes of a staff on the grid of sixteenths, those that begin together as one chord."""
    grid_s = 60 / bpm / 4
    starts: dict[int, dict[int, int]] = {}
    for note in notes:
        if (note.pitch >= SPLIT_PITCH) == upper:
            start = round((note.onset_s - origin_s) / grid_s) * 3
            end = max(round((note.offset_s - origin_s) / grid_s) * 3, start + 3)
            pitches = starts.setdefault(start, {})
            pitches[note.pitch] = max(end, pitches.get(note.pitch, 0))
    chords: list[Chord] = []
    order = sorted(starts)
    for start, following in zip_longest(order, order[1:]):
        end = max(starts[start].values())
        end = min(end, following) if following is not None else end
        chords.append((start, end, sorted(starts[start])))
    return chords


def _head(measure: Xml.Element, bpm: float, beats: int) -> None:
    attributes = Xml.SubElement(measure, "attributes")
    Xml.SubElement(attributes, "divisions").text = str(DIVISIONS)
    Xml.SubElement(Xml.SubElement(attributes, "key"), "fifths").text = "0"
    time = Xml.SubElement(attributes, "time")
    Xml.SubElement(time, "beats").text = str(beats)
    Xml.SubElement(time, "beat-type").text = "4"
    Xml.SubElement(attributes, "staves").text = "2"
    for number, (sign, line) in enumerate((("G", "2"), ("F", "4")), start=1):
        clef = Xml.SubElement(attributes, "clef", number=str(number))
        Xml.SubElement(clef, "sign").text = sign
        Xml.SubElement(clef, "line").text = line
    direction = Xml.SubElement(measure, "direction", placement="above")
    metronome = Xml.SubElement(Xml.SubElement(direction, "direction-type"), "metronome")
    Xml.SubElement(metronome, "beat-unit").text = "quarter"
    Xml.SubElement(metronome, "per-minute").text = f"{bpm:g}"
    Xml.SubElement(direction, "sound", tempo=f"{bpm:g}")


def _fill(measure: Xml.Element, chords: list[Chord], begin: int, end: int, staff: int) -> None:
    """One bar of one staff: chords cut at the bar lines and tied, rests between them."""
    at = begin
    for start, stop, pitches in chords:
        if stop <= begin or start >= end:
            continue
        first, last = max(start, begin), min(stop, end)
        _lengths(measure, first - at, [], staff, False, False)
        _lengths(measure, last - first, pitches, staff, start < begin, stop > end)
        at = last
    _lengths(measure, end - at, [], staff, False, False)


def _lengths(
    measure: Xml.Element, left: int, pitches: list[int], staff: int, tied_in: bool, tied_out: bool
) -> None:
    """A length as written values, tied together; no pitches make a rest."""
    while left > 0:
        length, kind, dots = next((row for row in LENGTHS if row[0] <= left), LENGTHS[-1])
        left -= length
        go_on = left > 0 or tied_out
        for index, pitch in enumerate(pitches or [-1]):
            note = Xml.SubElement(measure, "note")
            if index:
                Xml.SubElement(note, "chord")
            _pitch(note, pitch)
            Xml.SubElement(note, "duration").text = str(length)
            ties = [word for word, on in (("stop", tied_in), ("start", go_on)) if on and pitches]
            for word in ties:
                Xml.SubElement(note, "tie", type=word)
            Xml.SubElement(note, "voice").text = str(staff)
            Xml.SubElement(note, "type").text = kind
            for _ in range(dots):
                Xml.SubElement(note, "dot")
            Xml.SubElement(note, "staff").text = str(staff)
            if ties:
                notations = Xml.SubElement(note, "notations")
                for word in ties:
                    Xml.SubElement(notations, "tied", type=word)
        tied_in = True


def _pitch(note: Xml.Element, pitch: int) -> None:
    if pitch < 0:
        Xml.SubElement(note, "rest")
        return
    element = Xml.SubElement(note, "pitch")
    Xml.SubElement(element, "step").text = STEPS[pitch % 12]
    if pitch % 12 in SHARPS:
        Xml.SubElement(element, "alter").text = "1"
    Xml.SubElement(element, "octave").text = str(pitch // 12 - 1)
