"""A control that gets the focus keeps its size: nothing beside it moves under the mouse."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox


def places(window, controls):
    return {c: QRect(c.mapTo(window, QPoint(0, 0)), c.size()) for c in controls}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_moves_where_a_control_gets_the_focus(stage, qtbot, theme):
    window = stage.window
    window.resize(1280, 800)
    window.choose("theme", theme)
    window.top_bar.tune.setChecked(True)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    stage.lay_out()
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox)
    controls = [c for kind in kinds for c in window.findChildren(kind) if c.isVisible()]
    before, seen = places(window, controls), 0
    for control in controls:
        control.setFocus()
        if QApplication.focusWidget() is not control:
            continue
        seen += 1
        QApplication.sendEvent(control, QEvent(QEvent.Type.StyleChange))  # remembered sizes go
        stage.lay_out()
        assert places(window, controls) == before, control.accessibleName()
    assert seen > 20
