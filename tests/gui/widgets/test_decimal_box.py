"""Numbers are written as the chosen language writes them, whatever the system speaks."""

import pytest
from PySide6.QtCore import QLocale, Qt

from gui.language.translate import set_language
from gui.takes.editor.saving.export_dialog import ExportDialog
from realtime.values.settings import EngineSettings


@pytest.fixture(params=["en", "pl"])
def system(request):
    """A system that speaks one of the two."""
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield
    QLocale.setDefault(before)
    set_language("en")


@pytest.fixture
def window(make_stage, system):
    return make_stage(EngineSettings(velocity_curve=0.7)).window


def test_number_boxes_follow_the_language_of_the_window(window):
    for language, curve, tempo in (("pl", "0,70", "93,5 "), ("en", "0.70", "93.5 ")):
        window.choose("language", language)
        assert window.top_bar.tuning.loudness.boxes["velocity_curve"].text() == curve
        dialog = ExportDialog(window, 93.5)
        assert dialog.tempo.text().startswith(tempo)


@pytest.mark.parametrize("typed", ["87.5", "87,5"])
@pytest.mark.parametrize("language", ["en", "pl"])
def test_comma_and_point_are_both_understood(qtbot, language, typed):
    set_language(language)
    dialog = ExportDialog(None, 120.0)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.tempo.setFocus()
    dialog.tempo.selectAll()
    qtbot.keyClicks(dialog.tempo, typed)
    qtbot.keyClick(dialog.tempo, Qt.Key.Key_Tab)
    assert dialog.tempo.value() == 87.5
    set_language("en")
