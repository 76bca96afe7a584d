"""How soon the window is up, and what it costs while it rests: `python -m benchmarks.window.load`.

Starts the window as `jtm` does, with the real engine on a file: some seconds of it playing, then
its end, where nothing moves any more. Counts the processor time of the window's own process.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
SOUND = """
import sys, numpy as np, soundfile
sound, rate = soundfile.read(sys.argv[1], dtype="float32")
seconds = float(sys.argv[3])
hiss = np.random.default_rng(1).normal(0, 1e-4, round(rate * (14 + 2 * seconds)))
played = sound[: round(rate * (seconds + 4))]
soundfile.write(sys.argv[2], np.concatenate([played, hiss.astype(np.float32)]), rate)
"""
"""Made in another process: the window's own should load nothing for it."""


def main() -> int:
    """Print the time to the first picture and to the first sound, and the load of three states."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="to measure in each state")
    parser.add_argument("--size", default="960x540", help="of the window, in pixels")
    options = parser.parse_args()

    from gui.app import bundled
    from realtime.values.settings import EngineSettings

    with tempfile.TemporaryDirectory(prefix="jtm-load-") as folder:
        path = Path(folder) / "then-quiet.wav"
        subprocess.run(
            [sys.executable, "-c", SOUND, bundled("performance.flac"), path, str(options.seconds)],
            check=True,
        )
        began = (time.monotonic(), time.process_time())
        settings = EngineSettings(input=str(path), record=folder)
        from realtime.engine.host import EngineHost

        host = EngineHost(settings)
        host.start()

        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        from gui.controller.controller import Controller
        from gui.controller.device_scan import DeviceNames, DeviceScan
        from gui.settings.choices import Choices
        from gui.settings.store import SettingsStore
        from gui.window.main_window import open_window

        application = QApplication(sys.argv[:1])
        store = SettingsStore(Path(folder) / "window.ini")
        store.save(replace(Choices(), theme="dark", language="en"))
        controller = Controller(host, settings)
        window = open_window(controller, store, DeviceScan(DeviceNames))
        window.resize(*map(int, options.size.split("x")))
        window.show()
        window.grab()
        print(f"window up after {_since(began)}")
        controller.start()
        quiet_from = options.seconds + 4 + 12
        measured = _Loads(
            controller,
            (("playing", 1.0), ("nothing sounds", quiet_from)),
            options.seconds,
            window.close,
            began,
            window.pane.roll,
        )
        timer = QTimer()
        timer.timeout.connect(measured.sample)
        timer.start(200)
        QTimer.singleShot(round(1000 * (3 * options.seconds + 90)), application.quit)
        application.exec()
    return 0 if measured.done else 1


class _Paintings:
    """Counts how often a widget is painted.

    Args:
        widget: whose `paintEvent` is counted.
    """

    def __init__(self, widget) -> None:
        self.count = 0
        paint = widget.paintEvent

        def counted(event) -> None:
            self.count += 1
            paint(event)

        widget.paintEvent = counted


class _Loads:
    """Measures the process from given moments of the stream on."""

    def __init__(self, controller, starts, seconds, close, start, painted) -> None:
        self._controller, self._starts, self._seconds = controller, list(starts), seconds
        self._close, self._start = close, start
        self._first = True
        self._began: tuple[float, float] | None = None
        self._painted = _Paintings(painted)
        self.done = False

    def sample(self) -> None:
        """Called five times a second."""
        frame = self._controller.last
        if frame is None or frame.snapshot.stream_s <= 0 or self.done:
            return
        if self._first:
            self._first = False
            print(f"first sound after {_since(self._start)}")
        name, start_s = self._starts[0]
        if frame.snapshot.stream_s < start_s:
            return
        now = (time.monotonic(), time.process_time())
        if self._began is None:
            self._began, self._painted.count = now, 0
        elif now[0] - self._began[0] >= self._seconds:
            passed = now[0] - self._began[0]
            load, rate = (now[1] - self._began[1]) / passed, self._painted.count / passed
            print(
                f"{name}: {100 * load:.1f} % of a core, the roll painted {rate:.0f} times a second"
            )
            self._began = None
            self._starts.pop(0)
            if not self._starts:
                self.done = True
                self._close()


def _since(began: tuple[float, float]) -> str:
    wall, used = time.monotonic() - began[0], time.process_time() - began[1]
    return f"{wall:.2f} s of clock, {used:.2f} s of processor"


if __name__ == "__main__":
    raise SystemExit(main())
