"""The audio loop: found in sound, remembered, and measured on a virtual cable."""

import json

import numpy as np
import pytest

import jtm
from realtime.audio.sources import ArraySource, SourceStatus
from realtime.engine.engine import Engine
from realtime.midi.sink import MidiOut
from realtime.playback.calibration import (
    find,
    loop_of,
    median_loop,
    probe,
    store_loop,
    stored_loops,
)
from realtime.playback.live_messages import ProbePlayed
from realtime.playback.player import NoSound, SoundStatus
from realtime.playback.round_trip import LoopMeter, probe_at
from realtime.playback.stream_clock import StreamClock
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.snapshot import LoopState
from tests.support.list_output import ListOutput
from tests.support.servers import pulse_server
from tests.support.toy_model import melody


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


class Cable(NoSound):
    """An output whose sound comes back after `late_s`, until it is cut."""

    def __init__(self, rate: int, late_s: float) -> None:
        self.rate, self.late_s, self.now = rate, late_s, 0.0
        self.played: list[float] = []
        self.open = self.cut = False

    def measure(self, measuring):
        self.open = measuring

    def probe(self):
        self.played.append(self.now)
        return len(self.played)

    def status(self):
        probe = ProbePlayed(len(self.played), self.played[-1], 48_000) if self.played else None
        return SoundStatus("Phones" if self.open else "", probe=probe)

    def measured(self, meter: LoopMeter) -> LoopMeter:
        """Let time pass until the measurement has come to its end."""
        clock, block = StreamClock(), self.rate // 20
        echo = probe_at(48_000, self.rate) * np.float32(0.05)
        sound = np.random.default_rng(1).normal(0, 0.01, 60 * self.rate).astype(np.float32)
        placed = 0
        for step in range(1, 1200):
            self.now = step * 0.05
            for start in self.played[placed:]:
                at = round((start + self.late_s) * self.rate)
                sound[at : at + len(echo)] += 0 if self.cut else echo
            placed = len(self.played)
            clock.push(self.now, self.now)
            meter.push(sound[(step - 1) * block : step * block], self.rate, self.now)
            meter.step(clock, self.now)
            meter.wait()
            if not meter.running:
                break
        return meter


@pytest.mark.parametrize("rate", [48_000, 44_100])
def test_a_loop_is_measured_to_the_sample_and_kept(rate):
    kept, cable = [], Cable(rate, 0.0435)
    meter = LoopMeter(cable, "Mic", 0.0, 3, lambda *values: kept.append(values))
    state = cable.measured(meter).state
    assert (state.state, state.done, state.output) == ("done", 3, "Phones")
    assert state.loop_ms == pytest.approx(43.5, abs=0.1) and len(state.heard_ms) == 3
    assert kept == [("Mic", "Phones", state.loop_ms)] and not cable.open


def test_what_cannot_be_measured_says_why_and_keeps_nothing():
    kept, cable = [], Cable(8_000, 0.04)
    cable.cut = True
    meter = LoopMeter(cable, "Mic", 0.0, 2, lambda *values: kept.append(values))
    assert cable.measured(meter).state.trouble == Trouble(Code.PROBE_UNHEARD)
    silent = LoopMeter(NoSound(), "Mic", 0.0, 2, lambda *values: kept.append(values))
    silent.step(StreamClock(), 100.0)
    assert silent.state.trouble == Trouble(Code.OUTPUT_SILENT)
    given_up = LoopMeter(cable, "Mic", 0.0)
    given_up.cancel()
    assert given_up.state == LoopState() and not cable.open and not kept


def test_while_the_loop_is_measured_noise_is_no_music(toy):
    port = ListOutput()
    source = ArraySource(melody(), 16_000, "tune")
    source.live = True
    source.status = SourceStatus
    engine = Engine(toy, source, MidiOut(port), sound=Cable(16_000, 0.04))
    engine.measure_loop()
    for _ in range(10):
        engine.pull()
    assert engine.snapshot().loop.state == "measuring" and not engine.snapshot().notes
    engine.stop_measuring()
    for _ in range(10):
        engine.pull()
    assert engine.snapshot().loop == LoopState() and engine.snapshot().notes
    source.live = False
    engine.measure_loop()
    assert engine.snapshot().loop.trouble == Trouble(Code.LOOP_NEEDS_MICROPHONE)
    engine.close()


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
