"""The window with the real engine behind it, and the real transcriber in its child process."""

from pathlib import Path

import pytest

from gui.controller.controller import Controller
from gui.controller.device_scan import DeviceNames, DeviceScan
from gui.jobs.job import FileJob
from gui.jobs.job_strip import JobStrip
from gui.settings.store import SettingsStore
from gui.window.main_window import MainWindow
from realtime.engine.host import EngineHost
from realtime.files.note_files import read_csv, write_csv
from realtime.takes.library import find_take
from realtime.values.settings import EngineSettings
from tests.support import toy_model

soundfile = pytest.importorskip("soundfile")
RATE = 16_000


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    return toy_model.save(tmp_path_factory.mktemp("model") / "toy.onnx")


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "żółw melody.wav"
    soundfile.write(path, toy_model.melody(RATE), RATE, "FLOAT")
    return path


def test_notes_of_a_file_reach_the_roll_through_the_real_engine(qtbot, tmp_path, model, sound):
    settings = EngineSettings(input=str(sound), model=str(model), record=str(tmp_path / "takes"))
    host = EngineHost(settings)
    controller = Controller(host, settings)
    scan = DeviceScan(DeviceNames)
    window = MainWindow(controller, SettingsStore(tmp_path / "w.ini"), scan)
    qtbot.addWidget(window)
    window.show()
    controller.start()
    try:
        qtbot.waitUntil(
            lambda: controller.last is not None and len(controller.last.snapshot.notes) >= 2,
            timeout=60_000,
        )
        snapshot = controller.last.snapshot
        assert snapshot.model_name == "toy"
        assert window.status.cells["model"].text() == "toy"
    finally:
        window.close()
    qtbot.waitUntil(lambda: host.pid is None, timeout=20_000)


def test_a_look_ahead_and_a_port_chosen_while_playing_reach_the_real_engine(qtbot, tmp_path, sound):
    """The bundled model, which has several look-aheads; nothing but clicks, and time."""
    settings = EngineSettings(input=str(sound), record=str(tmp_path / "takes"))
    host = EngineHost(settings)
    controller = Controller(host, settings)
    window = MainWindow(
        controller, SettingsStore(tmp_path / "w.ini"), DeviceScan(lambda: DeviceNames())
    )
    qtbot.addWidget(window)
    window.show()
    controller.start()

    def shown() -> float | None:
        return controller.last.snapshot.look_ahead_ms if controller.last is not None else None

    try:
        qtbot.waitUntil(lambda: shown() == 40, timeout=60_000)
        window.top_bar.look_ahead.buttons[2].click()
        qtbot.waitUntil(lambda: shown() == 80, timeout=20_000)
    finally:
        window.close()


def test_a_file_becomes_a_midi_file_with_progress(qtbot, model, sound):
    job = FileJob(sound, EngineSettings(model=str(model)))
    parts = []
    job.progressed.connect(parts.append)
    with qtbot.waitSignal(job.finished, timeout=60_000):
        job.start()
    path = job.csv.with_suffix(".mid")
    assert path.read_bytes()[:4] == b"MThd"
    assert path.stem == sound.stem
    assert job.notes == len(read_csv(job.csv)) > 2
    assert parts == sorted(parts)
    assert parts[-1] == pytest.approx(1.0)
    job.dispose()
    assert not path.exists()


def test_a_file_that_is_no_sound_gives_the_reason(qtbot, model, tmp_path):
    bad = tmp_path / "holiday.wav"
    bad.write_bytes(b"not a sound")
    job = FileJob(bad, EngineSettings(model=str(model)))
    with qtbot.waitSignal(job.failed, timeout=60_000) as failed:
        job.start()
    assert "holiday.wav" in str(failed.args[0])
    job.dispose()


def test_a_job_can_be_cancelled(qtbot, model, sound):
    job = FileJob(sound, EngineSettings(model=str(model)))
    with qtbot.waitSignal(job.cancelled, timeout=60_000):
        job.start()
        job.cancel()
    job.dispose()


def test_a_take_is_listened_to_again_with_other_settings(qtbot, model, sound, tmp_path):
    strip = JobStrip()
    qtbot.addWidget(strip)
    asked = EngineSettings(model=str(model), lowest_pitch=107)
    found = []
    write_csv([], tmp_path / "take.csv")
    take = find_take(tmp_path, "take")

    def heard(job):
        found.append(len(read_csv(job.csv)))

    strip.queue.heard.connect(heard)
    for settings in (asked, EngineSettings(model=str(model))):
        strip.queue.add(FileJob(sound, settings, take=take))
    assert len(strip.queue.unheard) == 2
    qtbot.waitUntil(lambda: len(found) == 2, timeout=60_000)
    assert found[0] == 0
    assert found[1] > 2
    strip.discard()
