"""A sound server, and music that the microphone hears."""

import time

import numpy as np
import pytest
import soundfile

from tests.support.servers import pulse_server
from tests.support.toy_model import melody

RATE = 48_000


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("servers")
    with pulse_server(folder / "p") as pulse:
        pulse.environment["XDG_STATE_HOME"] = str(folder / "state")
        tune = folder / "tune.wav"
        soundfile.write(tune, np.tile(melody(RATE), 20), RATE)
        yield pulse, tune


@pytest.fixture
def playing(servers):
    """Music that the microphone hears all the time."""
    pulse, tune = servers
    player = pulse.play(tune)
    time.sleep(0.5)
    yield pulse
    player.kill()
    player.wait()
