"""Photographs the window on the real engine and model.

`python -m benchmarks.window.screenshot OUT.png`

Plays the bundled performance (or --input) for some seconds, then grabs. `--show takes` records
three takes meanwhile and opens the newest. Needs Pillow (`pip install --group docs`).
"""

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

SHOWS = ("live", "settings", "hearing", "spectrogram", "takes", "export")
TAKES = ((3.0, "First try"), (3.6, "Slower"), (9.5, "Sunday evening"))
"""(length in seconds, name), oldest first."""


def main() -> int:
    """Write one picture of the window, after so many seconds of sound."""
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

    from PySide6.QtWidgets import QApplication

    from benchmarks.live.stepped import Stepped
    from benchmarks.window.small_png import save_small
    from gui.settings.choices import Choices

    application = QApplication(sys.argv[:1])
    choices = replace(
        Choices(),
        theme=options.theme,
        language=options.language,
        compact=options.compact,
        spectrogram=options.show == "spectrogram",
    )
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="jtm-screenshot-") as folder:
        stage = Stepped(Path(folder), choices, options.input, options.model, (width, height))
        target = _prepare(stage, options)
        stage.lay_out()
        size = save_small(target.grab().toImage(), options.out)
        shown = stage.engine.snapshot()
        stage.close()
        application.processEvents()
    print(f"{options.out}: {size // 1000} kB, {len(shown.notes)} notes, {shown.model_name}")
    return 0


def _prepare(stage, options: argparse.Namespace):
    """Bring the window there; gives the widget to photograph."""
    if options.show in ("takes", "export"):
        _make_takes(stage)
        return _export_dialog(stage) if options.show == "export" else stage.window
    if options.record:
        stage.play(3.0)
        stage.controller.toggle_recording()
    if options.show == "settings":
        stage.window.top_bar.tune.setChecked(True)
    if options.show == "hearing":
        stage.window.top_bar.listen.setChecked(True)
        stage.controller.change(synth=True, click=True, click_bpm=96.0)
    stage.play(options.seconds - (3.0 if options.record else 0.0))
    return stage.window


def _make_takes(stage) -> None:
    """Record takes, name them, open the newest and keep an edit of it."""
    from realtime.takes.library import list_takes, rename_take

    stage.play(0.2)
    for seconds, name in TAKES:
        path = stage.record(seconds)
        take = next(each for each in list_takes(path.parent) if each.name == path.stem)
        rename_take(take, name)
    stage.window.do("takes")
    view = stage.window.takes.view
    view.playback.seek(2.0)
    view.roll.choose(frozenset(view.roll.history.score.between(2.6, 3.6)[:5]))
    view.do("louder")
    view.do("keep")
    stage.window.jobs.discard()
    stage.window.toast.hide()


def _export_dialog(stage):
    from gui.takes.editor.saving.export_dialog import ExportDialog
    from realtime.files.quantise import guess_tempo

    notes = stage.window.takes.view.roll.history.score.notes
    dialog = ExportDialog(stage.window, guess_tempo(notes))
    dialog.grid.buttons[4].click()
    dialog.show()
    return dialog


if __name__ == "__main__":
    raise SystemExit(main())
