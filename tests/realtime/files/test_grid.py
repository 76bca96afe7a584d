from itertools import pairwise, takewhile
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.files.click import Click
from realtime.files.musicxml import DIVISIONS, write_music_xml
from realtime.files.note_files import write_midi
from realtime.files.quantise import guess_tempo, quantised
from realtime.notes import Note


def pulse(bpm: float, count: int = 32, jitter: float = 0.0) -> list[Note]:
    beat = 60 / bpm
    return [
        Note(1 + i * beat / 2 + (jitter if i % 3 else -jitter), 1 + (i + 1) * beat / 2, 60, 80, 0)
        for i in range(count)
    ]


@pytest.mark.parametrize("bpm", [72.0, 90.0, 112.0, 138.0])
def test_the_tempo_of_even_notes_is_found_or_twice_or_half_of_it(bpm):
    guess = guess_tempo(pulse(bpm, jitter=0.008))
    assert min(abs(guess - part * bpm) for part in (0.5, 1, 2)) < 1.0


def test_few_notes_tell_no_tempo():
    assert guess_tempo(pulse(90, count=3)) == 120.0


def test_quantised_notes_stand_on_the_grid_and_the_raw_ones_stay():
    raw = pulse(120, jitter=0.02)
    moved = quantised(raw, 120, 4)
    origin = raw[0].onset_s
    for note in moved:
        assert (note.onset_s - origin) / 0.125 == pytest.approx(
            round((note.onset_s - origin) / 0.125), abs=1e-6
        )
    assert raw == pulse(120, jitter=0.02)
    assert quantised(raw, 120, 0) == raw


def test_half_strength_moves_half_way():
    notes = [Note(0, 0.5, 60, 80, 0), Note(0.54, 1.0, 62, 80, 0)]
    moved = quantised(notes, 120, 2, strength=0.5)
    assert moved[1].onset_s == pytest.approx(0.52)


NOTES = st.lists(
    st.builds(
        lambda onset, length, pitch, velocity: Note(onset, onset + length, pitch, velocity, onset),
        st.floats(0, 60),
        st.floats(0.02, 4),
        st.integers(21, 108),
        st.integers(1, 127),
    ),
    max_size=30,
)


@given(NOTES, st.sampled_from([1, 2, 3, 4]))
def test_quantised_notes_of_a_pitch_never_overlap(notes, steps):
    moved = quantised(notes, 100, steps)
    for pitch in {note.pitch for note in moved}:
        row = [note for note in moved if note.pitch == pitch]
        for before, after in pairwise(row):
            assert before.offset_s <= after.onset_s + 1e-9
    assert all(note.offset_s > note.onset_s for note in moved)


def test_another_tempo_keeps_the_seconds(tmp_path):
    mido = pytest.importorskip("mido")
    write_midi(pulse(90), tmp_path / "a.mid", "a", bpm=90)
    file = mido.MidiFile(tmp_path / "a.mid")
    assert file.length == pytest.approx(pulse(90)[-1].offset_s, abs=0.01)
    tempi = [message.tempo for message in file.tracks[0] if message.type == "set_tempo"]
    assert mido.tempo2bpm(tempi[0]) == pytest.approx(90, abs=0.01)


@settings(max_examples=25)
@given(NOTES)
def test_every_bar_of_the_score_is_full(tmp_path_factory, notes):
    path = tmp_path_factory.mktemp("xml") / "s.musicxml"
    write_music_xml(notes, path, "Żółw", 100)
    root = Xml.parse(path).getroot()
    for measure in root.iter("measure"):
        for staff in ("1", "2"):
            total = sum(
                int(note.findtext("duration"))
                for note in measure.iter("note")
                if note.findtext("staff") == staff and note.find("chord") is None
            )
            assert total == 4 * DIVISIONS


@pytest.mark.parametrize(
    ("first_s", "rest_s", "bars"), [(0.73, 0.0, 3), (1.35, 0.6, 3), (0.15, 1.2, 4)]
)
def test_a_score_with_a_click_has_its_metre_and_its_bars(tmp_path, first_s, rest_s, bars):
    """A bar of 3/4 at 100 is 1.8 s: a note a little early is on the beat, an upbeat has a bar."""
    notes = [Note(at, at + 0.3, 60, 80, 0) for at in (first_s, 0.75 + 2 * 1.8)]
    write_music_xml(notes, tmp_path / "s.musicxml", "x", 90, Click(100.0, 3, 0.75))
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
    write_music_xml(notes, tmp_path / "s.musicxml", "x", 120)
    root = Xml.parse(tmp_path / "s.musicxml").getroot()
    bars = list(root.iter("measure"))
    assert len(bars) == 2
    assert bars[0].find("note/tie").get("type") == "start"
    assert bars[1].find("note/tie").get("type") == "stop"
    assert [n.findtext("pitch/alter") for n in bars[0].iter("note")][:3] == [None, "1", None]
