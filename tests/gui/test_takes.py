from pathlib import Path

import pytest

from gui.take_button import TakeButton
from gui.takes import copy_take, files_of
from realtime.errors import UserError


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
    with pytest.raises(UserError, match="cannot be written"):
        copy_take(take, tmp_path / "nowhere" / "song.mid")


def test_a_take_is_all_its_files(take):
    assert sorted(path.suffix for path in files_of(str(take))) == [".csv", ".flac", ".mid"]


def test_a_trashed_take_is_no_longer_offered_but_the_next_one_is(qtbot):
    button = TakeButton()
    qtbot.addWidget(button)
    button.show_take("/takes/1.mid")
    assert button.isEnabled()
    button.forget("/takes/1.mid")
    button.show_take("/takes/1.mid")
    assert not button.isEnabled()
    button.recall()
    button.show_take("/takes/1.mid")
    assert button.isEnabled()
    button.forget("/takes/1.mid")
    button.show_take("/takes/2.mid")
    assert button.isEnabled()
