"""JAMS beside audio: notes in hertz or MIDI numbers, by one annotator, or one sentence."""

import json
import math

import pytest

from realtime.files.labels.jams_file import read_jams_rows
from realtime.files.labels.label_files import read_label_file
from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.datasets.corpora import read_corpus
from trainer.datasets.guitarset import read_jams_notes
from trainer.shards.health.recordings import examine


def annotation(namespace, data, who="", source=""):
    about = {"annotator": {"name": who}, "data_source": source}
    return {"namespace": namespace, "annotation_metadata": about, "data": data}


def observations(*notes):
    names = ("time", "duration", "value")
    return [dict(zip(names, note, strict=True)) | {"confidence": None} for note in notes]


def write(path, *annotations):
    path.write_text(json.dumps({"annotations": list(annotations), "file_metadata": {}}))
    return path


def read(path):
    table = read_label_file(path)
    assert all(math.isnan(velocity) for velocity in table["velocity"])  # nobody measured it
    return [
        (round(float(n["onset"]), 3), round(float(n["offset"]), 3), int(n["pitch"])) for n in table
    ]


def test_notes_in_hertz_and_of_several_strings_are_read_in_order(tmp_path):
    path = write(
        tmp_path / "a.jams",
        annotation("beat", observations((0.0, 0.0, 1))),
        annotation("note_hz", observations((0.5, 0.25, 440.0)), source="A"),
        annotation("note_hz", observations((0.1, 0.2, 261.63)), source="B"),
    )
    assert read(path) == [(0.1, 0.3, 60), (0.5, 0.75, 69)]


def test_midi_numbers_that_are_called_hertz_are_refused(tmp_path):
    """They would be learned as notes below the piano."""
    notes = [(at, 0.5, pitch) for at, pitch in enumerate((60, 64, 67))]
    path = write(tmp_path / "a.jams", annotation("note_hz", observations(*notes)))
    with pytest.raises(UserError, match="frequency 60, which looks like a MIDI pitch"):
        read(path)
    low = [(0.1, 0.2, 55), (0.5, 0.2, 110)]  # A1 and A2
    path = write(tmp_path / "a.jams", annotation("note_hz", observations(*low)))
    assert [note[2] for note in read(path)] == [33, 45]


def test_columns_of_the_first_jams_are_read(tmp_path):
    data = {"time": [0.1, 0.6], "duration": [0.2, 0.1], "value": [60, 62], "confidence": [1, 1]}
    path = write(tmp_path / "a.jams", annotation("pitch_midi", data))
    assert read(path) == [(0.1, 0.3, 60), (0.6, 0.7, 62)]


def test_of_two_annotators_the_first_is_believed_and_no_note_counts_twice(tmp_path):
    one = annotation("note_midi", observations((0.1, 0.2, 60)), who="Ann")
    two = annotation("note_midi", observations((0.12, 0.2, 60), (0.5, 0.2, 64)), who="Bob")
    assert read(write(tmp_path / "a.jams", one, two)) == [(0.1, 0.3, 60)]


def test_an_annotator_who_wrote_nothing_is_not_believed(tmp_path):
    one = annotation("note_midi", [], who="Ann")
    two = annotation("note_midi", observations((0.5, 0.2, 64)), who="Bob")
    assert read(write(tmp_path / "a.jams", one, two)) == [(0.5, 0.7, 64)]


@pytest.mark.parametrize("nothing", [[], {"time": [], "duration": [], "value": []}])
def test_a_way_of_writing_in_which_nothing_is_written_hides_no_notes(tmp_path, nothing):
    empty = annotation("note_midi", nothing)
    filled = annotation("note_hz", observations((0.5, 0.2, 440.0)))
    for order in ((empty, filled), (filled, empty)):
        assert read(write(tmp_path / "a.jams", *order)) == [(0.5, 0.7, 69)]
    assert read(write(tmp_path / "a.jams", empty)) == []


def test_two_notes_of_one_pitch_are_two_but_on_a_string(tmp_path):
    data = observations((0.5, 1.0, 60), (0.505, 2.0, 60))
    path = write(tmp_path / "a.jams", annotation("note_midi", data))
    assert read(path) == [(0.5, 1.5, 60), (0.505, 2.505, 60)]
    assert len(read_jams_notes(path)) == 1  # of GuitarSet


def test_halfway_between_two_keys_is_the_upper_one_in_labels_of_every_kind(tmp_path):
    notes = [(at, 0.5, at + 59.5) for at in (1, 2, 3)]
    path = write(tmp_path / "a.jams", annotation("note_midi", observations(*notes)))
    assert [note[2] for note in read(path)] == [61, 62, 63]
    table = tmp_path / "a.csv"
    rows = "".join(f"{at},{at + length},{pitch}\n" for at, length, pitch in notes)
    table.write_text(f"onset_s,offset_s,midi_pitch\n{rows}")
    assert [note[2] for note in read(table)] == [61, 62, 63]


def test_jams_beside_a_sound_file_makes_a_pair(tmp_path):
    trees.write_tone(tmp_path / "song.wav")
    write(tmp_path / "song.jams", annotation("note_midi", observations((0.1, 0.2, 60))))
    (one,) = read_corpus(tmp_path)
    assert one.corpus == "pairs" and one.read_notes()["pitch"].tolist() == [60]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is no JAMS file"),
        ("[]", "is no JAMS file"),
        ('{"annotations": []}', "has no notes"),
        ('{"annotations": [{"namespace": "note_midi"}]}', "without data"),
        (
            '{"annotations": [{"namespace": "note_midi", "data": '
            '[{"time": 0, "duration": 1, "value": null}]}]}',
            "Row 1 of",
        ),
        (
            '{"annotations": [{"namespace": "note_hz", "data": '
            '[{"time": 0, "duration": 1, "value": 0}]}]}',
            "Row 1 of",
        ),
        (
            '{"annotations": [{"namespace": "note_midi", "data": {"time": [1], "value": []}}]}',
            "different lengths",
        ),
        ('{"annotations": [{"namespace": "note_midi", "data": [5]}]}', "without data"),
    ],
)
def test_what_is_no_jams_is_told_in_a_sentence(tmp_path, content, told):
    path = tmp_path / "a.jams"
    path.write_text(content)
    with pytest.raises(UserError, match=told) as error:
        read_label_file(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "note", [(-0.5, 1.0, 60), (-2.0, 1.0, 60), (0.5, -1.0, 60), (0.2, -0.9, 60)]
)
def test_a_note_at_no_possible_time_is_kept_for_the_doctor_to_name(note, tmp_path):
    trees.write_tone(tmp_path / "a.wav")
    write(tmp_path / "a.jams", annotation("note_midi", observations(note, (0.6, 0.2, 62))))
    (one,) = read_corpus(tmp_path)
    onset, length, pitch = note
    assert (onset, onset + length, pitch) in [
        (row["onset"], row["offset"], row["pitch"]) for row in one.read_notes()
    ]
    assert [fault.kind for fault in examine(one).faults] == ["bad label"]


def test_an_annotation_that_is_late_by_a_known_time_is_moved_and_cut_at_the_start(tmp_path):
    notes = observations((0.1, 0.1, 60), (0.2, 0.3, 62), (0.6, 0.2, 64))
    path = write(tmp_path / "a.jams", annotation("note_midi", notes))
    found = [
        (round(on, 3), round(off, 3), pitch) for on, off, pitch, *_ in read_jams_rows(path, 0.3)
    ]
    assert found == [(0.0, 0.2, 62), (0.3, 0.5, 64)]
