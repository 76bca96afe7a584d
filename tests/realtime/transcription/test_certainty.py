import numpy as np

from realtime.audio.sources import ArraySource
from realtime.engine.messages import ReportMaker, ReportReader
from realtime.engine.recent_notes import RecentNotes
from realtime.transcription.certainty import REMEMBERED, Certainty
from realtime.values.notes import NoteOff, NoteOn
from realtime.values.snapshot import RollNote
from tests.realtime.engine.test_engine import SETTINGS, engine_for
from tests.support.toy_model import melody


def rows(value: float) -> np.ndarray:
    return np.array([0.0, value], dtype=np.float32)


def test_the_best_of_three_frames_counts():
    certainty = Certainty(60)
    key = (7, 61)
    for events, value, expected in (
        ([NoteOn(7, 61, 80)], 0.3, 0.3),
        ([], 0.45, 0.45),
        ([], 0.4, 0.45),
        ([NoteOff(10, 61)], 0.9, 0.45),
    ):
        certainty.push(events, [rows(0.1), rows(value)], int)
        assert certainty.recent[key] == np.float32(expected)


def test_what_is_not_a_number_is_no_certainty_and_memory_is_bounded():
    certainty = Certainty(60)
    for frame in range(2 * REMEMBERED):
        certainty.push([NoteOn(frame, 61, 80)], [rows(np.nan)], int)
    assert set(certainty.recent.values()) == {0.0}
    assert len(certainty.recent) <= REMEMBERED


def test_a_note_becomes_sure_while_it_sounds_and_the_host_hears_of_it():
    roll, maker, reader = RecentNotes(), ReportMaker(), ReportReader()
    timed = [_timed(NoteOn(7, 61, 80))]
    roll.add(timed, 0.01, {(7, 61): 0.3})
    for heard, unsure in ((0.3, True), (0.8, False)):
        notes = roll.notes(0.1, {(7, 61): heard})
        reader.add(maker.changed(notes))
        assert [note.unsure for note in reader.notes(0.1)] == [unsure]
    roll.add([_timed(NoteOff(20, 61))], 0.01, {(7, 61): 0.8})
    assert roll.notes(0.3, {}) == (RollNote(0.07, 0.2, 61, 80, 0.8),)


def test_notes_of_the_engine_say_how_clearly_they_were_heard(toy):
    engine = engine_for(toy, ArraySource(melody(), 16_000, "tune"), SETTINGS)
    engine.run()
    certainties = [note.certainty for note in engine.snapshot().notes]
    assert certainties
    threshold = engine.chain.tracker.settings.onset_threshold
    assert all(threshold - 1e-6 <= value <= 1 for value in certainties)


def _timed(event):
    from realtime.transcription.chain import Timed

    return Timed(event, event.frame * 0.01)
