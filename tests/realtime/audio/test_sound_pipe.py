import os
import time

import numpy as np
import pytest
import soundfile

from realtime.audio import sound_pipe
from realtime.audio.microphone import Microphone
from realtime.audio.sound_pipe import SoundPipe, read_line
from realtime.engine.engine import Engine
from realtime.values.settings import EngineSettings
from tests.support.list_output import ListOutput


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


def frames(first, count, channels=2):
    values = np.arange(first, first + count, dtype=np.float32)
    return np.repeat(values, channels).tobytes()


def test_every_frame_from_the_first_look_on_and_blocks_end_with_deliveries(pipe, monkeypatch):
    """However odd the first deliveries were: every one of a hop then completes a hop."""
    now = [50.0]
    monkeypatch.setattr(sound_pipe.time, "monotonic", lambda: now[0])
    sound = SoundPipe(pipe[0], 2, 240)
    os.write(pipe[1], frames(900, 100))
    assert sound.waiting() == 0, "that came before anybody listened"
    position = 1
    for size in (201, 240, 17, 240, 240):
        assert sound.waiting() == 0 and len(sound.read(1000)) == 0
        os.write(pipe[1], frames(position, size))
        sound.wait(1, 0)
        position += size
        now[0] += 0.03
    began = sound.read(sound.waiting())[:, 0]
    lead = len(began) - (position - 1)
    assert len(began) % 240 == 0 and 0 <= lead < 240
    assert began.tolist() == [0] * lead + list(range(1, position))
    for _ in range(5):
        os.write(pipe[1], frames(position, 240))
        assert sound.waiting() == 240
        assert sound.read(1000)[:, 0].tolist() == list(range(position, position + 240))
        position += 240


def test_a_frame_cut_in_two_stays_whole(pipe, monkeypatch):
    monkeypatch.setattr(sound_pipe, "SETTLE_SECONDS", 0.0)
    sound = SoundPipe(pipe[0], 2, 1)
    assert sound.waiting() == 0
    data = frames(0, 10)
    os.write(pipe[1], data[:12])
    assert sound.waiting() == 1
    os.write(pipe[1], data[12:])
    sound.wait(10, 1.0)
    assert np.array_equal(sound.read(100), np.repeat(np.arange(10), 2).reshape(-1, 2))


def test_a_recording_that_ends_at_once_is_not_waited_for():
    reading, writing = os.pipe()
    sound = SoundPipe(reading, 1, 4)
    assert sound.waiting() == 0
    os.write(writing, frames(1, 6, 1))
    os.close(writing)
    assert sound.read(100)[:, 0].tolist() == [0, 0, 1, 2, 3, 4, 5, 6]
    began = time.monotonic()
    sound.wait(1, 0.03)
    assert time.monotonic() - began >= 0.03 and sound.waiting() == 0
    os.close(reading)


class Piped:
    """A sound card whose deliveries come through a pipe."""

    name, rate, block_frames, latency_ms, pauses, problem = "piped", 48_000, 480, 10.0, False, None
    keeps_late = False
    hush = None

    def __init__(self, pipe):
        sound = SoundPipe(pipe, 2, 480)
        self.waiting, self.wait = sound.waiting, sound.wait
        self.read = lambda frames: sound.read(frames)[:, 0]
        self.alive, self.take_remark, self.close = lambda: True, lambda: None, lambda: None


def test_a_take_holds_every_sample_from_the_moment_it_runs(pipe, toy, tmp_path, monkeypatch):
    """Those of the first tenth of a second too, which are heard a moment later."""
    now = [50.0]
    monkeypatch.setattr(sound_pipe.time, "monotonic", lambda: now[0])
    microphone = Microphone("", lambda name: Piped(pipe[0]), lambda: now[0])
    microphone.wait_until_open(5)
    toy.reset()
    engine = Engine(toy, microphone, ListOutput(), EngineSettings(record=str(tmp_path)))
    os.write(pipe[1], frames(0, 777))
    engine.record()
    engine.check_health()
    position = 1000
    for size in (480, 311, 480, 100, *[480] * 40, 123):
        os.write(pipe[1], np.repeat(np.arange(position, position + size) / 2**23, 2)
                 .astype(np.float32).tobytes())  # fmt: skip
        position += size
        now[0] += size / 48_000
        while engine.pull():
            pass
    heard_s, shown = engine.stream_s, engine.snapshot()
    engine.close()
    kept, _ = soundfile.read(next(tmp_path.glob("*.flac")), dtype="int32")
    lead = len(kept) - (position - 1000)
    assert 0 <= lead < 480
    assert (kept >> 8).tolist() == [0] * lead + list(range(1000, position))
    assert heard_s == pytest.approx(len(kept) / 48_000, abs=0.01)
    assert shown.lost_s == 0 and shown.gaps == 0


def test_a_line_before_the_sound(pipe):
    os.write(pipe[1], b'{"rate": 48000}\n' + frames(5, 1, 1))
    assert read_line(pipe[0], 1.0) == b'{"rate": 48000}'
    assert os.read(pipe[0], 100) == frames(5, 1, 1)
    began = time.monotonic()
    assert read_line(pipe[0], 0.05) == b"" and time.monotonic() - began >= 0.05
