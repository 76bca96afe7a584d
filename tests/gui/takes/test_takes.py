from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from gui.bars.take_button import TakeButton
from gui.takes.copies import copy_take, files_of, save_copy
from gui.takes.newest_take import NewestTake
from realtime.takes.library import Take
from realtime.troubles.errors import UserError


@pytest.fixture
def take(tmp_path) -> Path:
    folder = tmp_path / "takes"
    folder.mkdir()
    for suffix in (".mid", ".flac", ".csv"):
        (folder / f"take ż 1{suffix}").write_bytes(suffix.encode())
    return folder / "take ż 1.mid"


def test_a_copy_takes_the_sound_along(take, tmp_path):
    said = copy_take(take, tmp_path / "song")
    assert (tmp_path / "song.mid").read_bytes() == b".mid"
    assert (tmp_path / "song.flac").read_bytes() == b".flac"
    assert "song.mid" in said
    assert take.is_file()


def test_a_copy_that_fails_says_why(take, tmp_path):
    with pytest.raises(UserError, match="Cannot write"):
        copy_take(take, tmp_path / "nowhere" / "song.mid")


def test_a_take_is_all_its_files(take):
    assert sorted(path.suffix for path in files_of(str(take))) == [".csv", ".flac", ".mid"]


def test_a_trashed_take_is_no_longer_offered_but_the_next_one_is(qtbot):
    button = TakeButton()
    qtbot.addWidget(button)
    button.show_take("/takes/1.mid")
    assert button.isEnabled()
    button.newest.exclude([Path("/takes/1.mid")])
    button.show_take("/takes/1.mid")
    assert not button.isEnabled()
    button.newest.include([Path("/takes/1.mid")])
    button.show_take("/takes/1.mid")
    assert button.isEnabled()
    button.newest.exclude([Path("/takes/1.mid")])
    button.show_take("/takes/2.mid")
    assert button.isEnabled()


def test_the_newest_take_is_followed_through_names():
    newest = NewestTake()
    first, song, hit = (Take(n, Path("/t"), (), None, 0, 0, 0) for n in ("1", "song", "hit"))
    newest.rename(first, song)
    newest.rename(song, hit)
    assert newest.find("/t/1.mid") == "/t/hit.mid"
    newest.rename(hit, first)
    assert newest.find("/t/1.mid") == "/t/1.mid"
    newest.exclude([Path("/t/1.mid")])
    assert newest.find("/t/1.mid") == ""


def test_a_take_that_is_gone_is_said_to_be(qtbot, tmp_path):
    parent = QWidget()
    qtbot.addWidget(parent)
    with pytest.raises(UserError, match="song is not in its folder any more"):
        save_copy(parent, str(tmp_path / "song.mid"))
