import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QMenu,
    QSpinBox,
    QWidget,
)

from gui.notices.wish import Wish
from gui.settings.store import SettingsStore
from gui.style.theme import DARK
from gui.window.compact import COMPACT_SIZE
from gui.window.main_window import MainWindow
from gui.window.shortcuts import faces
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import RollNote
from tests.support.dropping import drop


def colours(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    }


def press(qtbot, window: MainWindow, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    window.activateWindow()
    qtbot.keyClick(window, key, modifier)


def test_notes_appear_on_the_roll(make_stage):
    stage = make_stage(score=(RollNote(1.0, None, 60, 100),))
    stage.window.choose("theme", "dark")
    stage.play(0.5)
    before = colours(stage.window.pane.roll)
    stage.play(2.0)
    view = stage.window.pane.roll.viewport
    y = round(view.y(60) + view.row / 2)
    image = stage.window.pane.roll.grab().toImage()
    ratio = image.width() / stage.window.pane.roll.width()
    inside = image.pixelColor(round((view.width - 60) * ratio), round(y * ratio))
    above = image.pixelColor(round((view.width - 60) * ratio), round((y - 3 * view.row) * ratio))
    assert inside.lightness() > above.lightness() + 60
    assert colours(stage.window.pane.roll) - before


def test_the_sounding_key_lights_up(make_stage):
    stage = make_stage(score=(RollNote(1.0, 2.0, 60, 100),))
    stage.play(1.5)
    lit = colours(stage.window.pane.keyboard)
    stage.play(1.0)
    assert lit - colours(stage.window.pane.keyboard)


def test_current_notes_are_told_in_words(make_stage):
    stage = make_stage(score=[RollNote(0.5, None, pitch, 80) for pitch in (60, 64, 67)])
    stage.play(1.0)
    assert stage.window.transport.now_playing.text() == "C4 E4 G4, C"
    assert stage.window.transport.now_playing.accessibleDescription() == "C4 E4 G4, C"


def test_record_stop_and_panic_reach_the_engine(stage, qtbot):
    stage.play(0.1)
    stage.window.transport.record.click()
    stage.play(1.1)
    assert stage.window.transport.record.property("recording")
    assert "0:01" in stage.window.transport.record.text()
    stage.window.transport.record.click()
    stage.window.transport.panic.click()
    stage.play(0.1)
    assert stage.engine.asked[-3:] == ["record", "stop_recording", "panic"]
    assert stage.window.transport.take.isEnabled()


@pytest.mark.parametrize("state", ["no-input", "file-ended", "failed"])
def test_where_no_sound_comes_no_take_begins(stage, state):
    stage.engine.forced = {"state": state}
    stage.play(0.1)
    stage.window.transport.record.click()
    assert "record" not in stage.engine.asked
    assert "nothing to record" in stage.window.toast.label.text()
    stage.engine.forced = {"state": state, "recording": True}
    stage.play(0.1)
    stage.window.transport.record.click()
    assert stage.engine.asked[-1] == "stop_recording"


@pytest.mark.parametrize(
    ("key", "modifier", "asked"),
    [
        (Qt.Key.Key_R, Qt.KeyboardModifier.NoModifier, "record"),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, "panic"),
        (Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier, "panic"),
        (Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier, "panic"),
    ],
)
def test_keys_reach_the_engine(stage, qtbot, key, modifier, asked):
    press(qtbot, stage.window, key, modifier)
    assert stage.engine.asked[-1] == asked


def test_space_plays_the_demo_and_goes_back(make_stage, demo_file, qtbot):
    stage = make_stage(EngineSettings(input="ALSA: Built-in"), demo=demo_file)
    press(qtbot, stage.window, Qt.Key.Key_Space)
    assert stage.engine.settings.input == str(demo_file)
    press(qtbot, stage.window, Qt.Key.Key_Space)
    assert stage.engine.settings.input == "ALSA: Built-in"


def test_question_mark_opens_the_sheet_and_escape_closes_it(stage, qtbot):
    stage.window.do("sheet")
    sheet = next(child for child in stage.window.children() if child.objectName() == "sheet")
    assert sheet.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_every_wish_is_granted_by_controller_or_window(stage):
    asked_of_the_window: list[Wish] = []
    stage.controller.wanted.disconnect()
    stage.controller.wanted.connect(asked_of_the_window.append)
    for wish in Wish:
        stage.controller.act(wish)
    assert set(asked_of_the_window) <= set(stage.window.wishes.granted)
    assert set(faces()) <= set(Wish)


