"""What was just played can be kept afterwards: sound and notes, in time, within bounded memory."""

import tracemalloc

import numpy as np
import pytest
import soundfile

from realtime.audio.sources import ArraySource
from realtime.engine.engine import Engine
from realtime.files.note_files import read_csv
from realtime.takes.journal import TakeEvent, TakeInfo
from realtime.takes.library import list_takes
from realtime.takes.recent import LEAD_SECONDS, RecentMusic
from realtime.takes.recorder import TakeRecorder
from realtime.values.settings import EngineSettings
from tests.support.list_output import ListOutput
from tests.support.toy_model import melody

RATE = 16_000


def pour(music, folder, rate=RATE, title=""):
    recorder = TakeRecorder(folder, TakeInfo(rate, title=title))
    music.pour(recorder)
    recorder.close()
    return recorder.take


def noise(seconds, loud=0.5, seed=0, rate=RATE):
    made = np.random.default_rng(seed).uniform(-loud, loud, round(seconds * rate))
    return made.astype(np.float32)


def note(at_s, pitch=60, long_s=0.5):
    return (TakeEvent("on", at_s, at_s + 0.05, pitch, 80),
            TakeEvent("off", at_s + long_s, at_s + long_s + 0.05, pitch))  # fmt: skip


def test_a_take_of_the_engine_is_the_take_that_recording_would_have_given(toy, tmp_path):
    """The toy model's melody: recorded from the start, and kept at the end, are the same music."""
    settings = EngineSettings(record=str(tmp_path / "takes"))
    engine = Engine(toy, ArraySource(melody(), RATE, "tune"), ListOutput(), settings)
    engine.record("recorded")
    while engine.pull():
        pass
    assert engine.snapshot().recent_s > 1.0
    engine.stop_recording()
    engine.keep_recent("kept, afterwards")
    engine.close()
    takes = {take.name: take for take in list_takes(tmp_path / "takes")}
    assert set(takes) == {"recorded", "kept, afterwards"}
    whole, kept = (takes[name] for name in ("recorded", "kept, afterwards"))
    notes, again = read_csv(whole.newest.csv), read_csv(kept.newest.csv)
    assert len(notes) >= 3 and [n.pitch for n in again] == [n.pitch for n in notes]
    start_s = max(0.0, notes[0].onset_s - LEAD_SECONDS)
    for one, other in zip(notes, again, strict=True):
        assert other.onset_s == pytest.approx(one.onset_s - start_s, abs=1e-3)
        assert other.velocity == one.velocity
    sound, _ = soundfile.read(whole.sound, dtype="float32")
    held, _ = soundfile.read(kept.sound, dtype="float32")
    skipped = round(start_s * RATE)
    assert len(held) == len(sound) - skipped
    assert np.abs(held - sound[skipped:]).max() < 1e-4


def test_the_oldest_goes_and_what_is_kept_begins_before_its_first_note(tmp_path):
    recent = RecentMusic()
    recent.restart(RATE, 100.0)
    recent.hold(10.0)
    sound = noise(30.0)
    notes = {round(100.0 + at, 3): note(100.0 + at) for at in (2.0, 24.0, 28.0)}
    for start in range(0, len(sound), 1600):
        at_s = round(100.0 + start / RATE, 3)
        recent.add(sound[start : start + 1600], notes.get(at_s, ()))
    assert recent.seconds == pytest.approx(30.0 - 24.0 + LEAD_SECONDS, abs=0.01)
    take = pour(recent.music(), tmp_path)
    kept = read_csv(take.with_suffix(".csv"))
    assert [n.onset_s for n in kept] == pytest.approx([2.0, 6.0], abs=1e-3)
    held, _ = soundfile.read(take.with_suffix(".flac"), dtype="float32")
    assert np.abs(held - sound[22 * RATE :]).max() < 1e-4


def test_soft_music_keeps_its_detail_beside_loud_music(tmp_path):
    recent = RecentMusic()
    recent.restart(RATE, 0.0)
    recent.hold(60.0)
    loud, soft = noise(2.0, 0.9), noise(2.0, 1e-4, seed=1)
    recent.add(loud, note(0.1))
    recent.add(soft, ())
    take = pour(recent.music(), tmp_path)
    held, _ = soundfile.read(take.with_suffix(".flac"), dtype="float32")
    assert np.abs(held[2 * RATE :] - soft).max() < 2e-7


def test_missing_sound_is_silence_and_time_goes_on(tmp_path):
    recent = RecentMusic()
    recent.restart(RATE, 0.0)
    recent.hold(60.0)
    recent.add(noise(1.0), note(0.1))
    recent.add_gap(3 * RATE)
    recent.add(noise(1.0, seed=2), note(4.5))
    take = pour(recent.music(), tmp_path)
    held, _ = soundfile.read(take.with_suffix(".flac"), dtype="float32")
    assert len(held) == 5 * RATE and not held[RATE : 4 * RATE].any()
    onsets = [n.onset_s for n in read_csv(take.with_suffix(".csv"))]
    assert onsets == pytest.approx([0.1, 4.5], abs=1e-3)


def test_nothing_is_held_while_it_is_off_and_nothing_of_another_input():
    recent = RecentMusic()
    recent.restart(RATE, 0.0)
    recent.hold(0.0)
    recent.add(noise(2.0), note(0.1))
    assert recent.music() is None and recent.seconds == 0.0
    recent.hold(60.0)
    recent.add(noise(1.0), note(2.1))
    assert recent.seconds > 0
    recent.restart(48_000, 3.0)
    assert recent.music() is None and recent.seconds == 0.0


def test_without_a_note_there_is_nothing_to_keep(toy, tmp_path):
    settings = EngineSettings(record=str(tmp_path / "takes"))
    quiet = ArraySource(np.zeros(2 * RATE, dtype=np.float32), RATE, "quiet")
    engine = Engine(toy, quiet, ListOutput(), settings)
    while engine.pull():
        pass
    assert engine.snapshot().recent_s == 0.0
    engine.keep_recent()
    engine.close()
    assert list_takes(tmp_path / "takes") == []


def test_memory_is_bounded_by_what_is_held():
    recent = RecentMusic()
    recent.restart(RATE, 0.0)
    recent.hold(20.0)
    block = noise(0.1)
    tracemalloc.start()
    try:
        for step in range(1000):
            recent.add(block, note(step * 0.1))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size < 2.5 * 20 * RATE * 2, "16 bits a sample, and some events"
