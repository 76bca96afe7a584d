"""The real window from record to another language; also on an X server (slow test)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from gui.takes.editor.saving.export_dialog import ExportDialog
from realtime.takes.library import list_takes
from realtime.values.settings import EngineSettings
from tests.support import toy_model
from tests.support.dropping import drop
from tests.support.take_files import make_take

RATE = 16_000
SLOW = 60_000
"""Milliseconds that a child process may take on a machine with other work."""


@pytest.fixture
def stage(make_stage, tmp_path):
    """A window whose notes come from the engine that pretends, and its files through a model."""
    model = toy_model.save(tmp_path / "toy.onnx")
    settings = EngineSettings(record=str(tmp_path / "takes"), model=str(model))
    stage = make_stage(settings)
    stage.play(0.2)
    yield stage
    stage.window.jobs.discard()
    stage.window.takes.close_player()


def test_record_stop_play_edit_save_drop_theme_language(stage, tmp_path, qtbot, monkeypatch):
    window, takes = stage.window, tmp_path / "takes"

    window.transport.record.click()
    stage.play(1.0)
    window.transport.record.click()
    make_take(takes, "take-20260101-120000")
    stage.engine.forced = {"last_take": str(takes / "take-20260101-120000.mid")}
    stage.play(0.1)
    assert stage.engine.asked[-2:] == ["record", "stop_recording"]

    window.transport.takes.click()
    view = window.takes.view
    assert view.take.name == "take-20260101-120000"
    said = []
    view.failed.connect(said.append)
    view.bar.buttons["play"].click()
    assert stage.engine.settings.midi_muted
    qtbot.waitUntil(lambda: view.player.at_s > 0.05 or bool(said), timeout=SLOW)
    view.player.pause()
    assert not stage.engine.settings.midi_muted

    view.roll.choose(frozenset({0}))
    qtbot.keyClick(view.roll, Qt.Key.Key_Up)
    view.head.keep.click()
    assert list_takes(takes)[0].newest.kind == "edited"

    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: True)
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *given: (str(tmp_path / "out.mid"), "")
    )
    view.head.export.click()
    assert (tmp_path / "out.mid").read_bytes()[:4] == b"MThd"

    song = tmp_path / "żółta song.wav"
    soundfile.write(song, toy_model.melody(RATE), RATE, "FLOAT")
    drop(window, song)
    assert window.jobs.isVisible()
    qtbot.waitUntil(lambda: "song: " in window.toast.label.text(), timeout=SLOW)
    assert view.take.name == "żółta song"
    assert view.take.sound == takes / "żółta song.wav"
    assert len(view.roll.history.score) > 2
    assert not window.jobs.isVisible()

    window.choose("theme", "light")
    assert window.grab().toImage().pixelColor(2, 2).lightness() > 128
    window.choose("language", "pl")
    assert window.shows_takes
    assert window.takes.view.take.name == "żółta song"
    assert window.transport.record.text().strip() == "Nagraj"


def test_a_dropped_file_that_is_no_sound_says_why(stage, tmp_path, qtbot):
    window = stage.window
    bad = tmp_path / "holiday.wav"
    bad.write_text("not a sound")
    drop(window, bad)
    qtbot.waitUntil(
        lambda: "is damaged or no sound recording" in window.toast.label.text(), timeout=SLOW
    )
    assert "holiday.wav" in window.toast.label.text()
    assert not window.jobs.isVisible()


@pytest.mark.slow
def test_the_same_on_an_x_server():
    assert shutil.which("xvfb-run"), "xvfb-run not installed; run `apt-get install xvfb`."
    done = subprocess.run(
        ["xvfb-run", "-a", sys.executable, "-m", "pytest", "-q", str(Path(__file__))],
        env={**os.environ, "JTM_TEST_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:]
