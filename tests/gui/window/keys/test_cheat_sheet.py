"""The sheet of keys fits every screen and names every key."""

import re

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QScrollArea

from gui.language.translate import set_language
from gui.window.cheat_sheet import CheatSheet
from gui.window.shortcuts import faces

SCREENS = [QSize(960, 540), QSize(1280, 720), QSize(1920, 1080), QSize(800, 480)]


def all_called(sheet: CheatSheet, name: str) -> list[QLabel]:
    return [label for label in sheet.findChildren(QLabel) if label.objectName() == name]


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("screen", SCREENS, ids=lambda size: f"{size.width()}x{size.height()}")
def test_the_sheet_fits_the_screen_and_scrolls_only_down(make_stage, language, screen):
    stage = make_stage()
    set_language(language)
    sheet = CheatSheet(stage.window, screen)
    sheet.show()
    stage.play(0.1)
    area = sheet.findChild(QScrollArea)
    assert sheet.width() < screen.width() and sheet.height() < screen.height()
    assert area.horizontalScrollBar().maximum() == 0
    for label in sheet.findChildren(QLabel):
        assert label.width() >= label.sizeHint().width(), label.text()
    lefts = {
        name: {label.mapTo(sheet, label.rect().topLeft()).x() for label in all_called(sheet, name)}
        for name in ("stripTitle", "what")
    }
    assert len(lefts["what"]) == len(lefts["stripTitle"]), "descriptions begin where others do"


@pytest.mark.parametrize("language", ["en", "pl"])
def test_on_a_tiny_screen_descriptions_take_several_lines(make_stage, language):
    stage = make_stage()
    set_language(language)
    sheet = CheatSheet(stage.window, QSize(400, 400))
    sheet.show()
    stage.play(0.1)
    assert sheet.width() < 400
    assert sheet.findChild(QScrollArea).horizontalScrollBar().maximum() == 0
    for label in sheet.findChildren(QLabel):
        if label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
        else:
            assert label.width() >= label.sizeHint().width(), label.text()


def test_a_large_screen_shows_three_columns_whole(stage):
    sheet = CheatSheet(stage.window, QSize(1920, 1080))
    sheet.show()
    stage.play(0.1)
    assert sheet.findChild(QScrollArea).verticalScrollBar().maximum() == 0
    headings = [x for x in sheet.findChildren(QLabel) if x.objectName() == "stripTitle"]
    assert [label.text() for label in headings] == [
        "While you play",
        "At any time",
        "The list of takes",
        "A take",
    ]
    assert len({label.mapTo(sheet, label.rect().topLeft()).x() for label in headings}) == 3


def test_the_sheet_scrolls_by_key_and_names_every_key(stage, qtbot):
    sheet = CheatSheet(stage.window, QSize(960, 540))
    sheet.show()
    stage.play(0.1)
    area = sheet.findChild(QScrollArea)
    qtbot.keyClick(area, Qt.Key.Key_PageDown)
    assert area.verticalScrollBar().value() > 0
    words = " ".join(label.text() for label in sheet.findChildren(QLabel))
    named = set(re.split(r"\s+", words))
    for wanted in ("F2", "Del", "Enter", "F1", "Double", "Shift", "Wheel", "Ctrl+S", "M"):
        assert wanted in named, wanted
    other_names = {"Ctrl+Backspace": "Ctrl+⌫", "-": "−", "=": "+"}
    for face in faces().values():
        for key in face.keys:
            shown = other_names.get(key, key)
            assert shown in named, QKeySequence(key).toString()
