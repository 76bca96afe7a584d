import pytest

from gui.takes.editor.camera import Camera


def test_zoom_keeps_the_moment_under_the_mouse():
    camera = Camera(100.0, start_s=20.0, seconds=10.0)
    zoomed = camera.zoomed(0.5, 25.0)
    assert (zoomed.start_s, zoomed.seconds) == (22.5, 5.0)
    assert camera.zoomed(1000, 25.0).seconds == 101.0
    assert camera.zoomed(0.0001, 25.0).seconds == 0.5


def test_the_view_never_leaves_the_take():
    camera = Camera(100.0, seconds=10.0)
    assert camera.moved_to(-5).start_s == 0.0
    assert camera.moved_to(500).start_s == 91.0
    assert Camera(3.0, seconds=10.0).moved_to(2.0).start_s == 0.0


def test_pitches_zoom_and_move_within_the_piano():
    camera = Camera(10.0)
    assert camera.pitch_zoomed(100, 60).low == 21
    assert camera.pitch_zoomed(0.01, 60).high - camera.pitch_zoomed(0.01, 60).low == 11
    assert camera.pitch_moved(500).high == 108


def test_fitting_makes_room_for_the_notes():
    fitted = Camera(10.0).fitted((40, 90))
    assert fitted.low <= 40
    assert fitted.high >= 90
    assert Camera(10.0).fitted(None).low == 48


@pytest.mark.parametrize(("length", "seen"), [(0.2, 3.0), (4.0, 5.0), (10.0, 11.0), (60.0, 12.0)])
def test_a_short_take_fills_the_view(length, seen):
    assert Camera(length).fitted((40, 90)).seconds == seen


def test_following_glides_or_turns_pages():
    camera = Camera(100.0, seconds=9.0)
    assert camera.showing(2.0) == camera
    assert camera.showing(50.0).start_s == pytest.approx(47.0)
    assert camera.showing(5.0, calm=True) == camera
    turned = camera.showing(9.0, calm=True)
    assert turned.start_s == pytest.approx(8.55)
    assert turned.showing(12.0, calm=True) == turned
