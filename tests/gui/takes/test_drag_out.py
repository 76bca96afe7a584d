"""A take dragged out of the list is what is seen: edits, and the version that is open."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from gui.window.pages.takes_page import TakesPage
from realtime.files.note_files import read_csv
from realtime.troubles.errors import UserError
from tests.support.take_files import NOTES, SilentPlayer, make_take


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("first", "second"):
        make_take(tmp_path / "takes", name, seconds=0)
    return tmp_path / "takes"


@pytest.fixture
def page(qtbot, clock, folder) -> TakesPage:
    page = TakesPage(SilentPlayer(clock))
    qtbot.addWidget(page)
    page.show()
    page.enter(folder, "first")
    yield page
    page.close_player()


@pytest.fixture
def drag(page, monkeypatch):
    """Drags the marked take out; returns the files that went."""
    carried: list[list[Path]] = []

    def carry(takes, actions) -> None:
        urls = takes.mimeData(takes.selectedItems()).urls()
        carried.append([Path(url.toLocalFile()) for url in urls])

    monkeypatch.setattr(QListWidget, "startDrag", carry)

    def begin() -> list[Path]:
        carried.clear()
        page.library.list.startDrag(Qt.DropAction.CopyAction)
        return carried[0] if carried else []

    return begin


def test_a_row_dragged_out_carries_the_midi_file(drag, folder):
    assert drag() == [folder / "first.mid"]


def test_edits_go_along(page, drag):
    page.view.roll.choose(frozenset({0}))
    page.view.do("delete")
    (path,) = drag()
    assert len(read_csv(path.with_suffix(".csv"))) == len(NOTES) - 1
    assert not page.view.roll.history.changed
    assert page.library.list.current_name() == "first", "the row is still the marked one"


def test_the_version_that_is_open_goes(page, drag, folder):
    page.view.roll.choose(frozenset({0}))
    page.view.do("delete")
    page.view.do("keep")
    page.view.head.version_chosen.emit(1)
    assert drag() == [folder / "first.mid"]


def test_edits_that_cannot_be_kept_stop_the_drag_and_say_why(page, drag, monkeypatch):
    def full(*_) -> None:
        raise UserError("Cannot write x: the disk is full.")

    reasons = []
    page.failed.connect(reasons.append)
    monkeypatch.setattr("gui.takes.editor.editor.save_version", full)
    page.view.roll.choose(frozenset({0}))
    page.view.do("delete")
    assert drag() == []
    assert "disk is full" in reasons[0]


def test_a_dragged_file_has_the_tempo_and_bends_that_saving_would_give(page, folder, drag):
    from mido import MidiFile

    from realtime.files.bends import read_bends
    from realtime.files.note_files import Heading, write_csv, write_midi
    from realtime.values.notes import Note

    notes = [Note(0.3 + k * 0.625, 0.8 + k * 0.625, 60 + k % 5, 80, 0.3) for k in range(24)]
    write_csv(notes, folder / "third.csv")
    write_midi(notes, folder / "third.mid", Heading("third"), bends=[(0.4, 30.0), (0.6, -20.0)])
    page.enter(folder, "third")
    (path,) = drag()
    assert path.name == "third.mid" and path != folder / "third.mid"
    tempo = next(m for m in MidiFile(str(path)).tracks[0] if m.type == "set_tempo").tempo
    assert 60e6 / tempo == pytest.approx(96, rel=0.01)
    assert [round(cents) for _, cents in read_bends(path) if cents] == [30, -20]
    assert MidiFile(str(path)).length == pytest.approx(notes[-1].offset_s, abs=0.01)


def test_the_menu_of_a_take_offers_what_can_be_done_with_it(page, folder):
    practised = []
    page.practise_wanted.connect(practised.append)
    menu = page.library.menu_for(page.library.find_take("first"))
    actions = {action.text().split("\t")[0]: action for action in menu.actions() if action.text()}
    assert len(actions) <= 10
    assert not actions["Refine"].isEnabled(), "there is no recording"
    actions["Practise this take"].trigger()
    assert practised == [str(folder / "first.csv")]
