"""The follower's place while the music goes on, and its memory."""

import numpy as np
import pytest

from realtime.practice.follower import REMEMBERED, Follower

RNG = np.random.default_rng(3)
PITCHES = RNG.integers(48, 84, 120)
ONSETS = np.arange(120) * 0.25


def follow(onsets, pitches, played, rate=1.0):
    """The follower after attacks (seconds, pitch), and its place after each."""
    follower, places = Follower(np.asarray(onsets, float), np.asarray(pitches), rate), []
    for time_s, pitch in played:
        follower.push(time_s, int(pitch), 2.0)
        places.append(follower.place)
    return follower, places


def part(first, last, start_s=0.0, rate=1.0):
    return [(start_s + (i - first) * 0.25 / rate, PITCHES[i]) for i in range(first, last)]


def test_before_the_first_note_there_is_no_place():
    follower = Follower(ONSETS, PITCHES)
    assert follower.place == -1


@pytest.mark.parametrize("rate", [0.6, 1.0, 1.4])
def test_the_place_is_known_at_once_and_the_tempo_soon(rate):
    follower, places = follow(ONSETS, PITCHES, part(0, 60, rate=rate))
    assert places == list(range(60))
    assert follower.rate == pytest.approx(rate, rel=0.05)


def test_after_a_jump_back_of_four_bars_the_place_is_found_within_a_bar():
    before, again = part(0, 80), part(48, 70, start_s=20.5)
    follower, places = follow(ONSETS, PITCHES, before + again)
    assert places[80 + 8 :] == list(range(48 + 8, 70))
    assert sum(step.jumped for step in follower.path()) == 2  # where it began, and here


def test_notes_near_the_place_that_one_left_do_not_hold_one_there():
    pitches = [61, 61, 60, 59, 58, 58, 56, 56, 57, 59, 61, 59, 60, 61, 59, 61, 60, 58, 56, 57]
    lengths = [1, 2, 2, 3, 1, 3, 2, 3, 4, 4, 2, 4, 2, 3, 3, 3, 3, 1, 1]
    onsets = np.concatenate([[0], np.cumsum(lengths)]) * 0.25
    before = list(zip(onsets[:18], pitches[:18], strict=True))
    again_s = onsets[17] + 0.5 - onsets[4]
    again = [(again_s + onsets[i], pitches[i]) for i in range(4, 10)]  # the fourth within a bar
    _, places = follow(onsets, pitches, before + again)
    assert places[-3:] == [7, 8, 9]


def test_long_notes_with_vibrato_are_no_jump():
    """Every swing of a cello's vibrato may be heard as a beginning of the note that sounds."""
    onsets = np.array([1.9, 3.3, 4.2, 5.8, 6.6, 8.2, 9.1, 10.7, 11.6, 13.0, 13.9])
    pitches = [50, 52, 49, 49, 50, 52, 54, 52, 50, 52, 49]
    follower, first = Follower(onsets, np.array(pitches)), []
    for onset, end, pitch in zip(onsets, [*onsets[1:], 15.0], pitches, strict=True):
        first.append(len(follower.path()))
        follower.push(onset, pitch, 4.0)
        for swing in np.arange(onset + 0.65, end - 0.05, 0.18):
            follower.push(float(swing), pitch, 0.8)
    steps = follower.path()
    assert [steps[index].group for index in first] == list(range(len(onsets)))
    assert not any(step.jumped for step in steps[1:])


def test_after_a_pause_the_place_is_the_same_and_no_jump():
    follower, places = follow(ONSETS, PITCHES, part(0, 40) + part(40, 60, start_s=15.0))
    assert places[-16:] == list(range(44, 60))
    assert [step.group for step in follower.path()] == list(range(60))
    assert not any(step.jumped for step in follower.path()[1:])


def test_what_is_too_old_to_change_is_kept_and_the_rest_forgotten():
    count = 3 * REMEMBERED
    pitches = RNG.integers(40, 90, count)
    onsets = np.arange(count) * 0.2
    follower, _ = follow(onsets, pitches, zip(onsets, pitches, strict=True))
    assert [step.group for step in follower.path()] == list(range(count))
