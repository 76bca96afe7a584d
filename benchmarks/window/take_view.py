"""Time to open a take, and to draw a frame of scrolling: `python -m benchmarks.window.take_view`.

Software raster on the offscreen platform, so it needs no display and no graphics card.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

WIDTH, HEIGHT = 1280, 720


def main() -> int:
    """Print the time to open, and the median, 95th percentile and worst frame of scrolling."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=2.0, help="length of the take")
    parser.add_argument("--per-second", type=float, default=7.0, help="notes a second")
    parser.add_argument("--frames", type=int, default=300, help="frames to time at each zoom")
    options = parser.parse_args()

    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QApplication

    from gui.style.note_style import NoteInk
    from gui.style.theme import DARK
    from gui.takes.editor.editor import TakeEditor
    from realtime.files.note_files import write_csv
    from realtime.takes.library import list_takes

    application = QApplication.instance() or QApplication([])
    view = TakeEditor()
    view.set_ink(NoteInk(DARK, "letters"))
    view.resize(WIDTH, HEIGHT)
    view.show()
    target = QPixmap(view.size())
    with tempfile.TemporaryDirectory() as folder:
        write_csv(_notes(options.hours, options.per_second), Path(folder) / "long.csv")
        began, used = time.monotonic(), time.thread_time()
        (take,) = list_takes(Path(folder))
        view.open(take)
        view.render(target)
        print(
            f"open: {time.thread_time() - used:.2f} s of processor, "
            f"{time.monotonic() - began:.2f} s of clock, {take.notes} notes"
        )
        for seconds in (12.0, 60.0, 600.0):
            camera = view.roll.camera
            view.roll.set_camera(camera.zoomed(seconds / camera.seconds, camera.start_s))
            frames = []
            for frame in range(options.frames):
                step = view.roll.camera.seconds / 120
                began = time.thread_time()
                view.roll.set_camera(view.roll.camera.moved_to(100.0 + frame * step))
                view.roll.render(target)
                frames.append(1000 * (time.thread_time() - began))
                application.processEvents()
            p95 = statistics.quantiles(frames, n=20)[-1]
            print(
                f"scroll, {seconds:5.0f} s in view: median {statistics.median(frames):5.2f} ms"
                f"   p95 {p95:5.2f} ms   worst {max(frames):5.2f} ms"
            )
        view.player.close()
    return 0


def _notes(hours: float, per_second: float) -> list:
    from realtime.values.notes import Note

    return [
        Note(i / per_second, (i + 2.5) / per_second, 36 + (i * 7) % 60, 30 + (i * 13) % 97, 0.0)
        for i in range(int(hours * 3600 * per_second))
    ]


if __name__ == "__main__":
    raise SystemExit(main())
