"""Files that are still heard outlive a language, and closing asks about them."""

from pathlib import Path

import pytest
import soundfile
from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication

from gui.takes.closing_questions import StopHearing
from realtime.takes.library import find_take, list_takes
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from tests.support import toy_model
from tests.support.dropping import drop
from tests.support.take_files import make_take

RATE = 16_000
SLOW = 60_000
"""Milliseconds that a child process may take on a machine with other work."""


@pytest.fixture
def takes(tmp_path) -> Path:
    return tmp_path / "takes"


@pytest.fixture
def stage(open_on_toy, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return open_on_toy()


@pytest.fixture
def window(stage):
    yield stage.window
    stage.window.jobs.discard()
    stage.window.takes.close_player()


@pytest.fixture
def songs(tmp_path) -> list[Path]:
    paths = [tmp_path / f"{name}.wav" for name in ("song a", "song b", "endless", "later")]
    for path in paths:
        soundfile.write(path, toy_model.melody(RATE), RATE, "FLOAT")
    return paths


@pytest.fixture
def answer():
    """Presses a button of the question, by name, as soon as it is there; keeps what was asked."""
    asked = []

    def press(name: str) -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, StopHearing)
        asked.append(dialog.words.text())
        getattr(dialog, name).click()

    def plan(name: str) -> list[str]:
        QTimer.singleShot(0, lambda: press(name))
        return asked

    return plan


def close(stage) -> bool:
    event = QCloseEvent()
    stage.window.closeEvent(event)
    assert event.isAccepted() != stage.window.isVisible()
    return event.isAccepted()


def test_a_file_that_is_heard_goes_on_in_another_language(window, songs, at_once, takes):
    drop(window, songs[2], songs[0])
    (job,) = [each for each in [window.jobs.queue.running] if each]
    window.choose("language", "pl")
    jobs = window.jobs
    assert jobs.queue.running is job and "endless.wav" in jobs.label.text()
    job.progressed.emit(0.5)
    assert jobs.bar.value() == 500
    job.cancelled.emit()
    assert "song a: 4 nuty" in window.toast.label.text()
    assert [take.name for take in list_takes(takes)] == ["song a"]


@pytest.mark.parametrize("full", [False, True])
def test_why_notes_are_no_version_is_said(stage, takes, at_once, monkeypatch, full):
    def fail(*_) -> None:
        raise UserError(Code.CANNOT_WRITE, path="x", reason="full")

    make_take(takes, "first")
    take = find_take(takes, "first")
    if full:
        monkeypatch.setattr("gui.window.pages.takes_page.save_version", fail)
    else:
        for path in take.files():
            path.unlink()
    stage.window.files.refine(take)
    said = stage.window.toast.label.text()
    assert said.startswith("Cannot write x" if full else "first is gone")


def test_a_file_that_is_still_heard_is_mentioned_too(stage, songs, at_once, answer):
    drop(stage.window, songs[2])
    asked = answer("stay")
    assert not close(stage)
    assert asked == ["Still being heard; closing stops that: endless.wav."]
    answer("lose")
    assert close(stage)


def test_many_files_are_counted(stage, songs, at_once, answer):
    drop(stage.window, songs[2], *songs[:2], *songs[:2])
    asked = answer("lose")
    close(stage)
    assert asked[0].endswith("endless.wav, song a.wav, song b.wav, 2 more files.")


def test_nothing_is_asked_where_nothing_is_lost_or_nobody_is_there(stage, songs, at_once, takes):
    drop(stage.window, songs[0], songs[2])
    stage.window.close_unasked()
    assert not stage.window.isVisible()
    assert {take.name for take in list_takes(takes)} == {"song a", "endless"}
