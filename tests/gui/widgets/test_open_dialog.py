"""Opening a file begins where music lies, and later where the last file was found."""

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from gui.widgets import open_dialog
from gui.widgets.open_dialog import ask_for_file


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """What the dialog was asked, and what it answers next."""
    seen = {"answers": []}

    def ask(parent, title, start, filters, options):
        seen["start"], seen["filters"], seen["options"] = start, filters, options
        return seen["answers"].pop(0), ""

    monkeypatch.setattr(open_dialog, "_last", {})
    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask)
    music = tmp_path / "Music"
    music.mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(music))
    seen["music"] = music
    return seen


def ask(title="Sound file"):
    return ask_for_file(None, title, "Sound files", {".wav", ".flac"})


def test_it_begins_with_the_music_and_then_where_the_last_file_was(asked, tmp_path):
    asked["answers"] = ["", str(tmp_path / "memos" / "a.wav"), "", ""]
    assert ask() is None and asked["start"] == str(asked["music"])
    assert ask() == tmp_path / "memos" / "a.wav"
    assert ask() is None and asked["start"] == str(tmp_path / "memos")
    ask("Model")
    assert asked["start"] == str(asked["music"]), "another dialog has a folder of its own"


def test_endings_are_not_listed_and_any_file_can_be_seen(asked):
    asked["answers"] = [""]
    ask()
    assert asked["options"] == QFileDialog.Option.HideNameFilterDetails
    assert asked["filters"] == "Sound files (*.flac *.wav);;All files (*)"


def test_without_a_folder_of_music_it_begins_at_home(asked, tmp_path, monkeypatch):
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(tmp_path / "none"))
    monkeypatch.setenv("HOME", str(tmp_path))
    asked["answers"] = [""]
    ask()
    assert asked["start"] == str(tmp_path)
