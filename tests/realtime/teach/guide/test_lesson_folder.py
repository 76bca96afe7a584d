"""A lesson on the disk: read as it was written, whole after every note, and learned from."""

import json
import shutil

import numpy as np
import pytest

from realtime.inference import instruments
from realtime.teach.guide import lesson_folder
from realtime.teach.guide.guide import Taken
from realtime.teach.guide.lesson_folder import Lesson, read, save, save_sound
from realtime.teach.guide.plan import Ask
from realtime.teach.guide.understand_lesson import understand_lesson
from realtime.troubles.errors import UserError
from tests.realtime.teach.tones import RATE, pluck

NAMES = ("room", "notes", "chord", "phrase")


def record(folder, pitches=(60, 62, 64, 65, 67), a4_hz=440.0, rate=RATE):
    """A lesson with a room, single notes, a chord and a phrase."""
    rng, quiet = np.random.default_rng(2), np.zeros(rate // 2, np.float32)
    taken = []

    def add(ask, pitches, sound):
        start = 0.0 if ask.kind == "room" else 0.5
        one = Taken(ask, pitches, start, start + len(sound) / rate, 3.0, -12.0)
        padded = sound if ask.kind == "room" else np.concatenate([quiet, sound, quiet])
        taken.append(save_sound(folder, one, padded, rate))

    add(Ask("room"), (), 1e-3 * rng.standard_normal(rate).astype(np.float32))
    notes = [pluck(pitch + 12 * np.log2(a4_hz / 440), 0.8, rate=rate) for pitch in pitches]
    for pitch, note in zip(pitches, notes, strict=True):
        add(Ask("note", (pitch,)), (pitch,), note)
    add(Ask("chord", (60, 64, 67)), (60, 64, 67), notes[0] + notes[2] + notes[4])
    add(Ask("phrase"), (), np.concatenate(notes))
    lesson = Lesson("my bars", "bars", a4_hz, "", tuple(taken))
    save(folder, lesson)
    return lesson


def test_a_lesson_is_read_as_it_was_written_and_lost_sounds_are_passed_over(tmp_path):
    lesson = record(tmp_path)
    assert read(tmp_path) == lesson and lesson_folder.is_lesson(tmp_path)
    first = next(one for one in lesson.taken if one.pitches == (60,))
    assert first.start_s == pytest.approx(lesson_folder.LEAD_SECONDS, abs=0.001)
    (tmp_path / "sounds" / first.sound).unlink()
    assert read(tmp_path).taken == tuple(one for one in lesson.taken if one != first)


@pytest.mark.parametrize(
    "damage",
    [
        lambda v: v.pop("taken"),
        lambda v: v["taken"][1].update(sound="../../mine.flac"),
        lambda v: v["taken"][1].update(pitches=[400]),
        lambda v: v["taken"][1].update(start_s=float("nan")),
        lambda v: v["taken"][1]["ask"].update(kind="dance"),
        lambda v: v.update(taken=5),
    ],
)
def test_a_damaged_lesson_is_refused_in_a_sentence(tmp_path, damage):
    record(tmp_path)
    values = json.loads((tmp_path / "lesson.json").read_text())
    damage(values)
    (tmp_path / "lesson.json").write_text(json.dumps(values))
    with pytest.raises(UserError, match="damaged"):
        read(tmp_path)


@pytest.mark.parametrize("a4_hz, rate", [(440.0, RATE), (415.0, 44_100)])
def test_every_note_of_a_lesson_is_learned_from_under_its_name(tmp_path, a4_hz, rate):
    lesson = record(tmp_path, a4_hz=a4_hz, rate=rate)
    understood = understand_lesson(tmp_path, lesson, RATE)
    assert [shot.pitch for shot in understood.shots] == [60, 62, 64, 65, 67]
    for shot in understood.shots:  # at A = 440 Hz, whatever the lesson's
        sound = shot.audio[shot.onset : shot.onset + RATE // 2]
        peak = np.argmax(np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 17)))
        frequency = peak * RATE / (1 << 17)
        assert 12 * np.log2(frequency / 440) + 69 == pytest.approx(shot.pitch, abs=0.15)
    (check,) = understood.checks
    assert set(check.notes[:, 2]) == {60, 64, 67}
    assert len(understood.noise) > 0.8 * RATE
    loud = np.abs(check.audio[: int(check.notes[0, 0] * RATE)]).max()
    assert loud < 0.01 < np.abs(check.audio).max()


def test_four_notes_are_too_few(tmp_path):
    lesson = record(tmp_path, (60, 62, 64, 65, 67))
    few = Lesson("bars", taken=tuple(one for one in lesson.taken if one.pitches != (67,)))
    with pytest.raises(UserError, match="4 different notes"):
        understand_lesson(tmp_path, few, RATE)


def test_lessons_that_were_not_learned_from_are_found_again(tmp_path, monkeypatch):
    monkeypatch.setattr(instruments, "instruments_folder", lambda: tmp_path)
    monkeypatch.setattr(lesson_folder, "instruments_folder", lambda: tmp_path)
    assert lesson_folder.unfinished_lessons() == []
    first = lesson_folder.new_folder()
    record(first)
    second = lesson_folder.new_folder()
    assert second != first
    shutil.copytree(first, second)
    (second / "kept").touch()
    assert lesson_folder.unfinished_lessons() == [first]
