"""Edits of a take are never lost: other versions, other takes, full disks, the trash, the end."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent

from gui.takes.closing_questions import LoseEdits
from realtime.files.note_files import read_csv
from realtime.takes.library import find_take, list_takes
from realtime.troubles.errors import UserError
from realtime.values.settings import EngineSettings
from tests.support.take_files import NOTES, make_take

UNDO = (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("first", "second"):
        make_take(tmp_path / "takes", name)
    return tmp_path / "takes"


@pytest.fixture
def stage(make_stage, folder):
    stage = make_stage(EngineSettings(record=str(folder)))
    stage.window.resize(1100, 600)
    stage.window.do("takes")
    page = stage.window.takes
    page.show_take(page.library.find_take("first"))
    page.library.mark("first")
    return stage


@pytest.fixture
def view(stage):
    return stage.window.takes.view


@pytest.fixture
def full_disk(monkeypatch):
    """Nothing can be kept until this is called."""

    def refuse(*given: object) -> None:
        raise UserError("Cannot write x: the disk is full. Choose another folder.")

    with monkeypatch.context() as patch:
        patch.setattr("gui.takes.editor.editor.save_version", refuse)
        yield patch.undo


def delete(view, index: int = 0) -> None:
    view.roll.choose(frozenset({index}))
    view.do("delete")


def counts(folder: Path, name: str = "first") -> dict[int, int]:
    """Version -> notes."""
    return {v.number: len(read_csv(v.csv)) for v in find_take(folder, name).versions}


def test_edit_switch_edit_keeps_every_account(view, folder):
    delete(view)
    view.do("keep")
    delete(view)
    view.head.version_chosen.emit(1)
    assert counts(folder) == {1: 4, 2: 3, 3: 2}
    assert view.version.number == 1
    assert view.head.version.count() == 3
    before = (folder / "first.v3-edited.csv").read_bytes()
    delete(view)
    view.head.version_chosen.emit(2)
    assert (folder / "first.v3-edited.csv").read_bytes() == before
    assert counts(folder) == {1: 4, 2: 3, 3: 2, 4: 3}
    assert view.version.number == 2
    assert len(view.roll.history.score) == 3
    assert read_csv(folder / "first.csv") == NOTES


def test_edits_that_cannot_be_kept_stay_where_they_are(stage, view, folder, full_disk, qtbot):
    window, page = stage.window, stage.window.takes
    delete(view)
    page.library.list.setCurrentRow(1 - page.library.list.currentRow())
    assert view.take.name == "first"
    assert len(view.roll.history.score) == 3 and view.roll.history.can_undo
    qtbot.waitUntil(lambda: page.library.list.current_name() == "first")
    assert page.library.list.selectedItems()[0].text() == "first"
    assert "not kept yet" in window.toast.label.text()
    assert "disk is full" in window.toast.label.text()
    assert window.toast.kind.property("kind") == "error"
    window.do("takes")
    window.do("takes")
    assert len(view.roll.history.score) == 3
    full_disk()
    window.do("takes")
    assert counts(folder) == {1: 4, 2: 3}


def test_a_version_is_not_left_with_edits_that_cannot_be_kept(view, folder, full_disk):
    full_disk_again = full_disk
    delete(view)
    view.head.version_chosen.emit(1)
    assert len(view.roll.history.score) == 3
    full_disk_again()
    view.do("keep")
    assert counts(folder) == {1: 4, 2: 3}


@pytest.mark.parametrize("lose", [False, True])
def test_the_window_does_not_close_over_them_unasked(stage, view, full_disk, monkeypatch, lose):
    asked = []
    monkeypatch.setattr(LoseEdits, "exec", lambda dialog: asked.append(dialog) or lose)
    delete(view)
    event = QCloseEvent()
    stage.window.closeEvent(event)
    assert len(asked) == 1
    assert event.isAccepted() == lose
    assert stage.window.isVisible() != lose
    if not lose:
        assert len(view.roll.history.score) == 3
        full_disk()


def test_another_language_leaves_them_as_they_are(stage, view, full_disk):
    delete(view)
    stage.window.choose("language", "pl")
    assert view.roll.history.changed and len(view.roll.history.score) == 3
    assert view.head.keep.text() == "Zachowaj zmiany"
    full_disk()


@pytest.mark.parametrize("way", ["list", "newest"])
def test_the_trash_takes_the_edits_along_and_gives_them_back(stage, view, folder, qtbot, way):
    window, page = stage.window, stage.window.takes
    delete(view)
    if way == "list":
        page.library.discard.click()
    else:
        stage.engine.forced = {"last_take": str(folder / "first.mid")}
        stage.play(0.1)
        window.do("discard")
    assert not list(folder.glob("first*"))
    assert view.take.name == "second"
    window.toast.undo.click()
    assert view.take.name == "first"
    assert view.version.number == 2
    assert len(view.roll.history.score) == 3
    assert counts(folder) == {1: 4, 2: 3}


def test_a_take_does_not_go_while_its_edits_cannot_be_kept(stage, view, folder, full_disk):
    before = {path.name for path in folder.iterdir()}
    delete(view)
    stage.window.takes.library.discard.click()
    assert {path.name for path in folder.iterdir()} == before
    assert view.take.name == "first" and len(view.roll.history.score) == 3
    full_disk()


def test_a_stray_midi_file_is_not_written_over(view, folder):
    (folder / "first.v2-edited.mid").write_bytes(b"someone else's")
    delete(view)
    view.do("keep")
    assert (folder / "first.v2-edited.mid").read_bytes() == b"someone else's"
    assert counts(folder) == {1: 4, 3: 3}
    assert [take.name for take in list_takes(folder)].count("first") == 1
