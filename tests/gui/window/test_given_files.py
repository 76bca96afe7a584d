"""Files dropped on the real window, and takes heard again, through the real transcriber."""

from pathlib import Path

import pytest
import soundfile

from gui.takes.editor.score import Score
from gui.takes.trash import discard
from realtime.commands.transcribe import main as transcribe_command
from realtime.files.note_files import read_csv
from realtime.takes.library import find_take, list_takes
from tests.support import toy_model
from tests.support.dropping import drop
from tests.support.take_files import NOTES, make_take

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
    stage.window.takes_navigation.show(True)
    page.show_take(page.library.find_take(name))
    page.library.mark(name)
    page.view.head.refine.click()


def test_dropped_files_use_the_user_settings_and_hindsight(
    stage, jobs, songs, takes, tmp_path, qtbot
):
    stage.controller.change(
        lowest_pitch=62, sensitivity=0.7, a4_hz=442.0, scale="major", velocity_fixed=77,
        transpose=12, input_channel=2, latency_ms=10.0,
    )  # fmt: skip
    drop(stage.window, songs[0])
    assert jobs.label.text().startswith("Listening to ")
    qtbot.waitUntil(lambda: "song a: " in stage.window.toast.label.text(), timeout=SLOW)
    csv = tmp_path / "command.csv"
    given = [str(songs[0]), "-o", str(tmp_path / "command.mid"), "--csv", str(csv), "--refine"]
    given += ["--model", stage.controller.settings.model, "--lowest-pitch", "62", "--a4-hz", "442"]
    given += ["--sensitivity", "0.7", "--scale", "major", "--velocity-fixed", "77"]
    assert transcribe_command(given) == 0
    notes = read_csv(csv)
    assert len(notes) > 2
    assert read_csv(find_take(takes, "song a").newest.csv) == notes


def test_a_dropped_file_is_shown_at_once_and_its_notes_follow(stage, songs, takes, qtbot):
    """Before any question: the take is open, with its sound, while its notes are being heard."""
    page = stage.window.takes
    drop(stage.window, songs[0])
    qtbot.waitUntil(lambda: stage.window.shows_takes, timeout=SLOW)
    assert page.opened.name == "song a" and page.opened.sound.read_bytes() == songs[0].read_bytes()
    assert page.view.roll.camera.length_s == pytest.approx(soundfile.info(songs[0]).duration)
    assert [button.isEnabled() for button in page.view.bar.mix.buttons] == [True] * 3
    qtbot.waitUntil(lambda: "song a: " in stage.window.toast.label.text(), timeout=SLOW)
    assert len(page.view.roll.history.score) > 2
    assert page.view.roll.history.score.notes == tuple(read_csv(takes / "song a.csv"))


def test_a_dropped_file_is_not_covered_by_what_was_said_before(stage, songs, qtbot):
    told = stage.window.toast
    told.offer("Kept", ("Open", lambda: None))
    drop(stage.window, songs[0])
    qtbot.waitUntil(lambda: not told.isVisible(), timeout=SLOW)
    for words, kind, undo in (("It is in the trash", "info", True), ("No", "error", False)):
        told.show_text(words, kind, undo)
        told.make_room()
        assert told.isVisible(), "what can be undone stays, and errors do"


@pytest.mark.slow
def test_further_files_wait_for_no_decision(stage, jobs, songs, takes, qtbot):
    (songs[1]).write_bytes(b"no sound at all, but a good deal of it" * 50)
    drop(stage.window, *songs)
    assert "song a.wav" in jobs.label.text() and "2 more files" in jobs.label.text()
    refine(stage, "first")
    assert "3 more files" in jobs.label.text()
    qtbot.waitUntil(lambda: len(list(takes.glob("first.v2-refined.csv"))) == 1, timeout=4 * SLOW)
    qtbot.waitUntil(lambda: jobs.queue.running is None, timeout=SLOW)
    assert not jobs.isVisible()
    heard = {take.name: take.notes for take in list_takes(takes)}
    assert set(heard) == {"first", "second", "song a", "song c"}, "song b is no sound file"
    assert heard["song a"] == heard["song c"] > 2


def test_a_take_that_is_edited_meanwhile_keeps_its_edits(stage, songs, takes, qtbot):
    page = stage.window.takes
    drop(stage.window, songs[0])
    qtbot.waitUntil(lambda: stage.window.shows_takes, timeout=SLOW)
    page.view.roll.history.do((Score(NOTES[:1]), frozenset()))
    qtbot.waitUntil(lambda: "song a: " in stage.window.toast.label.text(), timeout=SLOW)
    assert page.view.roll.history.changed
    assert page.view.keep_edits()
    kept = find_take(takes, "song a")
    assert [version.kind for version in kept.versions] == ["played", "edited"]
    assert len(read_csv(kept.versions[0].csv)) > 2 and len(read_csv(kept.newest.csv)) == 1


