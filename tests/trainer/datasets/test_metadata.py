"""Rows of the metadata that name no sound are told, and those that contradict are refused."""

import pytest

import jtm
from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.datasets.corpora import read_corpus


def make(folder, sounds, table):
    for pitch, name in enumerate(sounds, 60):
        trees.write_tone(folder / name, pitch=pitch)
        trees.write_midi((folder / name).with_suffix(".mid"), [(0.1, 0.3, pitch)])
    (folder / "metadata.csv").write_text(table)


@pytest.mark.parametrize("words", [["doctor"], ["doctor", "--json"], ["index", "--out=shards"]])
@pytest.mark.parametrize("corpus", ["pairs", "audio"])
def test_rows_without_sound_and_sounds_without_row_are_counted(
    words, corpus, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "c", ["a.wav", "b.wav", "sub/d.wav"], "file,composer\na,X\nbb.wav,Y\ne,Z\n")
    action, *more = words
    assert jtm.main(["data", action, "c", *more, "--workers=1", f"--corpus={corpus}"]) == 0
    told = capsys.readouterr().err
    assert "2 rows of 'c/metadata.csv' name no sound file (first: 'bb.wav')." in told
    assert "2 sound files have no row in 'c/metadata.csv' (first: 'b.wav')." in told


@pytest.mark.parametrize("table", ["", "file,composer\na,X\nb.wav,Y\nSUB/d,Z\n"])
def test_nothing_is_told_of_metadata_that_is_whole_or_absent(table, tmp_path, capsys):
    make(tmp_path, ["a.wav", "b.wav", "sub/d.wav"], table)
    assert jtm.main(["data", "doctor", str(tmp_path), "--workers=1"]) == 0
    assert "row" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("sounds", "rows"),
    [
        (["a.wav"], "a.wav,train\na,test\n"),
        (["a.wav"], "a,train\na.wav,test\n"),
        (["a.wav"], "A.wav,train\na.wav,test\n"),
        (["a.WAV"], "A.wav,train\na.wav,test\n"),
        (["sub/a.wav"], "sub/a.wav,train\na,test\n"),
        (["sub/a.wav", "b.wav"], "b,train\nsub/a,train\nA.wav,test\n"),
    ],
)
def test_two_rows_of_one_file_that_contradict_are_refused(sounds, rows, tmp_path, capsys):
    make(tmp_path, sounds, "file,split\n" + rows)
    with pytest.raises(UserError, match=r"metadata\.csv' says other things of '.*' in the row '"):
        read_corpus(tmp_path)
    assert jtm.main(["data", "doctor", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("sounds", "rows", "wanted"),
    [
        (["a.wav"], "a.wav,train\na,train\n", ["train"]),
        (["a.WAV"], "A.wav,train\na.wav,train\n", ["train"]),
        (["01.wav", "bach/01.wav"], "01.wav,train\nbach/01.wav,test\n", ["train", "test"]),
        (["a.flac", "a.wav"], "a.wav,train\na.flac,test\n", ["test", "train"]),
    ],
)
def test_rows_that_agree_or_are_of_two_files_are_read(sounds, rows, wanted, tmp_path):
    make(tmp_path, sounds, "file,split\n" + rows)
    assert [one.splits["metadata"] for one in read_corpus(tmp_path)] == wanted
