"""Notes of a take, their edits and their history: no Qt."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.takes.editor import edits
from gui.takes.editor.edits import History
from gui.takes.editor.gestures import Gesture, Spot
from gui.takes.editor.score import Score
from realtime.values.notes import Note
from tests.support.take_files import NOTES, long_score

SOME = st.lists(
    st.builds(
        lambda onset, length, pitch: Note(onset, onset + length, pitch, 80, onset),
        st.floats(0, 30),
        st.floats(0.01, 20),
        st.integers(21, 108),
    ),
    max_size=25,
)


@settings(max_examples=30)
@given(SOME, st.floats(0, 40), st.floats(0, 10))
def test_the_visible_notes_are_exactly_those_that_touch_the_view(notes, start, length):
    score = Score(notes)
    wanted = [
        i
        for i, note in enumerate(score.notes)
        if note.onset_s < start + length and note.offset_s > start
    ]
    assert score.between(start, start + length) == wanted


def test_visible_notes_of_two_hours_are_found_in_no_time():
    score = long_score()
    began = time.process_time()
    for start in range(0, 7000, 70):
        assert 70 <= len(score.between(start, start + 10)) <= 75
    assert (time.process_time() - began) / 100 < 0.002


def test_delete_and_undo_and_redo():
    history = History(Score(NOTES))
    history.do(edits.delete(history.score, frozenset({0, 3})))
    assert len(history.score) == 2
    assert history.changed
    history.undo()
    assert history.score.notes == tuple(NOTES)
    assert not history.changed
    assert not history.can_undo
    history.redo()
    assert len(history.score) == 2


def test_notes_move_together_and_stop_at_the_edges():
    score, chosen = edits.move(Score(NOTES), frozenset({0, 1}), -9.0, 100)
    moved = [score.notes[index] for index in sorted(chosen)]
    assert [note.onset_s for note in moved] == pytest.approx([0.0, 0.7])
    assert {note.pitch for note in moved} == {108}
    assert len(score) == 4


def test_a_note_cannot_vanish_by_getting_shorter():
    score, chosen = edits.resize(Score(NOTES), frozenset({0}), -5.0)
    (index,) = chosen
    note = score.notes[index]
    assert note.offset_s - note.onset_s == pytest.approx(edits.SHORTEST_S)


def test_notes_of_one_pitch_become_one():
    score, chosen = edits.merge(Score(NOTES), frozenset({0, 1, 2}))
    assert [(n.pitch, n.onset_s, n.offset_s, n.velocity) for n in score.notes] == [
        (60, 0.5, 1.5, 90),
        (67, 1.2, 2.0, 80),
        (72, 5.0, 9.0, 100),
    ]
    assert len(chosen) == 2


def test_velocity_stays_in_its_range():
    score, _ = edits.louder(Score(NOTES), frozenset(range(4)), 60)
    assert [note.velocity for note in score.notes] == [127, 127, 127, 127]


def test_an_edit_that_changes_nothing_is_not_remembered():
    history = History(Score(NOTES))
    history.do(edits.move(history.score, frozenset({1}), 0.0, 0))
    assert not history.can_undo


@settings(max_examples=30)
@given(SOME, st.lists(st.tuples(st.sampled_from("dmrvj"), st.integers(0, 30)), max_size=12))
def test_undoing_everything_gives_the_take_back(notes, steps):
    history = History(Score(notes))
    first = history.score.notes
    for what, index in steps:
        chosen = frozenset({index, index + 1}) & frozenset(range(len(history.score)))
        edit = {
            "d": lambda s, c: edits.delete(s, c),
            "m": lambda s, c: edits.move(s, c, 0.3, -2),
            "r": lambda s, c: edits.resize(s, c, -0.4),
            "v": lambda s, c: edits.louder(s, c, 9),
            "j": lambda s, c: edits.merge(s, c),
        }[what]
        history.do(edit(history.score, chosen))
    while history.can_undo:
        history.undo()
    assert history.score.notes == first


def test_a_drag_moves_and_a_drag_at_the_end_stretches():
    score = Score(NOTES)
    press = Gesture(score, frozenset(), Spot(6.0, 72, 600, 50), 100)
    assert (press.kind, press.chosen) == ("move", {3})
    assert press.to(Spot(6.02, 72, 602, 50)) is None
    moved, chosen = press.to(Spot(7.0, 74, 700, 30))
    (index,) = chosen
    assert (moved.notes[index].onset_s, moved.notes[index].pitch) == (6.0, 74)
    pull = Gesture(score, frozenset(), Spot(8.97, 72, 897, 50), 100)
    assert pull.kind == "resize"
    pulled, chosen = pull.to(Spot(7.97, 60, 797, 90))
    (index,) = chosen
    assert pulled.notes[index].offset_s == pytest.approx(8.0)
    assert pulled.notes[index].pitch == 72


def test_a_frame_chooses_what_it_touches_and_a_key_adds():
    score = Score(NOTES)
    frame = Gesture(score, frozenset({3}), Spot(0.1, 80, 10, 0), 100)
    frame.to(Spot(1.3, 58, 130, 90))
    assert frame.chosen == {0, 1, 2}
    adding = Gesture(score, frozenset({3}), Spot(0.1, 62, 10, 0), 100, adding=True)
    adding.to(Spot(0.8, 58, 80, 90))
    assert adding.chosen == {0, 3}
    toggling = Gesture(score, frozenset({0, 3}), Spot(0.7, 60, 70, 90), 100, adding=True)
    assert toggling.chosen == {3}
