"""`jtm` ended from outside: the window closes, the take that was being recorded is kept."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gui.app import bundled
from realtime.takes.library import list_takes

SLOW_S = 60.0
RECORDER = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton

application = QApplication([])

def look():
    from gui.window.main_window import MainWindow
    from gui.widgets.dialogs import Question

    windows = [each for each in application.topLevelWidgets() if isinstance(each, MainWindow)]
    last = windows[0].controller.last if windows else None
    if last is None or last.snapshot.stream_s == 0.0:
        return
    if not last.snapshot.recording:
        windows[0].do("record")
    elif last.snapshot.take_notes >= 2:
        timer.stop()
        print("recording", flush=True)
        if "asking" in sys.argv:
            Question(windows[0], "?", "?", (QPushButton("?"),)).exec()

timer = QTimer()
timer.timeout.connect(look)
timer.start(200)
from gui.app import main
raise SystemExit(main(sys.argv[1 : sys.argv.index("--")]))
"""
"""Runs `jtm` as it is, presses R as soon as there is sound, and says once two notes are there."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes without a signal"),
]


@pytest.mark.parametrize(
    ("number", "meanwhile"),
    [(signal.SIGTERM, ""), (signal.SIGINT, ""), (signal.SIGTERM, "asking")],
    ids=["terminated", "interrupted", "while-a-question-is-open"],
)
def test_a_signal_closes_the_window_and_keeps_the_take(tmp_path, number, meanwhile):
    takes, choices = tmp_path / "takes", tmp_path / "window.ini"
    words = [f"--input={bundled('performance.flac')}", f"--record={takes}", f"--settings={choices}"]
    run = subprocess.Popen(
        [sys.executable, "-c", RECORDER, *words, "--", meanwhile],
        cwd=Path(__file__).resolve().parents[3],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert run.stdout is not None and run.stdout.readline() == "recording\n"
        time.sleep(0.3)
        run.send_signal(number)
        _, complaints = run.communicate(timeout=SLOW_S)
    finally:
        run.kill()
    assert run.returncode == 0, complaints
    assert "Traceback" not in complaints
    (take,) = list_takes(takes)
    assert take.notes >= 2 and take.sound is not None
    assert choices.is_file(), "the choices are remembered"
