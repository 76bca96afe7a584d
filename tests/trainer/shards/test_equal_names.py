"""Equal file names of two folders are two recordings; a copied folder holds the same ones."""

import json
import shutil

import numpy as np
import pytest

import jtm
from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.classification.task import ClassifySettings, make_task
from trainer.finetuning.run import TrainCommand, labelled_shards
from trainer.shards.health.clips import healthy_clips
from trainer.shards.shards import Shards
from trainer.shards.splits import describe_shared, keep_recordings, recording_of


def write_pairs(folder, pitches):
    """`01.wav`, `02.wav`, ... with their notes; instruments are told by a table."""
    for number, pitch in enumerate(pitches, 1):
        trees.write_tone(folder / f"{number:02d}.wav", seconds=2.0, pitch=pitch)
        trees.write_midi(folder / f"{number:02d}.mid", [(0.1, 1.5, pitch)], program=pitch % 2)
    return folder


def index(folder, out):
    assert jtm.main(["data", "index", str(folder), f"--out={out}", "--workers=1"]) == 0
    return str(out)


@pytest.fixture
def two(tmp_path):
    """Shards of two folders called alike, below different ones, whose files are called alike."""
    folders = (tmp_path / "a" / "wav", (60, 61)), (tmp_path / "b" / "wav", (62, 63))
    return [
        index(write_pairs(folder, pitches), tmp_path / f"shards-{number}")
        for number, (folder, pitches) in enumerate(folders)
    ]


def test_recordings_of_two_folders_with_the_same_names_are_all_learned_from(two, tmp_path):
    shards = labelled_shards(TrainCommand(data=two))
    assert len(shards) == 4 and len({recording_of(clip) for clip in shards.clips}) == 4
    assert len({clip.song for clip in shards.clips}) == 4
    (first,) = labelled_shards(TrainCommand(data=two, limit=1)).clips
    assert first.id == Shards(two[0]).clips[0].id
    assert describe_shared(Shards(two[0]).clips, Shards(two[1]).clips) == ""
    (tmp_path / "list").write_text("01")
    with pytest.raises(UserError, match=r"2 recordings of the data are called so; .*~.* and .*~"):
        keep_recordings(shards, str(tmp_path / "list"), 0)
    (tmp_path / "list").write_text(recording_of(first))
    assert keep_recordings(shards, str(tmp_path / "list"), 0).clips == [first]
    (tmp_path / "list").write_text("any/where/02.wav")
    assert (
        keep_recordings(Shards(two[1]), str(tmp_path / "list"), 0)
        .clips[0]
        .id.startswith("pairs/02~")
    )


def test_testing_on_a_folder_takes_no_recording_of_another_from_training(two):
    settings = ClassifySettings(windows_per_recording=1)
    task, _ = make_task(Shards(two[0]), settings, 160, Shards(two[1]))
    assert int(task.trained.sum()) == 2 and int(task.tested.sum()) == 2


def test_the_same_recordings_indexed_from_a_copy_are_found_to_be_the_same(two, tmp_path):
    copy = tmp_path / "elsewhere"
    shutil.copytree(tmp_path / "a" / "wav", copy)
    again = index(copy, tmp_path / "again")
    told = describe_shared(Shards(two).clips, Shards(again).clips)
    assert told.startswith("2 of the 2 recordings of --valid are learned from too (first 'pairs/01")
    with pytest.raises(UserError) as refused:
        healthy_clips(Shards([two[0], again]))
    assert f"is in '{two[0]}' and in '{again}'" in str(refused.value)


def test_a_sound_is_known_under_another_name_and_without_its_label(two, tmp_path):
    """As where `jtm pretrain --audio` hears what `--valid` holds as pairs."""
    (tmp_path / "plain").mkdir()
    shutil.copy(tmp_path / "a" / "wav" / "02.wav", tmp_path / "plain" / "any.wav")
    plain = index(tmp_path / "plain", tmp_path / "plain-shards")
    told = describe_shared(Shards(plain).clips, Shards(two).clips)
    assert told.startswith("1 of the 4 recordings of --valid are learned from too (first 'pairs/02")


def make_older(folder):
    """Shards as the versions before wrote them: recordings are called like their files."""
    for listing in folder.glob("[0-9]*.json"):
        told = json.loads(listing.read_text())
        for clip in told["clips"]:
            clip["song"] = clip["song"].partition("~")[0]
            clip["id"] = clip["id"].partition("~")[0] + "#0000"
        told["fingerprint"] = "of an earlier version"
        listing.write_text(json.dumps(told))
    return str(folder)


def test_shards_of_earlier_versions_are_read_and_told_apart_where_that_is_known(two, tmp_path):
    old = make_older(tmp_path / "shards-0")
    sound = np.array(Shards(old).audio(0))
    assert len(labelled_shards(TrainCommand(data=[old]))) == 2
    new = index(tmp_path / "a" / "wav", tmp_path / "new")
    for learned, held_out in ((old, new), (new, old)):
        assert "2 of the 2" in describe_shared(Shards(learned).clips, Shards(held_out).clips)
    make_older(tmp_path / "shards-1")
    with pytest.raises(UserError, match="`jtm data index` their folders again"):
        labelled_shards(TrainCommand(data=two))
    for number, letter in enumerate("ab"):  # the same command makes them anew
        index(tmp_path / letter / "wav", tmp_path / f"shards-{number}")
    assert len(labelled_shards(TrainCommand(data=two))) == 4
    assert np.array_equal(Shards(two).audio(0), sound)


def test_the_doctor_names_both_files_of_one_name(tmp_path, capsys):
    trees.write_tone(tmp_path / "a.wav")
    trees.write_tone(tmp_path / "a.flac", pitch=70)
    assert jtm.main(["data", "doctor", str(tmp_path), "--corpus=audio", "--workers=1"]) == 1
    told = capsys.readouterr().out
    assert f"both '{tmp_path / 'a.flac'}' and '{tmp_path / 'a.wav'}' are called so" in told
