"""Names that a picker has no room for: the end stays, and the whole name can be had."""

import pytest

from realtime.values.settings import EngineSettings

LONG = "Sonata in A major, second movement, take of the third of May.flac"
DEVICE = "ALSA: USB Audio CODEC of the very long kind, analogue stereo 3-4"


def shown(stage, width: int) -> str:
    stage.window.resize(width, 600)
    stage.play(0.1)
    return stage.window.top_bar.input.fitting_text()


@pytest.mark.parametrize("width", [500, 900, 1100])
def test_a_long_file_keeps_its_end_and_has_no_prefix(make_stage, tmp_path, width):
    (tmp_path / LONG).touch()
    stage = make_stage(EngineSettings(input=str(tmp_path / LONG)))
    words = shown(stage, width)
    assert words.startswith("S") and "…" in words and words.endswith(("c", "flac"))
    picker = stage.window.top_bar.input
    assert picker.toolTip() == picker.accessibleDescription() == f"File: {LONG}"


def test_our_own_words_are_cut_at_their_end(make_stage):
    assert shown(make_stage(), 400).endswith("…")


def test_where_there_is_room_it_says_that_it_is_a_file(make_stage, tmp_path):
    (tmp_path / "a.flac").touch()
    stage = make_stage(EngineSettings(input=str(tmp_path / "a.flac")))
    assert shown(stage, 1100) == "File: a.flac"


def test_a_device_that_is_gone_still_says_so(make_stage):
    stage = make_stage(EngineSettings(input=DEVICE, midi_out=DEVICE))
    stage.engine.forced = {"midi_name": ""}  # no port is open
    stage.play(0.1)
    assert shown(stage, 900).endswith("in)")
    top = stage.window.top_bar
    for picker in (top.input, top.midi_out):
        assert picker.toolTip() == f"{DEVICE.split(': ')[1]} (not plugged in)"
        picker.showPopup()
        assert picker.view().minimumWidth() <= max(480, picker.width())
        picker.hidePopup()
