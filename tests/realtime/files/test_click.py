"""The click: exact beats, bars counted before a take, and takes whose bars are bars elsewhere."""

import time
from dataclasses import replace

import mido
import numpy as np
import pytest

from realtime.audio.sources import ArraySource
from realtime.engine.engine import Engine
from realtime.files.click import Click, on_bars, read_click
from realtime.files.note_files import Heading, write_midi
from realtime.playback.count_in import CountIn
from realtime.playback.live_messages import Beat, Wanted
from realtime.playback.mixer import Mixer
from realtime.playback.player import NoSound, SoundStatus
from realtime.playback.stream_clock import StreamClock
from realtime.takes.journal import JournalWriter, TakeEvent, TakeInfo
from realtime.takes.library import click_of, list_takes, save_version
from realtime.takes.read_journal import click_of as journal_click
from realtime.takes.read_journal import read_events
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.notes import Note
from realtime.values.settings import EngineSettings
from tests.support.list_output import ListOutput

RATE = 48_000
BPM, BEATS = 97.0, 3
SETTINGS = EngineSettings(click=True, click_bpm=BPM, click_beats=BEATS, count_in=1)
CLICK = Click(BPM, BEATS, 0.2)


def onsets(sound: np.ndarray) -> np.ndarray:
    """Samples at which a tick begins."""
    loud = np.flatnonzero(np.abs(sound) > 1e-4)
    return loud[np.flatnonzero(np.diff(loud, prepend=-RATE) > RATE // 20)]


def rendered(sound: Mixer, seconds: float) -> np.ndarray:
    return np.concatenate([sound.render() for _ in range(int(seconds * RATE / 256))])


def test_beats_fall_on_their_samples_and_the_first_of_a_bar_is_higher():
    sound = Mixer(RATE)
    rendered(sound, 0.1)
    sound.follow(Wanted(bpm=BPM, beats=BEATS, number=1))
    ticks = rendered(sound, 5.0)
    found = onsets(ticks)
    due = np.arange(len(found)) * 60 / BPM * RATE
    assert len(found) == 9 and np.abs(found - due).max() <= 3
    pitches = [np.argmax(np.abs(np.fft.rfft(ticks[at : at + 2048]))) * RATE / 2048 for at in found]
    high = np.array(pitches) > 1300
    assert high.tolist() == [index % BEATS == 0 for index in range(len(found))]
    sound.follow(Wanted(bpm=2 * BPM, beats=BEATS, number=1))
    faster = onsets(rendered(sound, 2.0))
    assert np.allclose(np.diff(faster[1:]), 30 / BPM * RATE, atol=3)
    sound.follow(Wanted(bpm=0, beats=BEATS, number=1))
    rendered(sound, 0.1)
    assert not rendered(sound, 2.0).any()


def test_the_clock_takes_the_earliest_delivery_and_forgets_the_old():
    clock = StreamClock()
    assert clock.stream_s(1.0) is None
    for step in range(100):
        late = 0.02 * (step % 5)
        clock.push(100.0 + 0.05 * step + late, 0.05 * step)
    assert clock.stream_s(103.0) == pytest.approx(3.0) and clock.moment(3.0) == pytest.approx(103.0)
    for step in range(300):
        clock.push(200.0 + 0.05 * step, 0.05 * step)
    assert clock.stream_s(210.0) == pytest.approx(10.0)


def test_what_an_output_did_not_play_is_skipped_once():
    clock, told = StreamClock(), []
    for step in range(600):
        lost = 0.1 if step > 300 else 0.0
        clock.push(10.0 + 0.01 * step, 0.01 * step - lost + sum(told))
        told.append(clock.lost_s())
    assert [piece for piece in told if piece] == [pytest.approx(0.1)]
    assert clock.stream_s(12.0) == pytest.approx(2.0)


def test_a_take_begins_just_before_the_bar_that_was_counted_to():
    counter, bar_s = CountIn(), 60 / BPM * BEATS
    counter.begin(7, bars=1, now=50.0)
    old = SoundStatus("Phones", beat=Beat(6, BPM, BEATS, 48.0, 48.0))
    fresh = SoundStatus("Phones", beat=Beat(7, BPM, BEATS, 50.1, 50.1))
    left, began = [], 0.0
    for step in range(1000):
        now = 50.0 + 0.01 * step
        counter.clock.push(now, now - 40.0)
        if counter.due(SETTINGS, fresh if step > 20 else old, 0.03, now):
            began = now - 40.0
            break
        left.append(counter.beats_left)
    first_s = 50.1 + 0.03 + bar_s - 40.0
    assert began == pytest.approx(first_s - 0.2, abs=0.011)
    assert left[30:] == sorted(left[30:], reverse=True) and left[30] == BEATS and left[-1] == 1
    click = counter.click(SETTINGS, fresh, 0.03, began)
    assert click.first_beat_s == pytest.approx(first_s - began, abs=1e-6)
    assert not counter.counting and counter.beats_left == 0


def test_a_click_that_never_comes_is_not_waited_for_and_one_taken_away_neither():
    counter = CountIn()
    counter.begin(1, 1, now=0.0)
    assert not counter.due(SETTINGS, SoundStatus(), 0.0, 1.0)
    assert counter.due(SETTINGS, SoundStatus(), 0.0, 5.0)
    counter.begin(3, 1, now=10.0)
    assert counter.due(SETTINGS, SoundStatus(trouble=Trouble(Code.NO_OUTPUT)), 0.0, 10.1)
    counter.begin(2, 4, now=10.0)
    assert counter.due(replace(SETTINGS, click=False), SoundStatus(), 0.0, 10.1)


NOTES = [
    Note(0.2 + 60 / BPM * beat, 0.4 + 60 / BPM * beat, 60 + beat, 80, 0.0) for beat in range(7)
]


def test_exported_bars_begin_at_bar_lines_and_notes_keep_their_distances(tmp_path):
    beat_s = 60 / BPM
    for notes, bars in ((NOTES, 0), ([Note(0.17, 0.3, 50, 80, 0.0), *NOTES], 1)):
        moved, click = on_bars(notes, CLICK)
        assert click.first_beat_s == pytest.approx(bars * click.bar_s)
        assert moved[-1].onset_s == pytest.approx((6 + bars * BEATS) * beat_s)
        gaps = np.diff([note.onset_s for note in notes])
        assert np.allclose(np.diff([note.onset_s for note in moved]), gaps)
        assert min(note.onset_s for note in moved) >= 0
    write_midi(NOTES, tmp_path / "a.mid", Heading("a", click=CLICK))
    file = mido.MidiFile(tmp_path / "a.mid")
    kinds = {message.type: message for message in file.tracks[0]}
    assert mido.tempo2bpm(kinds["set_tempo"].tempo) == pytest.approx(BPM, abs=1e-3)
    assert kinds["time_signature"].numerator == BEATS
    played = [m.time for m in file if m.type == "note_on"]
    assert played[0] == pytest.approx(0.2, abs=0.001), "the take itself keeps its raw timing"
    assert read_click(tmp_path / "a.mid") == CLICK
    (tmp_path / "b.mid").write_bytes(b"Click: 1e9 beats a minute, 4 a bar, first beat at 0.1 s")
    assert read_click(tmp_path / "b.mid") is None and read_click(tmp_path / "c.mid") is None


def test_the_click_of_a_journal_is_forgotten_where_its_tempo_changed(tmp_path):
    writer = JournalWriter(tmp_path / ".take-x.journal", TakeInfo(RATE))
    writer.append_events([TakeEvent("click", 0.2, 0.0, text=f"{BPM} {BEATS}")])
    writer.flush()
    assert journal_click(read_events(writer.folder)) == CLICK
    writer.append_events([TakeEvent("click", 1.0, 1.0)])
    writer.close()
    assert journal_click(read_events(writer.folder)) is None


class Clicking(NoSound):
    """An output whose click begins the moment it is asked to."""

    def __init__(self):
        self.beat = None

    def restart_click(self):
        self.beat = Beat(1, BPM, BEATS, time.monotonic(), time.monotonic())
        return 1

    def status(self):
        return SoundStatus("Phones", beat=self.beat)


def test_a_counted_take_knows_its_click_in_every_version(toy, tmp_path, monkeypatch):
    monkeypatch.setattr("realtime.playback.count_in.stored_loops", lambda: {"tune -> Phones": 30.0})
    settings = replace(SETTINGS, record=str(tmp_path), click_bpm=300.0, click_beats=2)
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    source = ArraySource(np.zeros(32_000, dtype=np.float32), 16_000, "tune")
    sound = Clicking()
    engine = Engine(toy, source, ListOutput(), settings, sound=sound)
    engine.pull(160)
    engine.record()
    sound.beat = replace(sound.beat, bpm=300.0, beats=2)
    assert engine.snapshot().recording is False
    for _ in range(60):
        now[0] += 0.01
        engine.pull(160)
    shown = engine.snapshot()
    assert shown.recording and shown.count_in == 0
    monkeypatch.undo()
    engine.close()
    (take,) = list_takes(tmp_path)
    click = click_of(take)
    assert (click.bpm, click.beats) == (300.0, 2)
    assert click.first_beat_s == pytest.approx(0.2, abs=0.011)
    save_version(take, NOTES, "edited")
    (take,) = list_takes(tmp_path)
    assert read_click(take.newest.midi) == click


@pytest.mark.parametrize("placed", [True, False])
def test_a_take_whose_click_was_never_placed_says_so_until_the_next(toy, tmp_path, placed):
    settings = replace(SETTINGS, record=str(tmp_path), click_bpm=BPM, click_beats=BEATS, count_in=0)
    source = ArraySource(np.zeros(32_000, dtype=np.float32), 16_000, "tune")
    source.live = True
    sound = Clicking()
    engine = Engine(toy, source, ListOutput(), settings, sound=sound)
    engine.pull(160)
    engine.record()
    engine.pull(160)
    if placed:
        sound.restart_click()
        engine.pull(160)
    engine.stop_recording()
    told = [trouble for trouble in engine.snapshot().troubles if trouble.code == Code.CLICK_UNKNOWN]
    assert bool(told) is not placed
    engine.record()
    assert Code.CLICK_UNKNOWN not in {trouble.code for trouble in engine.snapshot().troubles}
    engine.close()
    first = min(list_takes(tmp_path), key=lambda take: take.name)
    assert (click_of(first) is None) is not placed


def test_cancelled_while_counting_nothing_is_recorded(toy, tmp_path):
    settings = replace(SETTINGS, record=str(tmp_path))
    engine = Engine(toy, ArraySource(np.zeros(16_000), 16_000), ListOutput(), settings,
                    sound=Clicking())  # fmt: skip
    engine.record()
    engine.pull(160)
    assert engine.snapshot().count_in > 0
    engine.stop_recording()
    assert engine.snapshot().count_in == 0
    engine.run()
    engine.close()
    assert not list_takes(tmp_path)
