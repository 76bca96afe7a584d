import pickle

import fsspec
import numpy as np
import pytest

from realtime.troubles.errors import UserError
from trainer.shards.format import Clip, empty_notes
from trainer.shards.shards import Shards
from trainer.shards.writing import complete_clips, write_shard


def make_shard(folder, index, lengths):
    audio = [np.full(n, 100 * index + i, np.int16) for i, n in enumerate(lengths)]
    notes = []
    for i in range(len(lengths)):
        rows = empty_notes(i)
        rows["onset"] = np.arange(i)[::-1] * 10
        rows["pitch"] = 60 + i
        notes.append(rows)
    clips = [
        Clip(f"{index}-{i}", 0, 0, "toy", "song", ("a", "b"), "music") for i in range(len(lengths))
    ]
    write_shard(folder, index, audio, notes, clips)


def test_every_clip_comes_back_with_its_own_notes(tmp_path):
    make_shard(tmp_path, 0, [50, 70, 30])
    make_shard(tmp_path, 1, [20, 10])
    shards = Shards([tmp_path])
    assert [clip.id for clip in shards.clips] == ["0-0", "0-1", "0-2", "1-0", "1-1"]
    assert len(shards) == 5
    assert np.array_equal(shards.audio(1), np.full(70, 1))
    assert np.array_equal(shards.audio(4), np.full(10, 101))
    assert [len(shards.notes(i)) for i in range(5)] == [0, 1, 2, 0, 1]
    assert list(shards.notes(2)["onset"]) == [0, 10]
    assert set(shards.notes(2)["pitch"]) == {62}
    assert shards.clips[0].timbres == ("a", "b")


def test_audio_stays_on_disk_and_readers_travel_light(tmp_path):
    make_shard(tmp_path, 0, [100_000])
    shards = Shards(tmp_path)
    assert isinstance(shards.audio(0), np.memmap)
    again = pickle.loads(pickle.dumps(shards))
    assert len(pickle.dumps(shards)) < 5000
    assert np.array_equal(again.audio(0), shards.audio(0))


def test_a_digest_knows_every_note_and_description(tmp_path):
    make_shard(tmp_path, 0, [1] * 600)
    before = Shards(tmp_path).digest()
    assert Shards(tmp_path).digest() == before
    notes = np.load(tmp_path / "00000.notes.npy")
    changed = notes.copy()
    changed["pitch"][-1] += 1
    np.save(tmp_path / "00000.notes.npy", changed)
    other = Shards(tmp_path).digest()
    assert other != before
    np.save(tmp_path / "00000.notes.npy", notes)
    listing = tmp_path / "00000.json"
    listing.write_text(listing.read_text().replace("toy", "toi", 1))
    assert Shards(tmp_path).digest() not in (before, other)


def test_folders_are_joined(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        make_shard(tmp_path / name, 0, [5, 6])
    assert len(Shards([tmp_path / "a", tmp_path / "b"])) == 4


def test_a_shard_without_its_listing_does_not_exist(tmp_path):
    make_shard(tmp_path, 0, [5])
    make_shard(tmp_path, 1, [5])
    (tmp_path / "00001.json").unlink()
    assert complete_clips(tmp_path, 0) == 1
    assert complete_clips(tmp_path, 1) == 0
    assert len(Shards(tmp_path)) == 1


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(UserError, match="No shards in"):
        Shards(tmp_path)


def test_shards_in_object_storage_are_read_in_windows(tmp_path):
    """fsspec's storage in memory stands for a bucket: the same calls, no network."""
    make_shard(tmp_path, 0, [50, 70, 30])
    bucket = fsspec.filesystem("memory")
    for path in tmp_path.iterdir():
        bucket.pipe_file(f"/shards/{path.name}", path.read_bytes())
    here, there = Shards(tmp_path), pickle.loads(pickle.dumps(Shards("memory://shards/")))
    assert there.clips == here.clips and there.digest() == here.digest()
    for i in range(3):
        assert np.array_equal(there.notes(i), here.notes(i))
        assert np.array_equal(there.audio(i), here.audio(i))
    assert np.array_equal(there.window(1, 60, 100), np.full(10, 1))
    with pytest.raises(UserError, match="No shards in memory://other"):
        Shards("memory://other")
    with pytest.raises(UserError, match="Cannot read 'nonsense://x'"):
        Shards("nonsense://x")
