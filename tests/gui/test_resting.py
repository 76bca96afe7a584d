from gui.controller import is_quiet
from realtime.snapshot import RollNote, Snapshot


def test_a_roll_is_quiet_once_its_notes_have_long_ended():
    ended, sounding = RollNote(1.0, 2.0, 60, 80), RollNote(3.0, None, 60, 80)
    assert is_quiet(Snapshot(stream_s=50.0))
    assert is_quiet(Snapshot(stream_s=12.1, notes=(ended,)))
    assert not is_quiet(Snapshot(stream_s=11.9, notes=(ended,)))
    assert not is_quiet(Snapshot(stream_s=50.0, notes=(ended, sounding)))


def test_a_quiet_window_draws_seldom_and_a_first_note_at_once(make_stage):
    stage = make_stage(score=(RollNote(5.0, None, 60, 80),))
    drawn = []
    stage.controller.frame.connect(lambda frame: drawn.append(frame.wall_s))
    for _ in range(250):
        stage.clock.now += 0.016
        stage.controller._on_time()
    assert len(drawn) < 70
    while stage.engine.snapshot().notes == ():
        stage.clock.now += 0.016
        stage.controller._on_time()
    stage.clock.now += 0.001
    stage.controller._on_time()
    assert drawn[-1] == stage.clock.now
