"""Tables of notes and names as spreadsheets, sound editors and other systems write them."""

import codecs
import unicodedata

import numpy as np
import pretty_midi
import pytest

from realtime.files.labels.note_csv import read_note_csv
from realtime.files.labels.programs import FULL_NAMES, find_program
from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.datasets.corpora import guess_corpus, read_corpus
from trainer.shards.health.recordings import examine

WANTED = [(0.5, 0.85, 60), (0.9, 1.25, 61)]


def rows(notes: np.ndarray) -> list[tuple[float, float, int]]:
    return [
        (round(float(n["onset"]), 3), round(float(n["offset"]), 3), int(n["pitch"])) for n in notes
    ]


@pytest.mark.parametrize(
    "text",
    [
        "onset_s,offset_s,midi_pitch\n0.5,0.85,60\n0.9,1.25,61\n",
        "onset;offset;pitch\n0,5;0,85;60\n0,9;1,25;61\n",
        "sep=;\nonset;offset;pitch\n0,5;0,85;60\n0,9;1,25;61\n",
        "Onset\tOffset\tNote\n0,5\t0,85\tC4\n0,9\t1,25\tDb4\n",
        'start,end,note\n"0,5","0,85",C4\n"0,9","1,25",C#4\n',
        "0.5 0.85 60\n0.9 1.25 61\n",
        "0,5 0,85 60\n0,9 1,25 61\n",
        "0,5\t0,85\t60\n0,9\t1,25\t61\n",
        "0.500000\t0.850000\tC4\n\\\t220.0\t440.0\n0.900000\t1.250000\tC♯4\n",
        '# one; "two, "three\nonset,duration,midi\n0.5,0.35,60\n# ,"four\n0.9,0.35,61\n',
        "  # one; two\nonset,duration,midi\n0.5,0.35,60\n  #0.7,x\n0.9,0.35,61\n",
        "# onset,duration,midi\n0.5,0.35,60\n# a remark\n0.9,0.35,61\n",
        "onset_s,offset_s,midi_pitch,velocity\r\n0.5,0.85,60,\r\n0.9,1.25,61\r\n",
        "# written by hand\n#\nonset,offset,pitch\n0.5,0.85,60\n0.9,1.25,61\n",
        "# onset offset pitch\n0.5 0.85 60\n0.9 1.25 61\n",
        "onset_s|offset_s|midi_pitch\n0.5|0.85|60\n0.9|1.25|61\n",
        "Onset Time (s),Duration [s],MIDI note\n0.5,0.35,60\n0.9,0.35,61\n",
        "start,end,frequency\n0.5,0.85,261.63\n0.9,1.25,277.2\n",
        "TIME,VALUE,DURATION,LABEL\n0.5,60,0.35,New note\n0.9,61,0.35,New note\n",
        "start,end,Pitch (Hz)\n0.5,0.85,261.63\n0.9,1.25,277.2\n",
        "start,end,pitch,frequency\n0.5,0.85,0,261.63\n0.9,1.25,1,277.2\n",
        "start,end,pitch [MIDI]\n0.5,0.85,60.2\n0.9,1.25,60.9\n",
        "onset,offset,midi_pitch\n0.5,0.85,59.8\n0.9,1.25,61.3\n",
        "onset,offset,pitch\n0.5,0.85,60.0\n0.9,1.25,61.0\n",
        "onset,offset,pitch\r0.5,0.85,60\r0.9,1.25,61\r",
        "start_time_s,end_time_s,pitch_midi,velocity,pitch_bend\n0.5,0.85,60,,0,1,-1\n0.9,1.25,61,,\n",
        "#,onset,offset,pitch\n1,0.5,0.85,60\n2,0.9,1.25,61\n",
        ",onset,offset,pitch\n0,0.5,0.85,60\n1,0.9,1.25,61\n",
        "% onset offset pitch\n0.5 0.85 60\n% a remark\n0.9 1.25 61\n",
        "onset,onset_sec,offset,offset_sec,pitch\n480,0.5,816,0.85,60\n864,0.9,1200,1.25,61\n",
        "onset,offset,duration,midi_pitch,hz\n0.5,0.85,0.35,60,261.6\n0.9,1.25,0.35,61,277.2\n",
        "TIME,VALUE,DURATION,LEVEL,LABEL\n0.5,60,0.35,0.8,New\n0.9,61,0.35,0.8,New\n",
        '"onset","offset","pitch"\r\n"0.5","0.85","60"\r\n"0.9","1.25","61"\r\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_notes_are_read_however_a_table_is_written(text, encoding, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    found = read_note_csv(path)
    assert rows(found) == WANTED
    assert np.isnan(found["velocity"]).all()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("onset,offset,pitch\n0,5,0,85,60\n", "Row 2 .* 5 cells for 3 columns"),
        ("0,5,0,85,60,80\n", "Row 1 .* has 6 cells, and no header"),
        ("onset,offset,pitch\n0.5,0.85,60\n0.5;0.85;60\n", "Row 3 .* is no note"),
        ("onset,offset,pitch\n0.5,0.85,verse\n", "Row 2 .* is no note"),
        ("onset,offset,pitch\n0.5,0.85,66666666666666666666666\n", "Row 2 .* is no note"),
        ("onset,offset,pitch,program\n0.5,0.85,60,-40000\n", "Row 2 .* is no note"),
        ("onset,offset,pitch,program\n0.5,1,60,Vioin\n", "Row 2 .* program 'Vioin'; give a numb"),
        ("onset,offset\n0.5,0.85\n", "needs columns"),
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("onset,onset,offset,pitch\n0.5,9,0.85,60\n", "two columns called onset"),
        ("TIME,VALUE,DURATION\n0.5,261.6,0.35\n", "pitch 261.6, which may be Hz"),
        ("onset,offset,pitch\n1.234,5,1.300,60\n", "Row 2"),
        ("onset_ms,offset_ms,pitch\n500,850,60\n", "needs columns"),
        ("Onset (ms),Offset (ms),pitch\n500,850,60\n", "needs columns"),
        ("start,end,frequency\n0.5,0.85,-1\n", "Row 2 .* is no note"),
        ("onset,offset,pitch\n0.5,0.85,110.0\n0.9,1.25,97.999\n", "pitch 97.999, which may be Hz"),
        ("onset,offset,pitch\n0.5,0.85,220\n0.9,1.25,98\n", "pitch 220, which may be Hz"),
        ("onset;offset;Note\n0,5;0,85;110\n0,9;1,25;98\n", "pitch 110, which may be Hz"),
        ("0.5 0.85 65.0\n1 2 73.0\n3 4 82\n5 6 87\n7 8 98\n9 10 55\n", "pitch 65, which may be"),
        ("0.5,261.6,0.35\n", "0.35 where the pitch is expected"),  # onset, Hz, duration: Tony
        ("0,5,1,60\n1,5,2,62\n", "Row 1 .* 1 where the pitch is expected"),  # decimal commas
        ("0.5 0.85 60\n0.9 0.35 61\n", "Row 2 .* 0.35 behind 0.9, an end before its onset"),
        ("0.50\t0.85\t261.63\n", "Row 1 .* 261.63 where the pitch is expected"),  # MIREX
        ("0.5,60,0.35,0.8,New note\n", "Row 1 .* has 5 cells, and no header"),  # Sonic Visualiser
        ("0,0.5,0.85,60\n1,0.9,1.25,61\n", "Row 1 .* 0.85 where the pitch is expected"),  # pandas
        ("0.5 0.85 60 800\n", "800 where the velocity is expected"),
        ("0.5 0.85 60\n0.9 1.25 61 80\n", "Row 2 .* has 4 cells, the first one 3"),
        ("#,Name,Start,End,Length\nR1,C4,0.5,0.85,0.35\n", "needs columns"),  # Reaper
        ("0.5\t0.85\t\n\\\t220.0\t440.0\n", "Row 1 .* is no note"),  # a band, and no name
        ('onset,offset,pitch,who\n0,1,60,"a\n1,2,61,b\n2,3,62,c\n', "Row 2 .* a quote that is"),
        ('onset,offset,pitch,who\n0,1,60,"a\n1,2,61,"b\n2,3,62,c\n', "Row 2 .* a quote that is"),
        ('onset,offset,pitch\n"1,234.5","1,235.5",60\n', "Row 2 .* is no note"),
        ("onset,offset,pitch\n1_234.5,1_235.5,60\n", "Row 2 .* is no note"),
        ("onset,duration,offset,pitch\n0.5,0.35,1.9,60\n", "Row 2 .* offset 1.9 and.* 0.85"),
        ("onset,offset,midi,hz\n0.5,1,60,440\n", "Row 2 .* pitch 60 and.* hz, 440 .69"),
        ("start,end,frequency\n0,1,60\n1,2,64\n2,3,67\n", "frequency 60, which looks like a MIDI"),
        ("onset,end,length,duration,midi\n0,1,0.5,1,60\n", "Row 2 .* duration 1 and,.* 0.5"),
        ("onset,start,end,midi\n0,0,1,60\n2,1.5,3,61\n", "Row 3 .* onset 2 and,.* 1.5"),
        ("onset,offset,note\n0.5,0.85,E-4\n", "Row 2 .* is no note"),  # E flat 4, or E of -4
        ("onset,offset,midi (Hz)\n0.5,0.85,110\n", "needs columns"),
        ("onset,offset,pitch,velocity\n0,1,60,0.5\n0,1,61,90\n", "between 0 and 1 beside larger"),
    ],
)
def test_what_cannot_be_read_for_sure_is_refused_with_file_and_row(text, told, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(UserError, match=told) as error:
        read_note_csv(path)
    assert "a.csv" in str(error.value) and "\n" not in str(error.value)


def test_a_table_with_a_header_alone_says_that_nothing_sounds(tmp_path):
    (tmp_path / "a.csv").write_text("onset,offset,pitch\n")
    assert len(read_note_csv(tmp_path / "a.csv")) == 0


def test_whole_numbers_are_midi_unless_all_of_them_are_frequencies(tmp_path):
    """E and G of a bass, fifths of a violin, a diminished chord are no frequencies; a scale is."""
    path = tmp_path / "a.csv"
    for pitches in ([28, 31, 33, 35, 41], [55, 62, 69, 76], [46, 49, 52, 55, 58], [108], [96, 103]):
        rows = "".join(f"{at},{at + 1},{pitch}\n" for at, pitch in enumerate(pitches))
        path.write_text("onset,offset,pitch\n" + rows)
        assert read_note_csv(path)["pitch"].tolist() == pitches
    scale = [65, 73, 82, 87, 98, 110, 123]
    rows = "".join(f"{at},{at + 1},{hertz}\n" for at, hertz in enumerate(scale))
    path.write_text("onset,offset,pitch\n" + rows)
    with pytest.raises(UserError, match="may be Hz"):
        read_note_csv(path)
    path.write_text("onset,offset,pitch_hz\n" + rows)
    assert read_note_csv(path)["pitch"].tolist() == [36, 38, 40, 41, 43, 45, 47]
    path.write_text("onset,offset,midi_pitch\n" + rows[: rows.index("110")] + "108\n")
    assert read_note_csv(path)["pitch"].tolist() == [*scale[:5], 108]


def test_another_encoding_is_refused_with_its_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("onset,offset,pitch,who\n0.1,0.2,60,Frédéric\n".encode("latin-1"))
    with pytest.raises(UserError, match=r"Row 2 .* is not UTF-8"):
        read_note_csv(path)
    path.write_bytes("onset,offset,pitch\n0.1,0.2,60\n".encode("utf-16-le"))
    with pytest.raises(UserError, match=r"Row 1 .* is not UTF-8"):
        read_note_csv(path)


def test_velocities_are_known_one_by_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("onset,offset,pitch,velocity\n0,1,60,64\n0,1,61,\n0,1,62,-1\n0,1,63,nan\n")
    assert read_note_csv(path)["velocity"] == pytest.approx([64 / 127] + [np.nan] * 3, nan_ok=True)


@pytest.mark.parametrize(("sound", "label"), [("a.wav", "a.MID"), ("B.WAV", "b.Mid")])
def test_suffixes_and_names_are_found_in_any_case(sound, label, tmp_path):
    trees.write_tone(tmp_path / sound)
    trees.write_midi(tmp_path / label, [(0.1, 0.2, 50)])
    assert guess_corpus(tmp_path) == "pairs"
    (one,) = read_corpus(tmp_path)
    assert rows(one.read_notes()) == [(0.1, 0.2, 50)]


def test_two_names_that_differ_in_case_alone_keep_their_own_labels(tmp_path):
    for name, pitch in (("a", 50), ("A", 51)):
        trees.write_tone(tmp_path / f"{name}.wav", pitch=pitch)
        trees.write_midi(tmp_path / f"{name}.mid", [(0.1, 0.2, pitch)])
    found = {one.id: rows(one.read_notes()) for one in read_corpus(tmp_path)}
    assert found == {"a": [(0.1, 0.2, 50)], "A": [(0.1, 0.2, 51)]}


def test_texts_beside_sounds_are_labels_and_a_readme_is_none(tmp_path):
    trees.write_tone(tmp_path / "a.wav")
    (tmp_path / "README.txt").write_text("recorded at home")
    (tmp_path / "._a.mid").write_bytes(b"companion of a Mac")
    assert guess_corpus(tmp_path) == "audio"
    (tmp_path / "a.txt").write_text("0.1 0.2 60\n")
    assert [rows(one.read_notes()) for one in read_corpus(tmp_path)] == [[(0.1, 0.2, 60)]]


@pytest.mark.parametrize("forms", [("NFD", "NFC"), ("NFC", "NFD")])
def test_names_are_compared_as_people_read_them(forms, tmp_path):
    sound, label = (unicodedata.normalize(form, "Żółta gęś") for form in forms)
    trees.write_tone(tmp_path / f"{sound}.wav")
    trees.write_midi(tmp_path / f"{label}.mid", [(0.1, 0.2, 50)])
    trees.write_csv(tmp_path / "metadata.csv", ("file", "composer"), [(f"{label}.wav", "Bach")])
    (one,) = read_corpus(tmp_path)
    assert rows(one.read_notes()) == [(0.1, 0.2, 50)] and one.categories == {"composer": "Bach"}
    assert one.id == "Żółta gęś"  # the same on every system, and so in the same part of a split


def maestro(folder, change=lambda text: text.encode()):
    table = trees.write_maestro(folder) / "maestro-v3.0.0.csv"
    table.write_bytes(change(table.read_text(encoding="utf-8")))
    return folder


@pytest.mark.parametrize(
    "change",
    [
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.replace(",train,", ",Train,").encode(),
        lambda text: text.replace(",1.0", ",").encode(),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(".wav", ".WAV").encode(),
    ],
)
def test_the_table_of_maestro_may_have_been_in_a_spreadsheet(change, tmp_path):
    found = read_corpus(maestro(tmp_path, change))
    assert [one.splits["official"] for one in found] == ["train", "valid", "test"]
    assert all(examine(one).usable for one in found)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.encode("latin-1"), "Row 2 .* is not UTF-8"),
        (lambda text: (text + "Bach,Fugue\n").encode(), "Row 5 .* has no split"),
        (lambda text: text.replace(",train,", ",tain,").encode(), "Row 2 .* split 'tain'"),
        (lambda text: text.replace(",1.0", ",long").encode(), "Row 2 .* duration 'long'"),
        (lambda text: text.replace("midi_filename", "midi").encode(), "needs a column midi_file"),
    ],
)
def test_a_row_of_maestro_that_cannot_be_read_is_named(change, told, tmp_path):
    with pytest.raises(UserError, match=told):
        read_corpus(maestro(tmp_path, change))


