"""When beats, rounds and the other parts of a run are due."""

import pytest

from realtime.files.click import CLICK
from realtime.practice.live.plan import PracticePlan, beats_of, plan_of
from realtime.practice.live.timetable import Timetable
from realtime.practice.pieces import Bar, Piece, PieceNote
from realtime.troubles.errors import UserError
from realtime.values.practice_modes import PracticeMode
from tests.realtime.practice.performances import melody

BARS = tuple(Bar(number, 1.6 * (number - 1), 4) for number in (1, 2, 3))
TUNE = tuple(melody([60, 62, 64, 65, 67, 65, 64, 62, 60, 62, 64, 60]))


def test_a_pick_up_has_only_the_beats_that_it_is_long():
    bars = (Bar(0, 0.0, 3), Bar(1, 0.5, 3), Bar(2, 2.0, 3))
    beats = beats_of(bars)
    assert [beat for beat, _ in beats] == pytest.approx([0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0])
    assert [first for _, first in beats] == [False, True, False, False, True, False, False]


def test_a_bar_is_counted_and_then_beats_follow_at_the_wished_tempo():
    table = Timetable(PracticePlan(TUNE, bars=BARS, mode=PracticeMode.ALONG, tempo=0.5))
    table.add_round(1.0, 0.5, counted=True)
    clicks = table.take_cues(100.0)
    assert all(cue.pitch == CLICK for cue in clicks)
    assert [cue.at_s for cue in clicks[:6]] == pytest.approx([1.0, 1.8, 2.6, 3.4, 4.2, 5.0])
    assert [cue.velocity for cue in clicks[:6]] == [2, 1, 1, 1, 2, 1]
    assert table.take_cues(100.0) == []
    assert table.beats_left(0.9) == 4 and table.beats_left(3.5) == 1 and table.beats_left(4.3) == 0
    assert table.place(4.2 + 1.6) == (pytest.approx(0.8), 0)
    assert table.due(0, 100).due_s[:3] == pytest.approx([4.2, 5.0, 5.8])


def test_a_loop_over_one_bar_plays_only_that_bar_again_and_again():
    plan = PracticePlan(TUNE, bars=BARS, mode=PracticeMode.ALONG, start_s=1.6, end_s=3.2, loop=True)
    table = Timetable(plan)
    table.add_round(0.0, 1.0, counted=False)
    table.add_round(table.end_s, 1.0, counted=False)
    due = table.due(-1, 100)
    assert due.due_s == pytest.approx([0, 0.4, 0.8, 1.2, 1.6, 2.0, 2.4, 2.8])
    assert due.pitches.tolist() == [67, 65, 64, 62] * 2
    assert due.rounds.tolist() == [0] * 4 + [1] * 4
    assert due.notes.tolist() == [4, 5, 6, 7] * 2
    assert table.place(2.0) == (pytest.approx(2.0), 1)


def test_the_other_hand_is_cued_and_each_note_of_it_ended():
    others = (PieceNote(0.0, 0.8, 48, 1, 1.0, 1), PieceNote(0.8, 1.6, 48, 1, 3.0, 1))
    table = Timetable(PracticePlan(TUNE, others, BARS, PracticeMode.ALONG, click=False))
    table.add_round(0.0, 1.0, counted=False)
    cues = [(cue.pitch, cue.velocity > 0) for cue in table.take_cues(1.0)]
    assert cues == [(48, True), (48, False), (48, True)]
    assert [cue.velocity for cue in table.take_cues(10.0)] == [0]


def test_notes_that_cannot_be_heard_are_left_to_the_others():
    notes = (PieceNote(0, 1, 12, 1, 1.0), PieceNote(0, 1, 60, 1, 1.0), PieceNote(0, 1, 50, 1, 1, 1))
    plan = plan_of(Piece("x", ("a", "b"), notes, BARS), frozenset({0}), range(21, 109))
    assert [note.pitch for note in plan.notes] == [60]
    assert [note.pitch for note in plan.others] == [12, 50]


@pytest.mark.parametrize(
    "wishes", [{"tempo": 0.0}, {"tempo": 9.0}, {"mode": "fast"}, {"start_s": 90.0}]
)
def test_what_cannot_be_practised_is_refused_in_words(wishes):
    with pytest.raises(UserError, match="choose"):
        PracticePlan(TUNE, bars=BARS, **wishes).check()
