"""Files in the folder of takes that hold no notes: listed, explained, and no danger to the rest."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

import gui.takes.take_list as take_list
from gui.takes.editor.top_bar import unreadable
from realtime.files.note_files import read_csv
from realtime.takes.library import TakeVersion, list_takes
from realtime.values.settings import EngineSettings
from tests.support.take_files import make_take

HEADER = "onset_s,offset_s,midi_pitch,velocity\n"
DAMAGED = {
    "endless": HEADER + "nan,inf,60,80\n",
    "late": HEADER + "0,1e300,60,80\n",
    "early": HEADER + "-5,-9,60,80\n",
    "other": "onset_s,offset_s,pitch,velocity\n0,1e12,60,80\n",
    "empty": "",
}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "takes"
    for name in ("good", "better"):
        make_take(folder, name)
    for name, words in DAMAGED.items():
        (folder / f"{name}.csv").write_text(words)
    (folder / "noise.csv").write_bytes(b"\xff\xfe\x00garbage")
    return folder


@pytest.fixture
def page(make_stage, folder):
    stage = make_stage(EngineSettings(record=str(folder)))
    stage.window.do("takes")
    return stage.window.takes


def choose(page, name: str) -> None:
    listed = page.library.list
    rows = [row for row in range(listed.count()) if listed.item(row).text() == name]
    listed.setCurrentRow(rows[0])


def marked(page) -> list[str]:
    return [item.text() for item in page.library.list.selectedItems()]


def test_damaged_takes_are_listed_and_the_others_open(page):
    assert page.library.list.count() == len(DAMAGED) + 3
    for take in page.library.takes:
        assert 0.0 <= take.seconds <= 10.0, take.name
        choose(page, take.name)
        assert marked(page) == [take.name]
        whole = take.name in ("good", "better", "empty")
        assert (page.view.take is not None) == whole, take.name
    choose(page, "good")
    assert page.view.take.name == "good" and page.view.isVisible()


@pytest.mark.parametrize("name", ["endless", "noise", "good"])
def test_the_trash_takes_what_is_marked_and_gives_it_back(page, folder, name, qtbot):
    before = {take.name for take in list_takes(folder)}
    choose(page, name)
    page.library.discard.click()
    assert {take.name for take in list_takes(folder)} == before - {name}
    qtbot.keyClick(page.library.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert {take.name for take in list_takes(folder)} == before
    assert marked(page) == [name]


def test_no_click_leaves_a_take_open_that_is_not_marked(page, qtbot):
    listed = page.library.list
    choose(page, "good")
    centre = listed.visualItemRect(listed.currentItem()).center()
    ctrl = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, ctrl, centre)
    assert marked(page) == ["good"] == [listed.current_name()]


def test_a_list_that_gets_the_keys_marks_what_it_opens(page, qtbot):
    listed = page.library.list
    qtbot.waitUntil(page.window().isActiveWindow)
    page.library.show_folder.setFocus()
    listed.show_takes(page.library.takes, "")
    assert marked(page) == []
    listed.setFocus()
    assert marked(page) == [listed.current_name()] != [""]


def test_a_list_that_cannot_be_made_leaves_the_old_one_alive(page, monkeypatch):
    def refuse(*_, **__):
        raise ValueError("no row")

    count = page.library.list.count()
    with monkeypatch.context() as patch:
        patch.setattr(take_list, "take_row", refuse)
        with pytest.raises(ValueError, match="no row"):
            page.library.refresh()
    assert page.library.list.count() == count
    choose(page, "better")
    assert page.view.take.name == "better"


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"\xff\xfe\x00garbage", ""),
        (b"onset_s,offset_s\n0,1\n", " in line 1"),
        (HEADER.encode() + b"0,1,60,80\n0,1,x,80\n", " in line 3"),
        (HEADER.encode() + b"0,1\n", " in line 2"),
        (HEADER.encode() + b"nan,inf,60,80\n", " in line 2"),
    ],
)
def test_what_is_damaged_is_said_in_plain_words(tmp_path, content, where):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="no note") as error:
        read_csv(path)
    said = unreadable(TakeVersion(path), error.value)
    assert said == f"The notes file is damaged{where}: {path}"


def test_what_cannot_be_opened_says_why(tmp_path):
    with pytest.raises(OSError, match="No such file") as error:
        read_csv(tmp_path / "a.csv")
    said = unreadable(TakeVersion(tmp_path / "a.csv"), error.value)
    assert said == f"{tmp_path / 'a.csv'} cannot be read: no such file or folder."
