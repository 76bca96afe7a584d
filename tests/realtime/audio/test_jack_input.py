"""Sound from a real JACK server: it dies and comes back, and it loses sound in a storm."""

import contextlib
import os
import signal
import subprocess
import time

import pytest
import soundfile

from tests.support.live_session import Listener, Live, allowed, connect, connected
from tests.support.servers import jack_process, wait_until

INPUT = "JACK Audio Connection Kit: system"
OURS = "PortAudio:in_0"


@pytest.fixture
def surroundings(tmp_path):
    """JACK alone, without a PulseAudio server to go to."""
    return {**os.environ, "HOME": str(tmp_path), "PULSE_SERVER": f"unix:{tmp_path}/none"}


class Tone:
    """A JACK client that plays a sine of 240 Hz into our input."""

    def __init__(self, environment):
        self._environment = environment
        self.process = subprocess.Popen(
            ["jack_simple_client", "tone", environment["JACK_DEFAULT_SERVER"]],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def connected(self):
        """Connect it, also to an input that has been opened again. True once it is."""
        done = subprocess.run(
            ["jack_connect", "tone:output1", OURS], env=self._environment,
            capture_output=True, text=True, timeout=5, check=False,
        )  # fmt: skip
        return done.returncode == 0 or "already connected" in done.stderr

    def heard(self, listener):
        return self.connected() and listener.sounding()


@contextlib.contextmanager
def tone(environment):
    player = Tone(environment)
    try:
        yield player
    finally:
        player.process.kill()
        player.process.wait()


@pytest.mark.slow
def test_the_jack_server_is_killed_and_started_again(surroundings, toy_path, tmp_path):
    with contextlib.ExitStack() as stack:
        server, environment = stack.enter_context(jack_process(tmp_path / "j", surroundings))
        live = Live(environment, "--input", INPUT, "--midi-out", "virtual",
                    "--model", toy_path, "--record", tmp_path / "takes")  # fmt: skip
        try:
            listener = Listener(environment, "before")
            stack.callback(listener.close)
            connect(environment, "before:in")
            with tone(environment) as player:
                wait_until(lambda: player.heard(listener), allowed(8), "a note")
                server.kill()
                server.wait()
                wait_until(lambda: live.said("stopped giving sound"), allowed(3), "the message")
            stack.enter_context(jack_process(tmp_path / "j", surroundings))
            again = Listener(environment, "after")
            stack.callback(again.close)
            with tone(environment) as player:
                wait_until(
                    lambda: connected(environment, "after:in") and player.heard(again),
                    allowed(15),
                    "a note again",
                )
            wait_until(lambda: not again.sounding(), allowed(5), "its off")
            code, took = live.end()
            assert code == 0 and took < allowed(2), live.lines
        finally:
            if live.process.poll() is None:
                live.end(signal.SIGKILL)
    assert list((tmp_path / "takes").glob("*.flac"))


@pytest.mark.slow
def test_a_storm_of_xruns_is_counted_to_the_tenth(surroundings, toy_path, tmp_path):
    with jack_process(tmp_path / "j", surroundings) as (server, environment):
        live = Live(environment, "--input", INPUT, "--midi-out", "virtual",
                    "--model", toy_path, "--record", tmp_path / "takes")  # fmt: skip
        try:
            listener = Listener(environment, "storm")
            connect(environment, "storm:in")
            began = time.monotonic()
            with tone(environment) as player:
                wait_until(lambda: player.heard(listener), allowed(8), "a note")
                for _ in range(20):
                    server.send_signal(signal.SIGSTOP)
                    time.sleep(0.1)
                    server.send_signal(signal.SIGCONT)
                    time.sleep(0.1)
                time.sleep(3)
                assert live.process.poll() is None
                wait_until(lambda: player.heard(listener), allowed(8), "a note after the storm")
            wait_until(lambda: not listener.sounding(), allowed(5), "its off")
            passed_s = time.monotonic() - began
            code, _ = live.end()
            assert code == 0, live.lines
        finally:
            server.send_signal(signal.SIGCONT)
            listener.close()
            if live.process.poll() is None:
                live.end(signal.SIGKILL)
    assert live.said("of sound were lost") and len(live.lines) < 20, "told, and no flood of it"
    (flac,) = (tmp_path / "takes").glob("*.flac")
    assert soundfile.info(flac).duration >= passed_s - 0.3, "the take keeps the clock's time"
