from gui.roll.clock import RollClock


def run(clock: RollClock, stream_of, walls):
    return [clock.update(stream_of(wall), wall) for wall in walls]


def ticks(start: float, stop: float, step: float = 1 / 60):
    count = round((stop - start) / step)
    return [start + index * step for index in range(count)]


def speeds(shown, walls):
    pairs = zip(
        zip(shown, walls, strict=True), zip(shown[1:], walls[1:], strict=True), strict=False
    )
    return [(b - a) / (v - u) for (a, u), (b, v) in pairs]


def test_blocky_snapshots_scroll_evenly():
    walls = ticks(50.0, 54.0)
    shown = run(RollClock(), lambda wall: int((wall - 50.0) / 0.025) * 0.025, walls)
    assert all(0.85 <= speed <= 1.15 for speed in speeds(shown, walls))
    assert abs(shown[-1] - (walls[-1] - 50.0)) < 0.05


def test_a_stall_of_the_audio_does_not_stop_the_picture():
    walls = ticks(50.0, 52.0)
    shown = run(RollClock(), lambda wall: min(wall - 50.0, 1.0), walls)
    assert min(speeds(shown, walls)) > 0.85
    assert shown[-1] > 1.85


def test_after_a_stall_it_never_goes_back_and_comes_back_in_step():
    walls = ticks(50.0, 65.0)
    shown = run(RollClock(), lambda w: w - 50.0 if w < 52 else max(w - 50.7, 2.0), walls)
    assert min(speeds(shown, walls)) > 0.8
    assert abs(shown[-1] - (walls[-1] - 50.7)) < 0.05


def test_a_new_stream_is_joined_at_once():
    clock = RollClock()
    clock.update(30.0, 100.0)
    assert abs(clock.update(0.1, 100.02) - 0.1) < 1e-9


def test_a_frozen_clock_stands_still_and_goes_on_without_a_jump():
    clock = RollClock()
    for wall in ticks(0.0, 2.0):
        clock.update(wall, wall)
    clock.frozen = True
    stood = {round(clock.update(2.0, wall), 3) for wall in ticks(2.0, 6.0)}
    assert len(stood) == 1
    clock.frozen = False
    assert abs(clock.update(2.02, 6.02) - 2.02) < 0.1
