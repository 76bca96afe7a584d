"""The bundled typeface is used, and captions are whole in it and in the one it stands in for."""

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel

from gui.style.apply import FONTS, load_fonts
from gui.style.note_style import font
from gui.style.theme import TYPE
from gui.widgets.controls import Captioned
from realtime.values.settings import EngineSettings


def in_language(stage, language: str):
    stage.window.choose("language", language)
    return stage


def ink_rows(label: QLabel) -> int:
    """Rows of pixels that are not ground."""
    image = label.grab().toImage()
    ground = image.pixel(image.width() - 1, 0)
    columns = range(image.width())
    return sum(any(image.pixel(x, y) != ground for x in columns) for y in range(image.height()))


def test_the_window_is_lettered_in_the_bundled_typeface(stage):
    assert "Inter" in load_fonts()
    assert QFontInfo(font(TYPE.body, bold=True)).weight() == QFont.Weight.DemiBold
    for bold in (False, True):
        assert QFontInfo(font(TYPE.body, bold)).family() == "Inter"
    assert QFontInfo(stage.window.top_bar.menu.font()).family() == "Inter"


def test_its_licence_lies_beside_it_and_it_is_small():
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 1_000_000
    assert sorted(path.name for path in FONTS.glob("*.otf")) == [
        "Inter-Regular.otf",
        "Inter-SemiBold.otf",
    ]


@pytest.mark.parametrize("family", ["Inter", "DejaVu Sans"])
def test_accents_on_capitals_are_whole(make_stage, family):
    stage = in_language(make_stage(), "pl")
    stage.window.top_bar.tune.setChecked(True)
    stage.play(0.2)
    seen = 0
    for captioned in stage.window.findChildren(Captioned):
        label = captioned.caption
        if not (label.isVisible() and set(label.text()) & set("ŚŻÓĆŃ")):
            continue
        label.setStyleSheet(f"font-family: '{family}'; font-size: 10px;")
        label.setText(label.text())
        captioned.layout().activate()
        QApplication.processEvents()
        shown = ink_rows(label)
        label.setFixedHeight(60)
        QApplication.processEvents()
        assert shown == ink_rows(label), label.text()
        seen += 1
    assert seen >= 4


@pytest.mark.parametrize("language", ["en", "pl"])
def test_no_caption_of_the_usual_window_is_cut(make_stage, language):
    stage = in_language(make_stage(EngineSettings(sensitivity=1.0, latency_ms=80.0)), language)
    stage.window.resize(960, 540)
    stage.window.top_bar.tune.setChecked(True)
    stage.play(0.3)
    QApplication.processEvents()
    for captioned in stage.window.top_bar.findChildren(Captioned):
        label = captioned.caption
        if label.isVisible():
            words = QFontMetrics(label.font()).horizontalAdvance(label.text())
            assert words <= label.width(), label.text()
