"""Films the window while the demo plays: `python -m benchmarks.animation docs/images/demo.webp`.

Grabs frames of the window with the real engine behind it and joins them to a looping WebP or GIF;
the quality falls until the file is small enough. Needs Pillow (`pip install '.[dev]'`).
"""

import argparse
import io
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

LARGEST_BYTES = 2 * 2**20
QUALITIES = (70, 55, 40, 25, 10)


def main() -> int:
    """Film; 1 where the engine said that something is wrong or the file stays too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help=".webp or .gif to write")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of the film")
    parser.add_argument("--after", type=float, default=6.0, help="seconds to play before")
    parser.add_argument("--rate", type=float, default=12.5, help="frames a second")
    parser.add_argument("--size", default="880x496", help="of the window, in pixels")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--input", default="", help="sound file; the bundled performance without")
    parser.add_argument("--model", default="", help="exported model; the bundled one without")
    options = parser.parse_args()
    frames, problem = _film(options)
    if problem or len(frames) < 2:
        print(f"animation: {problem or 'no pictures'}", file=sys.stderr)
        return 1
    data = _joined(frames, options.out.suffix.lower(), 1000 / options.rate)
    if len(data) > LARGEST_BYTES:
        print(f"animation: {len(data)} bytes even at the lowest quality", file=sys.stderr)
        return 1
    options.out.write_bytes(data)
    print(f"{options.out}: {len(frames)} frames, {len(data) / 2**20:.2f} MB")
    return 0


def _film(options) -> tuple[list, str]:
    """(frames as Pillow images, what went wrong)."""
    from PIL import Image
    from PySide6.QtCore import QByteArray, QTimer
    from PySide6.QtGui import QImage
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
    frames: list = []
    with tempfile.TemporaryDirectory(prefix="jtm-animation-") as folder:
        store = SettingsStore(Path(folder) / "window.ini")
        store.save(replace(Choices(), theme=options.theme, language="en"), QByteArray())
        sound = options.input or str(demo_path())
        settings = EngineSettings(input=sound, model=options.model, record=folder)
        controller = Controller(EngineHost(settings), settings, demo_path())
        session = Session(controller, store, DeviceScan(DeviceNames))
        session.window.resize(*map(int, options.size.split("x")))
        session.window.show()
        controller.start()
        wanted = round(options.seconds * options.rate)

        def look() -> None:
            frame = controller.last
            if frame is None or frame.snapshot.stream_s < options.after:
                return
            picture = session.window.grab().toImage()
            picture = picture.convertToFormat(QImage.Format.Format_RGB888)
            size = (picture.width(), picture.height())
            data, stride = bytes(picture.constBits()), picture.bytesPerLine()
            frames.append(Image.frombuffer("RGB", size, data, "raw", "RGB", stride, 1).copy())
            if len(frames) >= wanted or frame.snapshot.state not in ("listening", "starting"):
                session.window.close()

        camera = QTimer()
        camera.timeout.connect(look)
        camera.start(round(1000 / options.rate))
        QTimer.singleShot(
            round(1000 * (options.after + 4 * options.seconds + 40)), application.quit
        )
        application.exec()
        snapshot = controller.last.snapshot if controller.last else None
    failed = snapshot is None or snapshot.state == "failed"
    return frames, (snapshot.message if snapshot else "no engine") if failed else ""


def _joined(frames: list, suffix: str, frame_ms: float) -> bytes:
    """The film in the best quality that is small enough."""
    data = b""
    for quality in QUALITIES:
        file = io.BytesIO()
        common = {"save_all": True, "append_images": frames[1:], "loop": 0}
        if suffix == ".gif":
            colours = [frame.quantize(64 if quality > 40 else 32) for frame in frames]
            common["append_images"] = colours[1:]
            colours[0].save(file, "GIF", duration=round(frame_ms), optimize=True, **common)
        else:
            frames[0].save(
                file, "WEBP", duration=round(frame_ms), quality=quality, method=4, **common
            )
        data = file.getvalue()
        if len(data) <= LARGEST_BYTES:
            return data
    return data


if __name__ == "__main__":
    raise SystemExit(main())