@pytest.mark.parametrize("corpus", ["", "maestro", "pairs", "mirdata:maestro"])
@pytest.mark.parametrize("version", ["v1.0.0", "v2.0.0"])
def test_an_older_maestro_is_refused_by_every_way_in(corpus, version, tmp_path):
    trees.write_tone(tmp_path / "2004" / "a.wav")
    trees.write_midi(tmp_path / "2004" / "a.midi")
    (tmp_path / f"maestro-{version}.csv").write_text("canonical_composer\n")
    with pytest.raises(UserError, match="older MAESTRO"):
        read_corpus(tmp_path, corpus)
    with pytest.raises(UserError, match="older MAESTRO"):
        read_corpus(tmp_path / "2004", corpus)  # one year of it
    with pytest.raises(UserError, match="older MAESTRO"):
        read_corpus(tmp_path.parent, corpus)  # and somewhere below


@pytest.mark.parametrize(
    "text",
    [
        "onset;offset;pitch\n999.5;1,000;60\n1,234;1,235;61\n",
        "onset\toffset\tpitch\n998.5\t999.5\t60\n1,234\t1,235\t61\n",
        "onset;duration;pitch\n1,234;0.5;61\n",
    ],
)
def test_points_beside_commas_in_times_are_refused(text, tmp_path):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(UserError, match=r"Row [23] of .* write all of them alike"):
        read_note_csv(tmp_path / "a.csv")


