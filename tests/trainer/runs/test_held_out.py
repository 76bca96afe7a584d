"""Held-out material: from all over the set, and shared out so that no device waits."""

import pytest

from tests.support.tiny_music import struck_tones
from trainer.crops.whole_clips import WholeClips, choose_evenly
from trainer.runs.means import share_out
from trainer.shards.format import Clip, empty_notes
from trainer.shards.shards import Shards
from trainer.shards.writing import write_shard


@pytest.mark.parametrize("items", [0, 1, 2, 5, 7])
def test_every_device_has_something_to_hear_if_there_is_anything(items):
    for devices in (1, 2, 3, 8):
        shares = [share_out(range(items), device, devices) for device in range(devices)]
        assert {item for share in shares for item in share} == set(range(items))
        assert all(shares) == bool(items)
        if items >= devices:
            assert sum(map(len, shares)) == items


@pytest.mark.parametrize("limit", [1, 3, 5, 7, 12, 40])
def test_clips_are_taken_evenly_from_all_recordings(limit):
    """Five recordings of 6, 1, 6, 2 and 9 clips, in the order of the set."""
    sizes = (6, 1, 6, 2, 9)
    groups = [name for name, size in enumerate(sizes) for _ in range(size)]
    chosen = choose_evenly(groups, limit)
    assert chosen == sorted(set(chosen)) and len(chosen) == min(limit, len(groups))
    shares = [sum(groups[item] == name for item in chosen) for name in range(len(sizes))]
    if limit <= len(sizes):
        assert max(shares) == 1
        heard = [name for name, share in enumerate(shares) if share]
        assert heard == {1: [2], 3: [0, 2, 4], 5: [0, 1, 2, 3, 4]}[limit]
    else:
        full = [share for share, size in zip(shares, sizes, strict=True) if share < size]
        assert all(shares) and max(full, default=0) - min(full, default=0) <= 1
    if limit == 12:
        places = [item - 15 for item in chosen if groups[item] == 4]
        assert places == [1, 4, 7]


def test_a_validation_hears_the_last_recording_too(tmp_path):
    sound, notes = struck_tones(0, 2.0)
    clips = [
        Clip(f"{i}", 0, 0, "test", "", (), "music", {"recording": f"r{i // 4}"}) for i in range(12)
    ]
    tables = [notes if i % 4 else empty_notes() for i in range(12)]
    write_shard(tmp_path, 0, [sound] * 12, tables, clips)
    held_out = WholeClips(Shards(tmp_path), 3)
    assert [clips[i].categories["recording"] for i in held_out.chosen] == ["r0", "r1", "r2"]
    assert all(len(held_out[i][1]) for i in range(3))
    assert len(WholeClips(Shards(tmp_path), 100)) == 9
