"""Labels that contradict each other, or themselves, are told instead of one being chosen."""

import pytest

import jtm
from realtime.files.labels.label_files import read_label_file
from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.datasets.corpora import read_corpus
from trainer.evaluation.sets import open_set
from trainer.shards.health.recordings import examine


@pytest.mark.parametrize(
    ("midi", "table", "told"),
    [
        ([(0.1, 0.5, 60), (0.6, 0.8, 62)], "0.12,0.5,60\n0.61,0.82,62\n", ""),
        ([(0.1, 0.5, 60), (0.6, 0.8, 62)], "0.1,0.5,60\n", "2 and 1 notes"),
        ([(0.1, 0.5, 60), (0.6, 0.8, 62)], "0.1,0.5,60\n0.6,0.8,63\n", "pitch 62 and 63"),
        ([(0.1, 0.5, 60)], "0.2,0.5,60\n", "onset 0.1 and 0.2 of pitch 60"),
        ([(0.1, 0.5, 60)], "0.1,0.9,60\n", "offset 0.5 and 0.9 of pitch 60"),
        ([(0.1, 0.5, 60)], "la la la\n", ""),
    ],
)
@pytest.mark.parametrize("folders", [("", "", ""), ("sound/", "midi/", "tables/")])
def test_two_labels_of_one_recording_have_to_agree(folders, midi, table, told, tmp_path):
    sound, first, second = folders
    trees.write_tone(tmp_path / f"{sound}a.wav")
    trees.write_midi(tmp_path / f"{first}a.mid", midi)
    (tmp_path / second).mkdir(exist_ok=True)
    (tmp_path / f"{second}a.csv").write_text("onset,offset,pitch\n" * ("la" not in table) + table)
    (one,) = read_corpus(tmp_path, "pairs")
    if not told:
        assert [note.tolist()[:3] for note in one.read_notes()] == midi
        return
    with pytest.raises(UserError, match=f"different notes of one recording .*{told}"):
        one.read_notes()
    ((kind, _),) = [(fault.kind, fault.detail) for fault in examine(one).faults]
    assert kind == "unreadable label"


NOTES = "onset,offset,pitch\n0.1,0.5,60\n0.6,0.9,62\n"
JAMS = (
    '{"annotations": [{"namespace": "note_midi", "data": ['
    '{"time": 0.1, "duration": 0.4, "value": 60}, {"time": 0.6, "duration": 0.2, "value": %s}]}]}'
)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("p.csv", NOTES + "0.9,1.0,x\n", r"Row 4 of '.*p\.csv' is no note"),
        ("p.csv", NOTES + "0.9,1.0,120\n", r"Row 4 of '.*p\.csv' has the pitch 120"),
        ("p.csv", NOTES.replace("onset,offset,pitch\n", "") + "0.9,1.0\n", r"Row 3 of '.*p\.csv'"),
        ("p.csv", NOTES.replace("pitch", "pitch,velocty"), r"p\.csv' has a column 'velocty'"),
        ("p.csv", NOTES.replace("60", "110").replace("62", "98"), r"p\.csv' has the pitch"),
        ("p.csv", NOTES + '"0.9,1.0,60\n', r"Row 4 of '.*p\.csv' cannot be cut"),
        ("p.csv", NOTES + "0.9,1.0,60,é\n", r"Row 4 of '.*p\.csv' is not UTF-8"),
        ("p.txt", "0.1\t0.5\tC4\n0.6\t0.9\t?\n", r"Row 2 of '.*p\.txt' is no note"),
        ("p.jams", JAMS % "null", r"Row 2 of '.*p\.jams' is no note"),
        ("p.jams", JAMS[:60], r"p\.jams' is no JAMS file"),
        ("p.kar", "", r"p\.kar'"),
    ],
)
def test_a_fault_of_a_second_label_of_notes_is_told(name, content, told, tmp_path):
    trees.write_tone(tmp_path / "p.wav")
    trees.write_midi(tmp_path / "p.mid", [(0.1, 0.5, 60)])
    (tmp_path / name).write_bytes(content.encode("latin-1"))
    (one,) = read_corpus(tmp_path, "pairs")
    with pytest.raises(UserError, match=told):
        one.read_notes()


