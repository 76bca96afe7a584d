import pytest

from gui.roll.key_range import HIGHEST, LOWEST, REST, SHRINK_AFTER_S, TIMES, KeyRange, wanted_range


def test_rest_range_until_something_is_played():
    assert KeyRange().update((), 1.0) == REST


def test_played_notes_are_always_inside_once_it_has_settled():
    keys = KeyRange()
    keys.update((30, 100), 0.0)
    low, high = keys.update((30, 100), 3.0)
    assert low <= 28.1
    assert high >= 101.9


def test_it_glides():
    keys = KeyRange()
    keys.update((30,), 0.0)
    low, _ = keys.update((30,), 0.016)
    assert 28.0 < low < REST[0]


def test_it_closes_only_after_a_while():
    keys = KeyRange()
    keys.update((24, 100), 0.0)
    keys.jump_to_target()
    assert keys.update((60, 64), 1.0)[0] < 25
    keys.update((60, 64), 1.0 + SHRINK_AFTER_S + 0.1)
    keys.jump_to_target()
    assert keys.low > 40


@pytest.mark.parametrize("pitches", [(21,), (108,), (60,), (21, 108), (59, 60, 61)])
def test_wanted_range_stays_on_the_piano_and_is_not_too_narrow(pitches):
    low, high = wanted_range(pitches)
    assert LOWEST <= low <= min(pitches) <= max(pitches) <= high <= HIGHEST
    assert high - low >= 25


@pytest.mark.parametrize("height", [80, 120, 160, 400, 1000])
@pytest.mark.parametrize("pitches", [(60,), (45, 81), (36, 84)])
def test_no_note_lies_under_the_times_at_the_upper_edge(pitches, height):
    low, high = wanted_range(pitches, height)
    row = height / (high + 1 - low)
    assert (high - max(pitches)) * row >= TIMES - 0.01


def test_zoom_by_hand_stops_following_and_follow_resumes():
    keys = KeyRange()
    keys.zoom(0.5, 60.0)
    keys.jump_to_target()
    assert keys.high - keys.low == pytest.approx(17.5)
    keys.update((30,), 1.0)
    keys.update((30,), 5.0)
    assert keys.low > 40
    keys.follow()
    keys.update((30,), 6.0)
    keys.jump_to_target()
    assert keys.low <= 28


def test_zoom_and_move_stay_on_the_piano():
    keys = KeyRange()
    for _ in range(20):
        keys.zoom(2.0, 60.0)
    keys.jump_to_target()
    assert (keys.low, keys.high) == (LOWEST, HIGHEST)
    keys.zoom(0.3, 60.0)
    keys.move(500)
    keys.jump_to_target()
    assert keys.high == HIGHEST
