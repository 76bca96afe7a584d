from dataclasses import replace

import pytest
from PySide6.QtCore import QByteArray

from gui.settings.choices import Choices, read_choices
from gui.settings.store import Geometries, SettingsStore
from gui.window.session import Session


def test_what_is_saved_comes_back(tmp_path):
    chosen = Choices(
        theme="light", input="ALSA: żółw, mic", latency_ms=20.0, transpose=-12, seconds=12.5
    )
    where = Geometries(QByteArray(b"usual\x00\xff"), QByteArray(b"compact\x00\xff"))
    SettingsStore(tmp_path / "w.ini").save(chosen, where)
    read, geometries = SettingsStore(tmp_path / "w.ini").load()
    assert read == chosen
    assert geometries == where


def test_no_look_ahead_is_remembered_as_none(tmp_path):
    SettingsStore(tmp_path / "w.ini").save(Choices(latency_ms=None))
    assert SettingsStore(tmp_path / "w.ini").load()[0].latency_ms is None


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
        session = Session(stage.controller, SettingsStore(path), stage.scan)
        window = session.window
        qtbot.addWidget(window)
        window.show()
        told = window.told
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
    ],
)
def test_senseless_values_are_refused_by_name(name, value):
    choices, refused = read_choices({name: value})
    assert refused == [name]
    assert choices == Choices()


def test_engine_settings_from_the_command_line_win():
    settings = replace(Choices(), input="Mic", channel=3).engine_settings(input="Other")
    assert (settings.input, settings.channel) == ("Other", 3)
