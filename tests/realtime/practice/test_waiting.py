"""Wait for me: on to the next chord when all of this one has sounded."""

import pytest

from realtime.practice.pieces import PieceNote
from realtime.practice.waiting import Waiter
from tests.realtime.practice.performances import FRAME_S, heard, melody

LOOK_AHEAD = 4


def wait(notes, played):
    """The waiter after a performance, and when it went on from each chord."""
    waiter = Waiter(notes, FRAME_S, 21, 88, LOOK_AHEAD)
    went_on = []
    for row in heard(played).onset:
        done = waiter.push(row)
        if done:
            went_on.append((done.chord, done.time_s))
    return waiter, went_on


def chord(at_s, *pitches):
    return [PieceNote(at_s, at_s + 0.4, pitch, 1, 1.0) for pitch in pitches]


def test_a_tune_at_any_speed_is_waited_for_to_its_end():
    tune = melody([60, 62, 62, 64, 60])
    times = (0.5, 2.5, 2.9, 6.0, 6.3)
    played = [(at, at + 0.3, n.pitch) for at, n in zip(times, tune, strict=True)]
    waiter, went_on = wait(tune, played)
    assert waiter.expected == ()
    assert [index for index, _ in went_on] == list(range(5))
    for at_s, (_, went_s) in zip(times, went_on, strict=True):
        assert 0 <= went_s - at_s <= 0.04
    assert not waiter.wrong


def test_a_chord_is_complete_when_its_last_note_sounds():
    piece = [*chord(0.0, 48, 60, 64), *chord(0.5, 50)]
    waiter, went_on = wait(piece, [(0.5, 1.5, 48), (0.7, 1.5, 64), (1.1, 1.5, 60)])
    ((index, went_s),) = went_on
    assert index == 0
    assert went_s == pytest.approx(1.1, abs=0.04)
    assert waiter.expected == (50,)


def test_a_wrong_note_is_told_once_and_nothing_goes_on():
    piece = [*chord(0.0, 60), *chord(0.5, 62)]
    waiter, went_on = wait(piece, [(0.5, 1.0, 61)])
    assert went_on == []
    assert waiter.expected == (60,)
    ((_, pitch, _),) = waiter.wrong
    assert pitch == 61


def test_one_attack_does_not_serve_two_notes_of_one_pitch():
    piece = melody([60, 60, 60])
    waiter, went_on = wait(piece, [(0.5, 1.0, 60), (1.0, 1.5, 60)])
    assert len(went_on) == 2
    assert waiter.next == 2


def test_notes_outside_of_the_model_are_not_waited_for():
    waiter, _ = wait([*chord(0.0, 12, 60), *chord(1.0, 120)], [(0.5, 1.0, 60)])
    assert waiter.expected == ()
