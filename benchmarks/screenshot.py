"""Photographs the real window, engine and all: `python -m benchmarks.screenshot OUT.png`.

Plays the bundled performance (or --input) through the real engine for some seconds, then grabs.
`--show takes` records three takes meanwhile and opens the newest. Needs Pillow (`.[dev]`).
"""

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

SHOWS = ("live", "settings", "spectrogram", "takes", "export")
TAKES = ((0.5, 4.5, "First try"), (5.0, 9.5, "Slower"), (10.0, 0.0, "Sunday evening"))
"""(stream seconds at which a take begins and ends, its name); 0 is the end."""


def main() -> int:
    """Grab one picture; 1 where the engine said that something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="PNG to write")
    parser.add_argument("--seconds", type=float, default=14.0, help="of sound to play before")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--size", default="960x540", help="of the window, in pixels")
    parser.add_argument("--scale", type=float, default=2.0, help="pixels of the picture per pixel")
    parser.add_argument("--input", default="", help="sound file; the bundled performance without")
    parser.add_argument("--model", default="", help="exported model; the bundled one without")
    parser.add_argument("--language", choices=("en", "pl"), default="en")
    parser.add_argument("--show", choices=SHOWS, default="live", help="what to photograph")
    parser.add_argument("--record", action="store_true", help="record a take meanwhile")
    parser.add_argument("--compact", action="store_true", help="the compact view")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = f"{options.scale:g}"
    with tempfile.TemporaryDirectory(prefix="jtm-screenshot-") as folder:
        return _photograph(options, Path(folder))


def _photograph(options: argparse.Namespace, folder: Path) -> int:
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
    sound = options.input or str(demo_path())
    settings = EngineSettings(
        input=sound, model=options.model, record=str(folder / "takes"), instrument="piano"
    )
    store = SettingsStore(folder / "window.ini")
    choices = replace(Choices(), theme=options.theme, language=options.language)
    choices = replace(choices, spectrogram=options.show == "spectrogram")
    store.save(choices, QByteArray())
    controller = Controller(EngineHost(settings), settings, demo_path())
    session = Session(controller, store, DeviceScan(DeviceNames))
    session.window.resize(*map(int, options.size.split("x")))
    session.window.set_compact(options.compact)
    session.window.show()
    controller.start()
    director = _Director(session, options)
    timer = QTimer()
    timer.timeout.connect(director.look)
    timer.start(50)
    QTimer.singleShot(round(1000 * (4 * options.seconds + 120)), application.quit)
    application.exec()
    snapshot = controller.last.snapshot if controller.last else None
    if snapshot is None or snapshot.state == "failed" or director.bytes == 0:
        print(f"screenshot: {snapshot.message if snapshot else 'no picture'}", file=sys.stderr)
        return 1
    print(
        f"{options.out}: {director.bytes // 1000} kB, {len(snapshot.notes)} notes, "
        f"{snapshot.model_name}, {snapshot.state}"
    )
    return 0


class _Director:
    """Looks twenty times a second at where the stream is, and does what is due."""

    def __init__(self, session, options: argparse.Namespace) -> None:
        self._window, self._controller = session.window, session._parts[0]
        self._options = options
        self._due = self._orders()
        self.bytes = 0

    def look(self) -> None:
        """Do what is due."""
        frame = self._controller.last
        if frame is None:
            return
        while self._due and frame.snapshot.stream_s >= self._due[0][0]:
            if self._due[0][1](frame.snapshot) is False:
                return
            self._due.pop(0)

    def _orders(self) -> list:
        """(stream seconds, what to do then); one that says False is asked again."""
        end_s, toggle = self._options.seconds, lambda _: self._controller.toggle_recording()
        orders = [(3.0, toggle)] if self._options.record else []
        if self._options.show in ("takes", "export"):
            for begin_s, stop_s, _ in TAKES:
                orders += [(begin_s, toggle), (stop_s or end_s, toggle)]
            orders.append((end_s, self._open_take))
            end_s += 1.5
        if self._options.show == "settings":
            orders.append((end_s - 2.0, lambda _: self._window.top_bar.tune.setChecked(True)))
        return [*orders, (end_s, lambda _: self._grab())]

    def _open_take(self, _snapshot) -> bool:
        """Once all takes are on disk: name them, open the newest, choose some notes."""
        from realtime.take_library import list_takes, rename_take

        takes = list_takes(self._controller.takes_folder)
        if len(takes) < len(TAKES) or not all(take.sound for take in takes):
            return False
        for take, (_, _, name) in zip(reversed(takes), TAKES, strict=True):
            rename_take(take, name)
        self._window.do("takes")
        view = self._window.takes.view
        view.seek(2.0)
        view.roll.choose(frozenset(view.roll.history.score.between(2.6, 3.6)[:5]))
        view.do("louder")
        view.do("keep")
        return True

    def _grab(self) -> None:
        from benchmarks.small_png import save_small
        from gui.take_view.export_dialog import ExportDialog

        target = self._window
        if self._options.show == "export":
            from realtime.grid import guess_tempo

            target = ExportDialog(
                self._window, guess_tempo(self._window.takes.view.roll.history.score.notes)
            )
            target.grid.buttons[4].click()
            target.show()
        self.bytes = save_small(target.grab().toImage(), self._options.out)
        self._window.close()


if __name__ == "__main__":
    raise SystemExit(main())
