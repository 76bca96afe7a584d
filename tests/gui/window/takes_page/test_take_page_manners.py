"""Keys, errors, what is heard and what fits on the page of takes, in the real window."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from gui.style.note_style import font
from gui.style.theme import TYPE
from gui.takes.take_list import DETAILS, WHEN
from realtime.values.settings import EngineSettings
from tests.support.take_files import NOTES, make_take

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def stage(make_stage, tmp_path):
    for name, seconds in (("first", 10.0), ("second", 0.0), ("third", 10.0)):
        make_take(tmp_path / "takes", name, seconds)
    stage = make_stage(EngineSettings(record=str(tmp_path / "takes"), midi_out="virtual"))
    stage.window.resize(960, 540)
    stage.window.do("takes")
    choose(stage, "first")
    return stage


@pytest.fixture
def view(stage):
    return stage.window.takes.view


def choose(stage, name: str) -> None:
    takes = stage.window.takes.library.list
    for row in range(takes.count()):
        if takes.item(row).text() == name:
            takes.setCurrentRow(row)


def test_after_t_the_edit_keys_work_and_the_list_still_walks(stage, view, qtbot):
    takes = stage.window.takes.library.list
    qtbot.waitUntil(stage.window.isActiveWindow)
    assert takes.hasFocus()
    qtbot.keyClick(takes, Qt.Key.Key_A, CTRL)
    assert len(view.roll.chosen_notes()) == len(NOTES)
    qtbot.keyClick(takes, Qt.Key.Key_C, CTRL)
    assert len(QApplication.clipboard().text().splitlines()) == 5
    qtbot.keyClick(takes, Qt.Key.Key_L)
    assert view.bar.buttons["loop"].isChecked()
    before = view.take.name
    takes.setCurrentRow(0)
    qtbot.keyClick(takes, Qt.Key.Key_Down)
    assert takes.currentRow() == 1 and view.take.name == takes.current_name()
    assert before == "first"


def test_errors_look_like_errors_and_an_unreadable_take_shows_none(stage, view, tmp_path):
    window = stage.window
    window.takes.library.list.renamed.emit("first", "third")
    assert "already a third" in window.toast.label.text()
    assert window.toast.kind.property("kind") == "error"
    csv = tmp_path / "takes" / "second.csv"
    csv.write_text("onset_s,offset_s\n1,x\n")
    choose(stage, "second")
    said = window.toast.label.text()
    assert said.count(str(csv)) == 1 and "line 2" in said and not said.endswith("..")
    assert view.take is None and window.takes.hint.isVisible()
    assert window.takes.hint.words.text() == said
    choose(stage, "third")
    assert view.take.name == "third" and view.isVisible()


def test_what_is_heard_outlives_takes_and_versions(stage, view):
    view.bar.mix.buttons[2].click()
    view.roll.choose(frozenset({0}))
    view.do("delete")
    view.do("keep")
    view.head.version_chosen.emit(1)
    assert view.bar.chosen_mix == "recording" and view.player.mix == "recording"
    choose(stage, "second")
    assert view.bar.chosen_mix == "synth" and view.player.mix == "synth"
    choose(stage, "third")
    assert view.bar.chosen_mix == "recording" and view.player.mix == "recording"


def test_one_save_and_three_bins_that_say_what_they_take(stage, view):
    window = stage.window
    assert not window.transport.take.isVisible() and view.head.export.isVisible()
    bins = (window.takes.library.discard, view.head.drop_version, view.bar.buttons["delete"])
    assert len({button.accessibleName() for button in bins}) == 3
    assert len({button.toolTip() for button in bins}) == 3
    view.roll.choose(frozenset({0}))
    view.do("delete")
    view.do("keep")
    assert 0 <= view.head.drop_version.x() - view.head.version.geometry().right() <= 4
    window.do("takes")
    assert window.transport.take.isVisible()


def test_the_keys_beside_a_take_sound(stage, view, qtbot):
    keys = view.keyboard
    assert keys.toolTip()
    stage.engine.asked.clear()
    qtbot.mousePress(keys, Qt.MouseButton.LeftButton, pos=QPoint(60, keys.height() // 2))
    qtbot.mouseRelease(keys, Qt.MouseButton.LeftButton, pos=QPoint(60, keys.height() // 2))
    assert [asked.split()[0] for asked in stage.engine.asked] == ["press", "release"]


def test_rows_are_whole_at_the_usual_width(stage, view):
    view.roll.choose(frozenset({0}))
    view.do("delete")
    view.do("keep")
    takes = stage.window.takes.library.list
    room = takes.viewport().width() - 24
    texts = [takes.item(row).data(role) for row in range(3) for role in (DETAILS, WHEN)]
    assert any("2 versions" in text for text in texts)
    assert any("notes only" in text for text in texts)
    for text in texts:
        assert QFontMetricsF(font(TYPE.small)).horizontalAdvance(text) <= room, text


def test_midi_is_quiet_while_a_take_plays(stage, view):
    view.player.playing = True
    view.player.changed.emit()
    assert stage.engine.settings.midi_muted
    stage.play(0.5)
    assert "quiet" in stage.window.status.midi.text()
    view.player.playing = False
    view.player.changed.emit()
    assert not stage.engine.settings.midi_muted
    stage.window.choose("mute_midi", False)
    view.player.playing = True
    view.player.changed.emit()
    assert not stage.engine.settings.midi_muted
    view.player.playing = False
