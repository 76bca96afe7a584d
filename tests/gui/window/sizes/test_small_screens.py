"""Long words and small windows: nothing is pushed out, nothing is cut."""

import gettext
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from gui.language.translate import LANGUAGES
from gui.window.compact import first_size
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from tests.support.take_files import make_take


@pytest.fixture
def long_words(monkeypatch):
    """A language whose every text is half as long again."""

    class LongWords(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return message + "~" * (len(message) * 2 // 5)

    words = {"en": gettext.NullTranslations(), "long": LongWords()}
    monkeypatch.setitem(LANGUAGES, "long", "Loooong")  # a code of its own: texts are kept by it
    monkeypatch.setattr("gui.language.translate.catalogue", words.__getitem__)


@pytest.mark.parametrize("page", ["settings", "takes", "jobs", "banners"])
@pytest.mark.parametrize("width", [960, 700, 420])
def test_long_words_push_nothing_out(long_words, make_stage, tmp_path, width, page):
    stage = make_stage()
    stage.window.choose("language", "long")
    stage.window.resize(width, 420)
    if page == "takes":
        make_take(tmp_path / "takes", "first")
        stage.controller.change(record=str(tmp_path / "takes"))
        stage.window.do("takes")
    elif page == "jobs":
        stage.window.jobs.label.show_text("Listening to Für Elise.flac…")
        stage.window.jobs.show()
    elif page == "banners":
        stage.engine.forced = {"troubles": (Trouble(Code.PORT_LOST, name="X"),)}
        stage.window.toast.show_text("take-1 is in the trash.", undo=True)
    else:
        stage.window.top_bar.tune.setChecked(True)
        stage.controller.change(gate_db=-50.0)
    stage.play(0.3)
    QApplication.processEvents()
    assert stage.window.width() == width
    for button in stage.window.findChildren(QPushButton):
        if button.isVisible() and button.text():
            corner = button.mapTo(stage.window, QPoint(button.width(), button.height()))
            assert corner.x() <= width, button.text()
            words = button.fontMetrics().horizontalAdvance(button.text())
            assert words <= button.width(), button.text()


@pytest.mark.parametrize("language", ["en", "pl"])
def test_captions_are_whole_in_the_smallest_window(make_stage, language):
    stage = make_stage()
    stage.window.choose("language", language)
    stage.window.resize(420, 300)
    stage.play(0.3)
    QApplication.processEvents()
    for name in ("input", "level", "midi"):
        caption = stage.window.top_bar.captioned[name].caption
        assert caption.fontMetrics().horizontalAdvance(caption.text()) <= caption.width(), name
    assert stage.window.width() == 420


def test_every_setting_can_be_reached_in_the_smallest_window(make_stage):
    stage = make_stage()
    stage.window.resize(420, 300)
    stage.window.top_bar.tune.setChecked(True)
    stage.play(0.3)
    area, tuning = stage.window.top_bar.drawer, stage.window.top_bar.tuning
    assert area.isVisible()
    assert tuning.width() <= area.width() <= 420
    for button in (tuning.learn, tuning.reset):
        area.ensureWidgetVisible(button)
        corner = button.mapTo(area, QPoint(button.width(), button.height()))
        assert 0 < corner.y() <= area.height()
        assert corner.x() <= area.width()
    assert stage.window.pane.roll.height() >= 60
    assert (stage.window.width(), stage.window.height()) == (420, 300)


def test_a_message_is_whole_from_its_first_moment(make_stage):
    stage = make_stage()
    stage.window.resize(420, 300)
    stage.play(0.2)
    told = stage.window.toast
    told.show_text("take-20260101-120000 is in the trash.", undo=True)
    QApplication.processEvents()
    assert told.height() >= told.heightForWidth(420)
    assert told.undo.geometry().bottom() < told.height()


@pytest.mark.parametrize(
    ("screen", "size"),
    [
        ((960, 540), (944, 484)),
        ((1280, 800), (960, 540)),
        ((1920, 1080), (1190, 670)),
        ((3840, 2160), (1440, 810)),
    ],
)
def test_the_first_window_fits_its_screen_with_its_frame(screen, size):
    """1920x1080 at 200 % is a screen of 960x540."""
    assert first_size(QSize(*screen)) == QSize(*size)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_all_settings_and_the_first_words_fit_a_full_hd_screen_at_twice_the_size(
    make_stage, demo_file, language
):
    """960x540, less title bar and borders; nothing is heard yet."""
    stage = make_stage(score=(), demo=demo_file)
    stage.window.choose("language", language)
    stage.window.resize(955, 518)
    stage.window.top_bar.tune.setChecked(True)
    stage.engine.forced = {"level_db": -200.0, "peak_db": -200.0}
    stage.play(7.0)
    QApplication.processEvents()
    assert stage.window.top_bar.drawer.verticalScrollBar().maximum() == 0
    card = stage.window.card
    shown = [label for label in card.findChildren(QLabel) if label.isVisible()]
    assert card.isVisible() and [label.objectName() for label in shown] == ["cardTitle", "cardText"]
    (demo,) = (button for button in card.findChildren(QPushButton) if button.isVisible())
    assert all(label.geometry().bottom() < demo.geometry().top() for label in shown)
    assert demo.geometry().bottom() < card.height() <= stage.window.pane.roll.height()


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("settings", ["tune", "listen"])
def test_no_control_is_flattened_in_the_smallest_window(make_stage, language, settings):
    stage = make_stage()
    stage.window.choose("language", language)
    stage.window.resize(420, 300)
    getattr(stage.window.top_bar, settings).setChecked(True)
    stage.play(0.2)
    QApplication.processEvents()
    top = stage.window.top_bar
    for control in (top.input, top.midi_out, *top.look_ahead.buttons, stage.window.transport.keep):
        assert control.height() >= control.sizeHint().height(), control.accessibleName()
        bottom = control.mapTo(stage.window, QPoint(0, control.height())).y()
        assert control.parentWidget().height() >= control.geometry().bottom() and bottom <= 300


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("width", [360, 420, 460, 520, 700])
def test_buttons_of_the_compact_window_lie_beside_each_other(make_stage, language, width):
    stage = make_stage()
    stage.window.choose("language", language)
    stage.window.set_compact(True)
    stage.window.resize(width, 200)
    stage.play(0.2)
    QApplication.processEvents()
    bar = stage.window.transport
    row = [part for part in (bar.keep, bar.record, bar.panic, bar.compact) if part.isVisible()]
    for one, other in pairwise(row):
        assert one.geometry().right() < other.geometry().left()
    assert bar.compact.geometry().right() < width
