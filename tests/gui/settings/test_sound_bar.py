"""What is heard while playing: switched, remembered, tried by hand, said when it fails."""

import pytest
from PySide6.QtCore import Qt

from gui.controller.device_scan import DeviceNames
from gui.settings.round_trip_dialog import LoopDialog
from gui.settings.store import SettingsStore
from gui.settings.tap_tempo import TapTempo
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.snapshot import LoopState


@pytest.fixture
def stage(make_stage):
    stage = make_stage(score=())
    stage.window.top_bar.listen.setChecked(True)
    stage.play(0.3)
    stage.engine.asked.clear()
    return stage


def test_the_synth_is_switched_by_button_and_key_and_then_plays_tried_keys(stage, qtbot):
    window, engine, bar = stage.window, stage.engine, stage.window.top_bar.sound
    assert not engine.settings.synth and "headphones" in bar.synth.buttons[1].toolTip()
    qtbot.mouseClick(bar.synth.buttons[1], Qt.MouseButton.LeftButton)
    assert engine.settings.synth and "headphones" in window.toast.label.text()
    assert "can be heard" in window.top_bar.listen.toolTip()
    window.do("try_midi")
    qtbot.waitUntil(lambda: engine.asked[-2:] == ["press 60", "release 60"], timeout=5000)
    stage.controller.mute_midi(True)
    assert engine.settings.synth_muted and engine.settings.synth
    stage.controller.mute_midi(False)
    window.do("mute")
    assert engine.settings.midi_muted and not engine.settings.synth_muted
    qtbot.keyClick(window.pane, Qt.Key.Key_H)
    assert not engine.settings.synth and bar.synth.index() == 0


def test_output_and_level_are_chosen_by_name_and_remembered(stage):
    window, bar = stage.window, stage.window.top_bar.sound
    window.top_bar.show_devices(DeviceNames(outputs=(("ALSA: USB Phones", "USB Phones"),)))
    assert [bar.output.itemText(i) for i in range(bar.output.count())] == [
        "System default", "USB Phones"]  # fmt: skip
    bar.output.chosen.emit("ALSA: USB Phones")
    bar.boxes["synth_db"].setValue(-20)
    window.do("synth")
    settings = stage.engine.settings
    assert (settings.sound_out, settings.synth_db) == ("ALSA: USB Phones", -20.0)
    window.top_bar.show_devices(DeviceNames())
    assert bar.output.currentText() == "USB Phones (not plugged in)"
    window.close()
    kept = SettingsStore(stage.store.path).load()[0].engine
    assert (kept.synth, kept.synth_db, kept.sound_out) == (True, -20.0, "ALSA: USB Phones")


def test_an_output_that_is_gone_is_told_calmly_and_listening_goes_on(stage):
    lost = Trouble(Code.OUTPUT_LOST, name="system default")
    stage.engine.forced = {"troubles": (lost,)}
    stage.play(0.2)
    notice = stage.window.notices.notices[0]
    assert notice.kind == "warning" and notice.title == "Nothing is heard"
    assert notice.text.startswith(str(lost)) and "another output" in notice.text


def test_one_bar_of_settings_is_open_at_a_time(stage):
    top = stage.window.top_bar
    assert top.sound.isVisible() and not top.tuning.isVisible()
    top.tune.setChecked(True)
    assert top.tuning.isVisible() and not top.sound.isVisible() and not top.listen.isChecked()
    top.tune.setChecked(False)
    assert not top.drawer.isVisible()


