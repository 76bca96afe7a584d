"""The page of practice, by keys alone, on an engine that says what a test wants."""

from dataclasses import replace
from pathlib import Path

import polib
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

import gui.language
from gui.language.translate import tr
from gui.notices.wish import Wish
from gui.practice.result import Histogram, ResultCard
from gui.practice.words import mode_names
from gui.style.theme import DARK
from realtime.engine.practice_modes import MODES
from realtime.practice.history import runs
from realtime.practice.live.plan import FASTEST, SLOWEST, PracticePlan
from realtime.practice.pieces import PieceNote
from realtime.values.practice_modes import PracticeMode
from realtime.values.snapshot import ExtraNote, JudgedNote, PracticeState
from tests.gui.window.shown_texts import shown_texts

PLAN = PracticePlan((PieceNote(0.0, 1.0, 60, 1, 1.0, 0),))
POLISH = polib.pofile(str(Path(gui.language.__file__).with_name("pl.po")), encoding="utf-8")


@pytest.fixture(autouse=True)
def history(tmp_path, monkeypatch):
    path = tmp_path / "practice.csv"
    monkeypatch.setattr("realtime.practice.history.history_path", lambda: path)
    return path


@pytest.fixture
def playing(stage):
    """The page with a piece for two hands in front."""
    stage.engine.forced["state"] = "listening"
    stage.play(0.1)
    stage.window.do(Wish.PRACTICE)
    page = open_piece(stage, "minuet-in-g")
    stage.play(0.1)
    return stage, page


def open_piece(stage, name):
    page = stage.window.practice.page
    page.read = None
    page.open(name)
    for _ in range(250):
        if page.read is not None or not page.loader.busy:
            break
        QTest.qWait(20)
    return page


