import os
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QWidget

from gui.app import Options, bundled, has_display, main, require_display
from gui.controller.device_scan import DeviceNames, DeviceScan, labelled
from gui.controller.engine_access import EngineAccess
from gui.settings.choices import Choices
from gui.settings.store import SettingsStore
from realtime.troubles.codes import Code
from realtime.troubles.errors import UsageError, UserError
from realtime.troubles.trouble import Trouble
from tests.support.fake_engine import FakeEngine, written_piece

HEAVY = ("torch", "onnxruntime", "sounddevice", "rtmixer", "mido", "rtmidi", "soundfile")
SLOW = ("numpy", "email", "decimal")
"""Each takes a tenth of the time until the window is up, and is not needed for it."""


def test_without_a_display_one_sentence_names_the_way_out(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(UserError, match=r"jtm demo.*jtm live"):
        require_display()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    require_display()


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":98765"}, False),
        ({"DISPLAY": "localhost:10.0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
    ],
)
def test_a_display_counts_only_if_it_can_be_there(environment, found):
    assert has_display(environment) == found


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names")
def test_settings_are_kept_in_a_file(tmp_path, capsys):
    """Qt would wait for the other end of a pipe, and read a device for ever."""
    os.mkfifo(tmp_path / "pipe.ini")
    (tmp_path / "zero.ini").symlink_to("/dev/zero")
    for name, words in (
        ("pipe.ini", "a pipe or a device"),
        ("zero.ini", "a pipe"),
        (".", "folder"),
    ):
        with pytest.raises(UsageError, match=words):
            main(["--settings", str(tmp_path / name)])


def test_importing_the_window_loads_nothing_heavy():
    code = (
        "import sys, gui.window.main_window, gui.app;"
        "import gui.controller.device_scan, realtime.engine.host;"
        f"print([name for name in {HEAVY + SLOW!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_painting_does_not_eat_references_to_none(qtbot):
    """PySide6 6.12.0 on Python 3.11 loses one per call and dies within seconds."""
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(500):
        widget.update()
    assert sys.getrefcount(None) - before > -50


def test_choices_can_live_in_a_file_that_is_carried_along(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("gui.app.run", lambda options: seen.append(options) or 0)
    assert main(["--settings", str(tmp_path / "mine" / "window.ini")]) == 0
    store = SettingsStore(seen[0].settings)
    store.save(Choices(theme="light"))
    assert SettingsStore(tmp_path / "mine" / "window.ini").load()[0].theme == "light"
    with pytest.raises(UserError, match="is a folder"):
        main(["--settings", str(tmp_path)])


def test_options_of_the_window_default_to_last_time():
    assert not any(vars(Options()).values())
    assert bundled("performance.flac").name == "performance.flac"


def test_a_failing_device_scan_is_told_and_not_raised():
    def fail() -> DeviceNames:
        raise OSError("driver hangs")

    scan = DeviceScan(fail)
    scan.start()
    scan.wait()
    assert scan.poll() == DeviceNames(
        troubles=(Trouble(Code.DEVICES_UNREAD, reason="driver hangs"),)
    )
    assert scan.poll() is None


def test_device_labels_are_short_where_that_is_clear():
    assert labelled(["ALSA: Mic", "JACK: Mic", "ALSA: Line"]) == (
        ("ALSA: Mic", "ALSA: Mic"),
        ("JACK: Mic", "JACK: Mic"),
        ("ALSA: Line", "Line"),
    )


def test_the_fake_engine_is_an_engine():
    engine: EngineAccess = FakeEngine()
    engine.start()
    assert engine.snapshot().state == "listening"
    engine.close()


def test_the_written_piece_is_well_formed():
    piece = written_piece()
    assert [note.onset_s for note in piece] == sorted(note.onset_s for note in piece)
    assert all(note.offset_s > note.onset_s and 21 <= note.pitch <= 108 for note in piece)
