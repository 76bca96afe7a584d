"""Settings behind the sliders button: presets, names of notes, the learned gate."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from gui.controller.room_noise import RoomLearner
from gui.language.translate import set_language
from gui.settings.note_settings_bar import instrument_names
from gui.settings.presets import INSTRUMENTS, LOUDNESS, OWN, chosen, chosen_instrument
from gui.settings.scale_pickers import scale_names
from gui.widgets.number_boxes import SemitoneBox, parse
from realtime.files.instruments import PROGRAMS
from realtime.values.pitches import SCALES
from realtime.values.ranges import find_range
from realtime.values.settings import EngineSettings


def test_a_preset_is_recognised_until_something_else_is_chosen():
    for name, values in LOUDNESS.items():
        assert chosen(LOUDNESS, EngineSettings(**values)) == name
    for name, values in INSTRUMENTS.items():
        settings = EngineSettings(**values, instrument=name)
        assert chosen_instrument(settings) == name
        assert chosen_instrument(replace(settings, retrigger_ms=33.0)) == OWN
    assert chosen_instrument(EngineSettings()) == ""
    assert [name for name, _ in scale_names()] == list(SCALES)
    assert {name for name, _ in instrument_names()} == INSTRUMENTS.keys() == {"", *PROGRAMS}


@pytest.mark.parametrize(
    ("text", "naming", "pitch"),
    [
        ("C4", "letters", 60),
        ("c#4", "letters", 61),
        ("60", "letters", 60),
        ("H3", "german", 59),
        ("Sol4", "solfege", 67),
        ("X4", "letters", None),
        ("300", "letters", None),
        ("²", "letters", None),
        ("9" * 5000, "letters", None),
        ("", "letters", None),
    ],
)
def test_notes_can_be_typed(text, naming, pitch):
    assert parse(text, naming) == pitch


def test_the_room_is_as_loud_as_its_loudest_moment():
    learner = RoomLearner(10.0)
    assert learner.push(-62.0, 3.0, 11.0) is None
    assert learner.push(-50.0, 3.0, 12.0) is None
    assert learner.push(-60.0, 3.0, 13.0) == -41.0
    assert RoomLearner(0.0).push(-120.0, 0.0, 3.0) == -84.0
    assert RoomLearner(0.0).push(-3.0, 0.0, 3.0) == -20.0


def test_the_gate_learns_the_room(make_stage):
    stage = make_stage(score=())
    stage.engine.forced = {"level_db": -55.0}
    tuning = stage.window.top_bar.tuning
    tuning.learn.click()
    stage.play(0.5)
    assert not tuning.learn.isEnabled()
    stage.play(3.0)
    stage.lay_out()
    assert stage.engine.settings.gate_db == -49.0
    assert tuning.boxes["gate_db"].value() == -49
    assert tuning.learn.isEnabled()


def test_presets_and_reset_reach_the_engine_and_are_marked(stage):
    tuning = stage.window.top_bar.tuning
    tuning.instrument.chosen.emit("bass")
    tuning.loudness.picker.chosen.emit("fixed")
    tuning.boxes["lowest_pitch"].setValue(28)
    tuning.bend.chosen.emit("single")
    tuning.sensing.chosen.emit("on")
    stage.lay_out()
    assert stage.engine.settings.pitch_bend == "single" and stage.engine.settings.active_sensing
    assert tuning.captioned["active_sensing"].caption.text().startswith("•")
    assert tuning.captioned["pitch_bend"].caption.text().startswith("•")
    settings = stage.engine.settings
    assert (settings.mono, settings.lowest_pitch, settings.velocity_fixed) == (True, 28, 100)
    assert settings.instrument == "bass"
    assert stage.window.top_bar.tune.text() == "•"
    assert tuning.instrument.currentText() == "Own choice"
    assert tuning.captioned["lowest_pitch"].caption.text().startswith("•")
    assert not tuning.captioned["a4_hz"].caption.text().startswith("•")
    tuning.reset.click()
    stage.lay_out()
    assert stage.engine.settings == EngineSettings()
    assert stage.window.top_bar.tune.text() == ""
    assert not tuning.captioned["lowest_pitch"].caption.text().startswith("•")


def test_velocity_is_given_in_numbers_marked_remembered_and_reset(stage):
    tuning, top = stage.window.top_bar.tuning, stage.window.top_bar
    loudness, boxes = tuning.loudness, tuning.loudness.boxes
    top.tune.setChecked(True)
    stage.play(0.1)
    assert not any(box.isVisible() for box in boxes.values())
    low = top.drawer.height()
    loudness.picker.chosen.emit("even")
    loudness.picker.chosen.emit("own")
    assert all(box.isVisible() for box in boxes.values()) and top.drawer.height() > low
    assert [box.value() for box in boxes.values()] == [0, 1.0, 60, 110], "begins with the preset"
    boxes["velocity_curve"].setValue(1.6)
    boxes["velocity_min"].setValue(1)
    boxes["velocity_max"].setValue(127)
    assert loudness.picker.currentText() == "Custom…", "though it is a preset by now"
    boxes["velocity_max"].setValue(90)
    assert tuning.captioned["velocity_max"].caption.text().startswith("•")
    assert not tuning.captioned["velocity_min"].caption.text().startswith("•")
    boxes["velocity_fixed"].setValue(64)
    assert [box.isEnabled() for box in boxes.values()] == [True, False, False, False]
    stage.lay_out()
    settings = stage.engine.settings
    assert (settings.velocity_fixed, settings.velocity_curve) == (64, 1.6)
    kept = type(stage.window)(stage.controller, stage.store, stage.scan).top_bar.tuning
    assert kept.loudness.custom and kept.loudness.boxes["velocity_max"].value() == 90
    assert stage.window.remembered().engine.velocity_max == 90
    tuning.reset.click()
    stage.lay_out()
    assert stage.engine.settings == EngineSettings()
    assert loudness.picker.currentText() == "As heard" and top.drawer.height() == low


def test_a_scale_is_chosen_marked_kept_by_presets_and_reset(stage):
    tuning, top = stage.window.top_bar.tuning, stage.window.top_bar
    scale, root, outside = tuning.scale.pickers.values()
    assert scale.isEnabled() and not root.isEnabled() and not outside.isEnabled()
    scale.chosen.emit("minor")
    root.chosen.emit("B")
    outside.chosen.emit("remove")
    tuning.instrument.chosen.emit("guitar")
    stage.lay_out()
    settings = stage.engine.settings
    assert (settings.scale, settings.scale_root, settings.outside_scale) == ("minor", "B", "remove")
    assert settings.instrument == "guitar"
    assert root.isEnabled() and "first note of the scale" in root.toolTip()
    assert tuning.captioned["scale_root"].caption.text().startswith("•")
    stage.window.choose("naming", "german")
    assert root.currentText() == "H"
    tuning.instrument.chosen.emit("")
    scale.chosen.emit("chromatic")
    stage.lay_out()
    assert top.tune.text() == "", "a root without a scale changes nothing"
    assert stage.engine.settings.scale_root == "B", "it waits for the next scale"
    scale.chosen.emit("minor")
    assert top.tune.text() == "•"
    tuning.reset.click()
    stage.lay_out()
    assert stage.engine.settings == EngineSettings()


def test_the_gate_can_be_turned_off(make_stage):
    stage = make_stage(EngineSettings(gate_db=-50.0))
    box = stage.window.top_bar.tuning.boxes["gate_db"]
    assert box.text() == "-50 dB"
    box.setValue(-91)
    stage.lay_out()
    assert stage.engine.settings.gate_db == -120.0
    assert box.text() == "Off"


def test_notes_are_named_as_the_user_wants(stage):
    stage.window.choose("naming", "german")
    box = stage.window.top_bar.tuning.boxes["lowest_pitch"]
    box.setValue(35)
    assert box.text() == "H1"


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("en", 1, "1 semitone"),
        ("en", -12, "−12 semitones"),
        ("pl", -1, "−1 półton"),
        ("pl", 3, "3 półtony"),
        ("pl", 12, "12 półtonów"),
    ],
)
def test_semitones_have_the_right_plural_and_can_be_typed(make_stage, qtbot, code, value, shown):
    set_language(code)
    box = SemitoneBox()
    qtbot.addWidget(box)
    box.setRange(-48, 48)
    box.setValue(value)
    assert box.text() == shown
    box.setValue(0)
    box.lineEdit().selectAll()
    qtbot.keyClicks(box, str(value))
    box.interpretText()
    assert box.value() == value
    box.lineEdit().selectAll()
    qtbot.keyClicks(box, "99")
    box.interpretText()
    assert box.value() <= 48
    before = box.value()
    box.lineEdit().setText("9" * 5000)
    box.interpretText()
    assert box.value() == before
    set_language("en")


def test_page_up_and_down_visit_the_usual_tunings(stage, qtbot):
    stage.window.top_bar.tune.setChecked(True)
    box = stage.window.top_bar.tuning.boxes["a4_hz"]
    visited = []
    for key in [Qt.Key.Key_PageUp] * 4 + [Qt.Key.Key_PageDown] * 7 + [Qt.Key.Key_Up]:
        qtbot.keyClick(box, key)
        visited.append(box.value())
    assert visited == [442, 443, 466, 466, 443, 442, 440, 432, 430, 415, 415, 416]
    stage.lay_out()
    assert stage.engine.settings.a4_hz == 416.0


def test_boxes_take_the_range_that_every_front_end_takes(stage):
    tuning, sound = stage.window.top_bar.tuning, stage.window.top_bar.sound
    boxes = tuning.boxes | tuning.loudness.boxes | sound.boxes
    ranges = {field: find_range(EngineSettings, field) for field in boxes}
    for field, box in boxes.items():
        low = -91 if field == "gate_db" else ranges[field].low
        assert (box.minimum(), box.maximum()) == (low, ranges[field].high), field
        assert box.suffix().strip() == ranges[field].unit


def test_the_softest_velocity_pushes_the_loudest_and_typing_pushes_nothing(stage, qtbot):
    boxes = stage.window.top_bar.tuning.loudness.boxes
    boxes["velocity_max"].setValue(90)
    boxes["velocity_min"].setValue(100)
    stage.lay_out()
    settings = stage.engine.settings
    assert (settings.velocity_min, settings.velocity_max) == (100, 100)
    boxes["velocity_max"].selectAll()
    qtbot.keyClicks(boxes["velocity_max"], "120")
    assert stage.controller.settings.velocity_min == 100, "120 begins with 1 and 12"
    qtbot.keyClick(boxes["velocity_max"], Qt.Key.Key_Return)
    stage.lay_out()
    settings = stage.engine.settings
    assert (settings.velocity_min, settings.velocity_max) == (100, 120)


def test_the_window_never_gives_the_engine_what_it_would_refuse(stage):
    shown = []
    stage.controller.settings_changed.connect(shown.append)
    before = stage.controller.settings
    for wrong in ({"channel": 17}, {"lowest_pitch": 90, "highest_pitch": 40}, {"a4_hz": 392.0}):
        stage.controller.change(**wrong)
        assert stage.controller.settings == before
        assert shown.pop() == before, "whoever shows settings shows these again"
        assert stage.window.toast.kind.property("kind") == "error"
        told = stage.window.toast.label.text()
        assert all(str(value) in told for name, value in wrong.items() if name != "a4_hz"), told
    assert told == "A4 cannot be 392; it may be 415 to 466 Hz."
    set_language("pl")
    stage.controller.change(a4_hz=392.0)
    assert stage.window.toast.label.text().endswith("od 415 do 466 Hz.")
    set_language("en")
    stage.controller.flush()
    assert stage.engine.settings == before
