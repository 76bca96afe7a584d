"""Settings and menu without a mouse: keys open them, and Tab goes on where one looks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

CONTROL, NO = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def stage(make_stage, demo_file):
    return make_stage(demo=demo_file)


@pytest.fixture
def window(stage, qtbot):
    window = stage.window
    window.resize(960, 640)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.pane.setFocus()
    stage.lay_out()
    return window


def tab(qtbot, times=1):
    """The control that Tab comes to."""
    for _ in range(times):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    return QApplication.focusWidget()


def reached(bar):
    """Those of its controls that Tab stops at now, by name; of choices side by side, one."""
    there = [c for c in bar.controls if c.isVisible() and c.isEnabled()]
    other = [c for c in there if getattr(c, "group", lambda: None)() and not c.isChecked()]
    return [c.accessibleName() for c in there if c not in other]


@pytest.mark.parametrize("bar", ["tuning", "sound"])
def test_tab_after_the_button_goes_through_its_settings_in_order(window, qtbot, bar):
    top = window.top_bar
    button, after = (top.tune, top.listen) if bar == "tuning" else (top.listen, top.menu)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    wanted = reached(getattr(top, bar))
    assert len(wanted) > 8
    assert [tab(qtbot).accessibleName() for _ in wanted] == wanted
    assert tab(qtbot) is after


@pytest.mark.parametrize(("key", "bar"), [(Qt.Key.Key_Comma, "tuning"), (Qt.Key.Key_H, "sound")])
def test_a_key_opens_the_settings_at_the_first_and_closes_them(window, qtbot, key, bar):
    shown = getattr(window.top_bar, bar)
    qtbot.keyClick(window.pane, key, CONTROL)
    assert shown.isVisible() and QApplication.focusWidget() is shown.controls[0]
    qtbot.keyClick(QApplication.focusWidget(), key, CONTROL)
    assert not shown.isVisible() and QApplication.focusWidget() is window.pane


def test_a_key_opens_the_menu_with_its_first_entry_chosen(window, qtbot):
    qtbot.keyClick(window.pane, Qt.Key.Key_F10, NO)
    menu = window.top_bar.menu.menu()
    assert menu.isVisible() and menu.activeAction() is menu.actions()[0]
    assert "F10" in window.top_bar.menu.toolTip()
    menu.close()


def test_space_in_a_number_box_is_the_key_of_the_window(stage, window, qtbot, demo_file):
    window.do("settings")
    box = window.top_bar.tuning.boxes["channel"]
    box.setFocus(Qt.FocusReason.TabFocusReason)
    box.selectAll()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert box.lineEdit().text() == "1"
    stage.play(0.2)
    assert stage.controller.settings.input == str(demo_file), "the demo plays"


def test_space_in_a_number_box_of_a_dialog_leaves_the_number(window, qtbot):
    from gui.takes.editor.saving.export_dialog import ExportDialog

    dialog = ExportDialog(window, 96.0)
    dialog.show()
    dialog.tempo.setFocus()
    dialog.tempo.selectAll()
    qtbot.keyClick(dialog.tempo, Qt.Key.Key_Space)
    assert dialog.tempo.value() == 96.0 and dialog.tempo.lineEdit().text().startswith("96")
    dialog.close()
