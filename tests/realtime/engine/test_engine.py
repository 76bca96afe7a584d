import threading
import time
from dataclasses import replace

import mido
import numpy as np
import pytest
import soundfile

from realtime.audio.sources import ArraySource, FileSource, PacedSource, SourceStatus
from realtime.engine.engine import BLOCK_SECONDS, Engine
from realtime.files.note_files import read_csv
from realtime.midi.messages import NOTE_OFF, NOTE_ON
from realtime.midi.sink import MidiOut
from realtime.transcription.chain import Chain, decoder_for
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.notes import NoteOn
from realtime.values.settings import EngineSettings
from tests.support.list_output import ListOutput
from tests.support.toy_model import SPEC, melody

SETTINGS = EngineSettings()


class Card(ArraySource):
    """A live source whose backlog and gaps the test decides."""

    live = True

    def __init__(self, samples, rate):
        super().__init__(samples, rate, "card")
        self.now = SourceStatus()

    def status(self):
        status, self.now = self.now, replace_gap(self.now)
        return status


def replace_gap(status):
    return SourceStatus(status.waiting_frames, status.latency_ms, 0.0, status.lost_s,
                        status.connected, status.trouble)  # fmt: skip


def engine_for(toy, source, settings=SETTINGS, sink=None):
    return Engine(toy, source, sink or ListOutput(), settings)


def balanced(events):
    sounding = set()
    for event in events:
        if isinstance(event, NoteOn):
            assert event.pitch not in sounding
            sounding.add(event.pitch)
        else:
            sounding.remove(event.pitch)
    return not sounding


def test_snapshot_tells_what_happens(toy):
    engine = engine_for(toy, ArraySource(melody(), 16_000, "tune"))
    for _ in range(20):
        engine.pull()
    shown = engine.snapshot()
    assert shown.state == "listening" and shown.input_name == "tune" and shown.model_name == "toy"
    assert shown.stream_s == pytest.approx(1.0)
    assert shown.device_rate == 16_000 and shown.look_ahead_ms == 40
    assert -40 < shown.level_db < 0 and shown.peak_db > shown.level_db
    assert len(shown.spectrum) == 88 and shown.hop_ms > 0
    assert shown.notes and shown.notes == tuple(sorted(shown.notes, key=lambda n: n.onset_s))
    assert engine.snapshot().peak_db == -120
    engine.run()
    assert engine.snapshot().state == "file-ended"
    assert all(note.offset_s is not None for note in engine.snapshot().notes)


def test_every_on_has_its_off_after_close_at_any_time(toy):
    for blocks in (3, 8, 13, 29):
        sink = ListOutput()
        engine = engine_for(toy, ArraySource(melody(), 16_000), sink=sink)
        for _ in range(blocks):
            engine.pull()
        engine.close()
        engine.close()
        assert sink.closed and balanced(sink.events)


def test_panic_ends_the_notes_and_the_stream_goes_on(toy):
    sink = ListOutput()
    engine = engine_for(toy, ArraySource(melody(), 16_000), sink=sink)
    for _ in range(8):
        engine.pull()
    assert engine.chain.tracker.sounding
    engine.panic()
    assert not engine.chain.tracker.sounding and balanced(sink.events)
    engine.run()
    assert balanced(sink.events) and len(sink.events) >= 18


def test_muted_sends_nothing_ends_what_sounds_and_still_shows_notes(toy):
    port = ListOutput()
    engine = engine_for(toy, ArraySource(melody(), 16_000), sink=MidiOut(port))
    for _ in range(8):
        engine.pull()
    assert engine.chain.tracker.sounding
    engine.apply(replace(SETTINGS, midi_muted=True))
    assert silent_after(port.messages)
    sent, shown = len(port.messages), len(engine.snapshot().notes)
    for _ in range(10):
        engine.pull()
    assert len(port.messages) == sent and len(engine.snapshot().notes) > shown
    engine.apply(SETTINGS)
    engine.run()
    engine.close()
    assert silent_after(port.messages) and len(port.messages) > sent + 2


