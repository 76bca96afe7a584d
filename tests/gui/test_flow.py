"""The real window from record to another language; also on an X server (slow test)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from gui.session import Session
from gui.settings_store import SettingsStore
from gui.take_view.export import ExportChoice, export
from gui.words import set_language
from realtime.settings import EngineSettings
from realtime.take_library import list_takes
from tests.gui.takes import make_take


def test_record_stop_play_edit_save_drop_theme_language(make_stage, tmp_path, qtbot, monkeypatch):
    takes = tmp_path / "takes"
    stage = make_stage(EngineSettings(record=str(takes)))
    stage.window.hide()
    session = Session(stage.controller, SettingsStore(stage.store.path), stage.scan)
    window = session.window
    qtbot.addWidget(window)
    window.show()
    stage.play(0.2)

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
    view.said.connect(said.append)
    view.bar.buttons["play"].click()
    qtbot.waitUntil(lambda: view.player.at_s > 0.05 or bool(said), timeout=15_000)
    view.player.pause()

    view.roll.choose(frozenset({0}))
    qtbot.keyClick(view.roll, Qt.Key.Key_Up)
    view.head.keep.click()
    assert list_takes(takes)[0].newest.kind == "edited"
    made = export(view.roll.history.score.notes, tmp_path / "out", "x", ExportChoice())
    assert made.read_bytes()[:4] == b"MThd"

    dropped = []
    monkeypatch.setattr(window.jobs, "transcribe", lambda path, model: dropped.append(path))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "song.flac"))])
    none = Qt.KeyboardModifier.NoModifier
    window.dropEvent(
        QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    )
    assert dropped == [tmp_path / "song.flac"]

    window.choose("theme", "light")
    assert window.grab().toImage().pixelColor(2, 2).lightness() > 128
    try:
        window.choose("language", "pl")
        fresh = session.window
        qtbot.addWidget(fresh)
        assert fresh is not window
        assert fresh.shows_takes
        assert fresh.takes.view.take.name == "take-20260101-120000"
        assert fresh.transport.record.text() == "Nagraj"
    finally:
        set_language("en")
        session.window.hide()
        session.window.takes.close_player()


@pytest.mark.slow
def test_the_same_on_an_x_server():
    assert shutil.which("xvfb-run"), "xvfb-run not installed; run `apt-get install xvfb`."
    done = subprocess.run(
        ["xvfb-run", "-a", sys.executable, "-m", "pytest", "-q", str(Path(__file__))],
        env={**os.environ, "JTM_TEST_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout[-3000:]
