"""The window: its take is whole when it is closed, its port is connected again after a crash."""

import signal
import time

import psutil
import pytest
import soundfile

from realtime.engine.host import EngineHost
from realtime.values.settings import EngineSettings
from tests.realtime.live_session import Listener, allowed, connect
from tests.realtime.servers import jack_server, pulse_server, wait_until
from tests.realtime.toy_model import melody

pytestmark = pytest.mark.slow
RATE = 48_000


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("servers")
    tune = folder / "tune.wav"
    soundfile.write(tune, melody(RATE, 120.0), RATE)
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


def test_the_engine_is_killed(host, servers, tmp_path, record_property):
    """Notes end at the receiver and come again, without a hand at the patch bay."""
    listener = Listener(servers, "synth")
    try:
        connect(servers, "synth:in")
        host.record("before and after")
        wait_until(lambda: len(listener.notes()) > 8, allowed(10), "notes")
        psutil.Process(host.pid).send_signal(signal.SIGKILL)
        began = time.monotonic()
        wait_until(lambda: not listener.sounding(), allowed(1), "offs")
        heard = len(listener.notes())
        wait_until(lambda: len(listener.notes()) > heard + 4, allowed(8), "notes again")
        record_property("seconds", round(time.monotonic() - began, 1))
        wait_until(lambda: host.snapshot().take_s > 1, allowed(10), "its take again")
        host.close()
        assert not listener.sounding()
    finally:
        listener.close()
    takes = tmp_path / "takes"
    assert len(list(takes.glob("*.mid"))) == len(list(takes.glob("*.flac"))) == 2
    assert not list(takes.glob("*.recording"))
