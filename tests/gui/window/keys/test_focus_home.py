"""A control that disappears leaves the keys to the notes; a key that is held acts once."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton

from realtime.values.settings import EngineSettings
from tests.support.take_files import NOTES, make_take


@pytest.fixture
def stage(make_stage, tmp_path, demo_file, qtbot):
    for name in ("first", "second", "third"):
        make_take(tmp_path / "takes", name, 0.0)
    settings = EngineSettings(record=str(tmp_path / "takes"), midi_out="virtual")
    stage = make_stage(settings, score=(), demo=demo_file)
    stage.window.resize(960, 540)
    stage.window.activateWindow()
    qtbot.waitUntil(stage.window.isActiveWindow)
    stage.play(0.3)
    return stage


def held(widget, key: Qt.Key) -> None:
    """The key goes down, and the system repeats it."""
    for repeated in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", repeated)
        QApplication.sendEvent(widget, event)


def test_after_the_demo_was_clicked_space_stops_it_again(stage, qtbot, demo_file):
    window = stage.window
    (demo,) = (b for b in window.card.findChildren(QPushButton) if b.isVisible())
    qtbot.mouseClick(demo, Qt.MouseButton.LeftButton)
    stage.play(0.2)
    assert stage.controller.settings.input == str(demo_file)
    assert not window.card.isVisible()
    assert QApplication.focusWidget() is window.pane
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert stage.controller.settings.input == ""


def test_a_message_that_was_closed_by_key_leaves_the_notes_the_keys(stage, qtbot):
    told = stage.window.toast
    told.show_text("news")
    told.close_button.setFocus()
    qtbot.keyClick(told.close_button, Qt.Key.Key_Space)
    assert QApplication.focusWidget() is stage.window.pane


def test_closing_the_settings_by_mouse_leaves_no_device_picker_with_the_keys(stage):
    top = stage.window.top_bar
    top.tune.setChecked(True)
    top.tuning.boxes["gain_db"].setFocus()
    top.tune.setChecked(False)
    assert QApplication.focusWidget() is stage.window.pane


def test_tab_still_walks(stage, qtbot):
    stage.window.pane.setFocus()
    qtbot.keyClick(stage.window.pane, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not stage.window.pane


def test_in_a_narrow_window_an_opened_take_has_the_keys_and_back_the_list(stage, qtbot):
    stage.window.resize(560, 400)
    stage.window.do("takes")
    page = stage.window.takes
    page.library.list.setFocus()
    qtbot.keyClick(page.library.list, Qt.Key.Key_Return)
    assert not page.library.isVisible()
    assert QApplication.focusWidget() is page.view.roll
    page.view.head.back.click()
    assert QApplication.focusWidget() is page.library.list


def test_a_held_key_repeats_only_what_is_meant_to_be_repeated(stage):
    repeating = [
        key.toString()
        for action in stage.window.actions()
        if action.autoRepeat()
        for key in action.shortcuts()
    ]
    assert sorted(repeating) == ["+", "-", "="]
    held(stage.window, Qt.Key.Key_M)
    assert stage.controller.muted


def test_a_held_delete_moves_one_take_to_the_trash(stage):
    stage.window.do("takes")
    library = stage.window.takes.library
    held(library.list, Qt.Key.Key_Delete)
    assert len(library.takes) == 2


def test_a_held_i_adds_one_note_and_held_arrows_move_on(stage):
    stage.window.do("takes")
    view = stage.window.takes.view
    held(view.roll, Qt.Key.Key_I)
    assert len(view.roll.history.score) == len(NOTES) + 1
    (pitch,) = (note.pitch for note in view.roll.chosen_notes())
    held(view.roll, Qt.Key.Key_Up)
    assert [note.pitch for note in view.roll.chosen_notes()] == [pitch + 3]