LYRICS = "0.1\t0.5\tla\n0.6\t0.9\tverse A4\n"
CURVE = "0.00,220.0,0.93\n0.01,221.5,0.95\n"


@pytest.mark.parametrize(
    "words",
    [
        LYRICS,
        "Una canción\nde amor\n",
        "0.5\t0.5\t21\n1.0\t1.0\t22\n",  # bars, counted
        CURVE,
        f"time,frequency,confidence\n{CURVE}",
        "start,end,value\n0.1,0.5,C:maj\n",
        "title,composer\nAir,Bach\n",
        "",
    ],
)
@pytest.mark.parametrize("notes", ["song.mid", "song.tsv", "song.jams"])
def test_words_and_curves_are_passed_over_whichever_label_comes_first(notes, words, tmp_path):
    trees.write_tone(tmp_path / "song.wav")
    for name in ("song.csv", "song.txt"):
        (tmp_path / name).write_bytes(words.encode("latin-1"))
    if notes.endswith(".mid"):
        trees.write_midi(tmp_path / notes, [(0.1, 0.5, 60), (0.6, 0.8, 62)])
    else:
        (tmp_path / notes).write_text(NOTES if notes.endswith(".tsv") else JAMS % "62")
    (one,) = read_corpus(tmp_path, "pairs")
    assert one.read_notes()["pitch"].tolist() == [60, 62]
    (tmp_path / notes).unlink()
    with pytest.raises(UserError, match=r"song\.csv'"):
        read_corpus(tmp_path, "pairs")[0].read_notes()


def test_a_note_with_two_ends_is_told_by_the_doctor_and_beside_scores(tmp_path, capsys):
    trees.write_tone(tmp_path / "a.wav")
    path = tmp_path / "a.csv"
    path.write_text("onset,offset,pitch\n0.1,0.5,60\n0.1,0.3,60\n0.1,0.5,64\n0.1,0.5,64\n")
    (one,) = read_corpus(tmp_path)
    ((kind, detail),) = [(fault.kind, fault.detail) for fault in examine(one).faults]
    assert kind == "notes twice" and examine(one).usable
    assert detail.startswith("1 begin twice at one moment with other ends (first: pitch 60 at 0.1")
    assert len(open_set(tmp_path)[0].notes) == 4
    assert jtm.main(["evaluate", str(tmp_path), "--workers=1", "--json"]) == 0
    assert "of the notes of 'a' 1 begin twice" in capsys.readouterr().err
    path.write_text("onset,offset,pitch,program\n0.1,0.5,60,40\n0.1,0.3,60,41\n")
    assert not examine(read_corpus(tmp_path)[0]).faults  # two players


