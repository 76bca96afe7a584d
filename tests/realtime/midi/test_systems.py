"""Every library that reaches a MIDI system gives ports that behave alike."""

import importlib.util
import os
import subprocess
import sys
import time

import pytest

from realtime.midi import alsa_system
from realtime.midi.alsa_system import AlsaSystem
from realtime.midi.port import open_port
from realtime.midi.systems import midi_systems
from tests.support.servers import jack_ports, jack_server, wait_until


def test_python_rtmidi_is_used_where_it_is_installed():
    assert {system.name for system in midi_systems()} >= {"ALSA", "JACK"}


@pytest.mark.skipif(sys.platform != "linux", reason="JACK and ALSA are Linux's")
def test_without_it_there_are_still_jack_and_alsa(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "rtmidi" else found(name)
    )
    assert {system.name for system in midi_systems()} == {"ALSA", "JACK"}


def test_where_the_kernel_has_no_sequencer_alsa_is_not_there(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(alsa_system, "SEQUENCER", tmp_path / "seq")
    assert AlsaSystem().make_output("me") is None and AlsaSystem().sources() == []
    assert capfd.readouterr() == ("", ""), "libasound is not even asked"


@pytest.fixture
def jack(tmp_path, monkeypatch):
    with jack_server(tmp_path / "j", {**os.environ, "HOME": str(tmp_path)}) as environment:
        for key in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER"):
            monkeypatch.setenv(key, environment[key])
        yield environment


@pytest.fixture
def listener(jack):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.midi_listener", "synth"],
        env=jack, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.communicate()


def heard(process, count):
    return [[int(word) for word in process.stdout.readline().split()[1:]] for _ in range(count)]


@pytest.mark.slow
def test_notes_reach_a_port_of_jack_through_jack_client(listener):
    from realtime.midi.jack_system import systems

    opened = open_port("synth:in", systems())
    out, full = opened.out, opened.name
    assert full == "JACK: synth:in"
    sent = [[status, 60 + n, 90] for n in range(40) for status in (0x90, 0x80)]
    for message in sent:
        out.send_message(message)
    assert heard(listener, len(sent)) == sent
    out.close_port()
    out.delete()


@pytest.mark.slow
def test_a_virtual_port_of_jack_client_can_be_patched_and_a_second_copy_has_its_own_name(
    jack, listener
):
    from realtime.midi.jack_system import systems

    opened = open_port("virtual", systems())
    out, full = opened.out, opened.name
    again = open_port("virtual", systems())
    other, second = again.out, again.name
    assert (full, second) == ("JACK: Jaka to melodia:out", "JACK: Jaka to melodia 2:out")
    subprocess.run(["jack_connect", "Jaka to melodia:out", "synth:in"], env=jack, check=True)
    out.send_message([0x90, 72, 100])
    other.send_message([0x90, 73, 100])
    assert heard(listener, 1) == [[0x90, 72, 100]], "only the one that is connected"
    for port in (out, other):
        port.close_port()
        port.delete()
    wait_until(lambda: "Jaka to melodia:out" not in jack_ports(jack), 3, "the port to go")


@pytest.mark.slow
def test_without_a_server_jack_has_no_output(tmp_path, monkeypatch):
    from realtime.midi.jack_system import systems

    monkeypatch.setenv("JACK_DEFAULT_SERVER", f"nobody-{os.getpid()}")
    (system,) = systems()
    began = time.monotonic()
    assert system.make_output("me") is None and system.sources() == []
    assert time.monotonic() - began < 2
