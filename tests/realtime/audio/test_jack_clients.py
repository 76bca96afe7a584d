"""A MIDI port on JACK that could not wake its listeners is opened again."""

import os
import subprocess

import pytest

from realtime.audio import jack as jack_clients
from realtime.audio import portaudio
from realtime.audio.jack import dead_semaphores, knows_who_left
from realtime.midi import port as midi_port
from realtime.troubles.errors import UserError
from tests.support.servers import jack_server

MAPPED = """\
7f700b3c4000-7f700b3c5000 rw-s 00000000 00:1b 19353    /dev/shm/jack_sem.0_default_Jaka to melodia
7f700b3c2000-7f700b3c3000 rw-s 00000000 00:1b 19365    /dev/shm/jack_sem.0_default_lsp (deleted)
7f700b3c0000-7f700b3c1000 rw-s 00000000 00:1b 19366    /dev/shm/jack-0-2 (deleted)
7f700b3a0000-7f700b3b1000 r-xp 00000000 fe:00 53266    /usr/lib/libjack.so.0.1.0
"""


class Output:
    """An rtmidi output that remembers what was done to it."""

    opened, deleted = "", False

    def get_ports(self):
        return ["synth:in"]

    def open_virtual_port(self, name):
        self.opened = "virtual"

    def open_port(self, index, name):
        self.opened = self.get_ports()[index]

    def close_port(self):
        self.opened = ""

    def delete(self):
        self.deleted = True