def test_an_action_is_the_same_in_menu_button_and_key(stage, qtbot):
    window, action = stage.window, stage.window.wishes[Wish.TAKES]
    menus = window.top_bar.menu.menu().findChildren(QMenu)
    assert any(action in menu.actions() for menu in menus)
    assert action.shortcuts() == [QKeySequence("T")]
    assert window.wishes[Wish.MUTE].text() == "Mute MIDI\tM", "a take has an M of its own"
    button = window.transport.takes
    assert button.toolTip() == action.toolTip() == "Your takes: see, hear and edit them (T)"
    assert button.accessibleName() == action.text() == "Takes"
    for press in (button.click, action.trigger, lambda: window.do(Wish.TAKES)):
        before = window.shows_takes
        press()
        assert window.shows_takes is not before
        assert button.isChecked() == action.isChecked() == window.shows_takes


def test_what_is_switched_elsewhere_is_ticked_everywhere(stage):
    synth = stage.window.wishes[Wish.SYNTH]
    stage.controller.change(synth=True)
    assert synth.isChecked()
    stage.window.do(Wish.COMPACT)
    assert stage.window.wishes[Wish.COMPACT].isChecked()
    assert stage.window.transport.compact.isChecked()


def test_pickers_list_devices_and_apply_the_choice(stage):
    stage.play(0.1)
    picker = stage.window.top_bar.input
    texts = [picker.itemText(index) for index in range(picker.count())]
    assert texts == ["System default", "Scarlett 2i2", "Built-in"]
    picker.setCurrentIndex(2)
    picker.activated.emit(2)
    assert stage.engine.settings.input == "ALSA: Built-in"
    midi = stage.window.top_bar.midi_out
    assert [midi.itemData(index) for index in range(3)] == ["", "virtual", "FLUID Synth"]
    midi.activated.emit(1)
    stage.lay_out()
    assert stage.engine.settings.midi_out == "virtual"


def test_a_remembered_device_that_is_gone_stays_chosen(make_stage):
    stage = make_stage(EngineSettings(input="ALSA: Old interface"))
    stage.play(0.1)
    assert "not plugged in" in stage.window.top_bar.input.currentText()


def test_a_slider_settles_before_the_engine_hears_of_it(stage):
    for value in range(50, 80):
        stage.window.top_bar.sensitivity.setValue(value)
    assert "apply" not in stage.engine.asked
    stage.lay_out()
    assert stage.engine.asked.count("apply") == 1
    assert stage.engine.settings.sensitivity == 0.79


def test_look_ahead_and_tuning(stage):
    stage.window.top_bar.look_ahead.buttons[0].click()
    stage.window.top_bar.tuning.boxes["transpose"].setValue(-12)
    stage.lay_out()
    assert stage.engine.settings.latency_ms == 20.0
    assert stage.engine.settings.transpose == -12


def test_first_visit_offers_the_demo_and_the_way_back(make_stage, demo_file):
    stage = make_stage(score=(), demo=demo_file)
    stage.play(0.2)
    card = stage.window.card
    assert card.isVisible()
    assert card.notice.actions == ("demo",)
    card.acted.emit("demo")
    stage.play(0.2)
    assert stage.engine.settings.input == str(demo_file)
    assert stage.window.notices.notices[0].actions == ("microphone",)
    stage.window.notices.acted.emit("microphone")
    assert stage.engine.settings.input == ""


def test_no_input_failure_and_silence_have_their_notices(make_stage):
    stage = make_stage(score=())
    stage.engine.forced = {"state": "no-input"}
    stage.play(0.1)
    assert stage.window.card.notice.title == "No input device"
    stage.engine.forced = {"state": "failed", "troubles": (Trouble(Code.SPEC_HEADS),)}
    stage.play(0.1)
    assert stage.window.notices.notices[0].text == "The model declares no usable look-ahead."
    stage.engine.forced = {"level_db": -120.0, "peak_db": -120.0}
    stage.play(4.5)
    assert stage.window.card.notice.title != "I hear nothing yet"
    stage.play(1.5)
    assert stage.window.card.notice.title == "I hear nothing yet"


def test_silence_is_told_where_one_plays_and_not_over_a_take(make_stage):
    stage = make_stage()
    stage.play(6.0)
    stage.engine.forced = {"level_db": -120.0, "peak_db": -120.0}
    stage.play(6.0)
    assert [notice.title for notice in stage.window.notices.notices] == ["I hear nothing now"]
    stage.window.takes_navigation.show(True)
    stage.play(0.2)
    assert not stage.window.notices.notices
    stage.engine.forced = {"state": "no-input"}
    stage.play(0.2)
    assert stage.window.notices.notices, "a trouble is told everywhere"


def test_a_message_can_be_closed(stage):
    stage.engine.forced = {"troubles": (Trouble(Code.TAKE_RECOVERED, path="/m/a.mid"),)}
    stage.play(1.0)
    (strip,) = stage.window.notices.strips
    assert strip.isVisible()
    strip.dismiss_button.click()
    stage.play(0.1)
    assert not strip.isVisible()


