"""What a dropped file comes to: no notes and why, a take that goes and comes back."""

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from gui.takes.take_list import DETAILS
from realtime.files.note_files import Heading, write_csv, write_midi
from realtime.takes.library import list_takes
from tests.support.dropping import drop

RATE = 16_000
SLOW = 60_000
"""Milliseconds that a child process may take on a machine with other work."""


@pytest.fixture
def stage(open_on_toy, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "takes").mkdir()
    return open_on_toy()


@pytest.fixture
def told(stage):
    return stage.window.toast


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (0.0, "sound is silent: there is nothing to hear in it."),
        (1e-5, "sound is silent: there is nothing to hear in it."),
        (1e-3, "sound: nothing in it sounds like a note with your settings."),
    ],
)
def test_no_notes_say_why(stage, jobs, told, tmp_path, qtbot, level, said):
    sound = level * np.random.default_rng(1).uniform(-1, 1, RATE)
    soundfile.write(tmp_path / "sound.wav", sound, RATE, "FLOAT")
    drop(stage.window, tmp_path / "sound.wav")
    qtbot.waitUntil(lambda: told.label.text() == said, timeout=SLOW)
    assert not jobs.isVisible()
    assert stage.window.files.may_close()


def test_a_file_that_was_not_meant_goes_and_comes_back(stage, told, tmp_path, at_once):
    drop(stage.window, tmp_path / "a.wav", tmp_path / "b.wav")
    assert told.label.text() == "b: 4 notes"
    assert told.action.text() == "Undo" and told.other.isHidden(), "it is open already"
    told.action.click()
    assert [take.name for take in list_takes(tmp_path / "takes")] == ["a"]
    assert told.label.text() == "b is in the trash."
    told.undo.click()
    assert {take.name for take in list_takes(tmp_path / "takes")} == {"a", "b"}


def test_what_is_open_is_told_for_a_while_and_what_is_not_until_it_is_answered(
    stage, told, tmp_path, at_once
):
    drop(stage.window, tmp_path / "a.wav")
    assert told.label.text() == "a: 4 notes" and told.leaving.isActive()
    stage.window.takes.view.roll.choose(frozenset({0}))
    stage.window.takes.view.do("delete")
    drop(stage.window, tmp_path / "b.wav")
    assert told.label.text() == "b: 4 notes" and not told.leaving.isActive()
    assert (told.action.text(), told.other.text()) == ("Open", "Undo")
    stage.window.takes.view.roll.history.saved()


def test_what_became_of_a_file_takes_the_place_of_its_progress(stage, told, tmp_path, at_once):
    QCursor.setPos(0, 0)  # a card avoids the mouse, which an earlier test may have left here
    stage.window.files.transcribe(tmp_path / "endless.wav")
    QApplication.processEvents()
    progress = stage.window.jobs.geometry()
    (job,) = stage.window.jobs.queue.unheard
    job.notes = 0
    job.csv.write_text("onset_s,offset_s,midi_pitch,velocity,emitted_s\n", encoding="utf-8")
    job.finished.emit()
    QApplication.processEvents()
    assert stage.window.jobs.isHidden() and told.isVisible()
    assert told.geometry().bottom() == progress.bottom()


def test_notes_that_are_still_to_come_are_not_called_none(stage, told, tmp_path, at_once, qtbot):
    drop(stage.window, tmp_path / "endless.wav")
    page = stage.window.takes
    assert page.view.take.name == "endless"
    row, words = page.library.list.item(0), page.view.bar.chosen
    assert "being heard…" in row.data(DETAILS) and words.text() == "being heard…"
    qtbot.keyClick(page.library.list, Qt.Key.Key_E)
    assert told.isVisible() and "still being heard" in told.label.text()
    (job,) = stage.window.jobs.queue.unheard
    write_csv([], job.csv)
    write_midi([], job.csv.with_suffix(".mid"), Heading("endless"))
    job.finished.emit()
    assert "0 notes" in page.library.list.item(0).data(DETAILS) and words.text() == "0 notes"


@pytest.mark.parametrize(("name", "why"), [("memo.m4a", "format"), ("voice.mp3", "damaged")])
def test_a_damaged_recording_is_called_that_by_its_name(stage, jobs, told, tmp_path, qtbot, name,
                                                        why):  # fmt: skip
    content = b"this is text, no sound" * 40 if why == "format" else b"\xff\xfb" * 4 + b"x"
    (tmp_path / name).write_bytes(content)
    stage.window.files.transcribe(tmp_path / name)
    qtbot.waitUntil(lambda: name in told.label.text() and not jobs.isVisible(), timeout=SLOW)
    assert told.label.text().startswith(f"{name} is damaged or no sound recording")
    assert why in told.label.text() and str(tmp_path) not in told.label.text()
    assert "ffmpeg" not in told.label.text() and list_takes(tmp_path / "takes") == []


def test_all_refusals_of_one_drop_are_told(stage, told, tmp_path, at_once):
    folders = [tmp_path / name for name in ("one", "two", "three", "four")]
    for folder in folders:
        folder.mkdir()
    drop(stage.window, folders[0], "https://example.com/a.mp3", tmp_path / "a.wav")
    lines = told.label.text().splitlines()
    assert lines[0] == "There are no sound files in one."
    assert lines[1].startswith("https://example.com/a.mp3 is a link")
    assert [take.name for take in list_takes(tmp_path / "takes")] == ["a"], "heard all the same"
    drop(stage.window, *folders, "https://example.com/a.mp3")
    lines = told.label.text().splitlines()
    assert len(lines) == 4 and lines[-1] == "Not taken either: 2 more."


def test_a_folder_gives_the_sound_files_in_it(stage, tmp_path, at_once):
    (tmp_path / "songs" / "live").mkdir(parents=True)
    for name in ("a.wav", "b.mp3", "notes.txt", "live/c.m4a"):
        (tmp_path / "songs" / name).write_bytes(b"x")
    drop(stage.window, tmp_path / "songs")
    assert {take.name for take in list_takes(tmp_path / "takes")} == {"a", "b", "c"}


def test_the_card_promises_a_microphone_only_where_one_listens(stage, tmp_path):
    files = stage.window.files
    assert files.notices(()) == ()
    files.dragging = True
    assert "the microphone keeps listening" in files.notices(())[0].text
    stage.controller.choose_input(str(tmp_path / "demo.flac"))
    assert files.notices(())[0].text == "The sound file becomes a take."
    stage.controller.choose_input("")
    stage.engine.forced = {"state": "no-input"}
    stage.play(0.1)
    assert "microphone" not in stage.window.card.notice.text
