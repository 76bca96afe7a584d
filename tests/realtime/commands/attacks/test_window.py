"""The window: its take is whole when it is closed, its port is connected again after a crash."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
import soundfile

from benchmarks.window.x_window import XWindow, x_server
from realtime.engine.host import EngineHost
from realtime.values.settings import EngineSettings
from tests.support.live_session import ROOT, Listener, allowed, connected
from tests.support.servers import jack_server, pulse_server, wait_until
from tests.support.toy_model import melody

pytestmark = pytest.mark.slow
RATE = 48_000


@pytest.fixture
def servers(tmp_path_factory):
    """Servers of its own for each test: one where a client was stopped in its tracks stays slow."""
    folder = tmp_path_factory.mktemp("servers")
    tune = folder / "tune.wav"
    soundfile.write(tune, np.tile(melody(RATE), 40), RATE)
    with pulse_server(folder / "p") as pulse, jack_server(folder / "j", pulse.environment) as env:
        player = pulse.play(tune)
        yield {**env, "XDG_STATE_HOME": str(folder / "state")}
        player.kill()
        player.wait()


@pytest.fixture
def host(servers, toy_path, tmp_path, monkeypatch):
    """The engine as the window has it: a process of its own that is supervised."""
    for name, value in servers.items():
        monkeypatch.setenv(name, value)
    settings = EngineSettings(
        midi_out="virtual", model=str(toy_path), record=str(tmp_path / "takes")
    )
    host = EngineHost(settings)
    host.start()
    wait_until(lambda: host.snapshot().state == "listening", allowed(20), "listening")
    yield host
    host.close()


def guardians(host):
    children = psutil.Process(host.pid).children(recursive=True)
    return [child for child in children if "realtime.midi.guardian" in " ".join(child.cmdline())]


@pytest.mark.skipif("JTM_ROOT" in os.environ, reason="tries the engine of this version alone")
def test_closing_while_the_midi_system_hangs(host, tmp_path):
    """The guardian is waited for; the take is finished meanwhile."""
    host.record("held up")
    wait_until(lambda: host.snapshot().take_s > 2, allowed(10), "two seconds of it")
    (guardian,) = guardians(host)
    guardian.suspend()
    host.close()
    takes = tmp_path / "takes"
    found = sorted(path.name for path in takes.iterdir())
    assert found == ["held up.csv", "held up.flac", "held up.mid"]
    assert soundfile.info(takes / "held up.flac").duration > 2


def engines(window: subprocess.Popen) -> list[psutil.Process]:
    """The window's engine, once it is there."""
    children = psutil.Process(window.pid).children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def test_the_engine_is_killed(servers, toy_path, record_property):
    """Notes end at the receiver and come again, without a hand at the patch bay."""
    listener = Listener(servers, "synth")
    words = [
        sys.executable,
        str(ROOT / "jtm.py"),
        "--midi-out",
        "virtual",
        "--model",
        str(toy_path),
    ]
    window = subprocess.Popen(
        words, cwd=ROOT, env={**servers, "QT_QPA_PLATFORM": "offscreen"}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: connected(servers, "synth:in"), allowed(30), "its port")
        wait_until(lambda: len(listener.notes()) > 8, allowed(10), "notes")
        (engine,) = engines(window)
        engine.kill()
        began = time.monotonic()
        wait_until(lambda: not listener.sounding(), allowed(1), "offs")
        heard = len(listener.notes())
        wait_until(lambda: len(listener.notes()) > heard + 4, allowed(8), "notes again")
        record_property("seconds", round(time.monotonic() - began, 1))
        window.terminate()
        window.wait(30)
        assert not listener.sounding()
    finally:
        window.kill()
        window.wait()
        listener.close()


def kill_the_screen(window):
    for process in psutil.Process().children():
        if process.name() == "Xvfb":
            process.kill()


def close_the_terminal(window):
    window.send_signal(signal.SIGHUP)


def end_the_session(window):
    window.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    window.send_signal(signal.SIGTERM)
    window.send_signal(signal.SIGHUP)


@pytest.mark.parametrize("happens", [kill_the_screen, close_the_terminal, end_the_session])
def test_a_window_whose_screen_or_session_ends_finishes_its_take(
    servers, toy_path, tmp_path, happens
):
    takes = tmp_path / "takes"
    words = [sys.executable, str(ROOT / "jtm.py"), "--model", str(toy_path), "--record", str(takes)]
    with x_server(servers) as environment:
        window = subprocess.Popen(
            words, cwd=ROOT, env={**environment, "QT_QPA_PLATFORM": "xcb"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            press_record(environment["DISPLAY"], takes)
            time.sleep(3)
            happens(window)
            window.wait(allowed(20))
            found = {path.suffix for path in takes.iterdir()}
            assert found == {".mid", ".csv", ".flac"}, sorted(takes.iterdir())
            (sound,) = takes.glob("*.flac")
            assert soundfile.info(sound).duration > 2.5
        finally:
            window.kill()
            window.wait()


def press_record(display, takes):
    """Wait for the window, and press R until a take grows."""
    found, press_at = [], 0.0

    def shown():
        time.sleep(0.5)
        with contextlib.suppress(LookupError):
            found.append(XWindow(display, "Jaka to melodia"))
        return bool(found)

    def grows():
        nonlocal press_at
        if not any(takes.glob("*.recording")) and time.monotonic() >= press_at:
            press_at = time.monotonic() + allowed(10)
            found[0].press("r")
        return any(takes.glob("*.recording/audio*"))

    wait_until(shown, allowed(30), "the window")
    wait_until(grows, allowed(30), "a take")
