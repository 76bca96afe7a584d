from gui.bars.note_log import NoteLog
from gui.language.translate import set_language
from realtime.values.snapshot import RollNote, Snapshot


def picture(stream_s: float, *notes: tuple[float, int]) -> Snapshot:
    return Snapshot(
        stream_s=stream_s,
        notes=tuple(RollNote(onset, None, pitch, 60 + pitch % 10) for onset, pitch in notes),
    )


def test_a_chord_is_one_line_told_once():
    log = NoteLog()
    notes = ((1.0, 67), (1.02, 60), (1.04, 64))
    assert log.update(picture(1.05, *notes)) == []
    assert log.update(picture(1.1, *notes)) == ["0:01.0   C4  E4  G4   velocity 67"]
    assert log.update(picture(1.2, *notes)) == []
    more = (*notes, (65.5, 69))
    assert log.update(picture(66.0, *more)) == ["1:05.5   A4   velocity 69"]


def test_moments_are_rounded_once_and_written_as_the_language_does():
    assert NoteLog().update(picture(61.0, (59.97, 60)))[0].startswith("1:00.0 ")
    set_language("pl")
    try:
        assert NoteLog().update(picture(2.0, (1.25, 60)))[0].startswith("0:01,2 ")
    finally:
        set_language("en")


def test_the_log_begins_anew_with_the_stream():
    log = NoteLog()
    log.update(picture(10.0, (9.0, 60)))
    assert len(log.update(picture(1.0, (0.5, 62)))) == 1


def test_names_are_the_user_s():
    log = NoteLog()
    log.naming = "german"
    assert "H3" in log.update(picture(2.0, (1.0, 59)))[0]


def test_the_window_keeps_the_lines(make_stage):
    stage = make_stage()
    stage.play(3.0)
    stage.window.do("log")
    assert stage.window.log_window.isVisible()
    text = stage.window.log_window.text.toPlainText()
    assert text.splitlines()[0].startswith("0:00.5")
    assert stage.window.log_window.text.isReadOnly()
    stage.window.do("log")
    assert not stage.window.log_window.isVisible()


def test_with_less_motion_the_page_stands_still(make_stage):
    stage = make_stage()
    stage.window.choose("calm", True)
    roll = stage.window.pane.roll
    edges, lines = set(), set()
    for _ in range(10):
        stage.play(0.5)
        roll.grab()
        edges.add(roll.edge_s)
        lines.add(roll.line_s)
    assert edges == {8.0}
    assert len(lines) == 10
    stage.play(4.0)
    assert roll.edge_s == 16.0
    assert stage.window.takes.view.playback.calm
    assert stage.window.choices.calm
