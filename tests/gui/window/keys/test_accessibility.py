"""Every control of every page and dialog: a name, a place in the Tab order, a focus one sees."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

from gui.bars.midi_lamp import Lamp
from gui.bars.now_playing import NowPlaying
from gui.bars.status_bar import StatusBar
from gui.roll.keyboard import Keyboard
from gui.roll.live_roll import RollPane
from gui.roll.piano_roll import PianoRoll
from gui.settings.round_trip_dialog import LoopDialog
from gui.takes.editor.overview import Overview
from gui.takes.editor.roll import TakeRoll
from gui.takes.editor.saving.export_dialog import ExportDialog
from gui.widgets.level_bar import LevelBar
from gui.window.cheat_sheet import CheatSheet
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from tests.support.take_files import make_take

CONTROLS = (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QListWidget,
    QPlainTextEdit,
    TakeRoll,
    RollPane,
    Keyboard,
    Overview,
    StatusBar,
)
HANDLERS = ("mousePressEvent", "mouseReleaseEvent", "mouseDoubleClickEvent", "wheelEvent")
PICTURES = (PianoRoll, Keyboard, LevelBar, NowPlaying, Lamp, Overview, TakeRoll)
"""Painted by hand: without a name they would be nothing to a screen reader."""


def controls(root: QWidget) -> list[QWidget]:
    """What a user can act on and see now; not the parts that Qt builds controls from."""
    found = [w for kind in CONTROLS for w in root.findChildren(kind) if w.isVisibleTo(root)]
    inside = (QComboBox, QAbstractSpinBox, QListWidget)
    return [w for w in found if not (isinstance(w.parent(), inside) or isinstance(w, QScrollBar))]


def ours(widget: QWidget, methods: tuple[str, ...]) -> bool:
    """Whether a class of the project itself has one of these methods."""
    own = [kind for kind in type(widget).__mro__ if kind.__module__.startswith("gui.")]
    return any(method in vars(kind) for kind in own for method in methods)


def heeds_the_mouse(widget: QWidget) -> bool:
    """Whether something happens where the mouse is pressed or turned on it."""
    return ours(widget, HANDLERS)


@pytest.fixture
def pages(make_stage, tmp_path, qtbot):
    """Every page and dialog, with everything in it that can be shown."""
    make_take(tmp_path / "takes", "first")
    stage = make_stage(EngineSettings(record=str(tmp_path / "takes")))
    window = stage.window
    window.resize(1100, 700)
    window.top_bar.tune.setChecked(True)
    stage.engine.forced = {"troubles": (Trouble(Code.PORT_LOST, name="X"),)}
    stage.play(0.3)
    window.jobs.label.show_text("Listening…")
    window.jobs.show()
    window.pane.move_time(-0.1)
    yield {
        "live": window,
        "takes": lambda: (window.do("takes"), window.takes.view.head.show_changed(True), window)[2],
        "export": ExportDialog(window, 120.0),
        "keys": CheatSheet(window),
        "loop": LoopDialog(window),
        "text": window.log_window,
    }


@pytest.mark.parametrize("page", ["live", "takes", "export", "keys", "text", "loop"])
def test_every_control_has_a_name_and_a_place_in_the_tab_order(pages, page):
    root = pages[page]() if callable(pages[page]) else pages[page]
    root.show()
    found = controls(root)
    assert (
        len(found) >= {"live": 26, "takes": 33, "export": 14, "keys": 0, "text": 1, "loop": 2}[page]
    )
    for control in found:
        assert control.accessibleName(), control
        if control.isEnabled():
            assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control.accessibleName()
    for widget in root.findChildren(QWidget):
        if widget.isVisibleTo(root) and heeds_the_mouse(widget):
            assert widget in found, f"{widget} can be used with the mouse only"
            keys = (QAbstractButton, TakeRoll)  # the view of a take has those of its roll
            assert isinstance(widget, keys) or ours(widget, ("keyPressEvent",)), widget
    for kind in PICTURES:
        assert all(picture.accessibleName() for picture in root.findChildren(kind)), kind


def test_the_tab_key_reaches_every_control_of_the_page_of_takes(pages):
    window = pages["takes"]()
    reached, widget = set(), window.pane
    for _ in range(500):
        widget = widget.nextInFocusChain()
        reached.add(widget)
    missing = [w.accessibleName() for w in controls(window) if w not in reached]
    assert missing == []


def test_every_entry_of_the_menu_has_words(pages):
    def entries(menu: QMenu) -> list[QAction]:
        own = [action for action in menu.actions() if not action.isSeparator()]
        return own + [each for action in own if action.menu() for each in entries(action.menu())]

    found = entries(pages["live"].top_bar.menu.menu())
    assert len(found) > 25
    assert all(action.text().split("\t")[0].strip() for action in found)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_focus_can_be_seen_on_every_control(pages, qtbot, theme):
    window = pages["live"]
    window.choose("theme", theme)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for control in controls(window):
        if not control.isEnabled():
            continue
        window.setFocus(Qt.FocusReason.OtherFocusReason)
        if QApplication.focusWidget() is not None:
            QApplication.focusWidget().clearFocus()
        without = control.grab().toImage()
        control.setFocus(Qt.FocusReason.TabFocusReason)
        assert control.hasFocus(), control.accessibleName()
        assert control.grab().toImage() != without, control.accessibleName()


def test_less_motion_stands_still_between_pages(stage):
    stage.window.choose("calm", True)
    stage.play(1.0)
    edge = stage.window.pane.roll.edge_s
    stage.play(2.0)
    assert stage.window.pane.roll.edge_s == edge
