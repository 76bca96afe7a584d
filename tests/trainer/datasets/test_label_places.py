"""Labels go to the sounds that their names and folders say, and a missing one is told with care."""

import pytest

import jtm
from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.datasets.corpora import read_corpus
from trainer.evaluation.sets import open_set
from trainer.shards.health.recordings import examine


def make(folder, *names):
    """Sounds, and tables of one note each with another pitch."""
    for pitch, name in enumerate(names, 60):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".wav":
            trees.write_tone(path, pitch=pitch)
        else:
            path.write_text(f"onset,offset,pitch\n0.1,0.3,{pitch}\n")


def owners(folder):
    """Sound -> its labels; () where the doctor calls it missing."""
    found = {}
    for one in read_corpus(folder, "pairs"):
        faults = [fault.kind for fault in examine(one).faults]
        labels = [path.relative_to(folder).as_posix() for path in one.labels]
        found[one.audio.relative_to(folder).as_posix()] = (
            () if "missing label" in faults else tuple(labels)
        )
        assert "unreadable label" not in faults
    return found


@pytest.mark.parametrize(
    ("sound", "label"),
    [
        ("audio/{}/01.wav", "labels/{}/01.csv"),
        ("{}/audio/01.wav", "{}/labels/01.csv"),
        ("{}/01.wav", "labels/{}/01.csv"),
        ("audio/{}/01.wav", "{}/01.csv"),
        ("music/audio/{}/live/01.wav", "music/labels/{}/live/01.csv"),
        ("audio/{}/01.wav", "Labels/{}/01.csv"),
        ("wav/x/{}/01.wav", "midi/y/{}/01.csv"),
    ],
)
def test_mirrored_folders_give_each_sound_the_label_of_its_own_folder(sound, label, tmp_path):
    people = ("bach", "chopin", "Liszt")
    make(tmp_path, *(sound.format(one) for one in people), label.format("bach"))
    nothing = {sound.format(one): () for one in people}
    assert owners(tmp_path) == nothing | {sound.format("bach"): (label.format("bach"),)}
    make(tmp_path, label.format("chopin"), label.format("liszt"))
    assert owners(tmp_path) == {sound.format(p): (label.format(p.lower()),) for p in people}


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        # two folders of their own each: another recording, though nothing else has the name
        (["audio/chopin/01.wav", "labels/bach/01.csv"], {"audio/chopin/01.wav": ()}),
        # folders that say the kind of files alone
        (["audio/wav/01.wav", "labels/csv/01.csv"], {"audio/wav/01.wav": ("labels/csv/01.csv",)}),
        # bach's folder holds its sounds' labels
        (
            ["bach/02.wav", "bach/02.csv", "bach/01.csv", "chopin/01.wav"],
            {"bach/02.wav": ("bach/02.csv",), "chopin/01.wav": ()},
        ),
        # grieg's sound is not there, and his notes are nobody else's
        (
            [
                "audio/bach/01.wav",
                "audio/chopin/01.wav",
                "labels/bach/01.csv",
                "labels/liszt/01.csv",
            ],
            {"audio/bach/01.wav": ("labels/bach/01.csv",), "audio/chopin/01.wav": ()},
        ),
        # microphones of each take
        (
            [
                f"{place}/{one}/01.{kind}"
                for one in ("bach", "liszt")
                for place, kind in (("close", "wav"), ("room", "wav"), ("notes", "csv"))
            ],
            {
                f"{place}/{one}/01.wav": (f"notes/{one}/01.csv",)
                for place in ("close", "room")
                for one in ("bach", "liszt")
            },
        ),
    ],
)
def test_a_label_is_no_other_recordings(names, wanted, tmp_path):
    make(tmp_path, *names)
    assert owners(tmp_path) == wanted


def test_notes_of_a_mirrored_folder_are_scored_with_its_own_sound(tmp_path, capsys):
    make(tmp_path, "audio/bach/01.wav", "audio/chopin/01.wav")
    make(tmp_path, "labels/bach/01.csv", "labels/chopin/01.csv")
    assert [one.notes[:, 2].tolist() for one in open_set(tmp_path)] == [[60], [61]]
    assert jtm.main(["data", "doctor", str(tmp_path), "--workers=1"]) == 0
    assert "0 bad (0 %)" in capsys.readouterr().out


def test_a_label_of_several_sounds_is_said(tmp_path, capsys):
    make(tmp_path, "bach/01.wav", "chopin/01.wav", "labels/01.csv")
    words = ["data", "doctor", str(tmp_path), "--workers=1"]
    assert jtm.main(words) == 0
    told = capsys.readouterr().err
    assert "1 labels are read as the notes of several sound files" in told
    assert "labels/01.csv' for 'bach/01' and 'chopin/01'" in told.replace("\\", "/")
    make(tmp_path, "labels/bach/01.csv", "labels/chopin/01.csv")
    assert jtm.main(words) == 0
    assert "several sound files" not in capsys.readouterr().err


def test_labels_that_nothing_tells_apart_are_refused_with_what_to_do(tmp_path):
    make(tmp_path, "a/01.wav", "b/01.wav", "c/01.csv", "d/01.csv")
    for one in read_corpus(tmp_path, "pairs"):
        with pytest.raises(UserError, match="put each beside the sound that it belongs to"):
            one.read_notes()


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("x.notes.csv", "if '.*x.notes.csv' is meant, call it 'x.csv'"),
        ("x.wav.csv", "if '.*x.wav.csv' is meant, call it 'x.csv'"),
        ("X_basic-pitch.mid", "if '.*X_basic-pitch.mid' is meant, call it 'x.mid'"),
        ("labels/x (1).csv", r"if '.*labels.x \(1\).csv' is meant, call it 'x.csv'"),
        ("z.csv", r"another folder of '[^']*'$"),
        ("other/y.csv", r"another folder of '[^']*'$"),
    ],
)
def test_a_missing_label_is_called_so_with_what_lies_near(label, told, tmp_path, capsys):
    make(tmp_path, "x.wav", "y.wav", "y.csv", label)
    (one, _) = read_corpus(tmp_path, "pairs")
    ((kind, detail),) = [(fault.kind, fault.detail) for fault in examine(one).faults]
    assert kind == "missing label" and "x.mid'" not in detail.replace("call it 'x.mid'", "")
    with pytest.raises(UserError, match=f"no label 'x' .*mid.*csv.*jams.* beside .*{told}"):
        one.read_notes()
    assert jtm.main(["data", "doctor", str(tmp_path), "--workers=1"]) == 1
    assert f"x: missing label: {detail}" in capsys.readouterr().out


def test_a_misspelt_label_and_one_of_another_folder_are_named(tmp_path):
    make(tmp_path, "sonata.wav", "y.wav", "y.csv", "sonatta.csv")
    with pytest.raises(UserError, match=r"sonatta\.csv' is meant, call it 'sonata\.csv'"):
        read_corpus(tmp_path, "pairs")[0].read_notes()
    make(tmp_path, "piano/01.wav", "piano/01.csv", "violin/01.wav")
    (one,) = (one for one in read_corpus(tmp_path, "pairs") if one.id == "violin/01")
    with pytest.raises(UserError, match=r"piano.01\.csv' is that of another recording"):
        one.read_notes()
