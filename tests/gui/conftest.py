"""Qt without a screen, a clock that tests move by hand, and a window on the fake engine."""

import os

os.environ["QT_QPA_PLATFORM"] = os.environ.get("JTM_TEST_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, QTimer
from PySide6.QtTest import QTest

from gui.controller.controller import Controller
from gui.controller.device_scan import DeviceNames, DeviceScan
from gui.jobs.job import FileJob
from gui.jobs.job_strip import JobStrip
from gui.language.translate import set_language
from gui.settings.choices import Choices
from gui.settings.store import SettingsStore
from gui.widgets.dialogs import Question
from gui.window.compact import USUAL_SIZE
from gui.window.main_window import MainWindow
from realtime.files.note_files import Heading, write_csv, write_midi
from realtime.takes.library import free_name
from realtime.values.settings import EngineSettings
from tests.support import toy_model
from tests.support.fake_engine import FakeEngine
from tests.support.take_files import NOTES, SilentPlayer

DEVICES = DeviceNames(
    (("ALSA: Scarlett 2i2", "Scarlett 2i2"), ("ALSA: Built-in", "Built-in")),
    (("FLUID Synth", "FLUID Synth"),),
)


class HandClock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Stage:
    """A window, what is behind it, and the clock."""

    window: MainWindow
    controller: Controller
    engine: FakeEngine
    clock: HandClock
    store: SettingsStore
    scan: DeviceScan

    def play(self, seconds: float, step: float = 0.05) -> None:
        """Let time pass, a picture every step."""
        for _ in range(round(seconds / step)):
            self.clock.now += step
            self.controller.tick()

    def lay_out(self) -> None:
        """Wait, as a user does, until the engine has heard of the newest settings by itself."""
        for _ in range(100):
            if self.engine.settings == self.controller.settings:
                return
            QTest.qWait(20)
        raise AssertionError("the engine has not heard of the newest settings")


@pytest.fixture(autouse=True)
def gone_widgets_are_gone() -> None:
    """Delete what earlier tests left for the event loop: a new theme restyles whatever lives."""
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def no_question_waits_for_ever(monkeypatch) -> None:
    """Nobody answers a question that a failed test has left behind: stay."""
    ask = Question.exec

    def ask_for_a_while(dialog: Question) -> int:
        QTimer.singleShot(3000, dialog, dialog.reject)
        return ask(dialog)

    monkeypatch.setattr(Question, "exec", ask_for_a_while)


@pytest.fixture(autouse=True)
def windows_open_at_the_usual_size(monkeypatch) -> None:
    """The screen of the offscreen platform is smaller than the usual window."""
    monkeypatch.setattr("gui.window.compact.first_size", lambda room: QSize(*USUAL_SIZE))


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def make_stage(qtbot, tmp_path: Path, clock: HandClock) -> Iterator[Callable[..., Stage]]:
    """Opens windows; every one is closed at the end."""
    stages: list[Stage] = []
    set_language("en")

    def make(settings: EngineSettings | None = None, score=None, demo: Path | None = None) -> Stage:
        store = SettingsStore(tmp_path / "window.ini")
        settings = settings or store.load()[0].engine
        engine = FakeEngine(settings, score, clock)
        controller = Controller(engine, settings, demo, clock)
        scan = DeviceScan(lambda: DEVICES)
        window = MainWindow(controller, store, scan)
        window.file_sound.player = SilentPlayer(clock)
        window.file_sound.player.failed.connect(window.file_sound.show_trouble)
        qtbot.addWidget(window, before_close_func=lambda window: window.jobs.discard())
        window.show()
        engine.start()
        scan.wait()
        stage = Stage(window, controller, engine, clock, store, scan)
        stages.append(stage)
        return stage

    yield make
    for stage in stages:
        stage.window.close()
    set_language("en")


@pytest.fixture
def stage(make_stage) -> Stage:
    return make_stage()


@pytest.fixture
def open_on_toy(make_stage, tmp_path: Path) -> Callable[[], Stage]:
    """Opens a window whose files are heard by the toy model and whose takes go to "takes"."""

    def open_window() -> Stage:
        model = toy_model.save(tmp_path / "toy.onnx")
        stage = make_stage(EngineSettings(record=str(tmp_path / "takes"), model=str(model)))
        stage.play(0.1)
        return stage

    return open_window


@pytest.fixture
def jobs(stage) -> JobStrip:
    return stage.window.jobs


@pytest.fixture
def at_once(monkeypatch) -> None:
    """Songs are takes, and heard, in no time; "endless" is never heard to its end."""

    def start(job: FileJob) -> None:
        if job.take is None:
            folder = Path(job.arguments[3])
            job.new_take = folder / f"{free_name(folder, job.sound.stem)}.csv"
            write_csv([], job.new_take)
            write_midi([], job.new_take.with_suffix(".mid"), Heading(job.sound.stem))
            job.begun.emit()
        if job.sound.stem != "endless":
            write_csv(NOTES, job.csv)
            write_midi(NOTES, job.csv.with_suffix(".mid"), Heading(job.sound.stem))
            job.notes = len(NOTES)
            job.finished.emit()

    monkeypatch.setattr(FileJob, "start", start)


@pytest.fixture
def demo_file(tmp_path: Path) -> Path:
    path = tmp_path / "performance.flac"
    path.write_bytes(b"sound")
    return path


@pytest.fixture
def dark(stage: Stage) -> Choices:
    stage.window.choose("theme", "dark")
    return stage.window.choices
