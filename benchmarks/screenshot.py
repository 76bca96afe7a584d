"""Photographs the real window, engine and all: `python -m benchmarks.screenshot OUT.png`.

Plays the bundled performance (or --input) through the real engine for some seconds, then grabs.
"""

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main() -> int:
    """Grab one picture; 1 where the engine said that something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="PNG to write")
    parser.add_argument("--seconds", type=float, default=14.0, help="seconds to play before")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--size", default="960x540", help="of the window, in pixels")
    parser.add_argument("--input", default="", help="sound file; the bundled performance without")
    parser.add_argument("--model", default="", help="exported model; the bundled one without")
    parser.add_argument("--language", choices=("en", "pl"), default="en")
    parser.add_argument("--record", action="store_true", help="record a take meanwhile")
    parser.add_argument("--compact", action="store_true", help="the compact view")
    options = parser.parse_args()

    from PySide6.QtCore import QByteArray, QTimer
    from PySide6.QtWidgets import QApplication

    from gui.app import demo_path
    from gui.choices import Choices
    from gui.controller import Controller
    from gui.device_scan import DeviceNames, DeviceScan
    from gui.session import Session
    from gui.settings_store import SettingsStore
    from realtime.host import EngineHost
    from realtime.settings import EngineSettings

    application = QApplication(sys.argv[:1])
    folder = tempfile.TemporaryDirectory(prefix="jtm-screenshot-")
    sound = options.input or str(demo_path())
    settings = EngineSettings(input=sound, model=options.model, record=folder.name)
    store = SettingsStore(Path(folder.name) / "window.ini")
    choices = replace(Choices(), theme=options.theme, language=options.language)
    store.save(choices, QByteArray())
    controller = Controller(EngineHost(settings), settings, demo_path())
    session = Session(controller, store, DeviceScan(DeviceNames))
    session.window.resize(*map(int, options.size.split("x")))
    session.window.set_compact(options.compact)
    session.window.show()
    controller.start()
    if options.record:
        QTimer.singleShot(3000, controller.toggle_recording)

    def grab() -> None:
        session.window.grab().save(str(options.out))
        session.window.close()

    def watch() -> None:
        frame = controller.last
        if frame is not None and frame.snapshot.stream_s > 0.05:
            waiting.stop()
            QTimer.singleShot(round(1000 * options.seconds), grab)

    waiting = QTimer()
    waiting.timeout.connect(watch)
    waiting.start(50)
    QTimer.singleShot(round(1000 * (options.seconds + 30)), session.window.close)
    application.exec()
    snapshot = controller.last.snapshot if controller.last else None
    folder.cleanup()
    if snapshot is None or snapshot.state == "failed" or not options.out.is_file():
        print(f"screenshot: {snapshot.message if snapshot else 'no picture'}", file=sys.stderr)
        return 1
    print(f"{options.out}: {len(snapshot.notes)} notes, {snapshot.model_name}, {snapshot.state}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
