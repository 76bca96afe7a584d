"""Cards that run fast, laptops that sleep, interpreters that stall: time and takes stay right."""

import re
from dataclasses import replace

import mido
import numpy as np
import pytest
import soundfile

from realtime.audio.microphone import Microphone
from realtime.engine.engine import Engine
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.notes import NoteOn
from realtime.values.settings import EngineSettings
from tests.support.list_output import ListOutput
from tests.support.scripted_stream import ScriptedStream
from tests.support.toy_model import melody

RATE = 16_000


class Night:
    """An engine on a scripted card and a clock that the test moves."""

    def __init__(self, toy, tmp_path):
        self.now = 500.0
        self.folder = tmp_path
        self.stream = ScriptedStream(lambda: self.now, RATE, melody(RATE, 3.0))
        self.microphone = Microphone("", lambda name: self.stream, lambda: self.now)
        self.microphone.wait_until_open(5)
        self.sink = ListOutput()
        toy.reset()
        settings = EngineSettings(record=str(tmp_path))
        self.engine = Engine(toy, self.microphone, self.sink, settings)
        self.engine.record()

    def play(self, seconds, step=0.02):
        for _ in range(round(seconds / step)):
            self.now += step
            self.engine.check_health()
            while self.engine.pull():
                pass

    def take(self):
        """(seconds of sound, markers) of the finished take."""
        self.engine.close()
        (flac,) = self.folder.glob("*.flac")
        messages = mido.MidiFile(flac.with_suffix(".mid")).tracks[0]
        texts = [message.text for message in messages if message.type == "marker"]
        return soundfile.info(flac).duration, texts


@pytest.fixture
def night(toy, tmp_path):
    return Night(toy, tmp_path)


@pytest.mark.parametrize("speed", [0.999, 1.001])
def test_a_card_a_thousandth_off_loses_nothing(night, speed):
    night.stream.speed = speed
    night.play(20)
    shown = night.engine.snapshot()
    assert shown.lost_s == 0 and shown.gaps == 0 and shown.behind_s < 0.05
    assert shown.stream_s == pytest.approx(20 * speed, abs=0.1)
    assert min(event.frame for event in night.sink.events) >= 0


def test_a_stall_of_a_second_costs_a_second_of_notes_and_no_sound(night):
    night.play(3)
    night.play(1.0, step=1.0)
    night.play(3)
    shown = night.engine.snapshot()
    assert shown.behind_s < 0.05 and shown.lost_s < 1.0
    late = [e for e in night.sink.events if isinstance(e, NoteOn) and e.frame > 420]
    assert late, "the music goes on"
    seconds, texts = night.take()
    assert seconds == pytest.approx(7.0, abs=0.05), "all of it is in the take"
    (text,) = texts
    told = re.fullmatch(r"Too slow: ([0-9.]+) s of sound came too late .*", text)
    assert told and float(told[1]) == pytest.approx(0.7, abs=0.06), "but for the last 0.3 s"
    assert float(told[1]) == pytest.approx(shown.unheard_s, abs=0.005)


class Laborious:
    """A model that takes time on the test's clock."""

    def __init__(self, model, night):
        self._model, self._night, self.hop_s = model, night, 0.0
        self.spec, self.head, self.reset = model.spec, model.head, model.reset

    def step(self, hop):
        self._night.now += self.hop_s
        return self._model.step(hop)


def test_twenty_seconds_at_half_the_speed_of_sound(toy, night):
    slow = Laborious(toy, night)
    night.engine.swap_model(slow)
    night.play(2)
    slow.hop_s = 0.02
    began, waited = night.now, []
    while night.now < began + 20:
        night.engine.check_health()
        if not night.engine.pull():
            night.now += 0.01
        waited.append(night.engine.snapshot().behind_s)
    assert max(waited) < 0.5, "late sound is left out, the delay does not grow"
    shown = night.engine.snapshot()
    assert shown.lost_s == pytest.approx(10, abs=1.5), "half of it could not be listened to"
    heard = sum(isinstance(event, NoteOn) for event in night.sink.events)
    slow.hop_s = 0.0
    night.play(1)
    shown = night.engine.snapshot()
    lost_s = shown.lost_s
    night.play(5)
    shown = night.engine.snapshot()
    assert shown.behind_s < 0.05 and shown.lost_s == lost_s, "all is well again"
    assert sum(isinstance(event, NoteOn) for event in night.sink.events) > heard + 5
    seconds, texts = night.take()
    assert seconds == pytest.approx(night.now - 500.0, abs=0.2), "all of it is in the take"
    told = [float(re.fullmatch(r"Too slow: ([0-9.]+) s .*", text)[1]) for text in texts]
    assert 1 <= len(told) <= 25 and sum(told) == pytest.approx(lost_s, abs=0.05)


def test_asleep_for_ten_seconds(night):
    night.play(3)
    night.stream.swallowed += 8 * RATE
    night.now += 10.0
    night.play(7)
    shown = night.engine.snapshot()
    assert shown.stream_s == pytest.approx(20.0, abs=0.1), "time is the clock's again"
    assert 9.5 < shown.lost_s <= 10.0, "what the card still had is heard from its last 0.3 s on"
    assert shown.gaps >= 1
    seconds, texts = night.take()
    assert seconds == pytest.approx(20.0, abs=0.1)
    assert any("s of sound are missing" in text for text in texts)


def test_a_storm_of_losses_is_counted_and_marked_within_reason(night):
    night.play(2)
    for _ in range(40):
        night.stream.swallowed += RATE // 5
        night.play(0.5)
    night.play(10)
    shown = night.engine.snapshot()
    assert shown.lost_s == pytest.approx(8.0, abs=0.6)
    assert 4 <= shown.gaps <= 25, "about one a second, however many there were"
    _, texts = night.take()
    assert len(texts) == shown.gaps


def test_a_remark_of_the_server_is_shown_and_kept(night):
    night.play(1)
    night.stream.remark = Trouble(Code.INPUT_CHANGED, name="Webcam")
    night.play(0.5)
    assert night.engine.snapshot().troubles == (Trouble(Code.INPUT_CHANGED, name="Webcam"),)
    assert night.take()[1] == ["Now listening to 'Webcam'."]


def test_moved_to_a_source_nobody_chose(night):
    night.play(1)
    night.stream.problem = Trouble(Code.INPUT_UNPLUGGED, name="Scarlett")
    night.stream.speed = 0
    night.play(0.04)
    shown = night.engine.snapshot()
    assert shown.state == "no-input" and "Scarlett" in str(shown.troubles[0])
    assert not night.engine.chain.tracker.sounding


@pytest.mark.parametrize("stops", [True, False])
def test_every_sample_of_a_ramp_is_in_the_take(night, tmp_path, stops):
    """From the first to the last that was delivered before the take, or the program, was ended."""
    ramp = (np.arange(3 * RATE) % 32_000).astype(np.float32) / 32_768
    night.stream.sound = ramp
    night.play(2.5)
    night.now += 0.0071
    if stops:
        night.engine.stop_recording()
    night.engine.close()
    (flac,) = tmp_path.glob("*.flac")
    kept, _ = soundfile.read(flac, dtype="float32")
    delivered = int((night.now - 500.0) * RATE)
    assert np.array_equal(kept, ramp[:delivered])


def test_settings_change_keeps_the_take_whole(night):
    night.play(1)
    night.engine.apply(replace(night.engine.settings, a4_hz=442.0, mono=True))
    night.play(1)
    assert night.take()[0] == pytest.approx(2.0, abs=0.05)