def press(page, key, keys=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(page.roll, key, keys)


def tell(stage, **fields):
    """What the engine says of the run from now on."""
    before = stage.engine.forced.get("practice", PracticeState(run=1, state="playing"))
    stage.engine.forced["practice"] = replace(before, **fields)
    stage.play(0.1)


def judged(*kinds, certainty=0.9):
    return tuple(
        JudgedNote(note, kind, None if kind == "missed" else 12.0, certainty)
        for note, kind in enumerate(kinds)
    )


def test_a_piece_is_chosen_and_begun_by_keys_alone(stage):
    stage.engine.forced["state"] = "listening"
    stage.play(0.1)
    QTest.keyClick(stage.window.pane, Qt.Key.Key_P)
    chooser = stage.window.practice.page.chooser
    assert stage.window.practice.shown and chooser.list.count() >= 5
    QTest.keyClick(chooser.list, Qt.Key.Key_Down)
    QTest.keyClick(chooser.list, Qt.Key.Key_Return)
    page = stage.window.practice.page
    for _ in range(250):
        if page.read is not None:
            break
        QTest.qWait(20)
    stage.play(0.1)
    assert page.controls.title.text() == "Ode to Joy"
    press(page, Qt.Key.Key_2)
    press(page, Qt.Key.Key_Down)
    press(page, Qt.Key.Key_Right)
    press(page, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    press(page, Qt.Key.Key_Space)
    plan = stage.engine.plan
    assert (plan.mode, plan.tempo, plan.loop) == ("along", 0.95, True)
    assert (plan.start_s, plan.end_s) == (plan.bars[1].onset_s, plan.bars[3].onset_s)
    tell(stage)
    press(page, Qt.Key.Key_Space)
    assert stage.engine.asked[-1] == "stop_practising"
    QTest.keyClick(page.roll, Qt.Key.Key_P)
    assert not stage.window.practice.shown and stage.window.pane.isVisible()


def test_the_tempo_may_be_chosen_as_far_as_the_engine_takes_it(playing):
    _, page = playing
    tempo = page.controls.tempo
    lowest, highest = tempo.minimum() / 100, tempo.maximum() / 100
    assert (lowest, highest) == (SLOWEST, FASTEST)
    for share in (lowest, highest):
        replace(PLAN, tempo=share).check()


def test_verdicts_are_counted_and_unsure_mistakes_apart(playing):
    stage, page = playing
    press(page, Qt.Key.Key_Space)
    some = judged("right", "early", "missed", "wrong")
    some = (*some, JudgedNote(4, "missed", None, 0.3))
    tell(stage, judged=some)
    counts = page.performance.counts
    assert [counts[kind] for kind in ("right", "early", "missed", "wrong", "unsure")] == [1] * 5
    assert page.performance.mistakes == {0: 3}
    tell(stage, judged=(*some, JudgedNote(2, "right", 1.0, 0.9)))
    assert page.performance.counts["right"] == 2 and page.performance.counts["missed"] == 0


def test_the_end_is_a_glance_that_is_kept_and_compared(playing, history):
    stage, page = playing
    for share, kinds in ((50, ("right", "missed")), (100, ("right", "right"))):
        press(page, Qt.Key.Key_Space)
        run = stage.engine.asked.count("practise")
        tell(stage, run=run, state="playing", judged=judged(*kinds), final=False)
        assert not page.result.isVisible()
        tell(stage, state="ended", final=True)
        assert page.result.isVisible() and page.result.share.text() == f"{share} % right"
        page.result.closed.emit()
    assert "50 %" in page.result.compared.text()
    first, second = runs(history)
    assert (first["right_share"], second["right_share"]) == ("0.5", "1.0")
    assert (first["piece"], first["mode"], first["bad_bars"]) == ("5-minuet-in-g", "wait", "1")


def test_a_bar_that_went_badly_is_one_click_away(playing):
    stage, page = playing
    press(page, Qt.Key.Key_Space)
    extra = ExtraNote(page.piece.bars[2].onset_s + 0.1, 61, 0.9)
    tell(stage, judged=judged("right"), extras=(extra,), state="ended", final=True)
    button = page.result.bars.itemAt(0).widget()
    assert button.text() == "3"
    button.click()
    bars = page.piece.bars
    assert (stage.engine.plan.start_s, stage.engine.plan.end_s) == (
        bars[2].onset_s, bars[3].onset_s
    )  # fmt: skip
    assert stage.engine.plan.loop and not page.result.isVisible()


def test_one_hand_is_played_and_the_other_accompanies(playing):
    stage, page = playing
    both = len(page.piece.notes)
    page.controls.part_actions[1].trigger()
    press(page, Qt.Key.Key_Space)
    plan = stage.engine.plan
    assert plan.notes and plan.others and len(plan.notes) + len(plan.others) == both
    assert {note.part for note in plan.notes} == {0}
    page.controls.part_actions[0].trigger()
    assert page.controls.mine == {0}


def test_bars_are_dragged_over_to_be_repeated(playing):
    stage, page = playing
    strip = page.strip
    places = [QPoint(int((i + 0.5) * strip.width() / 16), 12) for i in (3, 5)]
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=places[0])
    QTest.mouseMove(strip, places[1])
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=places[1])
    press(page, Qt.Key.Key_Space)
    bars = page.piece.bars
    assert (stage.engine.plan.start_s, stage.engine.plan.end_s) == (
        bars[3].onset_s, bars[6].onset_s
    )  # fmt: skip


def test_without_a_microphone_nothing_begins_and_it_says_why(playing):
    stage, page = playing
    stage.engine.forced["state"] = "no-input"
    stage.play(0.1)
    press(page, Qt.Key.Key_Space)
    assert stage.engine.plan is None
    assert "microphone" in stage.window.toast.label.text()


def test_without_an_output_the_beats_are_seen_and_it_says_so(playing):
    stage, page = playing
    press(page, Qt.Key.Key_Space)
    tell(stage, state="counting", beats_left=3, silent=True)
    assert page.bar.next.text() == "No output: click and other parts are not heard"


@pytest.mark.parametrize("content", [b"", b"MThd nothing", b"\x00" * 400])
def test_what_is_no_piece_is_refused_in_a_sentence(stage, tmp_path, content):
    path = tmp_path / "odd.mid"
    path.write_bytes(content)
    stage.window.do(Wish.PRACTICE)
    page = open_piece(stage, str(path))
    for _ in range(100):
        QTest.qWait(10)
        if "Reading" not in page.chooser.hint.text():
            break
    assert page.read is None and "odd.mid" in page.chooser.hint.text()
    assert "Reading" not in page.chooser.hint.text()