@pytest.mark.parametrize(
    ("header", "row", "told"),
    [
        ("midi_pitch,note", "60,C#4", "pitch 60 and, in the column note, C#4 .61"),
        ("pitch,note_name", "60,B3", "pitch 60 and, in the column note_name, B3 .59"),
        ("pitch,name", "24,C4", "pitch 24 and, in the column name, C4 .60; 60 is C4"),
        ("midi,pitch", "60,67", "pitch 60 and, in the column pitch, 67"),
        ("pitch,note", "C4,67", "pitch C4 .60. and, in the column note, 67"),
        ("frequency,note", "261.6,G4", "pitch 261.6 and, in the column note, G4 .67"),
        ("midi_pitch,pitch", "60,440.5", "pitch 60 and, in the column pitch, 440.5"),
    ],
)
def test_two_columns_of_a_pitch_have_to_agree(header, row, told, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"onset,offset,{header}\n0.1,0.2,{row}\n")
    with pytest.raises(UserError, match=f"Row 2 of '.*a.csv' says the {told}"):
        read_label_file(path)


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("midi_pitch,note", ["60,C4", "61,Db4"]),
        ("midi_pitch,note", ["60,1", "61,2"]),  # numbers of the rows
        ("midi_pitch,label", ["60,A1", "61,verse"]),  # parts of a song
        ("midi_pitch,value", ["60,3", "61,4"]),
        ("midi_pitch,pitch", ["60,261.6", "61,277.2"]),
        ("midi_pitch,frequency", ["60,260.0", "61,270"]),
        ("note_name,pitch_class", ["C4,0", "C#4,1"]),
    ],
)
def test_columns_that_say_a_pitch_in_another_way_or_something_else_are_read(header, rows, tmp_path):
    path = tmp_path / "a.csv"
    lines = [f"{at},{at + 1},{row}" for at, row in enumerate(rows)]
    path.write_text("\n".join([f"onset,offset,{header}", *lines, ""]))
    assert read_label_file(path)["pitch"].tolist() == [60, 61]


@pytest.mark.parametrize("pitch", ["20", "109", "C0", "2", "127"])
def test_a_pitch_off_the_keyboard_is_refused_with_file_and_row(pitch, tmp_path):
    """What decimal commas make of `0,5,2,60` among it."""
    path = tmp_path / "a.csv"
    path.write_text(f"onset,offset,pitch,velocity\n0.5,2,60,80\n2.5,4,{pitch},80\n")
    with pytest.raises(UserError, match=r"Row 3 of '.*a\.csv' has the pitch .* off the piano's"):
        read_label_file(path)


def test_notes_of_midi_off_the_keyboard_are_left_out_and_counted(tmp_path):
    trees.write_tone(tmp_path / "a.wav")
    trees.write_midi(tmp_path / "a.mid", [(0.1, 0.2, 12), (0.3, 0.4, 60), (0.5, 0.6, 120)])
    (one,) = read_corpus(tmp_path)
    assert one.read_notes()["pitch"].tolist() == [60]
    ((kind, detail),) = [(fault.kind, fault.detail) for fault in examine(one).faults]
    assert kind == "notes off the keyboard" and detail.startswith("2 are left out")
    trees.write_midi(tmp_path / "a.mid", [(0.1, 0.2, 12)])
    with pytest.raises(UserError, match="all of them off the piano's keyboard"):
        one.read_notes()


def test_of_smd_the_midi_is_read_and_tables_without_it_have_to_agree(tmp_path):
    """Its tables need not say how long the pedal held a note."""
    name = "Bach_BWV849-01_001_20090916-SMD"
    trees.write_tone(tmp_path / "wav" / f"{name}.wav")
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / f"{name}.csv").write_text("onset,offset,pitch\n0.1,0.4,60\n")
    (tmp_path / "wav" / f"{name}.txt").write_text("0.1 0.7 60\n")
    (one,) = read_corpus(tmp_path, "smd")
    assert {path.suffix for path in one.labels} == {".txt"}, "the one beside"
    trees.write_midi(
        tmp_path / "wav" / f"{name}.mid", [(0.1, 0.4, 60)], pedal=[(0.3, 100), (0.9, 0)]
    )
    (one,) = read_corpus(tmp_path, "smd")
    assert [path.suffix for path in one.labels] == [".mid"] and not examine(one).faults
    (note,) = one.read_notes()
    assert note.tolist()[:3] == (pytest.approx(0.1), pytest.approx(0.9), 60)
    assert note["program"] == 0
    (tmp_path / "wav" / f"{name}.mid").unlink()
    (tmp_path / "wav" / f"{name}.csv").write_text("onset,offset,pitch\n0.1,0.4,60\n")
    (one,) = read_corpus(tmp_path, "smd")
    with pytest.raises(UserError, match="different notes of one recording"):
        one.read_notes()
