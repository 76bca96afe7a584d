from dataclasses import fields

import pytest
from PySide6.QtCore import QByteArray

from gui.settings.choices import FOR_ONE_RUN, Choices, read_choices, stored_values
from gui.settings.store import Geometries, SettingsStore
from gui.window.main_window import open_window
from realtime.values.settings import EngineSettings


def test_what_is_saved_comes_back(tmp_path):
    engine = EngineSettings(input="ALSA: żółw, mic", latency_ms=20.0, transpose=-12, model="m.onnx")
    chosen = Choices(theme="light", seconds=12.5, engine=engine)
    where = Geometries(QByteArray(b"usual\x00\xff"), QByteArray(b"compact\x00\xff"))
    SettingsStore(tmp_path / "w.ini").save(chosen, where)
    read, geometries = SettingsStore(tmp_path / "w.ini").load()
    assert read == chosen
    assert geometries == where


def test_no_look_ahead_is_remembered_as_none(tmp_path):
    SettingsStore(tmp_path / "w.ini").save(Choices(engine=EngineSettings(latency_ms=None)))
    assert SettingsStore(tmp_path / "w.ini").load()[0].engine.latency_ms is None


def test_first_start_has_defaults(tmp_path):
    assert SettingsStore(tmp_path / "none" / "w.ini").load()[0] == Choices()


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02garbage", b"\xff\xfe\xfa", b"[General\ntheme", b"no key here\n" * 9]
)
def test_a_broken_file_costs_the_choices_and_leaves_a_backup(tmp_path, content):
    path = tmp_path / "w.ini"
    path.write_bytes(content)
    store = SettingsStore(path)
    assert store.load()[0] == Choices()
    assert store.backup is not None
    assert store.backup.read_bytes() == content
    store.save(Choices(theme="dark"))
    assert SettingsStore(path).load()[0].theme == "dark"


@pytest.mark.parametrize("content", [b"\xff\xfe\xfa", b"[General]\ntheme=pink\n"])
def test_what_became_of_broken_settings_is_told_once(stage, qtbot, tmp_path, content):
    path = tmp_path / "broken.ini"
    path.write_bytes(content)
    for said in (True, False):
        window = open_window(stage.controller, SettingsStore(path), stage.scan)
        qtbot.addWidget(window)
        window.show()
        told = window.toast
        assert told.isVisible() == said
        assert (str(tmp_path / "broken.broken.ini") in told.label.text()) == said
        SettingsStore(path).save(window.remembered())
        window.hide()


def test_a_wrong_value_costs_only_itself(tmp_path):
    path = tmp_path / "w.ini"
    path.write_text("[General]\ntheme=light\nchannel=99\nsensitivity=loud\n", encoding="utf-8")
    store = SettingsStore(path)
    assert store.load()[0] == Choices(theme="light")
    assert store.backup is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("compact", "maybe"),
        ("transpose", "nan"),
        ("gain_db", "inf"),
        ("input", ["a", "b"]),
        ("channel", "0"),
        ("channel", "1.5"),
        ("pitch_bend", "all"),
        ("scale", "happy"),
        ("minimum_note_ms", "2001"),
    ],
)
def test_senseless_values_are_refused_by_name(name, value):
    choices, refused = read_choices({name: value})
    assert refused == [name]
    assert choices == Choices()


def test_two_values_that_do_not_fit_each_other_fall_back_together(tmp_path):
    path = tmp_path / "w.ini"
    path.write_text("[General]\nlowest_pitch=72\nhighest_pitch=60\nvelocity_max=20\n")
    choices, refused = read_choices({"lowest_pitch": 72, "highest_pitch": 60, "velocity_max": 20})
    assert refused == ["lowest_pitch", "highest_pitch"]
    assert choices == Choices(engine=EngineSettings(velocity_max=20))
    assert SettingsStore(path).load()[0] == choices


def test_every_setting_of_the_engine_is_remembered_or_named_as_one_of_a_run():
    kept = stored_values(Choices()).keys()
    assert {field.name for field in fields(EngineSettings)} - kept == set(FOR_ONE_RUN)


def test_what_a_choice_is_of_window_or_engine_is_found_by_name():
    choices = Choices().with_choice("theme", "dark").with_choice("model", "m.onnx")
    assert choices == Choices(theme="dark", engine=EngineSettings(model="m.onnx"))