@pytest.mark.slow
def test_a_take_that_is_renamed_or_thrown_away_meanwhile(stage, jobs, songs, takes, qtbot):
    drop(stage.window, *songs[:2])
    begun = []
    jobs.queue.begun.connect(lambda job: begun.append(job.new_take.stem))
    qtbot.waitUntil(lambda: begun == ["song a"], timeout=SLOW)
    stage.window.takes.library.list.renamed.emit("song a", "Walc")
    qtbot.waitUntil(lambda: begun == ["song a", "song b"], timeout=SLOW)
    discard(find_take(takes, "song b").files(), "song b")
    qtbot.waitUntil(lambda: jobs.queue.running is None, timeout=SLOW)
    heard = {take.name: take.notes for take in list_takes(takes)}
    assert heard.pop("Walc") > 2
    assert set(heard) == {"first", "second"}


def test_cancelling_one_goes_on_with_the_next(stage, jobs, songs, takes, qtbot):
    drop(stage.window, *songs[:2])
    jobs.cancel.click()
    qtbot.waitUntil(lambda: "song b" in jobs.label.text(), timeout=SLOW)
    qtbot.waitUntil(lambda: jobs.queue.running is None, timeout=SLOW)
    assert find_take(takes, "song a") is None
    assert find_take(takes, "song b").notes > 2


@pytest.mark.slow
def test_refined_notes_follow_a_take_that_is_renamed(stage, jobs, takes, qtbot):
    refine(stage, "first")
    refine(stage, "second")
    stage.window.takes.library.list.renamed.emit("first", "Walc")
    stage.window.takes.library.list.renamed.emit("second", "Polka")
    qtbot.waitUntil(lambda: jobs.queue.running is None, timeout=2 * SLOW)
    found = {take.name: [v.kind for v in take.versions] for take in list_takes(takes)}
    assert found == {"Walc": ["played", "refined"], "Polka": ["played", "refined"]}
    assert stage.window.takes.view.version.kind == "refined"


def test_refined_notes_of_a_take_that_is_gone_become_a_take(stage, jobs, takes, qtbot):
    refine(stage, "first")
    qtbot.waitUntil(lambda: jobs.bar.maximum() > 0, timeout=SLOW)
    discard(find_take(takes, "first").files(), "first")
    qtbot.waitUntil(lambda: jobs.queue.running is None, timeout=SLOW)
    assert "first is gone" in stage.window.toast.label.text()
    take = find_take(takes, "first")
    assert [version.kind for version in take.versions] == ["played"]
    assert len(read_csv(take.newest.csv)) > 2


def test_what_cannot_become_notes_says_why(stage, jobs, tmp_path, qtbot):
    told = stage.window.toast
    (tmp_path / "letters").mkdir()
    drop(stage.window, tmp_path / "letters")
    assert told.label.text() == "There are no sound files in letters."
    assert told.kind.property("kind") == "error"
    drop(stage.window, "https://example.com/a.mp3")
    assert told.label.text().startswith("https://example.com/a.mp3 is a link: download")
    assert jobs.queue.running is None
    (tmp_path / "tiny.mp3").write_bytes(b"\xff\xfb" * 4 + b"x")
    drop(stage.window, tmp_path / "tiny.mp3")
    qtbot.waitUntil(
        lambda: "tiny.mp3 is damaged or no sound recording" in told.label.text(), timeout=SLOW
    )
    assert "pipe" not in told.label.text() and "too short or damaged" in told.label.text()
    assert told.kind.property("kind") == "error" and not jobs.isVisible()
    assert find_take(tmp_path / "takes", "tiny") is None


def test_a_file_that_breaks_off_is_named_with_its_notes(stage, jobs, songs, qtbot):
    whole = songs[0].read_bytes()
    songs[0].write_bytes(whole[: len(whole) // 2])
    drop(stage.window, songs[0])
    qtbot.waitUntil(lambda: "cut off" in stage.window.toast.label.text(), timeout=SLOW)
    assert songs[0].stem in stage.window.toast.label.text()
    assert "song a.wav is cut off" in stage.window.toast.label.text()
    assert len(read_csv(stage.window.takes.opened.newest.csv)) > 0


def test_the_wave_of_a_dropped_file_is_there_before_its_notes(stage, jobs, songs, takes, qtbot):
    drop(stage.window, songs[0])
    qtbot.waitUntil(lambda: stage.window.takes_navigation.page_if_made is not None, timeout=SLOW)
    overview = stage.window.takes.view.overview
    qtbot.waitUntil(lambda: overview.wave.peaks is not None, timeout=SLOW)
    assert overview.wave.peaks.max() > 0.01
    qtbot.waitUntil(lambda: jobs.queue.running is None, timeout=SLOW)
