"""The audio loop: found in sound, remembered, and measured on a virtual cable."""

import json

import numpy as np
import pytest

import jtm
from realtime.calibration import find, loop_of, median_loop, probe, store_loop, stored_loops
from realtime.errors import UserError
from tests.realtime.servers import pulse_server


def test_the_probe_is_found_in_noise_louder_than_itself(noise):
    sent = probe() * np.float32(0.02)
    sound = noise.copy()
    sound[12_345 : 12_345 + len(sent)] += sent
    assert find(sound, sent) == 12_345
    assert find(noise, sent) is None
    assert find(noise[:100], sent) is None
    assert find(np.zeros(48_000, dtype=np.float32), sent) is None


def test_loops_are_kept_per_pair(tmp_path):
    path = tmp_path / "data" / "loops.json"
    assert stored_loops(path) == {}
    store_loop("ALSA: Mic", "Speaker é", 43.5, path)
    store_loop("ALSA: Mic", "Phones", 21.0, path)
    store_loop("ALSA: Mic", "Speaker é", 44.0, path)
    assert loop_of("ALSA: Mic", path) == ("Speaker é", 44.0)
    assert loop_of("ALSA: Other", path) is None
    path.write_text('{"a": []')
    assert stored_loops(path) == {}


def test_measurements_must_agree():
    assert median_loop([40.0, 41.0, 300.0]) == pytest.approx(40.5)
    with pytest.raises(UserError, match="not heard"):
        median_loop([])
    with pytest.raises(UserError, match="agree"):
        median_loop([0.0, 100.0, 200.0, 300.0])


@pytest.mark.slow
def test_the_virtual_cable(tmp_path, monkeypatch, capfd):
    with pulse_server(tmp_path / "p") as pulse:
        for key in ("PULSE_SERVER", "PULSE_RUNTIME_PATH", "XDG_RUNTIME_DIR", "HOME"):
            monkeypatch.setenv(key, pulse.environment[key])
        monkeypatch.setenv("PULSE_LATENCY_MSEC", "20")
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        words = ["calibrate", "--output", "pulse", "--repeats", "3", "--json"]
        assert jtm.main(words) == 0
        said = json.loads(capfd.readouterr().out)
    assert 5 < said["loop_ms"] < 400
    assert loop_of(said["input"]) == (said["output"], said["loop_ms"])
