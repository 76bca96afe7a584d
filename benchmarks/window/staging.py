"""The window in any state, on the engine that only pretends; for pictures."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from gui.app import bundled
from gui.controller.controller import Controller
from gui.controller.device_scan import DeviceNames, DeviceScan
from gui.language.translate import set_language, tr
from gui.settings.choices import Choices
from gui.settings.round_trip_dialog import LoopDialog
from gui.settings.store import SettingsStore
from gui.takes.editor.saving.export_dialog import ExportDialog
from gui.window.cheat_sheet import CheatSheet
from gui.window.main_window import MainWindow
from realtime.files.note_files import Heading, write_csv, write_midi
from realtime.takes.library import list_takes, name_instrument, save_version
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.notes import Note
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import LoopState, RollNote
from tests.support.fake_engine import FakeEngine, written_piece

PORT_LOST = Trouble(Code.PORT_LOST, name="FLUID Synth")

LOW = 21 - 1 / 3
"""MIDI pitch of the first row of a staged spectrum."""
DEVICES = DeviceNames(
    (("ALSA: Scarlett 2i2", "Scarlett 2i2 USB"), ("ALSA: Built-in", "Built-in microphone")),
    (("FLUID Synth", "FLUID Synth"),),
)


class Stage:
    """A window whose time passes only when `play` says so.

    Args:
        folder: for settings and takes.
        theme: dark or light.
        language: en or pl.
        size: width and height of the window, in pixels.
    """

    def __init__(
        self, folder: Path, theme: str, language: str, size: tuple[int, int] = (960, 540)
    ) -> None:
        set_language(language)
        self.folder, self.now = folder, 100.0
        store = SettingsStore(folder / "window.ini")
        store.save(replace(Choices(), theme=theme, language=language))
        self.takes = folder / "takes"
        settings = EngineSettings(midi_out="virtual", record=str(self.takes))
        self.engine = FakeEngine(settings, None, lambda: self.now)
        self.controller = Controller(
            self.engine, settings, bundled("performance.flac"), lambda: self.now
        )
        scan = DeviceScan(lambda: DEVICES)
        self.window = MainWindow(self.controller, store, scan)
        self.window.resize(*size)
        self.window.show()
        self.engine.start()
        scan.wait()

    def play(self, seconds: float) -> None:
        """Let seconds of the fake clock pass, and the window paint."""
        for _ in range(max(round(seconds / 0.05), 1)):
            self.now += 0.05
            self.controller.tick()
        for _ in range(3):
            # what one layout decides may ask for another
            QApplication.processEvents()

    def silence(self) -> None:
        """Take away all that was heard so far."""
        self.engine._score = ()

    def make_takes(self) -> None:
        """Three takes, one of them with versions."""
        self.takes.mkdir(exist_ok=True)
        piece = [
            Note(n.onset_s, n.offset_s or 0.0, n.pitch, n.velocity, n.onset_s)
            for n in written_piece(6)
        ]
        for count, name in enumerate(("take-20261121-201502", "Prelude, slowly", "Prelude")):
            notes = piece[: 160 * (count + 1)]
            write_csv(notes, self.takes / f"{name}.csv")
            write_midi(notes, self.takes / f"{name}.mid", Heading(name))
        take = next(each for each in list_takes(self.takes) if each.name == "Prelude")
        name_instrument(take, "piano")
        name_instrument(next(t for t in list_takes(self.takes) if t.name[-1] == "y"), "guitar")
        (take,) = (each for each in list_takes(self.takes) if each.name == "Prelude")
        save_version(take, piece, "edited")

    def close(self) -> None:
        """Close the window and forget it."""
        self.window.close()
        self.window.deleteLater()


def _playing(stage: Stage) -> None:
    stage.play(9.0)


def _recording(stage: Stage) -> None:
    stage.play(4.0)
    stage.controller.toggle_recording()
    stage.play(6.0)


def _first_visit(stage: Stage) -> None:
    stage.silence()
    stage.play(1.0)


def _forced(after_s: float = 6.0, **fields: object) -> Callable[[Stage], None]:
    def prepare(stage: Stage) -> None:
        stage.play(after_s)
        stage.engine.forced = fields
        stage.play(0.5)

    return prepare


def _quiet(after_s: float, **fields: object) -> Callable[[Stage], None]:
    def prepare(stage: Stage) -> None:
        stage.silence()
        stage.engine.forced = fields
        stage.play(after_s)

    return prepare


def _dropping(stage: Stage) -> None:
    stage.play(6.0)
    stage.window.files.dragging = True


def _job(stage: Stage) -> None:
    stage.play(6.0)
    stage.window.jobs.label.show_text("Listening to Für Elise.flac…")
    stage.window.jobs.show()
    stage.window.jobs._progress(0.62)


def _tuning(stage: Stage) -> None:
    stage.play(8.0)
    stage.window.top_bar.tune.setChecked(True)


def _scale(stage: Stage) -> None:
    _tuning(stage)
    stage.controller.change(scale="harmonic-minor", scale_root="D", outside_scale="remove")
    stage.play(0.1)


def _hearing(stage: Stage) -> None:
    stage.play(8.0)
    stage.window.top_bar.listen.setChecked(True)
    stage.controller.change(synth=True)


def _measured(stage: Stage) -> QWidget:
    stage.play(1.0)
    stage.window.do("loop")
    (dialog,) = stage.window.findChildren(LoopDialog)
    heard = (36.1, 36.4, 36.5, 36.9, 37.2)
    state = LoopState("done", 5, 5, 36.5, heard, "ALSA: Scarlett 2i2 USB", "ALSA: Headphones")
    stage.engine.forced = {"loop": state}
    stage.play(0.1)
    return dialog


def _settings_small(stage: Stage) -> None:
    stage.window.resize(420, 400)
    _tuning(stage)
    stage.controller.change(lowest_pitch=36, instrument="voice")
    stage.play(0.1)


def _trouble_small(stage: Stage) -> None:
    stage.window.resize(420, 300)
    _forced(troubles=(PORT_LOST,))(stage)


def _job_done(stage: Stage) -> None:
    stage.play(6.0)
    stage.window.toast.show_text("Für Elise.flac: 212 notes")


def _job_done_small(stage: Stage) -> None:
    stage.window.resize(420, 300)
    _job_done(stage)


def _unsure(stage: Stage) -> None:
    """Every fifth note in doubt; the newest ones sound."""
    stage.engine._score = tuple(
        replace(note, certainty=0.4) if index % 5 == 2 else note
        for index, note in enumerate(stage.engine._score)
    )
    stage.play(9.0)


def _tuner(stage: Stage) -> None:
    """One note, 12 cents high, as the model sees it, with the spectrogram behind it."""
    stage.silence()
    stage.window.choose("spectrogram", True)
    rows = [math.exp(-((row - 3 * (69 - LOW) - 0.36) ** 2) / 2) for row in range(303)]
    stage.engine.forced = {
        "notes": (RollNote(2.0, None, 69, 96),),
        "spectrum": tuple(3.0 * value - 1.2 for value in rows),
        "spectrum_low": LOW,
        "spectrum_per_semitone": 3,
        "level_db": -18.0,
        "peak_db": -12.0,
    }
    stage.play(5.0)


def _all_keys(stage: Stage) -> None:
    stage.window.choose("keys", "88")
    stage.play(9.0)


def _looking_back(stage: Stage) -> None:
    stage.play(14.0)
    stage.window.pane.move_time(-4.0)
    stage.play(0.1)


def _compact(stage: Stage) -> None:
    stage.play(6.0)
    stage.window.do("compact")


def _small(stage: Stage) -> None:
    stage.window.resize(420, 300)
    stage.play(8.0)


def _sheet(stage: Stage) -> QWidget:
    sheet = CheatSheet(stage.window)
    sheet.show()
    return sheet


def _takes(stage: Stage) -> None:
    stage.make_takes()
    stage.play(3.0)
    stage.window.do("takes")
    roll = stage.window.takes.view.roll
    stage.window.takes.view.playback.seek(4.2)
    roll.choose(roll.history.score.within(2.0, 4.0, 50, 66))


def _trashed(stage: Stage) -> None:
    _takes(stage)
    stage.window.toast.show_text(tr("{name} is in the trash.", name="Étude"), undo=True)


def _takes_empty(stage: Stage) -> None:
    stage.window.do("takes")


def _take_zoomed_out(stage: Stage) -> None:
    _takes(stage)
    for _ in range(12):
        stage.window.takes.view.zoom(1.25)


def _takes_small(stage: Stage) -> None:
    """The take, where only one of list and take fits."""
    stage.window.resize(560, 400)
    _takes(stage)
    page = stage.window.takes
    page.show_take(page.library.takes[0])


def _export(stage: Stage) -> QWidget:
    dialog = ExportDialog(stage.window, 93.5)
    dialog.grid.buttons[4].click()
    dialog.show()
    return dialog


STATES: dict[str, Callable[[Stage], QWidget | None]] = {
    "playing": _playing,
    "recording": _recording,
    "first-visit": _first_visit,
    "starting": _quiet(0.5, state="starting"),
    "silent": _quiet(7.0, level_db=-120.0, peak_db=-120.0),
    "no-input": _quiet(1.0, state="no-input"),
    "unplugged": _forced(state="no-input"),
    "too-loud": _forced(peak_db=0.5),
    "behind": _forced(lost_s=0.4, behind_s=0.6),
    "lost": _forced(lost_s=0.4),
    "forbidden": _quiet(
        1.0,
        state="no-input",
        troubles=(Trouble(Code.INPUT_FORBIDDEN, name="ALSA: Scarlett 2i2"),),
    ),
    "disk-full": _forced(
        recording=True,
        take_s=64.0,
        take_notes=211,
        troubles=(
            Trouble(Code.TAKE_UNWRITTEN, folder="/home/you/Music", reason=Trouble(Code.DISK_FULL)),
        ),
    ),
    "midi-gone": _forced(midi_name="", troubles=(PORT_LOST,)),
    "rescued": _forced(troubles=(Trouble(Code.TAKE_RECOVERED, path="/home/you/Music/take-1.mid"),)),
    "restarted": _forced(troubles=(Trouble(Code.ENGINE_RESTARTED),)),
    "failed": _forced(
        state="failed",
        troubles=(Trouble(Code.MODEL_UNUSABLE, path="song.onnx", reason=Trouble(Code.NOT_ONNX)),),
    ),
    "ended": _forced(state="file-ended", input_name="/music/Für Elise.flac"),
    "dropping": _dropping,
    "transcribing": _job,
    "settings": _tuning,
    "hearing": _hearing,
    "measured": _measured,
    "scale": _scale,
    "settings-small": _settings_small,
    "transcribed": _job_done,
    "transcribed-small": _job_done_small,
    "trouble-small": _trouble_small,
    "unsure": _unsure,
    "tuner": _tuner,
    "all-keys": _all_keys,
    "looking-back": _looking_back,
    "compact": _compact,
    "small": _small,
    "keys": _sheet,
    "takes": _takes,
    "takes-empty": _takes_empty,
    "trashed": _trashed,
    "takes-wide": _take_zoomed_out,
    "takes-small": _takes_small,
    "export": _export,
}
"""Name -> brings the window there; may give another widget to photograph."""
