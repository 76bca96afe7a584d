"""Keys beside the roll that can be played, to check what is behind the MIDI port."""

import pytest
from PySide6.QtCore import QPoint, Qt

from gui.takes.editor.saving.export_dialog import ExportDialog
from gui.window.cheat_sheet import CheatSheet
from realtime.values.settings import EngineSettings

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def stage(make_stage):
    stage = make_stage(EngineSettings(midi_out="virtual"), score=())
    stage.window.resize(960, 640)
    stage.window.choose("keys", "25")
    stage.play(1.5)
    stage.engine.asked.clear()
    return stage


def place(keyboard, pitch: int, part: float = 0.3) -> QPoint:
    view = keyboard.viewport
    return QPoint(round(keyboard.width() * part), round(view.y(pitch) + view.row / 2))


def test_keys_sound_while_they_are_held_and_one_may_slide(stage, qtbot):
    keys = stage.window.pane.keyboard
    qtbot.mousePress(keys, LEFT, pos=place(keys, 60))
    qtbot.mouseMove(keys, place(keys, 61))
    qtbot.mouseMove(keys, place(keys, 61, 0.4))
    assert stage.engine.asked == ["press 60", "release 60", "press 61"]
    lit = keys.grab().toImage()
    qtbot.mouseRelease(keys, LEFT, pos=place(keys, 61))
    assert stage.engine.asked[-1] == "release 61"
    assert keys.grab().toImage() != lit
    qtbot.mousePress(keys, LEFT, pos=place(keys, 64))
    stage.window.do("takes")
    assert stage.engine.asked[-1] == "release 64"


def test_right_of_a_black_key_lie_its_white_neighbours(stage):
    keys = stage.window.pane.keyboard
    black = place(keys, 61, 0.3)
    assert keys.pitch_at(black) == 61
    quarter = round(keys.viewport.row / 4)
    beside = place(keys, 61, 0.9)
    assert keys.pitch_at(beside - QPoint(0, quarter)) == 62
    assert keys.pitch_at(beside + QPoint(0, quarter)) == 60


def test_a_test_note_by_the_keyboard_ends_by_itself(stage, qtbot):
    qtbot.waitUntil(stage.window.isActiveWindow)
    qtbot.keyClick(stage.window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert stage.engine.asked == ["press 60"]
    qtbot.waitUntil(lambda: stage.engine.asked == ["press 60", "release 60"], timeout=5000)


def test_without_a_port_the_window_says_what_to_do(make_stage):
    stage = make_stage()
    stage.window.do("try_midi")
    assert "Choose a MIDI out" in stage.window.toast.label.text()
    assert not [name for name in stage.engine.asked if "press" in name]


@pytest.mark.parametrize(
    ("key", "held"),
    [
        (Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier),
    ],
)
def test_panic_works_whatever_is_in_front(stage, qtbot, key, held):
    window = stage.window
    fronts = [window.log_window, CheatSheet(window), ExportDialog(window.takes.view, 120.0)]
    for front in fronts:
        front.show()
        target = front.text if front is window.log_window else front
        qtbot.keyClick(target, key, held)
        front.hide()
    assert stage.engine.asked.count("panic") == len(fronts)
    qtbot.keyClick(window.top_bar.sensitivity, key, held)
    assert stage.engine.asked.count("panic") == len(fronts) + 1


def test_m_mutes_midi_until_it_is_pressed_again_whatever_takes_do(stage, qtbot):
    window, engine = stage.window, stage.engine
    qtbot.keyClick(window.pane, Qt.Key.Key_M)
    assert engine.settings.midi_muted
    stage.play(0.5)
    assert "muted" in window.status.midi.text()
    for playing in (True, False):
        stage.controller.mute_midi(playing)
        assert engine.settings.midi_muted
    qtbot.keyClick(window.pane, Qt.Key.Key_M)
    assert not engine.settings.midi_muted
