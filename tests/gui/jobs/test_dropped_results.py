"""What a dropped file comes to: no notes and why, notes that are discarded and come back."""

import numpy as np
import pytest
import soundfile

from tests.gui.dropping import drop
from tests.realtime import toy_model

RATE = 16_000
SLOW = 60_000
"""Milliseconds that a child process may take on a machine with other work."""


@pytest.fixture
def stage(open_on_toy, tmp_path):
    (tmp_path / "takes").mkdir()
    return open_on_toy()


@pytest.fixture
def told(stage):
    return stage.window.told


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (0.0, "sound.wav is silent: there is nothing to hear in it."),
        (1e-5, "sound.wav is silent: there is nothing to hear in it."),
        (1e-3, "sound.wav: nothing in it sounds like a note with your settings."),
    ],
)
def test_no_notes_say_why_and_offer_nothing_to_keep(stage, jobs, tmp_path, qtbot, level, said):
    sound = level * np.random.default_rng(1).uniform(-1, 1, RATE)
    soundfile.write(tmp_path / "sound.wav", sound, RATE, "FLOAT")
    drop(stage.window, tmp_path / "sound.wav")
    qtbot.waitUntil(lambda: jobs.queue.running is None, timeout=SLOW)
    assert jobs.label.text() == said
    assert not jobs.keep.isVisible() and not jobs.save.isVisible()
    assert jobs.close_button.text() == "Close"
    assert stage.window.files.may_close()
    jobs.close_button.click()
    assert not jobs.isVisible() and not stage.window.told.isVisible()


def test_discarded_notes_come_back(stage, jobs, told, tmp_path, at_once):
    soundfile.write(tmp_path / "a.wav", toy_model.melody(RATE), RATE)
    drop(stage.window, tmp_path / "a.wav", tmp_path / "b.wav")
    assert jobs.close_button.text() == "Discard" == jobs.close_button.accessibleName()
    jobs.close_button.click()
    assert jobs.label.text().startswith("b.wav: 4 notes")
    assert told.label.text() == "The notes of a.wav are discarded."
    assert told.action.text() == "Undo"
    told.action.click()
    assert jobs.label.text().startswith("a.wav: 4 notes")
    jobs.keep.click()
    assert stage.window.takes.view.take.notes == 4


def test_what_is_discarded_for_good_leaves_no_file(stage, jobs, tmp_path, at_once):
    drop(stage.window, tmp_path / "a.wav", tmp_path / "b.wav")
    first, second = (job.midi for job in jobs.queue.results)
    jobs.close_button.click()
    assert first.is_file()
    jobs.close_button.click()
    assert not first.exists() and second.is_file()
    assert stage.window.files.may_close()
    jobs.discard()
    assert not second.exists()


def test_all_refusals_of_one_drop_are_told(stage, told, tmp_path, at_once):
    folders = [tmp_path / name for name in ("one", "two", "three", "four")]
    for folder in folders:
        folder.mkdir()
    drop(stage.window, folders[0], "https://example.com/a.mp3", tmp_path / "a.wav")
    lines = told.label.text().splitlines()
    assert lines[0] == "one is a folder: drop the sound files in it."
    assert lines[1].startswith("https://example.com/a.mp3 is a link")
    assert stage.window.jobs.label.text().startswith("a.wav: 4 notes")
    drop(stage.window, *folders, "https://example.com/a.mp3")
    lines = told.label.text().splitlines()
    assert len(lines) == 4 and lines[-1] == "Not taken either: 2 more."


def test_the_card_promises_a_microphone_only_where_one_listens(stage, tmp_path):
    files = stage.window.files
    assert files.notices(()) == ()
    files.dragging = True
    assert "the microphone keeps listening" in files.notices(())[0].text
    stage.controller.choose_input(str(tmp_path / "demo.flac"))
    assert files.notices(())[0].text == "The sound file becomes a .mid file."
    stage.controller.choose_input("")
    stage.engine.forced = {"state": "no-input"}
    stage.play(0.1)
    assert "microphone" not in stage.window.card.notice.text
