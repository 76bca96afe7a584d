"""Wheel and letter keys reach what they are meant for, whatever control lies under or before."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def wheel(widget: QWidget, steps: int = -1) -> None:
    """Turn the wheel of a mouse over the widget, as a window system would tell it."""
    window = widget.window()
    place = widget.mapTo(window, QPoint(widget.width() // 2, widget.height() // 2))
    QTest.wheelEvent(window.windowHandle(), QPointF(place), QPoint(0, 120 * steps))
    QApplication.processEvents()


@pytest.fixture
def open_settings(stage, qtbot):
    """The window with the settings open, small enough that they scroll."""
    stage.window.resize(700, 420)
    stage.window.top_bar.tune.setChecked(True)
    stage.play(0.2)
    stage.window.activateWindow()
    qtbot.waitUntil(stage.window.isActiveWindow)
    return stage


def test_the_wheel_over_controls_without_focus_changes_nothing_and_scrolls(open_settings):
    stage, top = open_settings, open_settings.window.top_bar
    before = stage.controller.settings
    stage.window.pane.setFocus()
    box = top.tuning.boxes["gain_db"]
    for control in (top.input, top.midi_out, top.sensitivity, top.tuning.instrument):
        wheel(control)
    bar = top.drawer.verticalScrollBar()
    assert bar.maximum() > 0
    wheel(box)
    assert bar.value() > 0, "the settings scroll instead"
    assert stage.controller.settings == before
    assert stage.window.pane.hasFocus()


def test_the_wheel_over_a_control_in_focus_turns_it(open_settings):
    box = open_settings.window.top_bar.tuning.boxes["gain_db"]
    box.setFocus()
    wheel(box)
    assert box.value() == -1


def test_the_page_of_takes_has_the_same_manners(stage):
    stage.window.do("takes")
    slider = stage.window.takes.view.bar.balance
    before = slider.value()
    stage.window.takes.library.list.setFocus()
    wheel(slider)
    assert slider.value() == before


@pytest.fixture
def asked(open_settings, monkeypatch):
    """Names of the actions that keys ask for."""
    names: list[str] = []
    monkeypatch.setattr(open_settings.window.wishes, "do", names.append)
    return names


@pytest.mark.parametrize("field", ["gain_db", "transpose", "a4_hz", "channel", "gate_db"])
def test_letter_keys_work_while_a_number_box_has_focus(open_settings, asked, qtbot, field):
    box = open_settings.window.top_bar.tuning.boxes[field]
    box.setFocus()
    text = box.text()
    for key in "RTNSHM?":
        qtbot.keyClicks(box, key)
    assert asked == ["record", "takes", "log", "spectrogram", "synth", "mute", "sheet"]
    assert box.text() == text


def test_numbers_and_names_can_still_be_typed(open_settings, asked, qtbot):
    boxes = open_settings.window.top_bar.tuning.boxes
    for field, typed, value in (("gain_db", "-7", -7), ("lowest_pitch", "C#3", 49)):
        boxes[field].setFocus()
        boxes[field].selectAll()
        qtbot.keyClicks(boxes[field], typed)
        qtbot.keyClick(boxes[field], Qt.Key.Key_Return)
        assert boxes[field].value() == value
        assert open_settings.window.pane.hasFocus(), "Enter gives the keys back to the roll"
    assert asked == []


def test_mute_works_from_a_picker_and_letters_choose_no_device(open_settings, asked, qtbot):
    picker = open_settings.window.top_bar.midi_out
    picker.setFocus()
    chosen = picker.currentIndex()
    qtbot.keyClicks(picker, "MFVR")
    assert asked == ["mute", "record"]
    assert picker.currentIndex() == chosen
    assert open_settings.controller.settings.midi_out == open_settings.engine.settings.midi_out


def test_the_ends_of_the_range_push_each_other(open_settings):
    stage, boxes = open_settings, open_settings.window.top_bar.tuning.boxes
    boxes["highest_pitch"].setValue(40)
    boxes["lowest_pitch"].setValue(90)
    stage.lay_out()
    assert (stage.engine.settings.lowest_pitch, stage.engine.settings.highest_pitch) == (90, 90)
    assert boxes["highest_pitch"].value() == 90
    boxes["highest_pitch"].setValue(30)
    stage.lay_out()
    assert (stage.engine.settings.lowest_pitch, stage.engine.settings.highest_pitch) == (30, 30)
