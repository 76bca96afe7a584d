"""A score holds what was played: its metre, its triplets, its voices, the key's own spelling."""

from itertools import takewhile
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.files.click import Click
from realtime.files.musicxml import write_music_xml
from realtime.files.note_files import Heading
from realtime.files.score.spelling import key_fifths, spell
from realtime.files.score.voices import DIVISIONS, MOST_VOICES
from realtime.values.notes import Note
from tests.realtime.files.test_grid import NOTES


def written(notes, tmp_path, name="x", bpm=120, steps_per_beat=0, **words):
    heading = Heading(name, bpm, **words)
    write_music_xml(notes, tmp_path / "s.musicxml", heading, steps_per_beat)
    return Xml.parse(tmp_path / "s.musicxml").getroot()


def played(beats, pitch, bpm=120):
    """A note from `beats[0]` to `beats[1]`, in quarters."""
    return Note(beats[0] * 60 / bpm, beats[1] * 60 / bpm, pitch, 80, 0)


def sounding(root):
    """What a player of the score would hear: {(start, end, pitch)} in quarters, ties joined."""
    notes, tied, bar = set(), {}, 0
    for measure in root.iter("measure"):
        at, last, longest = bar, bar, bar
        for element in measure:
            length = int(element.findtext("duration") or 0)
            if element.tag == "backup":
                at -= length
            if element.tag != "note":
                continue
            start = last if element.find("chord") is not None else at
            last, at = start, start + length
            longest = max(longest, at)
            if element.find("pitch") is None:
                continue
            sign = int(element.findtext("pitch/alter") or 0)
            step = "C D EF G A B".index(element.findtext("pitch/step"))
            pitch = 12 * (int(element.findtext("pitch/octave")) + 1) + step + sign
            ties = {tie.get("type") for tie in element.findall("tie")}
            begun = tied.pop((start, pitch)) if "stop" in ties else start
            if "start" in ties:
                tied[at, pitch] = begun
            else:
                notes.add((begun / DIVISIONS, at / DIVISIONS, pitch))
        bar = longest
    assert not tied
    return notes


@settings(max_examples=60)
@given(NOTES, st.sampled_from([0, 1, 2, 3, 4, 6, 8]))
def test_every_voice_fills_its_bars_and_every_onset_is_heard(tmp_path_factory, notes, steps):
    root = written(notes, tmp_path_factory.mktemp("xml"), "Żółw", 100, steps_per_beat=steps)
    for measure in root.iter("measure"):
        for voice in {note.findtext("voice") for note in measure.iter("note")}:
            total = sum(
                int(note.findtext("duration"))
                for note in measure.iter("note")
                if note.findtext("voice") == voice and note.find("chord") is None
            )
            assert total == 4 * DIVISIONS
    first = min((note.onset_s for note in notes), default=0.0)
    grid_s = 60 / 100 / (steps or 4)
    wanted = {(round((n.onset_s - first) / grid_s) / (steps or 4), n.pitch) for n in notes}
    assert {(round(start, 3), pitch) for start, _, pitch in sounding(root)} == {
        (round(start, 3), pitch) for start, pitch in wanted
    }


def test_triplets_of_the_grid_are_triplets(tmp_path):
    notes = [played((i / 3, (i + 0.9) / 3), pitch) for i, pitch in enumerate((60, 62, 64, 65))]
    root = written(notes, tmp_path, steps_per_beat=3)
    first = [note for note in root.iter("note") if note.find("pitch") is not None]
    assert [note.findtext("duration") for note in first] == ["8"] * 4
    assert [note.findtext("type") for note in first] == ["eighth"] * 4
    for note in first:
        assert note.findtext("time-modification/actual-notes") == "3"
    brackets = [t.get("type") for note in first[:3] for t in note.iter("tuplet")]
    assert brackets == ["start", "stop"]


def test_32nds_follow_one_another(tmp_path):
    notes = [played((i / 8, (i + 0.8) / 8), 60 + i) for i in range(8)]
    root = written(notes, tmp_path, steps_per_beat=8)
    assert sounding(root) == {(i / 8, (i + 1) / 8, 60 + i) for i in range(8)}
    assert not list(root.iter("chord"))


def test_a_note_held_over_others_has_a_voice_of_its_own(tmp_path):
    held = played((0, 8), 72)
    below = [played((beat, beat + 0.95), pitch) for beat, pitch in enumerate([64, 65, 67, 65] * 2)]
    root = written([held, *below], tmp_path)
    assert (0, 8, 72) in sounding(root) and len(sounding(root)) == 9
    voices = {}
    for note in root.iter("note"):
        if note.find("pitch") is not None:
            step = note.findtext("pitch/step") + note.findtext("pitch/octave")
            voices.setdefault(note.findtext("voice"), set()).add(step)
    assert voices == {"1": {"C5"}, "2": {"E4", "F4", "G4"}}


