import numpy as np
import pytest
import soundfile

from realtime.takes.waveform import read_waveform

RATE = 8000


@pytest.mark.parametrize("columns", [10, 7, 1000])
def test_the_wave_rises_where_the_recording_does(tmp_path, columns):
    path = tmp_path / "take ż.flac"
    sound = np.zeros((10 * RATE, 2), np.float32)
    sound[5 * RATE : 6 * RATE, 1] = -0.5
    soundfile.write(path, sound, RATE)
    wave = read_waveform(path, columns)
    assert wave.shape == (columns,)
    seconds = (np.arange(columns) + 0.5) * 10 / columns
    inside, margin = (seconds > 5) & (seconds < 6), 10 / columns
    assert wave[inside] == pytest.approx(0.5, abs=1e-3)
    assert not wave[(seconds < 5 - margin) | (seconds > 6 + margin)].any()


def test_a_recording_shorter_than_the_strip_and_none(tmp_path):
    short = tmp_path / "short.wav"
    soundfile.write(short, np.full(30, 0.25), RATE)
    assert np.flatnonzero(read_waveform(short, 100)).size == 30
    assert read_waveform(tmp_path / "gone.flac", 100) is None
    (tmp_path / "noise.flac").write_bytes(b"no sound")
    assert read_waveform(tmp_path / "noise.flac", 100) is None


def test_what_is_no_longer_wanted_is_not_read_on(tmp_path):
    path = tmp_path / "long.wav"
    soundfile.write(path, np.full(RATE * 60, 0.25), RATE)
    asked = []
    assert read_waveform(path, 100, lambda: bool(asked.append(0))) is None
    assert len(asked) == 1
