"""Packed shards: the same clips in tar files that webdataset reads too."""

import io
import os
import pickle
import sys
import wave

import fsspec
import numpy as np
import pytest

from realtime.troubles.errors import UserError
from tests.support.tiny_music import write_tiny_shards
from trainer.commands.data import main as data
from trainer.crops.augment import Responses
from trainer.crops.batches import Draws
from trainer.crops.labelled import CropSettings, LabelledCrops
from trainer.crops.unlabelled import PretrainCropSettings, UnlabelledCrops
from trainer.shards.health.clips import clip_faults, healthy_clips
from trainer.shards.packing import pack, plan_tars
from trainer.shards.shards import Shards

webdataset = pytest.importorskip("webdataset", reason="pip install -e '.[stream]'")
pytestmark = pytest.mark.filterwarnings("ignore")
TWO_CLIPS_MB = "--tar-mb=0.33"


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_tiny_shards(tmp_path_factory.mktemp("here") / "shards", clips=5)


@pytest.fixture(scope="module")
def packed(shards):
    out = shards.parent / "packed"
    assert data(["pack", str(shards), "--out", str(out), TWO_CLIPS_MB, "--json"]) == 0
    return out


def crops_of(shards):
    """Some labelled crops and a batch of unlabelled ones."""
    quiet = Responses("", 16_000)
    labelled = LabelledCrops(shards, CropSettings(seconds=1.0), quiet, Draws(3, 4))
    unlabelled = UnlabelledCrops(shards, PretrainCropSettings(seconds=1.0), quiet, Draws(3, 4))
    return [*next(iter(labelled)), *unlabelled.draw_batch(2)]


def test_packed_shards_hold_the_same_and_give_the_same_crops(shards, packed):
    ours, theirs = Shards(shards), pickle.loads(pickle.dumps(Shards(packed)))
    assert sorted(p.name for p in packed.glob("*.tar")) == ["00000.tar", "00001.tar", "00002.tar"]
    assert theirs.digest() == ours.digest()
    for i in range(5):
        assert np.array_equal(theirs.audio(i), ours.audio(i))
        assert np.array_equal(theirs.notes(i), ours.notes(i))
    assert np.array_equal(theirs.window(4, 79_000, 9000), ours.window(4, 79_000, 9000))
    assert len(theirs.window(0, 10**6, 10)) == 0
    for one, other in zip(crops_of(ours), crops_of(theirs), strict=True):
        assert one.equal(other)
    chosen = theirs.keep([3, 1])
    assert np.array_equal(chosen.audio(0), ours.audio(3))
    joined = Shards.joined([ours, chosen])
    assert np.array_equal(joined.notes(6), ours.notes(1))


def test_a_packed_bucket_gives_the_same_crops(shards, packed):
    """fsspec's storage in memory stands for a bucket; packing into it makes the same files."""
    list(pack(Shards(shards), "memory://packed", 330_000))
    bucket = fsspec.filesystem("memory")
    for path in packed.glob("*.*"):
        assert bucket.cat_file(f"/packed/{path.name}") == path.read_bytes()
    theirs = Shards("memory://packed")
    for one, other in zip(crops_of(Shards(shards)), crops_of(theirs), strict=True):
        assert one.equal(other)


def test_webdataset_reads_the_same_tars_in_order(shards, packed):
    ours, seen = Shards(shards), 0
    tars = [str(path) for path in sorted(packed.glob("*.tar"))]
    for sample in webdataset.WebDataset(tars, shardshuffle=False).decode():
        with wave.open(io.BytesIO(sample["wav"])) as sound:
            pcm = np.frombuffer(sound.readframes(10**6), "<i2")
        assert np.array_equal(pcm, ours.audio(seen))
        assert np.array_equal(sample["notes.npy"], ours.notes(seen))
        assert sample["json"]["id"] == ours.clips[seen].id
        seen += 1
    assert seen == 5


def test_packing_goes_on_where_it_stopped_and_touches_nothing_else(shards, tmp_path, capsys):
    command = ["pack", str(shards), "--out", str(tmp_path), TWO_CLIPS_MB, "--json"]
    assert data(command) == 0
    written = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    (tmp_path / "00001.json").unlink()
    assert data(command) == 0
    again = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert {name[:5] for name in again if again[name] != written[name]} == {"00001"}
    with pytest.raises(UserError, match=r"another --tar-mb .*choose another --out"):
        data([*command[:-2], "--tar-mb=5"])
    with pytest.raises(UserError, match="choose another"):
        data(["pack", str(shards), "--out", str(shards)])


def test_a_tar_that_was_cut_short_is_found_without_reading_it(packed, tmp_path):
    for path in packed.glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert clip_faults(Shards(tmp_path)) == []
    assert healthy_clips(Shards(tmp_path))[1] == ""
    os.truncate(tmp_path / "00001.tar", 200_000)
    assert [fault.kind for fault in clip_faults(Shards(tmp_path))] == ["wrong length"]


def test_tars_are_filled_in_order(shards):
    clips = Shards(shards).clips
    assert plan_tars(clips, 330_000) == [range(0, 2), range(2, 4), range(4, 5)]
    assert plan_tars(clips, 1) == [range(i, i + 1) for i in range(5)]
    assert plan_tars([], 1) == []


def test_without_the_package_it_says_what_to_install(shards, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "webdataset", None)
    with pytest.raises(UserError, match=r"pip install 'jaka-to-melodia\[train,stream\]'"):
        data(["pack", str(shards), "--out", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


def test_recordings_are_told_to_become_shards_first(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "songs" / "deep").mkdir(parents=True)
    (tmp_path / "songs" / "deep" / "a.wav").touch()
    with pytest.raises(UserError, match="`jtm data index songs --out songs-shards` and pack those"):
        data(["pack", "songs/", "--out", "tars"])
