"""Shards that somebody else wrote: refused in a sentence, or listed clip by clip."""

import json

import numpy as np
import pytest

from realtime.troubles.errors import UserError
from trainer.commands.data import diagnose_shards
from trainer.shards.format import NOTES, PCM, Clip, empty_notes
from trainer.shards.health.clips import healthy_clips
from trainer.shards.shards import Shards, note_bounds
from trainer.shards.writing import write_shard


@pytest.fixture
def folder(tmp_path):
    """A shard of two clips with a note each."""
    notes = empty_notes(1)
    notes["offset"], notes["pitch"], notes["velocity"] = 400, 60, 0.5
    clips = [Clip(name, 0, 0, "midi", "a", ("piano",), "music") for name in "ab"]
    write_shard(tmp_path, 0, [np.full(800, 900, np.int16)] * 2, [notes, notes], clips)
    assert diagnose_shards(tmp_path).healthy
    return tmp_path


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["clips"][0].update(n_samples="many"),
        lambda told: told["clips"][0].update(start_sample=-5),
        lambda told: told["clips"][1].update(n_samples=10**30),
        lambda told: told["clips"][0].update(timbres=None),
        lambda told: told["clips"][0].update(categories=[1]),
        lambda told: told["clips"][0].update(id=["a"]),
        lambda told: told["clips"][0].update(colour="red"),
        lambda told: told["clips"][0].pop("kind"),
        lambda told: told.update(clips=7),
        lambda told: told.update(clips=[None]),
        lambda told: told.update(tar=[[0]]),
        lambda told: told.update(tar=[[0, 1], [0, 10**30]]),
        lambda told: told.clear(),
    ],
)
def test_a_listing_that_is_none_is_named(folder, change):
    listing = folder / "00000.json"
    told = json.loads(listing.read_text())
    change(told)
    listing.write_text(json.dumps(told))
    with pytest.raises(UserError, match=r"00000\.json.*index the corpus again"):
        Shards(folder)


@pytest.mark.parametrize("content", [b"\xff\xfe\xff", b"[" * 100_000, b"[]", b"7", b""])
def test_bytes_that_are_no_listing_are_named(folder, content):
    (folder / "00000.json").write_bytes(content)
    with pytest.raises(UserError, match=r"00000\.json"):
        Shards(folder)


@pytest.mark.parametrize(
    "table",
    [
        np.zeros(3),
        np.zeros((2, 2), np.int16),
        np.array(["a"]),
        np.zeros(2, [("clip", "<i4")]),
        np.array([{}], object),
        np.array(5),
    ],
)
def test_tables_of_other_things_are_listed(folder, table):
    for ending in (NOTES, PCM):
        before = (folder / f"00000{ending}").read_bytes()
        np.save(folder / f"00000{ending}", table)
        found = diagnose_shards(folder)
        assert {fault.id for fault in found.faults} == {"a", "b"}
        with pytest.raises(UserError, match="2 of 2 clips are bad"):
            healthy_clips(Shards(folder))
        (folder / f"00000{ending}").write_bytes(before)


@pytest.mark.parametrize("ending", [PCM, NOTES])
@pytest.mark.parametrize("header", [b"{'descr': (\n", b"{'descr': '<i2'", b"[" * 40, b"\xff\x00"])
def test_a_header_that_is_no_literal_is_listed(folder, ending, header):
    """Numpy's parser raises what Python's does, which is no ValueError in part."""
    start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    (folder / f"00000{ending}").write_bytes(start + bytes(4_000))
    assert {fault.id for fault in diagnose_shards(folder).faults} == {"a", "b"}


def test_a_clip_number_costs_no_memory(folder):
    """Two thousand million, of which there are two."""
    path = folder / f"00000{NOTES}"
    notes = np.load(path)
    notes["clip"][1] = 2**31 - 1
    np.save(path, notes)
    shards = Shards(folder)
    assert [len(shards.notes(i)) for i in range(2)] == [1, 0]
    assert len(note_bounds(notes["clip"], 2)) == 3