def test_an_engine_that_dies_leaves_no_run_behind(playing):
    stage, page = playing
    press(page, Qt.Key.Key_Space)
    tell(stage)
    stage.engine.forced["practice"] = PracticeState()
    stage.engine.forced["state"] = "starting"
    stage.play(0.1)
    assert page.bar.start.text().strip() == "Begin"


def test_the_compact_window_shows_the_notes_alone(playing):
    stage, page = playing
    stage.window.do(Wish.COMPACT)
    assert stage.window.practice.shown
    assert page.roll.isVisible() and not page.controls.isVisible()
    press(page, Qt.Key.Key_Space)
    assert stage.engine.plan is not None


def test_large_notes_leave_nothing_but_notes(playing):
    _, page = playing
    before = page.roll.seconds
    press(page, Qt.Key.Key_G)
    assert page.roll.seconds < before and not page.controls.isVisible()
    press(page, Qt.Key.Key_G)
    assert page.controls.isVisible()


def test_a_language_chosen_in_between_keeps_the_piece(playing):
    stage, before = playing
    stage.window.choose("language", "pl")
    page = stage.window.practice.page
    assert page is before and stage.window.practice.shown
    assert page.read == before.read and page.controls.title.text() == "Menuet G-dur"
    assert page.bar.start.text().strip() == "Zacznij"


def test_another_language_is_spoken_while_one_practises(playing):
    stage, page = playing
    press(page, Qt.Key.Key_Right)
    press(page, Qt.Key.Key_Space)
    tell(stage, run=1, state="playing", place_s=2.0, judged=judged("right", "late"))
    place, run = page.bar.place.text(), page.performance
    stage.window.choose("language", "pl")
    stage.play(0.1)
    assert stage.window.practice.page is page and stage.window.practice.shown
    assert page.performance is run and page.bar.start.text().strip() == tr("Stop") != "Stop"
    assert page.bar.place.text() != place and page.bar.tally.accessibleName().startswith("Dobrze 1")
    english = {entry.msgid for entry in POLISH if entry.msgid != tr(entry.msgid)}
    assert [item for item in shown_texts(page) if item[1] in english] == []


def test_a_bar_of_the_histogram_shows_the_part_that_was_right(qapp):
    histogram = Histogram()
    histogram.resize(400, 120)
    histogram.show_bins([{"from_ms": 80, "notes": 4, "right": 1}])
    picture = histogram.grab().toImage()
    middle = 90 + 200
    column = {picture.pixelColor(middle, y).name() for y in range(8, 100)}
    assert {QColor(DARK.good).name(), QColor(DARK.warning).name()} <= column


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("size", [(1000, 600), (641, 251), (420, 300), (381, 221), (300, 200)])
def test_the_result_shows_whole_texts_or_none(qapp, size, dated):
    rhythm = {"median": 12.0 if dated else None, "p95": 50.0, "histogram": []}
    figures = {
        "right_share": 0.9,
        "notes": 34,
        "rhythm_ms": rhythm,
        "tempo_percent": 98 if dated else None,
        "bad_bars": [{"index": bar, "printed": str(bar)} for bar in (3, 12, 13, 14, 22, 101)],
    }
    around = QWidget()
    around.resize(*size)
    result = ResultCard(around)
    around.show()
    result.show_run(figures, dict.fromkeys(("right", "late"), 12), {"right_share": "0.8"})
    qapp.processEvents()
    texts = [*result.findChildren(QLabel), *result.findChildren(QPushButton)]
    texts = [part for part in texts if part.isVisible()]
    assert result.share in texts and result.again_button in texts
    for part in texts:
        wrapped = part.hasHeightForWidth()
        needed = part.heightForWidth(part.width()) if wrapped else part.sizeHint().height()
        assert part.height() >= needed and part.width() >= part.minimumSizeHint().width()
    assert around.rect().contains(result.geometry())


def test_every_way_to_practise_has_a_name_a_button_and_a_run(playing):
    """They are named once, in the engine; nothing that shows or runs them may lack one."""
    _, page = playing
    assert set(mode_names()) == set(PracticeMode) == set(MODES)
    assert len(page.controls.modes.buttons) == len(PracticeMode)
    for index, mode in enumerate(PracticeMode):
        QTest.keyClick(page.roll, Qt.Key(Qt.Key.Key_1 + index))
        assert page.controls.mode is mode
