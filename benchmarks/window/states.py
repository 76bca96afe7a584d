"""Photographs every state of the window on a staged engine.

`python -m benchmarks.window.states DIR`

Writes DIR/NAME-THEME.png and, to look at all at once, DIR/states-THEME.png. `--scale 2` draws as
on a screen of twice the density. Needs Pillow (`pip install --group docs`).
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

COLUMNS = 3
TILE = 640
LARGEST_BYTES = 2_000_000
"""Size of a sheet: enough for its true colours."""


def main() -> int:
    """Grab every state in both themes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--scale", type=float, default=1.0, help="pixels of the screen per pixel")
    parser.add_argument("--size", default="960x540", help="of the window, in pixels")
    parser.add_argument("--theme", choices=("dark", "light", "both"), default="both")
    parser.add_argument("--language", choices=("en", "pl"), default="en")
    parser.add_argument("--only", default="", help="names of states, separated by commas")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = f"{options.scale:g}"

    from PySide6.QtWidgets import QApplication

    from benchmarks.window.small_png import save_small
    from benchmarks.window.staging import STATES, Stage

    application = QApplication(sys.argv[:1])
    options.out.mkdir(parents=True, exist_ok=True)
    themes = ("dark", "light") if options.theme == "both" else (options.theme,)
    width, height = map(int, options.size.split("x"))
    wanted = options.only.split(",") if options.only else list(STATES)
    for theme in themes:
        pictures = []
        for name in wanted:
            with tempfile.TemporaryDirectory(prefix="jtm-states-") as folder:
                stage = Stage(Path(folder), theme, options.language, (width, height))
                pictures.append((name, _grab(stage, STATES[name])))
                stage.close()
                application.processEvents()
            pictures[-1][1].save(str(options.out / f"{name}-{theme}.png"))
        save_small(_sheet(pictures), options.out / f"states-{theme}.png", LARGEST_BYTES)
        print(f"{theme}: {len(pictures)} states in {options.out}")
    return 0


def _grab(stage, prepare: Callable):
    """The picture of a staged state."""
    target = prepare(stage) or stage.window
    stage.play(0.1)
    return target.grab().toImage()


def _sheet(pictures):
    """All pictures, small, with their names."""
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QColor, QImage, QPainter

    rows = -(-len(pictures) // COLUMNS)
    height = TILE * 9 // 16 + 24
    sheet = QImage(COLUMNS * TILE, rows * height, QImage.Format.Format_RGB32)
    sheet.fill(QColor("#808080"))
    painter = QPainter(sheet)
    for index, (name, picture) in enumerate(pictures):
        x, y = index % COLUMNS * TILE, index // COLUMNS * height
        painter.drawText(QRect(x + 6, y, TILE, 22), Qt.AlignmentFlag.AlignVCenter, name)
        small = picture.scaled(
            TILE - 8,
            height - 28,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        small.setDevicePixelRatio(1.0)
        painter.drawImage(x + 4, y + 22, small)
    painter.end()
    return sheet


if __name__ == "__main__":
    raise SystemExit(main())
