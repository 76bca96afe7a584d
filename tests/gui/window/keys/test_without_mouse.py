"""What the mouse does on pictures, done by keys: overview, keys, status bar, roll of a take."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from realtime.files.click import Click
from realtime.values.settings import EngineSettings
from tests.support.take_files import NOTES, make_take

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
TAB = Qt.FocusReason.TabFocusReason


@pytest.fixture
def stage(make_stage, tmp_path, qtbot):
    make_take(tmp_path / "takes", "first", 60.0)
    stage = make_stage(EngineSettings(record=str(tmp_path / "takes"), midi_out="FLUID Synth"))
    stage.window.activateWindow()
    qtbot.waitUntil(stage.window.isActiveWindow)
    stage.play(0.3)
    return stage


@pytest.fixture
def view(stage):
    stage.window.do("takes")
    return stage.window.takes.view


def test_the_overview_moves_by_keys(view, qtbot):
    overview = view.overview
    overview.setFocus(TAB)
    view.roll.choose(frozenset({0}))
    assert overview.accessibleDescription() == "0:00 to 0:12 of 1:00"
    qtbot.keyClick(overview, Qt.Key.Key_Right)
    assert view.roll.camera.start_s == pytest.approx(1.2)
    qtbot.keyClick(overview, Qt.Key.Key_PageDown)
    assert view.roll.camera.start_s == pytest.approx(13.2)
    assert overview.accessibleDescription() == "0:13 to 0:25 of 1:00"
    qtbot.keyClick(overview, Qt.Key.Key_PageUp)
    qtbot.keyClick(overview, Qt.Key.Key_Left)
    assert view.roll.camera.start_s == pytest.approx(0.0)
    qtbot.keyClick(overview, Qt.Key.Key_End)
    assert view.roll.camera.end_s > 60.0
    qtbot.keyClick(overview, Qt.Key.Key_Home)
    assert view.roll.camera.start_s == 0.0
    assert view.roll.history.score.notes == tuple(NOTES), "the chosen note stays where it is"


def test_keys_of_the_keyboard_are_held_without_a_mouse(stage, qtbot):
    keys, held = stage.window.pane.keyboard, []
    keys.pressed.connect(lambda pitch: held.append(pitch))
    keys.released.connect(lambda pitch: held.append(-pitch))
    keys.setFocus(TAB)
    first = keys.marked
    assert keys.accessibleDescription()
    qtbot.keyClick(keys, Qt.Key.Key_Up)
    QTest.keyPress(keys, Qt.Key.Key_Space)
    assert held == [first + 1]
    qtbot.keyClick(keys, Qt.Key.Key_Down)
    QTest.keyRelease(keys, Qt.Key.Key_Space)
    assert held == [first + 1, -first - 1, first, -first]
    QTest.keyPress(keys, Qt.Key.Key_Return)
    stage.window.pane.setFocus()
    assert held[-2:] == [first, -first], "a key is let go with the focus"
    for _ in range(20):
        qtbot.keyClick(keys, Qt.Key.Key_PageUp)
    assert keys.marked <= keys.viewport.high, "the marked key is always in view"


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_the_status_bar_shows_and_says_its_figures_by_key(stage, qtbot, key):
    status = stage.window.status
    status.setFocus(TAB)
    said = status.accessibleDescription()
    QApplication.clipboard().setText("")
    qtbot.keyClick(status, key)
    assert status.details.isVisible()
    status.details.report.click()
    assert not status.details.isVisible()
    assert "MIDI" in QApplication.clipboard().text()
    assert "delay" in said and "lost" in said
    stage.engine.forced = {"lost_s": 1.0}
    stage.play(1.0)
    assert status.accessibleDescription() == said, "nobody is talked to four times a second"


def test_the_view_moves_and_zooms_whatever_is_chosen(view, qtbot):
    roll = view.roll
    roll.choose(frozenset({1}))
    camera = roll.camera
    qtbot.keyClick(roll, Qt.Key.Key_Right, SHIFT)
    assert roll.camera.start_s > camera.start_s
    qtbot.keyClick(roll, Qt.Key.Key_Left, SHIFT)
    qtbot.keyClick(roll, Qt.Key.Key_Up, SHIFT)
    assert roll.camera.low == camera.low + 2
    qtbot.keyClick(roll, Qt.Key.Key_Down, SHIFT)
    assert roll.camera == camera
    qtbot.keyClick(roll, Qt.Key.Key_Down, CTRL | SHIFT)
    wide = roll.camera.high - roll.camera.low
    assert wide > camera.high - camera.low
    qtbot.keyClick(roll, Qt.Key.Key_Up, CTRL | SHIFT)
    assert roll.camera.high - roll.camera.low < wide
    assert roll.history.score.notes == tuple(NOTES)


def test_notes_are_added_chosen_together_and_sought_by_keys(view, qtbot):
    roll = view.roll
    qtbot.keyClick(roll, Qt.Key.Key_Right, CTRL)
    qtbot.keyClick(roll, Qt.Key.Key_Right, CTRL | SHIFT)
    qtbot.keyClick(roll, Qt.Key.Key_Right, CTRL | SHIFT)
    assert roll.history.chosen == {0, 1, 2}
    roll.choose(frozenset({3}))
    qtbot.keyClick(roll, Qt.Key.Key_G)
    assert view.player.at_s == pytest.approx(5.0)
    roll.choose(frozenset({2}))
    qtbot.keyClick(roll, Qt.Key.Key_I)
    (note,) = roll.chosen_notes()
    assert (note.pitch, note.onset_s) == (67, pytest.approx(5.0))
    assert len(roll.history.score) == len(NOTES) + 1
    roll.choose(frozenset())
    qtbot.keyClick(roll, Qt.Key.Key_G)
    assert view.player.at_s == pytest.approx(6.0)


def test_both_ends_of_a_note_move_by_keys(view, qtbot):
    roll = view.roll
    roll.choose(frozenset({3}))
    qtbot.keyClick(roll, Qt.Key.Key_Right, ALT)
    qtbot.keyClick(roll, Qt.Key.Key_Left, ALT | SHIFT)
    qtbot.keyClick(roll, Qt.Key.Key_Left, ALT | SHIFT)
    (note,) = roll.chosen_notes()
    assert (note.onset_s, note.offset_s) == (pytest.approx(4.98), pytest.approx(9.01))
    roll.show_beats(Click(60.0, 4, 0.25))
    view.bar.snap_chosen.emit("1/4")
    qtbot.keyClick(roll, Qt.Key.Key_Right, ALT | SHIFT)
    qtbot.keyClick(roll, Qt.Key.Key_Left, ALT)
    (note,) = roll.chosen_notes()
    assert (note.onset_s, note.offset_s) == (pytest.approx(6.25), pytest.approx(8.25))
    for _ in range(9):
        qtbot.keyClick(roll, Qt.Key.Key_Right, ALT | SHIFT)
    (note,) = roll.chosen_notes()
    assert 0.0 < note.offset_s - note.onset_s < 0.1, "a note never ends before it begins"


def test_the_grid_is_chosen_by_key_and_said_where_there_is_none(stage, view, qtbot):
    roll, toast = view.roll, stage.window.toast
    for modifiers in (Qt.KeyboardModifier.NoModifier, SHIFT):
        toast.hide()
        qtbot.keyClick(roll, Qt.Key.Key_Q, modifiers)
        assert toast.isVisible() and "no steady beat" in toast.label.text()
    assert roll.history.score.notes == tuple(NOTES)
    roll.show_beats(Click(60.0, 4, 0.25))
    qtbot.keyClick(roll, Qt.Key.Key_Q, SHIFT)
    assert (roll.snap, view.bar.snap.currentData()) == ("1/4", "1/4")
    assert "1/4" in toast.label.text()
    for _ in range(6):
        qtbot.keyClick(roll, Qt.Key.Key_Q, SHIFT)
    assert roll.snap == "off"


def test_escape_chooses_no_note(stage, view, qtbot):
    view.roll.choose(frozenset({0, 2}))
    qtbot.keyClick(view.roll, Qt.Key.Key_Escape)
    assert not view.roll.history.chosen
    assert "panic" in stage.engine.asked, "notes of the MIDI out are silenced as ever"