def test_untidy_chords_and_legato_make_no_voices(tmp_path):
    """Ends within a step of each other, and notes that run a little into the next."""
    chord = [played((0, 1.0 + 0.2 * i), pitch) for i, pitch in enumerate((60, 64, 67))]
    line = [played((2 + i, 3.2 + i), 72 + i) for i in range(2)]
    root = written([*chord, *line], tmp_path)
    assert {note.findtext("voice") for note in root.iter("note")} == {"1", str(MOST_VOICES + 1)}


@pytest.mark.parametrize(
    ("key", "signature", "names"),
    [
        ("Bb", "-2", ["Bb4", "C5", "D5", "Eb5", "F5", "G5", "A5", "Bb5"]),
        ("F#m", "3", ["F#4", "G#4", "A4", "B4", "C#5", "D5", "E#5", "F#5"]),
        ("Gb", "-6", ["Gb4", "Ab4", "Bb4", "Cb5", "Db5", "Eb5", "F5", "Gb5"]),
        ("", "0", ["C4", "C#4", "Eb4", "E4", "F#4", "G#4", "Bb4", "B4"]),
    ],
)
def test_a_score_spells_as_its_key_does(tmp_path, key, signature, names):
    letters = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    signs = {"#": 1, "b": -1}
    pitches = [letters[n[0]] + signs.get(n[1], 0) + 12 * (int(n[-1]) + 1) for n in names]
    root = written([played((i, i + 1), p) for i, p in enumerate(pitches)], tmp_path, key=key)
    assert root.findtext(".//fifths") == signature
    found = []
    for pitch in root.iter("pitch"):
        sign = {"1": "#", "-1": "b", None: ""}[pitch.findtext("alter")]
        found.append(pitch.findtext("step") + sign + pitch.findtext("octave"))
    assert found == names


@given(st.integers(0, 127), st.integers(-7, 7))
def test_a_spelling_is_the_pitch_it_spells(pitch, fifths):
    letter, sign, octave = spell(pitch, fifths)
    assert "C D EF G A B".index(letter) + sign + 12 * (octave + 1) == pitch
    assert -2 <= sign <= 2


def test_neighbours_within_a_beat_share_a_beam(tmp_path):
    beats = [(0, 0.5), (0.5, 0.75), (0.75, 1), (1, 1.5), (2, 3)]
    root = written([played(beat, 72) for beat in beats], tmp_path)
    beams = [
        [beam.text for beam in note.iter("beam")]
        for note in root.iter("note")
        if note.find("pitch") is not None
    ]
    assert beams == [["begin"], ["continue", "begin"], ["end", "end"], [], []]


def test_unknown_keys_have_no_signature():
    assert key_fifths("") == key_fifths("H") == 0


def test_titles_hold_what_xml_can(tmp_path):
    root = written([played((0, 1), 60)], tmp_path, "Żółw \x1b[31m<&\x00 \ud800 song")
    assert root.findtext(".//work-title") == "Żółw [31m<&  song"


@pytest.mark.parametrize(
    ("first_s", "rest_s", "bars"), [(0.73, 0.0, 3), (1.35, 0.6, 3), (0.15, 1.2, 4)]
)
def test_a_score_with_a_click_has_its_metre_and_its_bars(tmp_path, first_s, rest_s, bars):
    """A bar of 3/4 at 100 is 1.8 s: a note a little early is on the beat, an upbeat has a bar."""
    notes = [Note(at, at + 0.3, 60, 80, 0) for at in (first_s, 0.75 + 2 * 1.8)]
    write_music_xml(notes, tmp_path / "s.musicxml", Heading("x", 90, Click(100.0, 3, 0.75)))
    root = Xml.parse(tmp_path / "s.musicxml").getroot()
    assert (root.findtext(".//time/beats"), root.findtext(".//time/beat-type")) == ("3", "4")
    assert root.find(".//sound").get("tempo") == "100"
    measures = list(root.iter("measure"))
    starts = []
    for measure in measures:
        upper = [n for n in measure.iter("note") if n.findtext("staff") == "1"]
        assert sum(int(n.findtext("duration")) for n in upper) == 3 * DIVISIONS
        starts.append(sum(int(n.findtext("duration")) for n in before_a_pitch(upper)))
    assert len(measures) == bars and starts[-1] == 0, "the last note opens a bar"
    assert starts[0] / DIVISIONS * 0.6 == pytest.approx(rest_s)


def before_a_pitch(notes: list) -> list:
    return list(takewhile(lambda note: note.find("pitch") is None, notes))


def test_a_chord_over_the_bar_line_is_tied(tmp_path):
    notes = [Note(0.0, 3.0, pitch, 80, 0) for pitch in (60, 61, 67)]
    write_music_xml(notes, tmp_path / "s.musicxml", Heading("x"))
    root = Xml.parse(tmp_path / "s.musicxml").getroot()
    bars = list(root.iter("measure"))
    assert len(bars) == 2
    assert bars[0].find("note/tie").get("type") == "start"
    assert bars[1].find("note/tie").get("type") == "stop"
    assert [n.findtext("pitch/alter") for n in bars[0].iter("note")][:3] == [None, "1", None]
