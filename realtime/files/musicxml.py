"""Notes -> MusicXML that notation programs open: two staves, voices, triplets, ties over bars."""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

from realtime.files.click import Click
from realtime.files.note_files import Heading
from realtime.files.score.spelling import key_fifths, spell
from realtime.files.score.voices import (
    DIVISIONS,
    MOST_VOICES,
    SPLIT_PITCH,
    lay_out_staff,
    to_divisions,
)
from realtime.files.score.written_values import Written, write_bar
from realtime.values.atomic import whole_file
from realtime.values.notes import Note

BEATS = 4
"""A bar, where no click says otherwise."""
USUAL_STEPS = 4
"""Sixteenths, where no grid was chosen."""
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold."""


def write_music_xml(
    notes: Sequence[Note],
    path: Path,
    heading: Heading,
    steps_per_beat: int = 0,
) -> None:
    """Write a score on a grid: in 4/4 from the first note, or with the bars of a click.

    Args:
        notes: in seconds.
        path: of the file.
        heading: name and instrument, whose characters that XML cannot hold are left out; quarters
            a minute, which are written as a whole number and played as they are; a
            click with its tempo, its metre in quarters, and bars from its first beat (notes before
            that beat get whole bars before it); the key with its signature and its spelling.
        steps_per_beat: grid steps of a quarter: 1, 2, 3, 4, 6 or 8; 0 for sixteenths.

    Raises:
        UserError: if the file cannot be written.
    """
    steps = steps_per_beat or USUAL_STEPS
    click, bpm = heading.click, heading.bpm
    origin_s, beats = min((note.onset_s for note in notes), default=0.0), BEATS
    if click is not None:
        bpm, beats = click.bpm, click.beats
        origin_s = _first_bar_s(origin_s, click, steps)
    title, fifths = NOT_IN_XML.sub("", heading.name), key_fifths(heading.key)
    score = Xml.Element("score-partwise", version="3.1")
    Xml.SubElement(Xml.SubElement(score, "work"), "work-title").text = title
    part = Xml.SubElement(Xml.SubElement(score, "part-list"), "score-part", id="P1")
    # The title stands above the music already.
    Xml.SubElement(part, "part-name").text = NOT_IN_XML.sub("", heading.instrument)
    body = Xml.SubElement(score, "part", id="P1")
    placed = to_divisions(notes, bpm, origin_s, steps)
    staves = [
        lay_out_staff(
            [note for note in placed if (note.pitches[0] >= SPLIT_PITCH) == upper],
            DIVISIONS // steps,
        )
        for upper in (True, False)
    ]
    bar = beats * DIVISIONS
    last = max((chord.end for voices in staves for voice in voices for chord in voice), default=1)
    for number in range(-(-last // bar)):
        measure = Xml.SubElement(body, "measure", number=str(number + 1))
        if number == 0:
            _head(measure, bpm, beats, fifths)
        begin, end, written_before = number * bar, (number + 1) * bar, False
        for staff, voices in enumerate(staves):
            for index, voice in enumerate(voices):
                # The first voice of a staff stands in every bar, others only where they sound.
                if index and not any(c.start < end and c.end > begin for c in voice):
                    continue
                # MusicXML has one cursor: each further voice goes back to the bar line first.
                if written_before:
                    Xml.SubElement(Xml.SubElement(measure, "backup"), "duration").text = str(bar)
                written_before = True
                for written in write_bar(voice, begin, end):
                    _add(measure, written, staff + 1, staff * MOST_VOICES + index + 1, fifths)
    Xml.indent(score)
    with whole_file(path) as partial:
        Xml.ElementTree(score).write(partial, encoding="utf-8", xml_declaration=True)


def _first_bar_s(first_s: float, click: Click, steps: int) -> float:
    """Where bar 1 begins: on the click's first beat, or whole bars before it.

    A first note that is only a little early is rounded to the beat and needs no bar.
    """
    # In steps of the grid, as the notes are rounded; whole bars before the click's first beat.
    early = round((click.first_beat_s - first_s) / (60 / click.bpm / steps))
    return click.first_beat_s - max(0, math.ceil(early / (steps * click.beats))) * click.bar_s


def _head(measure: Xml.Element, bpm: float, beats: int, fifths: int) -> None:
    attributes = Xml.SubElement(measure, "attributes")
    Xml.SubElement(attributes, "divisions").text = str(DIVISIONS)
    Xml.SubElement(Xml.SubElement(attributes, "key"), "fifths").text = str(fifths)
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
    Xml.SubElement(metronome, "per-minute").text = f"{bpm:.0f}"  # as people write it
    Xml.SubElement(direction, "sound", tempo=f"{bpm:g}")


def _add(measure: Xml.Element, written: Written, staff: int, voice: int, fifths: int) -> None:
    """Append one written note, chord or rest; MusicXML fixes the order of the elements."""
    sides = (("stop", written.tied_in), ("start", written.tied_out))
    ties = [word for word, on in sides if on]
    for index, pitch in enumerate(written.pitches or [-1]):  # -1 stands for a rest
        note = Xml.SubElement(measure, "note")
        if index:
            Xml.SubElement(note, "chord")
        if pitch < 0:
            Xml.SubElement(note, "rest", {} if written.kind else {"measure": "yes"})
        else:
            _pitch(note, pitch, fifths)
        Xml.SubElement(note, "duration").text = str(written.length)
        for word in ties:
            Xml.SubElement(note, "tie", type=word)
        Xml.SubElement(note, "voice").text = str(voice)
        if written.kind:
            Xml.SubElement(note, "type").text = written.kind
        for _ in range(written.dots):
            Xml.SubElement(note, "dot")
        if written.triplet:
            ratio = Xml.SubElement(note, "time-modification")
            Xml.SubElement(ratio, "actual-notes").text = "3"
            Xml.SubElement(ratio, "normal-notes").text = "2"
        Xml.SubElement(note, "staff").text = str(staff)
        # Beams and brackets belong to the first note of a chord, ties to each.
        for number, word in enumerate(written.beams if index == 0 else (), start=1):
            Xml.SubElement(note, "beam", number=str(number)).text = word
        if ties or (written.tuplet and index == 0):
            notations = Xml.SubElement(note, "notations")
            for word in ties:
                Xml.SubElement(notations, "tied", type=word)
            if written.tuplet and index == 0:
                Xml.SubElement(notations, "tuplet", type=written.tuplet)


def _pitch(note: Xml.Element, pitch: int, fifths: int) -> None:
    letter, sign, octave = spell(pitch, fifths)
    element = Xml.SubElement(note, "pitch")
    Xml.SubElement(element, "step").text = letter
    if sign:
        Xml.SubElement(element, "alter").text = str(sign)
    Xml.SubElement(element, "octave").text = str(octave)