def test_the_click_is_switched_tapped_and_counted_in(stage, qtbot, monkeypatch):
    window, engine, bar = stage.window, stage.engine, stage.window.top_bar.sound
    qtbot.keyClick(window.pane, Qt.Key.Key_K)
    assert engine.settings.click and bar.click.index() == 1
    now = [50.0]
    monkeypatch.setattr("gui.window.actions.time.monotonic", lambda: now[0])
    for _ in range(5):
        qtbot.keyClick(window.pane, Qt.Key.Key_B)
        now[0] += 0.5
    assert stage.controller.settings.click_bpm == 120
    for step in (3.0, 60 / 96, 60 / 96 + 0.01, 60 / 96 - 0.01):
        now[0] += step
        qtbot.mouseClick(bar.tap, Qt.MouseButton.LeftButton)
    assert stage.controller.settings.click_bpm == 96
    bar.boxes["click_beats"].setValue(3)
    bar.boxes["count_in"].setValue(2)
    engine.forced = {"count_in": 5}
    stage.play(0.2)
    assert window.transport.record.text().strip() == "in 5"
    stage.controller.toggle_recording()
    assert engine.asked[-1] == "stop_recording"
    assert (engine.settings.click_beats, engine.settings.count_in) == (3, 2)
    kept = stage.window.remembered().engine
    assert (kept.click, kept.click_bpm, kept.click_beats) == (False, 96.0, 3)


def test_tempo_and_metre_wait_while_a_take_is_played_to_the_click(stage, qtbot):
    window, bar = stage.window, stage.window.top_bar.sound
    held = [bar.boxes["click_bpm"], bar.boxes["click_beats"], bar.tap]
    tips = [widget.toolTip() for widget in held]
    stage.controller.toggle_recording()
    stage.play(0.1)
    assert all(widget.isEnabled() for widget in held), "no click, nothing to forget"
    window.do("click")
    stage.play(0.1)
    window.do("click")
    stage.play(0.1)
    assert not any(widget.isEnabled() for widget in held), "the click that was heard is kept"
    assert all("forget its click" in widget.toolTip() for widget in held)
    for _ in range(3):
        qtbot.keyClick(window.pane, Qt.Key.Key_B)
    assert stage.controller.settings.click_bpm == 120 and "forget" in window.toast.label.text()
    stage.controller.toggle_recording()
    stage.play(0.1)
    assert all(widget.isEnabled() for widget in held)
    assert [widget.toolTip() for widget in held] == tips


def test_slow_and_wild_taps_stay_in_range():
    taps = TapTempo()
    assert taps.tap(0.0) is None
    assert taps.tap(2.4) == 30
    assert taps.tap(5.2) is None
    assert [taps.tap(5.2 + 0.1 * step) for step in (1, 2)] == [300, 300]


def test_the_loop_is_measured_from_the_window_with_progress_result_and_reason(stage, qtbot):
    window, engine = stage.window, stage.engine
    window.top_bar.sound.loop.click()
    (dialog,) = window.findChildren(LoopDialog)
    assert "near the loudspeaker" in dialog.text.text() and not dialog.bar.isVisible()
    qtbot.mouseClick(dialog.measure, Qt.MouseButton.LeftButton)
    assert engine.asked[-1] == "measure_loop" and dialog.leave.text() == "Cancel"
    engine.forced = {"loop": LoopState("measuring", 2)}
    stage.play(0.1)
    assert dialog.bar.isVisible() and (dialog.bar.value(), dialog.bar.maximum()) == (2, 5)
    done = LoopState("done", 5, 5, 36.54, (35.0, 36.54, 38.0), "ALSA: Mic", "ALSA: Phones")
    engine.forced = {"loop": done}
    stage.play(0.1)
    said = dialog.text.text()
    assert "“Mic” hears “Phones” after 36.5 ms" in said and "3 of 5" in said and "38.0" in said
    unheard = Trouble(Code.PROBE_UNHEARD)
    engine.forced = {"loop": LoopState("failed", trouble=unheard)}
    stage.play(0.1)
    assert dialog.text.text() == str(unheard) and dialog.measure.text() == "Measure again"
    qtbot.mouseClick(dialog.leave, Qt.MouseButton.LeftButton)
    assert engine.asked[-1] == "stop_measuring" and not dialog.isVisible()
