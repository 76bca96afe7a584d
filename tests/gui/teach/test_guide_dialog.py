"""The guide from the first note to before and after, and every way out of it."""

import pytest
from PySide6.QtCore import Qt

from gui.notices.wish import Wish
from realtime.inference.instrument_file import read_instrument
from realtime.inference.instruments import list_instruments
from realtime.inference.model_file import open_model_file
from realtime.teach.guide import lesson_folder
from realtime.teach.guide.lesson_folder import LEARNED
from tests.realtime.teach.guide.player import PARTIALS
from tests.realtime.teach.tones import pluck


def begin(room, name="bars", family="plucked"):
    guide = room.open()
    guide.start.name.setText(name)
    guide.start.family.setCurrentIndex(guide.start.family.findData(family))
    guide.start.begin.click()
    return guide


def test_from_the_first_note_to_keep(room, learns, home):
    guide = begin(room)
    assert guide.play.title.text() == "Please be quiet for a moment"
    room.until(lambda: guide.play.title.text() == "Play your lowest note")
    assert not guide.play.learn.isEnabled()
    room.until(lambda: guide.play.title.text() == "Play C6 loudly" or
               guide.session.guide.notes_taken > 6, 90)  # fmt: skip
    asked = guide.session.guide.ask
    assert guide.play.keys.accessibleDescription() and asked.pitch
    assert guide.play.learn.isEnabled()
    guide.play.learn.click()
    assert guide.pages.currentWidget() is guide.result_page
    assert "50 % heard right before, 75 % now" in guide.result_page.words.text()
    learned = str(guide.session.folder / LEARNED)
    engine = room.stage.engine
    assert engine.settings.model == learned
    before, after = guide.result_page.switch.buttons
    before.click()
    assert engine.settings.model == ""
    after.click()
    assert engine.settings.model == learned
    guide.result_page.keep.click()
    assert list_instruments() == ["bars"] and engine.settings.model == "bars"
    assert room.stage.window.choices.engine.model == "bars" and room.guide is None
    assert "bars" in room.stage.window.toast.label.text()
    assert lesson_folder.unfinished_lessons() == []
    room.stage.window.wishes.teaching.teach_more("bars", room.stage.window.pane.ink)
    more = room.guide.session
    assert more.folder == learns[0][0] and more.guide.notes_taken > 6
    room.guide.play.learn.click()
    room.guide.result_page.keep.click()
    assert list_instruments() == ["bars"]


def test_the_same_name_twice_is_another_instrument(room, learns, home):
    for _ in range(2):
        guide = begin(room)
        room.play_notes(6)
        guide.play.learn.click()
        guide.result_page.keep.click()
    assert list_instruments() == ["bars", "bars 2"]
    assert read_instrument((home / "bars 2.instrument").read_bytes()).name == "bars 2"


@pytest.mark.parametrize("name", [open_model_file(None).spec.name, "a/b", "nul", "my.onnx", "..."])
def test_a_name_that_cannot_be_given_is_told_before_the_lesson_begins(room, name):
    guide = room.open()
    guide.start.name.setText(name)
    assert "Choose another name" in guide.start.about_name.text() or (
        f"cannot be called '{name}'" in guide.start.about_name.text()
    )
    assert not guide.start.begin.isEnabled()
    for good in ("सितार", "Kalimba, 17 keys", ""):
        guide.start.name.setText(good)
        assert guide.start.begin.isEnabled() and not guide.start.about_name.text()


def test_a_name_that_differs_by_capitals_overwrites_no_other_instrument(room, learns, home):
    home.mkdir()
    (home / "Kalimba, 17 keys.instrument").write_bytes(b"another one")
    guide = begin(room, "kalimba, 17 keys")
    assert "“kalimba, 17 keys 2”" in guide.start.about_name.text()
    room.play_notes(6)
    guide.play.learn.click()
    guide.result_page.keep.click()
    assert list_instruments() == ["Kalimba, 17 keys", "kalimba, 17 keys 2"]
    assert (home / "Kalimba, 17 keys.instrument").read_bytes() == b"another one"


def test_what_was_wrong_is_shown_and_may_be_taken_all_the_same(room):
    guide = begin(room)
    room.play_notes(2)
    room.play = lambda ask: pluck(ask.pitch + 2, 0.7, 0.25, PARTIALS)
    room.until(lambda: guide.session.guide.status.fault == "other")
    asked = guide.session.guide.ask
    assert guide.play.fault.text().startswith("That was")
    assert guide.play.anyway.isVisible() and guide.play.anyway.text().startswith("Take it as")
    guide.play.anyway.click()
    taken = guide.session.guide.taken[-1]
    assert taken.pitches == (asked.pitch + 2,) and taken.sound
    assert (guide.session.folder / "sounds" / taken.sound).is_file()


