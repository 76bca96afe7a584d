import os
import time

import numpy as np
import pytest

from realtime import sound_pipe
from realtime.sound_pipe import SoundPipe


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


def frames(first, count, channels=2):
    values = np.arange(first, first + count, dtype=np.float32)
    return np.repeat(values, channels).tobytes()


def test_sound_begins_with_a_delivery(pipe, monkeypatch):
    """However odd the first ones were: every delivery of a hop then is a hop."""
    now = [50.0]
    monkeypatch.setattr(sound_pipe.time, "monotonic", lambda: now[0])
    sound = SoundPipe(pipe[0], 2)
    position = 0
    for size in (201, 240, 17, 240, 240):
        os.write(pipe[1], frames(position, size))
        assert sound.waiting() == 0 and len(sound.read(1000)) == 0
        position += size
        now[0] += 0.03
    for _ in range(5):
        os.write(pipe[1], frames(position, 240))
        assert sound.waiting() == 240
        assert sound.read(1000)[:, 0].tolist() == list(range(position, position + 240))
        position += 240


def test_a_frame_cut_in_two_stays_whole(pipe, monkeypatch):
    monkeypatch.setattr(sound_pipe, "SETTLE_SECONDS", 0.0)
    sound = SoundPipe(pipe[0], 2)
    data = frames(0, 10)
    os.write(pipe[1], data[:12])
    assert sound.waiting() == 0
    os.write(pipe[1], data[12:])
    sound.wait(9, 1.0)
    assert np.array_equal(sound.read(100), np.repeat(np.arange(1, 10), 2).reshape(-1, 2))


def test_a_line_before_the_sound(pipe):
    sound = SoundPipe(pipe[0], 1)
    os.write(pipe[1], b'{"rate": 48000}\n' + frames(0, 4, 1))
    assert sound.read_line(1.0) == b'{"rate": 48000}'
    began = time.monotonic()
    assert sound.read(4).size == 0 and sound.waiting() == 0
    assert sound.read_line(0.05) == b"" and time.monotonic() - began >= 0.05
