"""The page of takes through its widgets: list, play, edit, keep, save, refine, trash."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from gui.window.main_window import MainWindow
from gui.window.pages.takes_page import TakesPage
from realtime.files.note_files import read_csv, write_csv
from realtime.playback.take_messages import At, Levels, Load, Loop, Pause, Play
from realtime.processes.message_lines import Failed
from realtime.takes.library import list_takes
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from tests.support.take_files import NOTES, SilentPlayer, long_score, make_take


@pytest.fixture
def folder(tmp_path) -> Path:
    make_take(tmp_path / "takes", "first")
    make_take(tmp_path / "takes", "second", seconds=0)
    return tmp_path / "takes"


@pytest.fixture
def page(qtbot, clock, folder) -> TakesPage:
    page = TakesPage(SilentPlayer(clock))
    qtbot.addWidget(page)
    page.resize(960, 400)
    page.show()
    page.enter(folder, "first")
    page.heard = []
    page.said.connect(page.heard.append)
    page.failed.connect(page.heard.append)
    yield page
    page.close_player()


def unlink_instead(monkeypatch) -> None:
    monkeypatch.setattr("gui.takes.trash.into_trash", lambda path: (path.unlink() is None, None))


def at(page: TakesPage, second: float, pitch: int) -> QPoint:
    roll = page.view.roll
    view = roll.camera.viewport(roll.width(), roll.height())
    x = (second - roll.camera.start_s) * view.pixels_per_second
    return QPoint(round(x), round(view.y(pitch) + view.row / 2))


def test_the_list_shows_takes_and_opens_the_wanted_one(page):
    texts = {page.library.list.item(row).text() for row in range(page.library.list.count())}
    assert texts == {"first", "second"}
    assert page.view.take.name == "first"
    assert page.library.list.current_name() == "first"
    assert "4 notes" in page.library.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_click_in_the_list_opens_a_take_and_keeps_edits_of_the_one_before(page, folder):
    page.view.roll.choose(frozenset({0}))
    page.view.do("delete")
    page.show_take(page.library.find_take("second"))
    assert page.view.take.name == "second"
    first = next(take for take in list_takes(folder) if take.name == "first")
    assert [version.kind for version in first.versions] == ["played", "edited"]
    assert read_csv(first.versions[0].csv) == NOTES
    assert len(read_csv(first.versions[1].csv)) == 3
    assert "kept as version 2" in page.heard[-1]


def test_playing_tells_the_child_what_and_where(page, clock):
    page.view.do("play")
    orders = page.view.player.orders
    assert [type(order) for order in orders] == [Load, Levels, Loop, Play]
    assert orders[0].sound.endswith("first.flac")
    page.view.player.update(At(0.6))
    clock.now += 0.1
    page.view.playback.advance()
    assert page.view.roll.playhead_s == pytest.approx(0.7)
    assert page.view.keyboard.lit == {60: 90}
    page.view.do("play")
    assert orders[-1] == Pause()
    assert page.view.player.at_s == pytest.approx(0.7)
    assert page.view.keyboard.lit == {}


def test_from_the_start_and_what_is_heard_in_the_middle(page, qtbot):
    page.view.roll.set_camera(page.view.roll.camera.zoomed(0.2, 0.0))
    page.view.playback.seek(6.0)
    qtbot.keyClick(page.view.roll, Qt.Key.Key_C)
    camera = page.view.roll.camera
    assert camera.start_s + camera.seconds / 2 == pytest.approx(6.0, abs=0.1)
    qtbot.keyClick(page.view.roll, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert page.view.player.orders[-1] == Play(0.0)
    assert page.view.roll.camera.start_s == 0.0


def test_chosen_notes_are_copied_as_a_table(page, qtbot):
    copy = (Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(page.view.roll, *copy)
    assert len(QApplication.clipboard().text().splitlines()) == 5
    page.view.roll.choose(frozenset({0, 2}))
    qtbot.keyClick(page.view.roll, *copy)
    assert QApplication.clipboard().text().splitlines()[2].split("\t")[2] == "67"
    assert page.heard[-1] == "Copied: 2 notes"


def test_a_click_on_nothing_moves_the_playhead(page, qtbot):
    qtbot.mouseClick(page.view.roll, Qt.MouseButton.LeftButton, pos=at(page, 3.0, 75))
    assert page.view.player.at_s == pytest.approx(3.0, abs=0.05)


def test_only_the_left_button_adds_a_note(page, qtbot):
    for button, more in ((Qt.MouseButton.RightButton, 0), (Qt.MouseButton.LeftButton, 1)):
        qtbot.mouseDClick(page.view.roll, button, pos=at(page, 3.0, 75))
        assert len(page.view.roll.history.score) == len(NOTES) + more


def test_chosen_notes_loop(page):
    page.view.bar.buttons["loop"].click()
    assert page.view.roll.loop == (0.0, 10.0)
    page.view.roll.choose(frozenset({1, 2}))
    assert page.view.roll.loop == (1.2, 2.0)
    page.view.do("play")
    assert page.view.player.orders[-2:] == [Loop((1.2, 2.0)), Play(1.2)]
    page.view.do("loop")
    assert page.view.player.orders[-1] == Loop(None)


def test_no_output_is_told_calmly(page):
    page.view.do("play")
    page.view.player.update(Failed(Trouble(Code.OUTPUT_NOT_STARTED, reason="-9996")))
    assert not page.view.player.playing
    assert "there is no sound output" in page.heard[-1]


def test_what_is_heard_can_be_chosen_and_needs_a_recording(page):
    page.view.do("play")
    page.view.bar.mix.buttons[2].click()
    assert page.view.player.orders[-1] == Levels(0.0, 1.0)
    page.view.player.pause()
    page.show_take(page.library.find_take("second"))
    assert not page.view.bar.mix.buttons[2].isEnabled()
    assert "notes only" in page.view.bar.mix.buttons[2].toolTip()
    assert page.view.bar.mix.index() == 1
    said, asked = [], []
    page.said.connect(said.append)
    page.refine_wanted.connect(asked.append)
    page.view.head.refine.click()
    assert not asked and "without a recording" in said[0] and "Keep the sound" in said[0]


def test_the_balance_makes_one_of_both_softer(page):
    page.resize(1200, 400)
    page.view.do("play")
    bar, orders = page.view.bar, page.view.player.orders
    assert bar.balance.isVisible()
    bar.balance.setValue(12)
    synth, recording = orders[-1].synth, orders[-1].recording
    assert synth == pytest.approx(0.7 * 10 ** (-36 / 20))
    assert recording == 0.8
    bar.balance.setValue(-6)
    synth, recording = orders[-1].synth, orders[-1].recording
    assert synth == 0.7
    assert recording == pytest.approx(0.8 * 10 ** (-18 / 20))
    bar.mix.buttons[1].click()
    assert orders[-1] == Levels(1.0, 0.0)
    assert not bar.balance.isEnabled()
    bar.mix.buttons[0].click()
    assert orders[-1] == Levels(synth, recording)
    page.show_take(page.library.find_take("second"))
    assert not bar.balance.isEnabled()


def test_a_note_is_dragged_and_the_drag_undone(page, qtbot):
    roll = page.view.roll
    qtbot.mousePress(roll, Qt.MouseButton.LeftButton, pos=at(page, 6.0, 72))
    qtbot.mouseMove(roll, at(page, 7.0, 74))
    assert roll._preview is not None
    qtbot.mouseRelease(roll, Qt.MouseButton.LeftButton, pos=at(page, 7.0, 74))
    (note,) = roll.chosen_notes()
    assert (note.pitch, note.onset_s) == (74, pytest.approx(6.0, abs=0.05))
    assert page.view.head.keep.isVisible()
    page.view.bar.buttons["undo"].click()
    assert roll.history.score.notes == tuple(NOTES)
    assert not page.view.head.keep.isVisible()


@pytest.mark.parametrize(
    ("key", "keys", "check"),
    [
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, lambda n: len(n) == 2),
        (Qt.Key.Key_M, Qt.KeyboardModifier.NoModifier, lambda n: len(n) == 3),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, lambda n: n[0].pitch == 61),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, lambda n: n[0].onset_s == 0.51),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier, lambda n: n[0].offset_s == 1.01),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier, lambda n: n[0].velocity == 94),
    ],
)
def test_keys_edit_what_is_chosen(page, qtbot, key, keys, check):
    page.view.roll.choose(frozenset({0, 1}))
    qtbot.keyClick(page.view.roll, key, keys)
    assert check(page.view.roll.history.score.notes)
    qtbot.keyClick(page.view.roll, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.view.roll.history.score.notes == tuple(NOTES)


def test_notes_can_be_walked_and_are_told_in_words(page, qtbot):
    step = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(page.view.roll, Qt.Key.Key_Right, step)
    qtbot.keyClick(page.view.roll, Qt.Key.Key_Right, step)
    said = page.view.roll.accessibleDescription()
    assert said == "C4 at 0:01, 0.30 s long, velocity 70"


def test_the_velocity_box_sets_the_chosen_notes(page):
    page.view.roll.choose(frozenset({0, 1}))
    assert page.view.bar.velocity.value() == 80
    page.view.bar.velocity.setValue(100)
    assert [note.velocity for note in page.view.roll.chosen_notes()] == [110, 90]


def test_an_edit_while_it_plays_is_heard(page, qtbot):
    page.view.do("play")
    count = len(page.view.player.orders)
    page.view.roll.choose(frozenset({0}))
    page.view.do("up")
    qtbot.waitUntil(lambda: len(page.view.player.orders) > count, timeout=2000)
    assert isinstance(page.view.player.orders[count], Load)


def test_versions_can_be_opened_again(page):
    page.view.roll.choose(frozenset({0}))
    page.view.do("delete")
    page.view.do("keep")
    assert page.view.head.version.count() == 2
    page.view.head.version.chosen.emit("1")
    assert page.view.roll.history.score.notes == tuple(NOTES)
    assert page.view.version.number == 1


def test_a_take_is_renamed_in_the_list(page, folder):
    page.library.list.item(page.library.list.currentRow()).setText("Walc ż")
    assert (folder / "Walc ż.mid").is_file()
    assert page.view.take.name == "Walc ż"
    assert page.view.head.title.text() == "Walc ż"
    page.library.list.item(page.library.list.currentRow()).setText("second")
    assert "There is already a second" in page.heard[-1]
    assert page.library.list.current_name() == "Walc ż"


def test_a_take_goes_to_the_trash_and_the_next_one_is_shown(page, folder, monkeypatch):
    unlink_instead(monkeypatch)
    page.library.list.setFocus()
    page.library.discard.click()
    assert not list(folder.glob("first*"))
    assert page.view.take.name == "second"
    page.library.discard.click()
    assert page.view.take is None
    assert page.hint.record.isVisible()


def test_a_take_that_went_to_the_trash_elsewhere_leaves_no_version_behind(page, folder):
    page.view.roll.choose(frozenset({0}))
    page.view.do("delete")
    for path in folder.glob("first*"):
        path.unlink()
    page.enter(folder)
    assert page.view.take.name == "second"
    assert not list(folder.glob("first*"))


def test_refined_notes_become_a_version(page, tmp_path):
    asked = []
    page.refine_wanted.connect(asked.append)
    page.view.head.refine.click()
    assert asked[0].sound.name == "first.flac"
    write_csv(NOTES[:2], tmp_path / "again.csv")
    assert page.refined(asked[0], tmp_path / "again.csv")
    assert page.view.version.kind == "refined"
    assert len(page.view.roll.history.score) == 2
    assert page.view.head.version.currentText() == "2 · refined"


def test_a_narrow_page_shows_the_list_or_the_take(page):
    page.resize(420, 300)
    assert page.library.isVisible() != page.view.isVisible()
    page.show_take(page.library.find_take("second"))
    assert page.view.isVisible()
    assert not page.library.isVisible()
    page.view.head.back.click()
    assert page.library.isVisible()
    assert not page.view.isVisible()


def test_the_overview_moves_the_view(page, qtbot):
    page.view.roll.set_camera(page.view.roll.camera.zoomed(0.2, 0.0))
    overview = page.view.overview
    qtbot.mouseClick(overview, Qt.MouseButton.LeftButton, pos=QPoint(overview.width() // 2, 5))
    camera = page.view.roll.camera
    assert camera.start_s + camera.seconds / 2 == pytest.approx(5.0, abs=0.1)


def test_scrolling_paints_only_new_tiles(page):
    roll = page.view.roll
    roll.open(long_score(0.1), 360.0)
    roll.grab()
    tiles = roll.picture.tiles
    before = tiles.painted
    for step in range(30):
        roll.set_camera(roll.camera.moved_to(step * 0.02))
        roll.grab()
    assert tiles.painted - before <= 1


def test_the_window_goes_to_the_takes_and_back(make_stage, folder, qtbot):
    stage = make_stage(EngineSettings(record=str(folder)))
    window: MainWindow = stage.window
    window.transport.takes.click()
    assert window.shows_takes
    assert window.takes.view.take is not None
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_T)
    assert not window.shows_takes
    window.do("takes")
    window.do("zoom_in")
    assert window.takes.view.roll.camera.seconds < 12
    window.do("compact")
    assert not window.shows_takes


def test_a_take_that_was_just_recorded_is_opened(make_stage, folder):
    stage = make_stage(EngineSettings(record=str(folder)))
    stage.window.do("takes")
    make_take(folder, "third")
    stage.engine.forced = {"last_take": str(folder / "third.mid")}
    stage.play(0.1)
    assert stage.window.takes.view.take.name == "third"


@pytest.fixture
def unlinking(monkeypatch):
    unlink_instead(monkeypatch)


def test_one_version_goes_to_the_trash_and_the_others_stay(page, folder, unlinking):
    for _ in range(2):
        page.view.roll.choose(frozenset({0}))
        page.view.do("delete")
        page.view.do("keep")
    assert [v.number for v in page.view.take.versions] == [1, 2, 3]
    page.view.head.version.chosen.emit("2")
    page.view.roll.choose(frozenset({0}))
    page.view.do("delete")
    page.view.head.drop_version.click()
    assert [v.number for v in page.view.take.versions] == [1, 3]
    assert page.view.version.number == 3
    assert sorted(path.name for path in folder.glob("first.v*")) == [
        "first.v3-edited.csv",
        "first.v3-edited.mid",
    ]
    page.view.head.version.chosen.emit("1")
    assert not page.view.head.drop_version.isEnabled()
    page.view.do("drop_version")
    assert (folder / "first.csv").is_file()


def test_a_take_says_what_it_was_played_on(page, folder):
    assert page.view.head.instrument.currentText() == "No instrument"
    page.view.head.instrument.chosen.emit("strings")
    row = page.library.list.item(page.library.list.currentRow())
    assert "first, Strings, " in row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert page.view.take.instrument == "strings"
    (take,) = (each for each in list_takes(folder) if each.name == "first")
    assert take.instrument == "strings"


def test_coming_back_after_a_rename_shows_the_take_that_was_open(page, folder):
    page.library.list.setCurrentRow(1 - page.library.list.currentRow())
    page.library.list.item(page.library.list.currentRow()).setText("Walc")
    page.enter(folder, "a take that was renamed since")
    assert page.view.take.name == "Walc"
    assert page.library.list.current_name() == "Walc"


def test_the_count_of_notes_is_whole_however_many_there_are(page, qtbot):
    page.resize(1180, 500)
    page.view.roll.open(long_score(0.2), 720.0)
    qtbot.wait(50)
    label = page.view.bar.chosen
    assert label.isVisible() and len(label.text()) > 9
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