def test_pause_skip_and_back_by_their_buttons(room):
    guide = begin(room)
    room.play_notes(3)
    third = guide.session.guide.taken[-1]
    room.until(lambda: guide.session.guide.status.state != "taken")
    guide.play.back.click()
    assert not (guide.session.folder / "sounds" / third.sound).exists()
    asked = guide.session.guide.ask
    guide.play.skip.click()
    assert guide.session.guide.ask != asked
    guide.play.pause.click()
    assert guide.play.pause.text() == "Resume" and guide.play.state.text() == "The lesson rests."
    before = len(guide.session.guide.taken)
    for _ in range(60):
        room.step()
    assert len(guide.session.guide.taken) == before
    guide.play.pause.click()
    room.play_notes(3)


def test_no_input_is_said(room):
    guide = begin(room)
    room.stage.engine.forced = {"state": "no-input"}
    room.stage.play(0.1)
    assert guide.play.state.text().startswith("No sound comes in")


def test_closing_keeps_the_lesson_and_the_next_guide_goes_on_with_it(room, home):
    guide = begin(room)
    room.play_notes(4)
    taken = {one.pitches for one in guide.session.guide.taken if len(one.pitches) == 1}
    guide.play.leave.click()
    assert room.guide is None
    again = room.open()
    assert again.start.go_on.isVisible() and "bars" in again.start.go_on.text()
    again.start.go_on.click()
    assert {one.pitches for one in again.session.guide.taken if one.pitches} == taken
    room.play_notes(5)
    assert len(list((again.session.folder / "sounds").glob("*.flac"))) >= 6


def test_cancelled_learning_loses_nothing_and_a_failure_is_told(room, monkeypatch, qtbot):
    guide = begin(room)
    room.play_notes(6)
    monkeypatch.setattr(
        "gui.teach.learning_job.python_command",
        lambda *words: ["sh", "-c", 'echo \'{"Progress": {"part": 0.25}}\'; exec sleep 60'],
    )
    guide.play.learn.click()
    qtbot.waitUntil(lambda: guide.learn.bar.value() == 250, timeout=20_000)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
        qtbot.keyClick(guide.focusWidget(), key)
    assert guide.job.running and not guide.job.thorough, "a key ends nothing"
    guide.learn.cancel.click()
    qtbot.waitUntil(lambda: guide.pages.currentWidget() is guide.play, timeout=20_000)
    assert guide.session.guide.notes_taken == 6
    monkeypatch.setattr(
        "gui.teach.learning_job.python_command", lambda *words: ["sh", "-c", "exit 3"]
    )
    guide.play.learn.click()
    qtbot.waitUntil(lambda: guide.learn.reason.text() != "", timeout=20_000)
    assert "try again" in guide.learn.reason.text() and guide.learn.again.isVisible()
    guide.learn.cancel.click()
    assert guide.pages.currentWidget() is guide.play
    guide.play.pause.click()
    room.play_notes(7)


@pytest.mark.parametrize("verdict", ["nothing gained", "others lost"])
def test_where_nothing_is_gained_the_model_stays(room, learns, verdict):
    learns[1]["verdict"] = verdict
    guide = begin(room)
    room.play_notes(6)
    guide.play.learn.click()
    page = guide.result_page
    assert page.title.text() == "Nothing was changed" and "as it was" in page.words.text()
    assert not page.keep.isVisible() and not page.switch.isVisible()
    assert room.stage.engine.settings.model == ""
    page.more.click()
    assert guide.pages.currentWidget() is guide.play and guide.session.guide.notes_taken == 6


def test_thrown_away_is_in_the_trash_and_the_model_as_before(room, learns, monkeypatch, home):
    gone = []
    monkeypatch.setattr(
        "gui.teach.teaching.into_trash", lambda path: (gone.append(path), (1, 0))[1]
    )
    guide = begin(room)
    room.play_notes(6)
    guide.play.learn.click()
    folder = guide.session.folder
    guide.result_page.throw_away.click()
    assert gone == [folder] and room.stage.engine.settings.model == ""
    assert list_instruments() == []


def test_a_window_that_closes_remembers_the_model_of_before(room, learns):
    guide = begin(room)
    room.play_notes(6)
    guide.play.learn.click()
    assert room.stage.controller.settings.model.endswith(LEARNED)
    room.stage.window.close()
    assert room.stage.store.load()[0].engine.model == ""
    assert room.guide is None


def test_a_guide_that_is_open_is_brought_to_the_front_and_speaks_polish(room):
    guide = room.open()
    room.stage.window.do(Wish.TEACH)
    assert room.guide is guide
    guide.reject()
    room.stage.window.choose("language", "pl")


def test_a_sound_that_cannot_be_kept_is_told_and_asked_for_again(room, monkeypatch):
    guide = begin(room)
    room.play_notes(1)
    (guide.session.folder / "sounds").rename(guide.session.folder / "gone")
    (guide.session.folder / "sounds").write_text("in the way")
    taken = len(guide.session.guide.taken)
    room.until(lambda: "Cannot write" in guide.play.fault.text())
    assert len(guide.session.guide.taken) == taken
