"""A take as a score: engraved by the real process, shown, and saved as PDF and SVG."""

from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from gui.language.engine_messages import in_words
from gui.language.translate import set_language
from gui.takes.editor.saving import score_page
from gui.takes.editor.saving.score_page import ScorePage
from realtime.takes.library import find_take
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.notes import Note
from tests.support.take_files import make_take

SLOW = 60_000
NOTES = [Note(0.5 * k, 0.5 * k + 0.45, 60 + (k * 5) % 19, 80, 0.5 * k) for k in range(1200)]


@pytest.fixture
def page(qtbot, tmp_path):
    make_take(tmp_path / "takes", "Walc ż <3")
    parent = QWidget()
    qtbot.addWidget(parent)
    page = ScorePage(parent, find_take(tmp_path / "takes", "Walc ż <3"), NOTES, None)
    page.open()
    qtbot.waitUntil(lambda: page.pdf.isEnabled(), timeout=SLOW)
    yield page
    page.accept()


def ink(page: QSvgRenderer) -> float:
    """Share of a page that is not white."""
    image = QImage(420, 594, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    page.render(painter, QRectF(image.rect()))
    painter.end()
    dark = sum(byte < 128 for byte in bytes(image.constBits()))
    return dark / (420 * 594)


def test_long_takes_have_pages_with_staves_and_notes(page):
    assert len(page.sheet.pages) >= 2
    assert all(sheet.isValid() for sheet in page.sheet.pages)
    assert 0.01 < ink(page.sheet.pages[0]) < 0.5
    assert page.sheet.height() > 2 * page.sheet.width()


def test_pages_are_saved_as_one_pdf_or_several_svg(page, tmp_path):
    (pdf,) = page.write(tmp_path / "walc.pdf")
    assert pdf.read_bytes().startswith(b"%PDF") and pdf.stat().st_size > 5000
    made = page.write(tmp_path / "walc.svg")
    assert len(made) == len(page.sheet.pages)
    assert [file.name for file in made][:2] == ["walc.svg", "walc 2.svg"]
    assert all(QSvgRenderer(str(file)).isValid() for file in made)
    assert "Walc" in made[0].read_text("utf-8")


def test_another_grid_is_engraved_anew(page, qtbot):
    before = [Path(file).read_text("utf-8") for file in page.files]
    page.grid.buttons[0].click()
    assert not page.pdf.isEnabled()
    qtbot.waitUntil(lambda: page.pdf.isEnabled(), timeout=SLOW)
    assert [Path(file).read_text("utf-8") for file in page.files] != before


def test_why_a_score_cannot_be_drawn_is_said_in_the_language_of_the_window(
    qtbot, tmp_path, monkeypatch
):
    def refuse(*_):
        raise UserError(Code.DISK_FULL)

    make_take(tmp_path / "takes", "walc")
    monkeypatch.setattr(score_page, "export", refuse)
    parent = QWidget()
    qtbot.addWidget(parent)
    set_language("pl")
    try:
        page = ScorePage(parent, find_take(tmp_path / "takes", "walc"), NOTES, None)
        qtbot.addWidget(page)
        page.open()
        assert page.words.text() == in_words(Trouble(Code.DISK_FULL))
        assert page.words.text() != str(Trouble(Code.DISK_FULL)) and not page.pdf.isEnabled()
        page.accept()
    finally:
        set_language("en")