def test_a_key_pressed_by_hand_goes_to_the_port_alone_and_always_ends(toy, tmp_path):
    port = ListOutput()
    settings = replace(SETTINGS, record=str(tmp_path))
    engine = engine_for(toy, ArraySource(np.zeros(16_000), 16_000), settings, MidiOut(port))
    engine.record()
    engine.try_key(64, True)
    assert [message[:2] for message in port.messages] == [(NOTE_ON, 64)]
    engine.try_key(64, False)
    assert silent_after(port.messages)
    engine.pull()
    assert not engine.snapshot().notes and engine.snapshot().take_notes == 0
    engine.apply(replace(settings, midi_muted=True))
    sent = len(port.messages)
    engine.try_key(64, True)
    assert len(port.messages) == sent
    engine.apply(settings)
    engine.try_key(65, True)
    engine.close()
    assert silent_after(port.messages)


def silent_after(messages):
    sounding = set()
    for status, key, _ in messages:
        if status == NOTE_ON:
            sounding.add(key)
        elif status == NOTE_OFF:
            sounding.discard(key)
    return not sounding


def test_the_delay_is_estimated_from_its_parts_on_live_sound_alone(toy):
    source = Card(melody(16_000), 16_000)
    engine = engine_for(toy, source)
    assert engine.snapshot().delay_p95_ms == 0
    source.now = SourceStatus(latency_ms=12.0, block_frames=160)
    engine.pull(4000)
    shown, spec = engine.snapshot(), toy.spec
    rest_ms = shown.delay_p95_ms - 12.0 - shown.look_ahead_ms - shown.hop_p95_ms
    assert shown.hop_p95_ms > 0 and rest_ms == pytest.approx(0.95 * spec.hop_ms)
    assert shown.block_frames == 160
    source.live = False
    assert engine.snapshot().delay_p95_ms == 0, "a file has no delay worth a figure"


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
def test_overload_drops_the_oldest_whole_hops_and_keeps_time(toy, rate, tmp_path):
    source = Card(melody(rate), rate)
    sink = ListOutput()
    engine = engine_for(toy, source, replace(SETTINGS, record=str(tmp_path)), sink)
    engine.record()
    for index in range(30):
        source.now = SourceStatus(waiting_frames=rate if 5 <= index < 10 else 0)
        engine.pull(rate // 20)
    lost = engine.snapshot().lost_s
    assert 0.2 <= lost <= 0.25 and engine.snapshot().unheard_s == lost, "nothing was lost"
    assert engine.stream_s == pytest.approx(1.5, abs=0.01)
    toy.reset()
    reference = Chain(toy, rate, SETTINGS)
    whole = reference.process(melody(rate)[: int(1.5 * rate)])
    late = [
        (e.event.frame, e.event.pitch)
        for e in whole
        if isinstance(e.event, NoteOn) and e.event.frame > 80
    ]
    heard = {(e.frame, e.pitch) for e in sink.events if isinstance(e, NoteOn)}
    assert late and all(any(abs(f - g) <= 1 and p == q for g, q in heard) for f, p in late)
    engine.close()
    flac = next(tmp_path.glob("*.flac"))
    assert soundfile.info(flac).frames == 30 * (rate // 20), "what was not heard is still recorded"


def test_a_gap_ends_notes_and_time_goes_on(toy, tmp_path):
    source = Card(melody(48_000), 48_000)
    sink = ListOutput()
    engine = engine_for(toy, source, replace(SETTINGS, record=str(tmp_path)), sink)
    engine.record()
    for _ in range(8):
        engine.pull()
    assert engine.chain.tracker.sounding
    source.now = SourceStatus(gap_s=2.0)
    engine.check_health()
    assert balanced(sink.events) and engine.stream_s == pytest.approx(2.4)
    before = len(sink.events)
    for _ in range(10):
        engine.pull()
    starts = [e.frame for e in sink.events[before:] if isinstance(e, NoteOn)]
    assert starts and min(starts) >= 238
    engine.close()
    assert soundfile.info(next(tmp_path.glob("*.flac"))).duration == pytest.approx(2.9)


@pytest.mark.parametrize("rates", [(48_000, 96_000), (48_000, 8_000, 44_100), (16_000, 48_000)])
def test_a_device_that_comes_back_at_another_rate_goes_on_in_the_same_take(toy, rates, tmp_path):
    seconds = 1.5
    source = Card(melody(rates[0], seconds), rates[0])
    engine = engine_for(toy, source, replace(SETTINGS, record=str(tmp_path)))
    engine.record()
    for rate in rates:
        again = Card(melody(rate, seconds), rate)
        source.rate, source.read = rate, again.read
        for _ in range(round(seconds / BLOCK_SECONDS)):
            engine.pull()
    source.now = SourceStatus(gap_s=1.0)
    engine.check_health()
    engine.close()
    (flac,) = tmp_path.glob("*.flac")
    sound, rate = soundfile.read(flac)
    whole_s = seconds * len(rates) + 1.0
    assert rate == rates[0] and len(sound) / rate == pytest.approx(whole_s, abs=0.01)
    heard = read_csv(flac.with_suffix(".csv"))
    again = round(seconds * (len(rates) - 1) * rate)
    first = np.abs(np.fft.rfft(sound[: round(0.4 * rate)]))
    last = np.abs(np.fft.rfft(sound[again : again + round(0.4 * rate)]))
    assert abs(int(first.argmax()) - int(last.argmax())) <= 2, "at its pitch"
    assert {note.onset_s > again / rate for note in heard} == {True, False}, "notes of both"


def test_silence_while_disconnected_ends_what_sounds(toy):
    source = Card(melody(48_000), 48_000)
    sink = ListOutput()
    engine = engine_for(toy, source, sink=sink)
    for _ in range(8):
        engine.pull()
    source.now = SourceStatus(connected=False, trouble=Trouble(Code.INPUT_UNPLUGGED, name="X"))
    engine.check_health()
    shown = engine.snapshot()
    assert (
        balanced(sink.events)
        and shown.state == "no-input"
        and shown.troubles == (Trouble(Code.INPUT_UNPLUGGED, name="X"),)
    )


def test_a_broken_file_is_a_message(toy, tmp_path, melodies):
    path = tmp_path / "cut.wav"
    path.write_bytes(melodies[16_000].read_bytes()[:90_000])
    engine = engine_for(toy, FileSource(path))
    engine.run()
    shown = engine.snapshot()
    assert shown.state in ("failed", "file-ended")
    assert balanced(engine.sink.events)


def test_sensitivity_moves_thresholds_in_log_odds():
    same = decoder_for(SPEC, 0, SETTINGS)
    assert same == SPEC.heads[0].decoder
    deaf = decoder_for(SPEC, 0, EngineSettings(sensitivity=0.0))
    keen = decoder_for(SPEC, 0, EngineSettings(sensitivity=1.0))
    assert deaf.onset_threshold == pytest.approx(1 / (1 + np.exp(-3)))
    assert keen.onset_threshold == pytest.approx(1 / (1 + np.exp(3)))
    assert deaf.offset_threshold == keen.offset_threshold == same.offset_threshold


def test_shortest_note_and_range():
    assert decoder_for(SPEC, 0, EngineSettings(minimum_note_ms=100)).minimum_frames == 10
    assert decoder_for(SPEC, 0, EngineSettings(minimum_note_ms=0)).minimum_frames == 3


def test_settings_change_while_running(toy):
    sink = ListOutput()
    engine = engine_for(toy, ArraySource(melody(), 16_000), sink=sink)
    for _ in range(20):
        engine.pull()
    engine.apply(EngineSettings(lowest_pitch=100))
    before = len(sink.events)
    engine.run()
    assert not [e for e in sink.events[before:] if isinstance(e, NoteOn) and e.pitch < 100]
    assert balanced(sink.events)


@pytest.mark.parametrize("kind", ["silence", "nan", "inf", "dc", "denormal"])
def test_bad_sound_makes_no_notes(toy, kind):
    value = {"silence": 0, "nan": np.nan, "inf": np.inf, "dc": 0.5, "denormal": 1e-40}[kind]
    sink = ListOutput()
    source = ArraySource(np.full(32_000, value, dtype=np.float32), 16_000)
    engine = engine_for(toy, source, sink=sink)
    engine.run()
    starts = [e for e in sink.events if isinstance(e, NoteOn) and 20 < e.frame < 190]
    assert not starts and np.isfinite(engine.snapshot().level_db)


def test_swapping_source_and_model_keeps_time_and_balance(toy, toy_path):
    from realtime.inference.onnx_model import OnnxModel

    sink = ListOutput()
    engine = engine_for(toy, ArraySource(melody(48_000), 48_000), sink=sink)
    for _ in range(8):
        engine.pull()
    engine.swap_source(ArraySource(melody(16_000), 16_000))
    assert engine.stream_s == pytest.approx(0.4) and balanced(sink.events)
    for _ in range(8):
        engine.pull()
    engine.swap_model(OnnxModel(toy_path, 80))
    assert engine.snapshot().look_ahead_ms == 80
    engine.run()
    assert balanced(sink.events) and engine.stream_s > 3.3


def test_a_paced_file_keeps_to_the_clock():
    now = 100.0
    paced = PacedSource(ArraySource(np.zeros(16_000), 16_000), lambda: now)
    assert len(paced.read(4000)) == 0
    now = 100.125
    assert len(paced.read(4000)) == 2000
    assert len(paced.read(4000)) == 0
    now = 200.0
    assert len(paced.read(4000)) == 4000


def test_run_stops_when_told(toy):
    sink = ListOutput()
    paced = PacedSource(ArraySource(melody(), 16_000))
    engine = engine_for(toy, paced, sink=sink)
    stop = threading.Event()
    thread = threading.Thread(target=engine.run, args=(stop.is_set,))
    thread.start()
    time.sleep(0.2)
    stop.set()
    thread.join(1)
    assert not thread.is_alive() and 0.05 < engine.stream_s < 1
    engine.close()


def test_one_event_order_for_midi_take_and_roll(toy):
    order = []

    class Sink(ListOutput):
        def send(self, events):
            order.append("midi")
            super().send(events)

    engine = Engine(toy, ArraySource(melody(), 16_000), Sink(), SETTINGS,
                    lambda timed: order.append("shown"))  # fmt: skip
    engine.run()
    assert order[::2] == ["midi"] * (len(order) // 2) and order[1::2] == ["shown"] * (
        len(order) // 2
    )


def test_missing_file_in_words(tmp_path):
    with pytest.raises(UserError, match="No such sound file"):
        FileSource(tmp_path / "no.wav")


@pytest.mark.slow
def test_a_file_that_is_heard_fast_waits_for_a_slow_disk(toy, tmp_path, monkeypatch):
    """Nothing of it is given up because memory is full."""
    monkeypatch.setattr("realtime.takes.recorder.MEMORY_SECONDS", 0.5)
    monkeypatch.setattr("realtime.takes.recorder.FLUSH_SECONDS", 0.02)
    monkeypatch.setattr("realtime.takes.journal.os.fsync", lambda descriptor: time.sleep(0.05))
    sound = np.tile(melody(16_000), 2)
    settings = EngineSettings(record=str(tmp_path))
    engine = Engine(toy, ArraySource(sound, 16_000), ListOutput(), settings)
    engine.record()
    engine.run()
    engine.close()
    (flac,) = tmp_path.glob("*.flac")
    assert soundfile.info(flac).frames == len(sound)


def test_no_note_sounds_on_over_what_was_not_heard(toy, tmp_path):
    """A tone stops and comes again within a second that came too late: two notes, and a marker."""
    rate, tone = 16_000, 0.3 * np.sin(2 * np.pi * 880 * np.arange(8_000) / 16_000)
    source = Card(np.concatenate([tone, np.zeros(rate), tone]).astype(np.float32), rate)
    sink = ListOutput()
    engine = engine_for(toy, source, replace(SETTINGS, record=str(tmp_path)), sink)
    engine.record()
    for index in range(40):
        late = round((1.6 - 0.05 * index) * rate) if 9 <= index < 32 else 0
        source.now = SourceStatus(waiting_frames=max(0, late))
        engine.pull(rate // 20)
    told = engine.snapshot()
    engine.close()
    assert balanced(sink.events) and told.unheard_s > 0.8
    (csv,) = tmp_path.glob("*.csv")
    first, *others = read_csv(csv)
    assert first.pitch == 81 and first.offset_s < 0.6
    assert all(note.onset_s >= 1.2 for note in others) and others
    marks = [message for message in mido.MidiFile(csv.with_suffix(".mid")).tracks[0]
             if message.type == "marker"]  # fmt: skip
    assert any("its notes are missing" in mark.text for mark in marks)
