"""What nobody labelled stays unknown: velocities without a number, recordings without notes."""

import json

import numpy as np
import pytest

import jtm
from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from tests.support.tiny_music import struck_tones, write_tiny_shards
from trainer.finetuning.run import TrainCommand, labelled_shards
from trainer.shards.format import NOTE_DTYPE, Clip, empty_notes
from trainer.shards.note_tables import merge_notes
from trainer.shards.shards import Shards
from trainer.shards.writing import write_shard


def index(folder, out, corpus="") -> Shards:
    words = [str(folder), f"--out={out}", f"--corpus={corpus}", "--workers=1", "--json"]
    assert jtm.main(["data", "index", *words]) == 0
    return Shards(out)


def forget(shards, *names: str) -> Shards:
    """Write the shards as an older version wrote them."""
    listing = next(shards.glob("*.json"))
    told = json.loads(listing.read_text())
    for name in ("sample_rate", "unknown_velocity"):
        del told[name]
    for clip in told["clips"]:
        del clip["labelled"]
    listing.write_text(json.dumps(told))
    return Shards(shards)


def test_a_corpus_without_velocities_has_none_in_its_shards(tmp_path):
    for corpus, write in (
        ("musicnet", trees.write_musicnet),
        ("guitarset", trees.write_guitarset),
        ("urmp", trees.write_urmp),
    ):
        shards = index(write(tmp_path / corpus), tmp_path / f"{corpus}-shards")
        tables = [shards.notes(i) for i in range(len(shards))]
        assert all(np.isnan(notes["velocity"]).all() and len(notes) for notes in tables), corpus


def test_older_shards_say_a_half_where_nobody_knew(tmp_path):
    tables = [
        np.array([(0, 0, 400, 60, 0.5, 0), (0, 500, 900, 62, 0.5, 0)], NOTE_DTYPE),
        np.array([(0, 0, 400, 60, 0.5, 0), (0, 500, 900, 62, 0.7, 0)], NOTE_DTYPE),
    ]
    clips = [Clip(f"clip{i}", 0, 0, "", "", (), "music") for i in range(2)]
    write_shard(tmp_path, 0, [np.full(1600, 100, np.int16)] * 2, tables, clips)
    assert Shards(tmp_path).notes(0)["velocity"] == pytest.approx(0.5)
    older = forget(tmp_path)
    assert np.isnan(older.notes(0)["velocity"]).all()
    assert older.notes(1)["velocity"] == pytest.approx([0.5, 0.7])
    assert np.isnan(older.keep([0]).notes(0)["velocity"]).all()
    assert np.isnan(Shards.joined([older]).notes(0)["velocity"]).all()


def test_unisons_keep_the_velocity_that_is_known():
    rows = [(0, 0, 8000, 60, np.nan, 0), (0, 100, 8000, 60, 0.6, 0)]
    merged = merge_notes([np.array(rows, NOTE_DTYPE)], 16_000)
    assert merged["velocity"] == pytest.approx([0.6])


@pytest.mark.parametrize("older", [False, True])
def test_recordings_without_labels_are_not_learned_as_silence(older, tmp_path, capsys):
    trees.write_tone(tmp_path / "sound" / "a.wav")
    plain = index(tmp_path / "sound", tmp_path / "plain")
    if older:
        plain = forget(tmp_path / "plain")
    assert [clip.labelled for clip in plain.clips] == [False]
    music = write_tiny_shards(tmp_path / "music", clips=2)
    capsys.readouterr()
    kept = labelled_shards(TrainCommand(data=[str(tmp_path / "plain"), str(music)]))
    assert [clip.id for clip in kept.clips] == ["tiny-0", "tiny-1"]
    assert "1 of 3 clips have no labels and are left out" in capsys.readouterr().err
    with pytest.raises(UserError, match="None of the 1 clips has labels"):
        labelled_shards(TrainCommand(data=[str(tmp_path / "plain")]))


def test_a_clip_in_which_nothing_sounds_by_its_label_is_trained_on(tmp_path):
    audio, notes = struck_tones(0)
    clips = [Clip(name, 0, 0, "", "", (), "music") for name in ("music", "rest")]
    write_shard(tmp_path, 0, [audio, audio // 8], [notes, empty_notes()], clips)
    assert len(labelled_shards(TrainCommand(data=[str(tmp_path)]))) == 2


def test_samples_of_another_rate_are_refused(tmp_path):
    write_tiny_shards(tmp_path, clips=1)
    listing = tmp_path / "00000.json"
    listing.write_text(listing.read_text().replace('"sample_rate": 16000', '"sample_rate": 22050'))
    with pytest.raises(UserError, match="22050 Hz"):
        Shards(tmp_path)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("instrument", "has a known instrument (--target): their recordings were indexed as plain"),
        ("family", "Say it in a column 'family' of metadata.csv"),
        ("pitch", "None of the 2 clips has labels, so nobody can say which notes sound"),
    ],
)
def test_recordings_that_nobody_labelled_are_told_as_such(target, told, tmp_path, capsys):
    for pitch in (60, 62):
        trees.write_tone(tmp_path / "music" / f"{pitch}.wav", seconds=2.0, pitch=pitch)
    out = str(tmp_path / "sh")
    assert jtm.main(["data", "index", str(tmp_path / "music"), f"--out={out}", "--workers=1"]) == 0
    words = ["classify", "--data", out, f"--target={target}", f"--out={tmp_path / 'c'}"]
    assert jtm.main(words) == 1
    assert told in capsys.readouterr().err