@pytest.fixture
def openings(monkeypatch):
    """(give it whether each opening misses a departure, the outputs made, the system)."""
    misses, made = [], []

    class System:
        name = "JACK"

        def sources(self):
            return []

        def make_output(self, client):
            made.append(Output())
            return made[-1]

    monkeypatch.setattr(jack_clients, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(jack_clients, "dead_semaphores", lambda: misses[len(made) - 1])
    return misses, made, [System()]


def test_dead_semaphores_are_told_apart_by_more_than_their_names(tmp_path):
    table = tmp_path / "maps"
    table.write_text(MAPPED)
    (before,) = dead_semaphores(table)
    assert before.endswith("/dev/shm/jack_sem.0_default_lsp (deleted)")
    table.write_text(MAPPED.replace("19365", "19371"))
    assert dead_semaphores(table) and before not in dead_semaphores(table), "its successor's"
    assert dead_semaphores(tmp_path / "none") == set(), "no such table: not Linux"


@pytest.mark.parametrize(
    ("looks", "knows"),
    [
        ([set()], True),
        ([{"a"}, {"a"}, set()], True),
        ([{"a"}, {"a", "b"}, {"b"}], True),
        ([{"a", "b"}, {"b"}], False),
        ([{"a"}], False),
    ],
    ids=["nobody goes", "goes just now", "one after the other", "one stays", "stays"],
)
def test_only_who_stays_dead_was_missed(monkeypatch, looks, knows):
    monkeypatch.setattr(jack_clients, "PATIENCE_SECONDS", 0.05)
    left = list(looks)
    monkeypatch.setattr(
        jack_clients, "dead_semaphores", lambda: set(left.pop(0) if len(left) > 1 else left[0])
    )
    assert knows_who_left() is knows


@pytest.mark.parametrize(
    ("name", "opened", "full"),
    [
        ("virtual", "virtual", "JACK: Jaka to melodia:out"),
        ("synth:in", "synth:in", "JACK: synth:in"),
    ],
)
def test_a_port_that_missed_something_is_opened_again(openings, name, opened, full):
    misses, made, systems = openings
    misses += [{"lsp"}, set()]
    found = midi_port.open_port(name, systems)
    out, told = found.out, found.name
    assert (out, told) == (made[1], full)
    assert made[0].deleted and not made[0].opened and out.opened == opened


def test_a_port_that_missed_nothing_is_opened_once(openings):
    misses, made, systems = openings
    misses += [set()]
    assert midi_port.open_port("virtual", systems).out is made[0] and len(made) == 1


def test_in_the_end_a_port_is_taken_as_it_is(openings):
    misses, made, systems = openings
    misses += jack_clients.OPENINGS * [{"lsp"}]
    out = midi_port.open_port("virtual", systems).out
    assert out is made[-1] and out.opened and len(made) == jack_clients.OPENINGS


@pytest.mark.parametrize(("refusals", "opens"), [(1, True), (20, False)])
def test_a_port_is_opened_again_where_another_client_goes_in_that_moment(
    refusals, opens, monkeypatch
):
    """The server refuses once: ours was told of a client that was gone when it looked."""
    monkeypatch.setattr(jack_clients, "dead_semaphores", set)
    tried = []

    class System:
        name = "JACK"

        def sources(self):
            return []

        def make_output(self, client):
            tried.append(client)
            return Output() if len(tried) > refusals else None

    if opens:
        assert midi_port.open_port("virtual", [System()]).out.opened == "virtual"
    else:
        with pytest.raises(UserError):
            midi_port.open_port("virtual", [System()])
        assert len(tried) == jack_clients.REFUSALS


@pytest.mark.parametrize(
    ("present", "former", "name"),
    [
        ([["Jaka to melodia:out"]] * 3 + [[]], "JACK: Jaka to melodia:out", "Jaka to melodia"),
        ([["other:out"]], "JACK: Jaka to melodia 2:out", "Jaka to melodia 2"),
        ([["Jaka to melodia:out"]], "JACK: Jaka to melodia:out", "Jaka to melodia 2"),
        ([["Jaka to melodia:out"]], "ALSA: Jaka to melodia:out", "Jaka to melodia 2"),
        ([[]], "JACK: synth:in", "Jaka to melodia"),
        ([[]], "", "Jaka to melodia"),
    ],
    ids=[
        "shown for a while",
        "the first is gone",
        "it stays",
        "elsewhere",
        "another's",
        "the first",
    ],
)
def test_a_port_of_ours_that_died_comes_back_under_its_name(present, former, name, monkeypatch):
    """A busy server still shows the old one, and whoever was connected looks for that name."""
    monkeypatch.setattr(jack_clients, "dead_semaphores", set)
    monkeypatch.setattr(midi_port, "FORMER_SECONDS", 0.2)
    shown = list(present)

    class System:
        name = "JACK"

        def sources(self):
            return shown.pop(0) if len(shown) > 1 else shown[0]

        def make_output(self, client):
            return Output()

    full = midi_port.open_port("virtual", [System()], former).name
    assert full == f"JACK: {name}:out"


def test_sound_devices_are_opened_again_too(monkeypatch):
    import sounddevice

    begun, misses = [], [{"lsp"}, {"lsp"}, set()]
    monkeypatch.setattr(jack_clients, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(jack_clients, "dead_semaphores", lambda: misses[len(begun) - 1])
    monkeypatch.setattr(sounddevice, "_terminate", lambda: None)
    monkeypatch.setattr(sounddevice, "_initialize", lambda: begun.append("again"))
    monkeypatch.setattr(sounddevice, "query_hostapis", lambda: ())
    monkeypatch.setattr(sounddevice, "query_devices", lambda: ())
    assert portaudio.list_inputs() == [] and len(begun) == 3


@pytest.mark.slow
def test_ports_miss_nothing_while_other_clients_come_and_go(tmp_path, monkeypatch):
    with jack_server(tmp_path / "j", {**os.environ, "HOME": str(tmp_path)}) as environment:
        for key in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER"):
            monkeypatch.setenv(key, environment[key])
        crowd = [
            subprocess.Popen(
                ["sh", "-c", "while jack_lsp; do sleep 0.03; done"],
                env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for _ in range(2)
        ]  # fmt: skip
        try:
            for _ in range(20):
                port = midi_port.open_port("virtual")
                out, full = port.out, port.name
                assert full == "JACK: Jaka to melodia:out"
                assert knows_who_left()
                out.close_port()
                out.delete()
        finally:
            for process in crowd:
                process.kill()
                process.wait()
