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
from realtime.takes.recent import LEAD_SECONDS, TAIL_SECONDS, RecentMusic
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
    assert engine.snapshot().recent_s == 0.0, "it is in a take already"
    engine.keep_recent("not made")
    engine.keep_recent("kept, afterwards", whole=True)
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


def played(seconds, notes):
    """Noise that holds these notes, (onset, length, pitch), given second by second."""
    recent = RecentMusic()
    recent.restart(RATE, 0.0)
    recent.hold(600.0)
    events = sorted(
        (event for at_s, long_s, pitch in notes for event in note(at_s, pitch, long_s)),
        key=lambda event: event.left_s,
    )
    go_on(recent, 0, seconds, events)
    return recent


def go_on(recent, first, last, events=()):
    for second in range(first, last):
        due = [event for event in events if second <= event.left_s < second + 1]
        recent.add(noise(1.0, seed=second), due)


def test_a_kept_take_ends_after_its_last_note_however_late_it_is_kept(tmp_path):
    recent = played(200, [(10.0, 1.0, 60), (12.0, 3.0, 64)])
    assert recent.seconds == pytest.approx(LEAD_SECONDS + 5.0 + TAIL_SECONDS)
    take = pour(recent.music(), tmp_path)
    held, _ = soundfile.read(take.with_suffix(".flac"), dtype="float32")
    assert len(held) == 9 * RATE
    assert np.abs(held[: 2 * RATE] - np.concatenate([noise(1, seed=8), noise(1, seed=9)])).max() < (
        1e-4
    )
    assert [n.offset_s for n in read_csv(take.with_suffix(".csv"))] == pytest.approx([3.0, 7.0])


def test_a_note_that_still_sounds_is_kept_until_now():
    recent = played(100, [(10.0, 500.0, 60)])
    assert recent.seconds == pytest.approx(92.0)
    assert len(recent.music().events) == 1


def test_after_a_long_pause_it_is_another_piece_and_all_can_be_kept_too(tmp_path):
    """A song, two minutes of nothing, a solo: the solo is what was just played."""
    song, solo = [(10.0, 1.0, 60), (11.0, 1.0, 62)], [(130.0, 2.0, 70), (155.0, 1.0, 72)]
    recent = played(170, song + solo)
    assert recent.seconds == pytest.approx(LEAD_SECONDS + 26.0 + TAIL_SECONDS)
    assert recent.held_seconds == pytest.approx(LEAD_SECONDS + 146.0 + TAIL_SECONDS)
    take = pour(recent.music(), tmp_path, title="solo")
    assert [n.pitch for n in read_csv(take.with_suffix(".csv"))] == [70, 72]
    recent.mark_kept()
    assert recent.seconds == 0.0 and recent.music() is None
    whole = pour(recent.music(whole=True), tmp_path, title="all")
    assert [n.pitch for n in read_csv(whole.with_suffix(".csv"))] == [60, 62, 70, 72]


def test_what_is_kept_already_does_not_come_again(tmp_path):
    recent = played(20, [(15.0, 1.0, 60), (18.9, 3.0, 61)])
    recent.mark_kept()
    go_on(recent, 20, 30, [*note(18.9, 61, 3.0)[1:], *note(23.0, 65, 1.0)])
    take = pour(recent.music(), tmp_path)
    (kept,) = read_csv(take.with_suffix(".csv"))
    assert kept.pitch == 65 and kept.onset_s == pytest.approx(2.0)
    assert recent.seconds == pytest.approx(5.0)


def test_a_note_that_was_in_doubt_when_the_take_was_kept_is_in_the_next():
    recent = played(20, [(15.0, 1.0, 60)])
    recent.mark_kept()
    go_on(recent, 20, 22, note(19.97, 64, 1.0))
    events = recent.music().events
    assert [event.pitch for event in events] == [64, 64] and events[0].at_s == 0.0


def test_a_take_that_came_to_nothing_can_be_kept_again():
    recent = played(20, [(15.0, 1.0, 60)])
    recent.mark_kept()
    recent.mark_lost()
    assert [event.pitch for event in recent.music().events] == [60, 60]


def test_soft_music_keeps_its_detail_beside_loud_music(tmp_path):
    recent = RecentMusic()
    recent.restart(RATE, 0.0)
    recent.hold(60.0)
    loud, soft = noise(2.0, 0.9), noise(2.0, 1e-4, seed=1)
    recent.add(loud, note(0.1, long_s=3.0))
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
