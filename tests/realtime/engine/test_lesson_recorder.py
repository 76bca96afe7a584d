"""The sound of a lesson's attempts is kept while the engine goes on, and is no take."""

import time

import numpy as np
import pytest
import soundfile

from realtime.audio.sources import ArraySource
from realtime.engine.engine import Engine
from realtime.takes import folders
from realtime.takes.recovery import recover_known
from realtime.values.settings import EngineSettings
from tests.support.list_output import ListOutput
from tests.support.servers import wait_until
from tests.support.toy_model import melody

RATE = 16_000


@pytest.fixture
def engine(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "_register", lambda: tmp_path / "register")
    (tmp_path / "register").mkdir()
    settings = EngineSettings(record=str(tmp_path / "takes"))
    engine = Engine(toy, ArraySource(melody(), RATE, "tune"), ListOutput(), settings)
    yield engine
    engine.close()


def test_each_attempt_is_a_file_of_exactly_its_sound_beside_a_take(engine, tmp_path):
    engine.pull()
    engine.record()
    for number in (1, 2):
        folder = tmp_path / f"attempt-{number}"
        engine.takes.lesson.keep(str(folder), RATE)
        assert engine.snapshot().lesson.folder == str(folder)
        begin = round(engine.stream_s * RATE)
        for _ in range(5 + number):
            engine.pull()
        end = round(engine.stream_s * RATE)
        assert engine.snapshot().lesson.length_s == pytest.approx((end - begin) / RATE)
        engine.takes.lesson.keep("", RATE)
        wait_until(lambda f=folder: engine.snapshot().lesson.done_folder == str(f), 10, "the sound")
        shown = engine.snapshot().lesson
        sound, rate = soundfile.read(shown.done, dtype="float32")
        assert shown.folder == "" and shown.trouble is None and rate == RATE
        np.testing.assert_allclose(sound, melody()[begin:end], atol=1e-4)
    assert engine.snapshot().recording


def test_what_a_crash_leaves_of_an_attempt_becomes_no_take(engine, tmp_path):
    engine.takes.lesson.keep(str(tmp_path / "attempt"), RATE)
    engine.pull()
    wait_until(lambda: list((tmp_path / "attempt").glob("*.recording")), 5, "the journal")
    assert not list((tmp_path / "register").iterdir()) and folders.remembered() == []
    assert recover_known(tmp_path / "takes").takes == ()


def test_a_folder_that_cannot_be_written_is_a_trouble_and_no_crash(engine, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr("realtime.takes.recorder.rescue_folders", lambda: ())
    engine.takes.lesson.keep(str(tmp_path / "file" / "attempt"), RATE)
    engine.pull()
    wait_until(lambda: engine.snapshot().lesson.trouble is not None, 5, "the trouble")
    engine.takes.lesson.keep("", RATE)
    assert engine.pull()


def test_an_attempt_is_there_when_the_engine_has_closed(engine, tmp_path, monkeypatch):
    """Also where the disk is slow."""
    monkeypatch.setattr("realtime.takes.journal.os.fsync", lambda descriptor: time.sleep(0.5))
    engine.takes.lesson.keep(str(tmp_path / "attempt"), RATE)
    for _ in range(5):
        engine.pull()
    engine.close()
    (sound,) = (tmp_path / "attempt").glob("*.flac")
    assert soundfile.info(sound).frames == round(engine.stream_s * RATE)
