"""A MIDI port that JACK forgot is noticed and opened again."""

import os

import pytest

from realtime import midi_port, port_check
from realtime.midi_bytes import ALL_NOTES_OFF, CONTROL
from tests.realtime.servers import jack_server


class Cable:
    """What an output sends and an ear hears, unless the output is deaf."""

    def __init__(self, deaf):
        self.deaf, self.sent, self.waiting = deaf, [], []

    def get_ports(self):
        return ["synth:in"]

    def open_virtual_port(self, name):
        self.opened = name

    def open_port(self, index, name):
        self.opened = name

    def send_message(self, message):
        self.sent.append(message)
        if not self.deaf:
            self.waiting.append(message)

    def close_port(self):
        self.opened = ""

    def delete(self):
        self.deleted = True


class Ear:
    """A listener that hears one cable."""

    def __init__(self, cable):
        self._cable = cable

    def get_message(self):
        return (self._cable.waiting.pop(), 0.0) if self._cable.waiting else None

    def close_port(self):
        pass

    delete = close_port


@pytest.fixture
def openings(monkeypatch):
    """Give it which outputs are deaf; get the outputs that were made."""
    made, current = [], []

    def client(api, name=midi_port.CLIENT_NAME):
        made.append(Cable(current[len(made)]))
        return made[-1]

    monkeypatch.setattr(midi_port, "_apis", lambda: [(2, "JACK")])
    monkeypatch.setattr(midi_port, "_sources", lambda api: [])
    monkeypatch.setattr(midi_port, "_client", client)
    monkeypatch.setattr(port_check, "_listen", lambda api, name: Ear(made[-1]))
    monkeypatch.setattr(port_check, "PATIENCE_SECONDS", 0.01)
    return current, made


@pytest.mark.parametrize("name", ["virtual", "JACK: synth:in"])
def test_a_port_that_passes_nothing_on_is_opened_again(openings, name):
    deaf, made = openings
    deaf += [True, False]
    out, full = midi_port.open_port(name)
    assert out is made[1] and out.opened == "out" and made[0].deleted
    assert full == ("JACK: Jaka to melodia:out" if name == "virtual" else "JACK: synth:in")


def test_a_port_that_works_is_opened_once_and_plays_nothing(openings):
    deaf, made = openings
    deaf += [False]
    out, _ = midi_port.open_port("virtual")
    assert made == [out] and out.sent == [[CONTROL, ALL_NOTES_OFF, 0]]


def test_a_second_port_is_taken_as_it_is(openings):
    deaf, made = openings
    deaf += [True, True]
    assert midi_port.open_port("virtual")[0] is made[1], "silence is not proof enough to refuse"


@pytest.mark.slow
def test_a_port_of_a_real_server_hears_itself(tmp_path, monkeypatch):
    import rtmidi

    with jack_server(tmp_path / "j", {**os.environ, "HOME": str(tmp_path)}) as environment:
        for key in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER"):
            monkeypatch.setenv(key, environment[key])
        api = rtmidi.API_UNIX_JACK
        out, full = midi_port.open_port("virtual")
        assert full == "JACK: Jaka to melodia:out"
        assert port_check.passes_on(out, api, "Jaka to melodia")
        monkeypatch.setattr(port_check, "_hears", lambda ear, out: False)
        assert not port_check.passes_on(out, api, "Jaka to melodia")
        out.close_port()
        out.delete()
