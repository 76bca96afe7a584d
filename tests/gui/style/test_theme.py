import re
from pathlib import Path

import pytest

from gui.settings.look_ahead import LookAheads
from gui.style.stylesheet import TEMPLATE, stylesheet
from gui.style.theme import DARK, LIGHT, contrast, mix, note_colour, pitch_hue, text_on

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


@THEMES
def test_text_reads_on_every_surface(theme):
    for ground in (theme.window, theme.surface, theme.raised):
        for ink in (theme.text, theme.dim, theme.accent, theme.warning, theme.error):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(theme.text, theme.hover) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.on_record, theme.record) >= 4.5
    assert contrast(theme.key_text, theme.white_key) >= 4.5
    assert contrast(theme.text, mix(theme.accent, theme.raised, 0.28)) >= 4.5


@THEMES
def test_signs_without_text_stand_out(theme):
    for sign in (theme.good, theme.warning, theme.error, theme.accent, theme.record):
        assert contrast(sign, theme.surface) >= 3.0


@THEMES
def test_note_names_read_on_every_note(theme):
    worst = min(
        contrast(colour, text_on(theme, colour))
        for pitch in range(21, 109)
        for velocity in (1, 40, 80, 127)
        for colour in [note_colour(theme, pitch, velocity)]
    )
    assert worst >= 4.5


@THEMES
def test_every_note_stands_out_and_the_louder_the_more(theme):
    for pitch in range(21, 109):
        soft, loud = (contrast(note_colour(theme, pitch, v), theme.window) for v in (10, 120))
        assert 1.4 < soft < loud
        assert loud >= 3.0


def test_hues_glide_over_the_whole_keyboard():
    assert pitch_hue(DARK, 0) == DARK.note_hues[0]
    assert len({pitch_hue(DARK, pitch) for pitch in range(24, 97)}) > 60


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@THEMES
def test_stylesheet_fills_every_token(theme):
    assert "{" not in stylesheet(theme).replace(" {", "").replace("{\n", "")
    assert TEMPLATE.count("{window}") >= 1


def test_colours_live_in_one_file():
    gui = Path(__file__).resolve().parents[3] / "gui"
    for path in gui.rglob("*.py"):
        if path.name != "theme.py":
            assert not re.search(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8")), path.name


def test_look_aheads_name_what_the_model_offers():
    offered = LookAheads((80.0, 10.0, 30.0))
    assert offered.milliseconds == (10.0, 30.0, 80.0)
    assert (offered.latency_ms(0), offered.latency_ms(1), offered.latency_ms(2)) == (
        10.0,
        None,
        80.0,
    )
    assert [offered.index(ms) for ms in (None, 12.0, 100.0)] == [1, 0, 2]
    assert LookAheads((30.0,)).milliseconds == (30.0, 30.0, 30.0)


def test_a_model_may_prefer_its_shortest_look_ahead():
    offered = LookAheads((20.0, 30.0, 40.0, 80.0), 20.0)
    assert offered.milliseconds == (20.0, 30.0, 80.0)
    assert [offered.latency_ms(index) for index in range(3)] == [None, 30.0, 80.0]
    assert [offered.index(ms) for ms in (None, 20.0, 40.0, 80.0)] == [0, 0, 1, 2]
