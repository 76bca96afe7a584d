"""Films the window while the demo plays.

`python -m benchmarks.window.animation docs/images/demo.webp`

Grabs frames of the window with the real engine behind it and joins them to a looping WebP or GIF;
the quality falls until the file is small enough. Needs Pillow (`pip install --group docs`).
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
    """Film; 1 where the file stays too large."""
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
    frames = _film(options)
    data = joined(frames, options.out.suffix.lower(), 1000 / options.rate)
    if len(data) > LARGEST_BYTES:
        print(f"animation: {len(data)} bytes even at the lowest quality", file=sys.stderr)
        return 1
    options.out.write_bytes(data)
    print(f"{options.out}: {len(frames)} frames, {len(data) / 2**20:.2f} MB")
    return 0


def _film(options) -> list:
    """Let the window play, and give its frames as Pillow images."""
    from PySide6.QtWidgets import QApplication

    from benchmarks.live.stepped import Stepped
    from gui.settings.choices import Choices

    application = QApplication(sys.argv[:1])
    frames: list = []
    choices = replace(Choices(), theme=options.theme, language="en")
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="jtm-animation-") as folder:
        stage = Stepped(Path(folder), choices, options.input, options.model, (width, height))
        stage.play(options.after)
        for _ in range(round(options.seconds * options.rate)):
            stage.play(1 / options.rate)
            frames.append(frame_of(stage.window.grab().toImage()))
        stage.close()
        application.processEvents()
    return frames


def frame_of(picture):
    """A picture of Qt's as one of Pillow's."""
    from PIL import Image
    from PySide6.QtGui import QImage

    picture = picture.convertToFormat(QImage.Format.Format_RGB888)
    size = (picture.width(), picture.height())
    data, stride = bytes(picture.constBits()), picture.bytesPerLine()
    return Image.frombuffer("RGB", size, data, "raw", "RGB", stride, 1).copy()


def joined(frames: list, suffix: str, frame_ms: float, largest: int = LARGEST_BYTES) -> bytes:
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
        if len(data) <= largest:
            return data
    return data


if __name__ == "__main__":
    raise SystemExit(main())
