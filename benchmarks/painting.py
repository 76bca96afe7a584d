"""How much processor time the window takes to paint a frame: `python -m benchmarks.painting`.

Software raster on the offscreen platform, so it needs no display and no graphics card.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SPECTRUM = tuple(-0.6 + 2.6 * (row * 37 % 101) / 100 for row in range(303))
"""A column with every shade."""


def main() -> int:
    """Print the median and 95th percentile of painting the roll and the whole window."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=500, help="visible notes")
    parser.add_argument("--frames", type=int, default=200, help="frames to time")
    parser.add_argument("--size", default="1280x720", help="in pixels; 4K is 3840x2160")
    parser.add_argument("--spectrogram", action="store_true", help="with the spectrogram behind")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))

    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QApplication

    from gui.roll_pane import RollPane
    from realtime.snapshot import Snapshot

    application = QApplication.instance() or QApplication([])
    pane = RollPane()
    pane.resize(width, height)
    pane.show_spectrogram(options.spectrogram)
    pane.show()
    target = QPixmap(pane.size())
    notes = _notes(options.notes, pane.seconds)
    painted, prepared = [], []
    for frame in range(options.frames):
        now = 100.0 + frame / 60
        snapshot = Snapshot(
            state="listening",
            stream_s=now,
            notes=notes,
            spectrum=SPECTRUM if options.spectrogram else (),
            spectrum_low=21 - 1 / 3,
            spectrum_per_semitone=3,
        )
        began = time.thread_time()
        pane.show_snapshot(snapshot, now)
        between = time.thread_time()
        pane.render(target)
        prepared.append(1000 * (between - began))
        painted.append(1000 * (time.thread_time() - between))
        application.processEvents()
    for name, values in (("prepare", prepared[5:]), ("paint", painted[5:])):
        p95 = statistics.quantiles(values, n=20)[-1]
        print(f"{name:8} median {statistics.median(values):5.2f} ms   p95 {p95:5.2f} ms")
    total = statistics.median(p + q for p, q in zip(prepared[5:], painted[5:], strict=True))
    kind = ", spectrogram" if options.spectrogram else ""
    print(f"total    median {total:5.2f} ms at {options.notes} notes, {options.size}{kind}")
    return 0


def _notes(count: int, seconds: float) -> tuple:
    """Notes spread over the visible seconds and five octaves, some of them sounding."""
    from realtime.snapshot import RollNote

    notes = []
    for index in range(count):
        onset = 100.0 - seconds + seconds * index / count + 2.0
        offset = None if index > count - 8 else onset + 0.12 + 0.05 * (index % 9)
        notes.append(RollNote(onset, offset, 36 + (index * 7) % 60, 30 + (index * 13) % 98))
    return tuple(notes)


if __name__ == "__main__":
    raise SystemExit(main())
