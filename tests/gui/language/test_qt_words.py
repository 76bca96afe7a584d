"""What Qt itself says, on its buttons and in its dialogs, follows the chosen language."""

import pytest
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog

from gui.language.translate import LANGUAGES, use_language


@pytest.fixture(autouse=True)
def english_afterwards():
    yield
    use_language("en")


def cancel(qtbot):
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    return box.button(QDialogButtonBox.StandardButton.Cancel).text().replace("&", "")


def test_buttons_of_qt_speak_polish_and_english_again(qtbot):
    use_language("en")
    assert cancel(qtbot) == "Cancel"
    use_language("pl")
    assert cancel(qtbot) == "Anuluj"
    use_language("en")
    assert cancel(qtbot) == "Cancel"


def test_the_dialog_of_files_speaks_the_language_of_the_window(qtbot):
    use_language("pl")
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    assert dialog.labelText(QFileDialog.DialogLabel.LookIn) not in ("", "Look in:")


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_qt_comes_with_every_language_of_the_window(qtbot, code):
    use_language(code)
    assert cancel(qtbot) != "Cancel"
