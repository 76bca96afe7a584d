import itertools

import pytest

from gui.roll.geometry import Viewport, grid_step, key_span
from realtime.values.snapshot import RollNote

VIEW = Viewport(width=800.0, height=240.0, seconds=8.0, low=48.0, high=71.0)


def test_now_is_the_right_edge_and_low_notes_are_below():
    assert VIEW.x(10.0, 10.0) == 800.0
    assert VIEW.x(2.0, 10.0) == 0.0
    assert VIEW.y(71) == 0.0
    assert VIEW.y(48) + VIEW.row == pytest.approx(240.0)


def test_a_sounding_note_reaches_the_right_edge():
    (box,) = VIEW.boxes([RollNote(9.0, None, 60, 80)], 10.0)
    assert box.sounding
    assert (box.x, box.width) == (700.0, 100.0)


def test_notes_out_of_sight_are_left_out():
    notes = [
        RollNote(0.0, 1.9, 60, 80),
        RollNote(9.0, 9.5, 47, 80),
        RollNote(9.0, 9.5, 72, 80),
        RollNote(10.5, None, 60, 80),
        RollNote(9.0, 9.5, 60, 80),
    ]
    assert [box.pitch for box in VIEW.boxes(notes, 10.0)] == [60]


def test_the_shortest_note_can_be_seen():
    (box,) = VIEW.boxes([RollNote(9.0, 9.001, 60, 80)], 10.0)
    assert box.width >= 3.0


def test_grid_lines_stand_at_round_moments():
    assert VIEW.grid_times(10.3) == [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    assert VIEW.grid_times(0.5) == [0.0]
    assert grid_step(400.0) == 0.25
    assert grid_step(1.0) == 60.0


def test_keys_cover_the_keyboard_without_gaps():
    white = [pitch for pitch in range(48, 72) if pitch % 12 not in (1, 3, 6, 8, 10)]
    spans = [key_span(pitch, VIEW.high, VIEW.row) for pitch in white]
    for lower, upper in itertools.pairwise(spans):
        assert lower[0] == pytest.approx(upper[1])
    assert key_span(61, VIEW.high, VIEW.row) == (VIEW.y(61), VIEW.y(61) + VIEW.row)
