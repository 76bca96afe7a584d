"""A sound server and a JACK server, for tests of MIDI at the receiver."""

import pytest

from tests.support.servers import jack_server, need, pulse_server


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("servers")
    need("pulseaudio", "jackd")
    with pulse_server(folder / "p") as pulse, jack_server(folder / "j", pulse.environment) as env:
        yield pulse, {**env, "XDG_STATE_HOME": str(folder / "state")}