def test_point_labels_of_audacity_are_refused_by_every_reader(tmp_path):
    trees.write_tone(tmp_path / "a.wav")
    (tmp_path / "a.txt").write_text("0.5\t0.5\tA4\n0.7\t0.7\tB4\n")
    (one,) = read_corpus(tmp_path)
    ((kind, detail),) = [(fault.kind, fault.detail) for fault in examine(one).faults]
    assert kind == "unreadable label"
    assert "ends where it begins" in detail


def labels_of(folder):
    return {
        one.audio.relative_to(folder).as_posix(): one.labels[0].relative_to(folder).as_posix()
        for one in read_corpus(folder, "pairs")
        if one.labels[0].is_file()
    }


def make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".wav"):
            trees.write_tone(folder / name)
        else:
            (folder / name).write_text("onset,offset,pitch\n0.5,0.85,60\n")


def test_a_label_beside_its_sound_is_no_label_of_another_folder(tmp_path):
    make(tmp_path, "piano/01.wav", "piano/01.csv", "violin/01.wav")
    assert labels_of(tmp_path) == {"piano/01.wav": "piano/01.csv"}


def test_a_label_in_the_case_of_one_sound_is_not_that_of_its_twin(tmp_path):
    make(tmp_path, "Song.wav", "song.wav", "song.csv")
    assert labels_of(tmp_path) == {"song.wav": "song.csv"}


