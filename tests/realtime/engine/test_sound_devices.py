"""What is heard while playing, on a real sound server: its pitch, how soon, and after a loss."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
import soundfile

import jtm
from realtime.audio.input_devices import InputOpener
from realtime.engine.devices import scan
from realtime.engine.host import EngineHost
from realtime.playback.calibration import loop_of
from realtime.playback.player import SoundOut
from realtime.takes.library import click_of, list_takes
from realtime.values.notes import NoteOff, NoteOn
from realtime.values.settings import EngineSettings
from tests.support.live_session import ROOT
from tests.support.servers import pulse_server, wait_until

pytestmark = pytest.mark.slow
RATE = 48_000


@pytest.fixture
def pulse(tmp_path, monkeypatch):
    with pulse_server(tmp_path / "p") as server:
        for key in ("PULSE_SERVER", "PULSE_RUNTIME_PATH", "XDG_RUNTIME_DIR", "HOME"):
            monkeypatch.setenv(key, server.environment[key])
        yield server


def heard(stream, seconds: float) -> np.ndarray:
    """All that comes within this time."""
    end, pieces = time.monotonic() + seconds, [np.zeros(0, dtype=np.float32)]
    while time.monotonic() < end:
        pieces.append(stream.read(1 << 16))
        time.sleep(0.001)
    return np.concatenate(pieces)


def loudest_hertz(sound: np.ndarray) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound)))))) * RATE / len(sound)


def test_notes_are_heard_at_once_and_after_the_output_was_gone(pulse):
    assert scan().sound_outputs[0] == "PulseAudio: Null Output"
    out = SoundOut(EngineSettings(synth=True, synth_db=0))
    stream = InputOpener()("")
    try:
        wait_until(lambda: out.status().name, 10, "the output")
        heard(stream, 1.0)
        delays = []
        for _ in range(10):
            sent = time.monotonic()
            out.send([NoteOn(0, 69, 100)])
            while not np.any(np.abs(stream.read(1 << 16)) > 0.01):
                assert time.monotonic() < sent + 1
                time.sleep(0.0005)
            delays.append(1000 * (time.monotonic() - sent))
            assert loudest_hertz(heard(stream, 0.2)) == pytest.approx(440, abs=6)
            out.send([NoteOff(0, 69)])
            heard(stream, 0.3)
        print(f"from note to ear, recording included: {np.round(sorted(delays), 1)} ms")
        assert np.median(delays) < 80
        out.send([NoteOn(0, 69, 100)])
        pulse.unplug()
        wait_until(lambda: out.status().trouble, 15, "the message")
        pulse.plug_in()
        wait_until(lambda: out.status().name and not out.status().trouble, 15, "the way back")
        stream.close()
        stream = InputOpener()("")
        assert not heard(stream, 0.5).any(), "what sounded has ended"
        out.send([NoteOn(0, 57, 100)])
        assert loudest_hertz(heard(stream, 0.5)[RATE // 4 :]) == pytest.approx(220, abs=6)
        out.close()
        heard(stream, 0.3)
        assert not heard(stream, 0.3).any()
    finally:
        out.close()
        stream.close()


def test_what_is_played_to_the_click_lies_on_its_bars(pulse, tmp_path, monkeypatch):
    """The click comes back through the microphone: it is what a perfect player would play."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert jtm.main(["calibrate"]) == 0
    words = ["live", "--record", str(tmp_path / "takes"), "--click-bpm", "150", "--click-beats",
             "3", "--click-db", "0", "--seconds", "9"]  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(ROOT / "jtm.py"), *words], capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, done.stderr
    (take,) = list_takes(tmp_path / "takes")
    click = click_of(take)
    assert (click.bpm, click.beats) == (150.0, 3)
    assert click.first_beat_s == pytest.approx(0.2, abs=0.03)
    sound, rate = soundfile.read(take.sound)
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    ticks = loud[np.flatnonzero(np.diff(loud, prepend=-rate) > rate // 10)] / rate
    beats = click.first_beat_s + np.arange(-1, len(ticks) - 1) * 60 / click.bpm
    ticks = ticks[ticks > click.first_beat_s - 0.1]
    off = np.array([ticks[np.argmin(np.abs(ticks - beat))] - beat for beat in beats[1:-1]])
    print(f"{len(off)} beats are off by {1000 * off.min():.1f} to {1000 * off.max():.1f} ms")
    assert len(off) >= 8 and np.abs(off).max() < 0.012


def players_of(pid: int) -> list[psutil.Process]:
    return [child for child in psutil.Process(pid).children(recursive=True)
            if "realtime.playback.player_child" in child.cmdline()]  # fmt: skip


def test_the_engine_measures_its_loop_and_no_player_outlives_it(
    pulse, toy_path, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    settings = EngineSettings(model=str(toy_path), synth=True, record=str(tmp_path / "takes"))
    host = EngineHost(settings)
    host.start()
    try:
        wait_until(lambda: host.snapshot().sound_name, 30, "an output")
        host.measure_loop()
        wait_until(lambda: host.snapshot().loop.state in ("done", "failed"), 60, "the loop")
        loop = host.snapshot().loop
        assert loop.state == "done", loop.trouble
        assert 5 < loop.loop_ms < 400 and loop_of(loop.input) == (loop.output, loop.loop_ms)
        print(f"loop {loop.loop_ms:.1f} ms, probes {np.round(loop.heard_ms, 1)}")
        host.press(69)
        (player,) = players_of(host.pid)
        os.kill(host.pid, signal.SIGKILL)
        wait_until(lambda: not player.is_running(), 3, "the end of the synth")
    finally:
        host.close()
