"""How much processor time the window takes to paint a frame: `python -m benchmarks.painting`.

Software raster on the offscreen platform, so it needs no display and no graphics card. Roll and
keys are painted whole each time; what lies under them is not, as on a screen. "clock" is what
passed meanwhile, other work of the machine included. `--glide`
lets the range of keys open and close all the time.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SETTLING = 110
"""Frames until the range of keys has come to rest."""
GLIDE = 45
"""Frames from one change of the range to the next."""
SPECTRUM = tuple(-0.6 + 2.6 * (row * 37 % 101) / 100 for row in range(303))
"""A column with every shade."""


def main() -> int:
    """Print the median and 95th percentile of painting the roll and the whole window."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=500, help="visible notes")
    parser.add_argument("--frames", type=int, default=200, help="frames to time")
    parser.add_argument("--size", default="1280x720", help="in pixels; 4K is 3840x2160")
    parser.add_argument("--glide", action="store_true", help="the range of keys never rests")
    parser.add_argument("--spectrogram", action="store_true", help="with the spectrogram behind")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))

    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QApplication, QWidget

    from gui.roll.live_roll import RollPane
    from realtime.values.snapshot import Snapshot

    application = QApplication.instance() or QApplication([])
    pane = RollPane()
    pane.resize(width, height)
    pane.show_spectrogram(options.spectrogram)
    pane.show()
    target = QPixmap(pane.size())
    notes = _notes(options.notes, pane.seconds)
    painted, prepared, clock = [], [], []
    for frame in range(-SETTLING, options.frames):
        now = 102.0 + frame / 60
        if options.glide and frame >= 0 and frame % GLIDE == 0:
            pane.range.zoom(*((1.6, 72.0) if frame // GLIDE % 2 else (1 / 1.6, 60.0)))
        snapshot = Snapshot(
            state="listening",
            stream_s=now,
            notes=notes,
            spectrum=SPECTRUM if options.spectrogram else (),
            spectrum_low=21 - 1 / 3,
            spectrum_per_semitone=3,
        )
        began, began_clock = time.thread_time(), time.monotonic()
        pane.show_snapshot(snapshot, now)
        between = time.thread_time()
        pane.render(target, renderFlags=QWidget.RenderFlag.DrawChildren)
        prepared.append(1000 * (between - began))
        painted.append(1000 * (time.thread_time() - between))
        clock.append(1000 * (time.monotonic() - began_clock))
        application.processEvents()
    total = [p + q for p, q in zip(prepared, painted, strict=True)]
    figures = {"prepare": prepared, "paint": painted, "total": total, "clock": clock}
    for name, values in figures.items():
        counted = values[SETTLING:]
        middle, p95 = statistics.median(counted), statistics.quantiles(counted, n=20)[-1]
        worst = max(counted)
        print(f"{name:8} median {middle:5.2f} ms   p95 {p95:5.2f} ms   worst {worst:5.2f} ms")
    kinds = [name for name in ("spectrogram", "glide") if getattr(options, name)]
    print(", ".join([f"{options.notes} notes", options.size, *kinds]))
    return 0


def _notes(count: int, seconds: float) -> tuple:
    """Notes spread over the visible seconds and five octaves, some of them sounding."""
    from realtime.values.snapshot import RollNote

    notes = []
    for index in range(count):
        onset = 100.0 - seconds + seconds * index / count + 2.0
        offset = None if index > count - 8 else onset + 0.12 + 0.05 * (index % 9)
        notes.append(RollNote(onset, offset, 36 + (index * 7) % 60, 30 + (index * 13) % 98))
    return tuple(notes)


if __name__ == "__main__":
    raise SystemExit(main())