def test_play_again_opens_the_same_file_anew(make_stage, demo_file):
    stage = make_stage(EngineSettings(input=str(demo_file)))
    stage.play(3.0)
    stage.controller.act("again")
    stage.play(0.1)
    assert stage.engine.asked[-1] == "reopen"
    assert stage.engine.settings.input == str(demo_file)
    assert stage.controller.last.snapshot.stream_s < 0.5


def test_a_dropped_file_starts_a_job(stage, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(stage.window.jobs.queue, "add", asked.append)
    drop(stage.window, tmp_path / "żółw take.wav")
    assert [job.sound for job in asked] == [tmp_path / "żółw take.wav"]
    asked[0].dispose()


def test_takes_without_their_sound_are_asked_for_in_the_menu(stage):
    assert stage.window.choices.engine.keep_sound
    stage.window.choose("keep_sound", False)
    stage.lay_out()
    assert not stage.engine.settings.keep_sound
    assert not stage.window.remembered().engine.keep_sound


def test_wheel_zooms_time_and_pitch(stage):
    def wheel(modifier):
        stage.window.pane.wheelEvent(
            QWheelEvent(
                QPointF(50, 50),
                QPointF(50, 50),
                QPoint(),
                QPoint(0, 120),
                Qt.MouseButton.NoButton,
                modifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
        )

    wheel(Qt.KeyboardModifier.NoModifier)
    assert stage.window.pane.seconds < 8.0
    wheel(Qt.KeyboardModifier.ControlModifier)
    assert not stage.window.pane.range.automatic
    stage.window.do("reset_view")
    assert stage.window.pane.seconds == 8.0
    assert stage.window.pane.range.automatic


def test_compact_view_comes_and_goes(stage):
    size = stage.window.size()
    stage.window.do("compact")
    assert stage.window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert (stage.window.width(), stage.window.height()) == COMPACT_SIZE
    assert stage.window.transport.meter.isVisible()
    assert not stage.window.top_bar.isVisible()
    stage.window.do("compact")
    assert not stage.window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert stage.window.size() == size


def test_the_smallest_window_holds_everything(stage):
    stage.window.resize(420, 300)
    stage.play(0.2)
    assert (stage.window.width(), stage.window.height()) == (420, 300)
    for widget in (stage.window.top_bar.menu, stage.window.transport.panic):
        right = widget.mapTo(stage.window, QPoint(widget.width(), 0)).x()
        assert right <= 420


def test_choices_survive_a_restart(make_stage):
    first = make_stage()
    first.window.choose("theme", "light")
    first.window.pane.zoom_time(2.0)
    first.controller.choose_input("ALSA: Built-in")
    first.controller.choose_input("/tmp/song.flac")
    first.window.close()
    assert first.engine.asked[-1] == "close"
    second = make_stage()
    assert second.window.choices.theme == "light"
    assert second.window.pane.seconds == 16.0
    assert second.engine.settings.input == "ALSA: Built-in"


def test_both_themes_paint_their_ground(stage):
    for theme, dark in (("dark", True), ("light", False)):
        stage.window.choose("theme", theme)
        stage.play(0.1)
        corner = stage.window.grab().toImage().pixelColor(2, 2)
        assert (corner.lightness() < 128) == dark
    assert QColor(DARK.surface).lightness() < 128


def test_every_control_has_a_name_and_can_be_reached(stage):
    stage.window.top_bar.tune.setChecked(True)
    kinds = (QAbstractButton, QAbstractSlider, QComboBox, QSpinBox)
    controls = [w for kind in kinds for w in stage.window.findChildren(kind) if w.isVisible()]
    assert len(controls) >= 14
    for control in controls:
        inside = isinstance(control.parent(), QComboBox | QSpinBox)
        if inside or control.objectName() == "qt_spinbox_lineedit":
            continue
        assert control.accessibleName(), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control.accessibleName()


def test_the_tab_key_visits_the_controls_in_reading_order(stage):
    top, transport = stage.window.top_bar, stage.window.transport
    transport.take.setEnabled(True)
    order, widget = [], stage.window.pane
    while (widget := widget.nextInFocusChain()) is not stage.window.pane:
        order.append(widget)
    wanted = [top.input, top.midi_out, top.sensitivity, top.tune, top.menu]
    start = order.index(top.input)
    places = [(order.index(each) - start) % len(order) for each in wanted]
    assert places == sorted(places)
    assert order.index(transport.take) < order.index(transport.record)


def test_another_language_is_spoken_and_remembered(stage):
    stage.window.choose("language", "pl")
    stage.play(0.1)
    assert stage.window.transport.record.text().strip() == "Nagraj"
    assert "close" not in stage.engine.asked
    stage.window.close()
    assert SettingsStore(stage.store.path).load()[0].language == "pl"


def test_escape_key_event_is_not_eaten_by_the_roll(stage):
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    stage.window.keyPressEvent(event)
    assert not event.isAccepted()
