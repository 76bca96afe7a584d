"""`--files LIST` and `--limit N`: recordings by name, or the first few of them."""

import os

import numpy as np
import pytest

from realtime.troubles.errors import UserError
from trainer.shards.format import Clip, empty_notes
from trainer.shards.shards import Shards
from trainer.shards.splits import keep_recordings
from trainer.shards.writing import write_shard

NAMES = ("jazz/one.flac", "jazz/two.flac", "folk/one.wav", "three")


@pytest.fixture
def shards(tmp_path):
    """Two clips of each recording."""

    known = [{"corpus": "mine", "recording": name} for name in NAMES]
    clips = [
        Clip(f"{one['recording']}#{part}", 0, 0, "audio", "", (), "music", one)
        for one in known
        for part in range(2)
    ]
    silence = [np.zeros(1600, np.int16) for _ in clips]
    write_shard(tmp_path, 0, silence, [empty_notes() for _ in clips], clips)
    return Shards(tmp_path)


def kept(shards, tmp_path, text, limit=0):
    (tmp_path / "list.txt").write_text(text, encoding="utf-8")
    chosen = keep_recordings(shards, str(tmp_path / "list.txt"), limit)
    return [clip.id for clip in chosen.clips]


@pytest.mark.parametrize(
    "line", ["mine/jazz/two.flac", "jazz/two.flac", "jazz/two", "two.flac", "two"]
)
def test_a_recording_is_known_by_any_of_its_names(shards, tmp_path, line):
    wanted = ["jazz/two.flac#0", "jazz/two.flac#1"]
    assert kept(shards, tmp_path, f"\ufeff# mine\r\n\r\n{line}\r\n") == wanted


def test_of_those_listed_the_first_few_are_taken(shards, tmp_path):
    assert kept(shards, tmp_path, "three\nfolk/one", 1) == ["folk/one.wav#0", "folk/one.wav#1"]
    assert len(keep_recordings(shards, "", 3)) == 6
    assert keep_recordings(shards, "", 0) is shards


def test_a_name_of_two_recordings_or_of_none_is_refused(shards, tmp_path):
    with pytest.raises(UserError, match="names 'one', and 2 recordings of the data are called so"):
        kept(shards, tmp_path, "one")
    with pytest.raises(UserError, match="names 'four', and no recordings"):
        kept(shards, tmp_path, "two\nfour")
    with pytest.raises(UserError, match="Cannot read --files"):
        keep_recordings(shards, str(tmp_path / "none.txt"), 0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names")
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "none"])
def test_a_list_is_a_file(shards, tmp_path, kind):
    """A pipe may never begin, and a device never ends."""
    path = tmp_path / "list"
    {
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "folder": path.mkdir,
        "none": lambda: None,
    }[kind]()
    with pytest.raises(UserError, match="Cannot read --files") as refused:
        keep_recordings(shards, str(path), 0)
    assert "Errno" not in str(refused.value) and "\n" not in str(refused.value)