def test_a_lone_label_with_the_name_of_another_sound_is_that_ones(tmp_path):
    make(tmp_path, "a/x.wav", "a/y.csv", "b/y.wav")
    assert labels_of(tmp_path) == {"b/y.wav": "a/y.csv"}


def test_microphones_in_folders_of_their_own_share_a_label(tmp_path):
    make(tmp_path, "close/01.wav", "room/01.wav", "notes/01.csv")
    assert labels_of(tmp_path) == {"close/01.wav": "notes/01.csv", "room/01.wav": "notes/01.csv"}


def test_metadata_names_files_in_any_case_and_parts_in_usual_words(tmp_path):
    make(tmp_path, "x.wav", "y.wav", "z.wav")
    (tmp_path / "metadata.csv").write_text(
        "File,split,Composition\nX.WAV,Test,A\ny,TRAIN,B\nz.wav,dev,B\ngone.wav,train,C\n"
    )
    found = {one.id: one for one in read_corpus(tmp_path, "audio")}
    assert {id: one.splits for id, one in found.items()} == {
        "x": {"metadata": "test"},
        "y": {"metadata": "train"},
        "z": {"metadata": "valid"},
    }
    assert [found[id].composition for id in "xyz"] == ["A", "B", "B"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("x.wav,tests\n", "Row 2 of .* has the split 'tests'; say train, valid or test"),
        ("x.wav,test\nx.wav,train\n", "Row 3 of .* says other things of 'x.wav'"),
        ("sub/x.wav,test\n", "names none of the 1 sound files"),
    ],
)
def test_metadata_that_splits_nothing_or_twice_is_refused(rows, said, tmp_path):
    make(tmp_path, "x.wav")
    (tmp_path / "metadata.csv").write_text("file,split\n" + rows)
    with pytest.raises(UserError, match=said):
        read_corpus(tmp_path, "audio")


def test_programs_are_read_by_the_names_of_general_midi(tmp_path):
    texts = [
        "Violin",
        "FRENCH HORN",
        "double bass",
        "Acoustic_Grand-Piano",
        "kalimba",
        "",
        "-1",
        "7",
    ]
    wanted = [40, 60, 43, 0, 108, -1, -1, 7]
    for column, more, programs in (
        ("program", [], []),
        ("Program", ["none", "nan "], [-1, -1]),
        ("instrument", ["Strings (section B)", "nan"], [-1, -1]),
    ):
        path = tmp_path / f"{column}.csv"
        lines = [f"{i},{i + 0.5},60,{text}" for i, text in enumerate([*texts, *more])]
        path.write_text("\n".join([f"onset,offset,pitch,{column}", *lines]) + "\n")
        assert read_note_csv(path)["program"].tolist() == [*wanted, *programs], column


def test_the_names_are_those_that_others_use():
    others = [pretty_midi.program_to_instrument_name(program) for program in range(128)]
    assert [find_program(name) for name in others] == list(range(128))
    assert len(FULL_NAMES) == 128
