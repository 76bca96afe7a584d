"""To the trash and back, with the trash of the system in a folder of its own."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gui.takes import trash
from gui.takes.editor import editor as take_view
from gui.takes.trash import discard, put_back
from realtime.takes.library import list_takes, save_version
from realtime.troubles.errors import UserError
from realtime.values.settings import EngineSettings
from tests.support.take_files import NOTES, make_take

UNDO = (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("first", "second ż"):
        make_take(tmp_path / "takes", name)
    return tmp_path / "takes"


@pytest.fixture
def stage(make_stage, folder):
    stage = make_stage(EngineSettings(record=str(folder)))
    stage.engine.forced = {"last_take": str(folder / "second ż.mid")}
    stage.play(0.1)
    return stage


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def open_second_version(stage, folder: Path) -> take_view.TakeEditor:
    """The take "first" in the window, with an edited version of three notes."""
    (take,) = (each for each in list_takes(folder) if each.name == "first")
    save_version(take, NOTES[:3], "edited")
    stage.window.do("takes")
    stage.window.takes.show_take(stage.window.takes.library.find_take("first"))
    return stage.window.takes.view


def test_files_come_back_as_they_were_and_the_trash_forgets_them(folder, tmp_path):
    before = contents(folder)
    gone = discard(sorted(folder.glob("second*")), "second ż")
    assert len(contents(folder)) == len(before) - 3
    assert gone.can_come_back
    put_back(gone)
    assert contents(folder) == before
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file()]


def test_what_cannot_go_completely_stays_completely(folder, monkeypatch):
    before, real = contents(folder), trash.into_trash
    monkeypatch.setattr(
        trash, "into_trash", lambda p: (False, None) if p.suffix == ".mid" else real(p)
    )
    with pytest.raises(UserError, match=r"first\.mid cannot be moved"):
        discard(sorted(folder.glob("first*")), "first")
    assert contents(folder) == before


def test_nothing_is_overwritten_and_nothing_comes_back_by_halves(folder):
    gone = discard(sorted(folder.glob("first*")), "first")
    (folder / "first.mid").write_bytes(b"another")
    with pytest.raises(UserError, match=r"already another first\.mid"):
        put_back(gone)
    assert (folder / "first.mid").read_bytes() == b"another"
    assert not (folder / "first.csv").exists()
    (folder / "first.mid").unlink()
    put_back(gone)
    assert len(list(folder.glob("first*"))) == 3
    with pytest.raises(UserError, match="no longer in the trash"):
        put_back(gone)


def test_the_newest_take_goes_and_comes_back_by_keys(stage, folder, qtbot):
    window, before = stage.window, contents(folder)
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    assert not list(folder.glob("second*"))
    assert not window.transport.take.isEnabled()
    assert "second ż is in the trash" in window.toast.label.text()
    assert window.toast.undo.isVisible()
    qtbot.keyClick(window.pane, *UNDO)
    assert contents(folder) == before
    assert "is back" in window.toast.label.text()
    assert not window.toast.undo.isVisible()
    stage.play(0.1)
    assert window.transport.take.isEnabled()
    window.do("bring_back")
    assert contents(folder) == before


@pytest.mark.parametrize("way", ["button", "list", "roll"])
def test_takes_of_the_list_come_back_one_by_one(stage, folder, qtbot, way):
    window, before = stage.window, contents(folder)
    window.do("takes")
    page = window.takes
    qtbot.waitUntil(window.isActiveWindow)
    first, second = (page.library.takes[row].name for row in (0, 1))
    qtbot.keyClick(page.library.list, Qt.Key.Key_Delete)
    assert page.view.take.name == second
    stage.play(0.1)
    assert window.transport.take.isEnabled() == (first == "first")
    qtbot.keyClick(page.library.list, Qt.Key.Key_Delete)
    assert page.view.take is None
    assert contents(folder) == {}
    target = {"list": page.library.list, "roll": window, "button": None}[way]
    for name in (second, first):
        if target is None:
            window.toast.undo.click()
        else:
            qtbot.keyClick(target, *UNDO)
        assert page.view.take.name == name
    assert contents(folder) == before


def test_a_version_comes_back_and_edits_are_undone_first(stage, folder, qtbot):
    (take,) = (each for each in list_takes(folder) if each.name == "first")
    save_version(take, NOTES[:2], "edited")
    window = stage.window
    window.do("takes")
    page = window.takes
    page.show_take(page.library.find_take("first"))
    page.view.do("drop_version")
    assert len(page.view.take.versions) == 1
    assert "first, 2" in window.toast.label.text()
    page.view.roll.choose(frozenset({0}))
    page.view.do("delete")
    qtbot.keyClick(page.view.roll, *UNDO)
    assert page.view.roll.history.score.notes == tuple(NOTES)
    assert len(page.view.take.versions) == 1
    qtbot.keyClick(page.view.roll, *UNDO)
    assert page.view.version.number == 2
    assert page.view.roll.history.score.notes == tuple(NOTES[:2])


def test_edits_of_a_version_go_with_it_and_come_back_with_it(stage, folder):
    view = open_second_version(stage, folder)
    view.roll.choose(frozenset({0}))
    view.do("delete")
    view.do("drop_version")
    assert [version.number for version in view.take.versions] == [1]
    assert view.roll.history.score.notes == tuple(NOTES)
    assert not list(folder.glob("first.v*"))
    assert "first, 2" in stage.window.toast.label.text()
    stage.window.toast.undo.click()
    assert [version.number for version in view.take.versions] == [1, 2, 3]
    assert view.version.number == 3
    assert view.roll.history.score.notes == tuple(NOTES[1:3])
    assert not view.roll.history.changed


def test_a_version_stays_where_its_edits_cannot_be_kept(stage, folder, monkeypatch):
    view = open_second_version(stage, folder)

    def full(*given):
        raise UserError("The disk is full.")

    monkeypatch.setattr(take_view, "save_version", full)
    view.roll.choose(frozenset({0}))
    view.do("delete")
    view.do("drop_version")
    assert len(list(folder.glob("first.v2*"))) == 2
    assert view.version.number == 2 and len(view.roll.history.score) == 2
    assert "are not kept yet" in stage.window.toast.label.text()
    monkeypatch.undo()
    assert view.keep_edits()


def test_what_went_to_the_trash_comes_back_in_another_language(stage, folder):
    before, window = contents(folder), stage.window
    stage.play(0.1)
    window.do("discard")
    assert contents(folder) != before
    window.choose("language", "pl")
    window.do("bring_back")
    assert contents(folder) == before
    window.takes.close_player()


def test_without_a_way_back_none_is_offered(stage, folder, monkeypatch):
    monkeypatch.setattr(trash, "into_trash", lambda path: (path.unlink() is None, None))
    stage.window.do("discard")
    assert "is in the trash" in stage.window.toast.label.text()
    assert not stage.window.toast.undo.isVisible()
    assert QApplication.focusWidget() is not stage.window.toast.undo


def test_the_newest_take_is_known_by_its_new_name_and_in_another_language(stage, folder):
    """Written as "second ż" and renamed since; then in the trash while the language changes."""
    window = stage.window
    window.do("takes")
    window.takes.library.list.renamed.emit("second ż", "My song")
    window.do("takes")
    stage.play(0.1)
    assert window.transport.take.path == str(folder / "My song.mid")
    window.do("discard")
    assert "My song is in the trash." in window.toast.label.text()
    assert not list(folder.glob("My song*"))
    window.choose("language", "pl")
    stage.play(0.1)
    assert not window.transport.take.isEnabled()
    window.do("bring_back")
    assert window.transport.take.path == str(folder / "My song.mid")


def test_the_key_means_the_take_that_is_open(stage, folder):
    stage.window.do("takes")
    stage.window.takes.show_take(stage.window.takes.library.find_take("first"))
    stage.window.do("discard")
    assert [take.name for take in list_takes(folder)] == ["second ż"]
    stage.window.do("takes")
    stage.window.do("discard")
    assert list_takes(folder) == []
