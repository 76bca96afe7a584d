"""A MIDI port that was named: found, lost, and back, alone and among others."""

import contextlib

import pytest
import soundfile

from tests.support.live_session import Listener, allowed, session
from tests.support.servers import jack_ports, wait_until
from tests.support.toy_model import melody


@pytest.fixture(scope="module")
def tune(tmp_path_factory):
    path = tmp_path_factory.mktemp("tune") / "tune.wav"
    soundfile.write(path, melody(48_000, 3.0), 48_000)
    return path


@pytest.mark.slow
def test_an_existing_port_by_name(servers, toy_path, tune):
    with session(servers, toy_path, "organ", midi="organ:in") as (pulse, listener, live):
        pulse.play(tune).wait(20)
        wait_until(lambda: len(listener.notes()) >= 20, 5, "notes")
        live.end()
        wait_until(lambda: not listener.sounding(), 2, "offs")


@pytest.mark.slow
def test_another_port_of_that_name_at_once(servers, toy_path, tune):
    """The synthesizer is started again so quickly that its port seems never to have gone."""
    _, environment = servers
    with session(servers, toy_path, "quick", midi="quick:in") as (pulse, listener, live):
        listener.close()
        again = Listener(environment, "quick")
        try:
            pulse.play(tune).wait(20)
            wait_until(lambda: len(again.notes()) >= 15, allowed(5), "notes")
            live.end()
            wait_until(lambda: not again.sounding(), allowed(2), "offs")
        finally:
            again.close()


@pytest.mark.slow
@pytest.mark.parametrize("others", [False, True])
def test_a_port_that_vanishes_and_comes_back(servers, toy_path, tune, others):
    _, environment = servers
    with contextlib.ExitStack() as stack:
        if others:
            stack.callback(Listener(environment, "another").close)
        _vanishes(servers, toy_path, tune, "still" if others else "away")


def _vanishes(servers, toy_path, tune, name):
    _, environment = servers
    with session(servers, toy_path, name, midi=f"{name}:in") as (pulse, listener, live):
        listener.close()
        wait_until(lambda: live.said("is gone") or live.said("No MIDI port"), 6, "the message")
        wait_until(lambda: f"{name}:in" not in jack_ports(environment), 5, "JACK to notice")
        again = Listener(environment, name)
        try:
            wait_until(lambda: live.said("well again"), 8, "the port again")
            pulse.play(tune).wait(20)
            wait_until(lambda: len(again.notes()) >= 20, 5, "notes")
            assert live.process.poll() is None
            live.end()
            wait_until(lambda: not again.sounding(), 2, "offs")
        finally:
            again.close()
