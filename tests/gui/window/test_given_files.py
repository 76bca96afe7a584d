"""Files dropped on the real window, and takes heard again, through the real transcriber."""

from pathlib import Path

import pytest
import soundfile
from PySide6.QtWidgets import QFileDialog

from gui.takes.trash import discard
from realtime.commands.transcribe import main as transcribe_command
from realtime.files.note_files import read_csv
from realtime.takes.library import find_take, list_takes
from tests.gui.dropping import drop
from tests.gui.take_files import make_take
from tests.realtime import toy_model

RATE = 16_000
SLOW = 60_000
"""Milliseconds that a child process may take on a machine with other work."""


@pytest.fixture
def stage(open_on_toy, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    takes = tmp_path / "takes"
    for name in ("first", "second"):
        make_take(takes, name)
        soundfile.write(takes / f"{name}.flac", toy_model.melody(RATE), RATE)
    return open_on_toy()


@pytest.fixture
def takes(tmp_path) -> Path:
    return tmp_path / "takes"


@pytest.fixture
def songs(tmp_path) -> list[Path]:
    paths = [tmp_path / f"song {letter}.wav" for letter in "abc"]
    for path in paths:
        soundfile.write(path, toy_model.melody(RATE), RATE, "FLOAT")
    return paths


def refine(stage, name: str) -> None:
    page = stage.window.takes
    stage.window.show_takes(True)
    page.show_take(page.library.find_take(name))
    page.library.mark(name)
    page.view.head.refine.click()


def test_dropped_files_use_the_user_settings_and_hindsight(stage, jobs, songs, tmp_path, qtbot):
    stage.controller.change(
        lowest_pitch=62, sensitivity=0.7, a4_hz=442.0, scale="major", velocity_fixed=77,
        transpose=12, input_channel=2, latency_ms=10.0,
    )  # fmt: skip
    drop(stage.window, songs[0])
    assert "with hindsight, with your settings" in jobs.label.text()
    qtbot.waitUntil(lambda: not jobs.keep.isHidden(), timeout=SLOW)
    csv = tmp_path / "command.csv"
    given = [str(songs[0]), "-o", str(tmp_path / "command.mid"), "--csv", str(csv), "--refine"]
    given += ["--model", stage.controller.settings.model, "--lowest-pitch", "62", "--a4-hz", "442"]
    given += ["--sensitivity", "0.7", "--scale", "major", "--velocity-fixed", "77"]
    assert transcribe_command(given) == 0
    notes = read_csv(csv)
    assert len(notes) > 2
    assert read_csv(jobs.job.midi.with_suffix(".csv")) == notes


def test_further_files_wait_and_results_stay(
    stage, jobs, songs, tmp_path, takes, qtbot, monkeypatch
):
    drop(stage.window, songs[0])
    drop(stage.window, songs[1], songs[2])
    assert "song a.wav" in jobs.label.text() and "2 more files" in jobs.label.text()
    refine(stage, "first")
    assert "3 more files" in jobs.label.text()
    qtbot.waitUntil(lambda: len(list(takes.glob("first.v2-refined.csv"))) == 1, timeout=4 * SLOW)
    qtbot.waitUntil(lambda: jobs.queue.running is None, timeout=SLOW)
    assert jobs.label.text().startswith("song a.wav: ") and "2 more files" in jobs.label.text()
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *given: (str(tmp_path / "Take 1.2"), "")
    )
    jobs.save.click()
    assert (tmp_path / "Take 1.2.mid").read_bytes()[:4] == b"MThd"
    assert "Saved as Take 1.2.mid" in stage.window.told.label.text()
    assert jobs.label.text().startswith("song b.wav: ")
    jobs.keep.click()
    assert stage.window.takes.view.take.name == "song b"
    assert jobs.label.text().startswith("song c.wav: ")
    jobs.close_button.click()
    assert not jobs.isVisible()


def test_cancelling_one_goes_on_with_the_next(stage, jobs, songs, qtbot):
    drop(stage.window, *songs[:2])
    jobs.close_button.click()
    assert "song b.wav" in jobs.label.text()
    qtbot.waitUntil(lambda: not jobs.keep.isHidden(), timeout=SLOW)


def test_refined_notes_follow_a_take_that_is_renamed(stage, jobs, takes, qtbot):
    refine(stage, "first")
    refine(stage, "second")
    stage.window.takes.library._rename("first", "Walc")
    stage.window.takes.library._rename("second", "Polka")
    qtbot.waitUntil(lambda: jobs.job is None, timeout=2 * SLOW)
    found = {take.name: [v.kind for v in take.versions] for take in list_takes(takes)}
    assert found == {"Walc": ["played", "refined"], "Polka": ["played", "refined"]}
    assert stage.window.takes.view.version.kind == "refined"


def test_refined_notes_of_a_take_that_is_gone_are_offered(stage, jobs, takes, qtbot):
    refine(stage, "first")
    qtbot.waitUntil(lambda: jobs.bar.maximum() > 0, timeout=SLOW)
    discard(find_take(takes, "first").files(), "first")
    qtbot.waitUntil(lambda: not jobs.keep.isHidden(), timeout=SLOW)
    assert "first is gone" in jobs.label.text()
    assert [take.name for take in list_takes(takes)] == ["second"]
    jobs.keep.click()
    take = find_take(takes, "first")
    assert [version.kind for version in take.versions] == ["played"]
    assert len(read_csv(take.newest.csv)) > 2
    assert not jobs.isVisible()


def test_what_cannot_become_notes_says_why(stage, jobs, tmp_path, qtbot):
    told = stage.window.told
    drop(stage.window, tmp_path / "takes")
    assert told.label.text() == "takes is a folder: drop the sound files in it."
    assert told.kind.property("kind") == "error"
    drop(stage.window, "https://example.com/a.mp3")
    assert told.label.text().startswith("https://example.com/a.mp3 is a link: download")
    assert jobs.job is None
    (tmp_path / "tiny.mp3").write_bytes(b"\xff\xfb" * 4 + b"x")
    drop(stage.window, tmp_path / "tiny.mp3")
    qtbot.waitUntil(lambda: "tiny.mp3 is not a sound file" in jobs.label.text(), timeout=SLOW)
    assert "pipe" not in jobs.label.text() and "too short or damaged" in jobs.label.text()
    assert jobs.kind.property("kind") == "error"
