"""Learning thoroughly in the guide: offered, installed for, kept, and never at a loss."""

import pytest

from realtime.inference.instruments import BUNDLED, list_instruments
from realtime.inference.onnx_model import OnnxModel
from realtime.teach.guide.lesson_folder import LEARNED, LEARNED_WHOLE
from realtime.teach.thorough import trainer_extra
from tests.gui.teach.test_guide_dialog import begin


@pytest.fixture
def learned(room, learns):
    """The guide after a lesson of the last layers."""
    guide = begin(room)
    room.play_notes(6)
    guide.play.learn.click()
    return guide


def test_all_weights_learn_after_the_last_layers_and_are_kept(room, learned, home):
    engine = room.stage.engine
    assert learned.result_page.thorough.isVisible()
    learned.result_page.thorough.click()
    assert learned.pages.currentWidget() is learned.result_page
    assert not learned.result_page.thorough.isVisible()
    assert engine.settings.model == str(learned.session.folder / LEARNED_WHOLE)
    before, after = learned.result_page.switch.buttons
    before.click()
    assert engine.settings.model == ""
    after.click()
    learned.result_page.keep.click()
    assert (home / "bars.onnx").is_file() and engine.settings.model == "bars"
    assert OnnxModel(home / "bars.onnx").spec.name == "bars"
    dialog = room.stage.window.wishes.teaching.open_list(room.stage.window.pane.ink)
    assert "75 % after" in dialog.about.text()
    dialog.rename_to("kalimba")
    assert list_instruments() == ["kalimba"] and (home / "kalimba.onnx").is_file()
    assert OnnxModel(home / "kalimba.onnx").spec.name == "kalimba"
    dialog.export_to(home / "mine.onnx")
    assert (home / "mine.onnx").read_bytes() == (home / "kalimba.onnx").read_bytes()
    dialog.reject()


def test_where_that_gains_nothing_what_was_learned_before_can_be_kept(room, learned, learns, home):
    learns[1]["thorough"] = "nothing gained"
    learned.result_page.thorough.click()
    assert "nothing beyond" in learned.result_page.words.text()
    assert room.stage.engine.settings.model == str(learned.session.folder / LEARNED)
    learned.result_page.keep.click()
    assert [path.name for path in home.glob("bars.*")] == ["bars.instrument"]


def test_what_is_missing_is_offered_installed_and_learning_goes_on(
    room, learned, monkeypatch, qtbot
):
    missing = ["torch"]
    for module in ("gui.teach.guide_dialog", "realtime.teach.thorough.trainer_extra"):
        monkeypatch.setattr(f"{module}.missing_packages", lambda: list(missing))
    scripts = ["exit 3", "echo '{\"Progress\": {\"part\": 0.5}}'; exec sleep 60",
               "echo '{\"Progress\": {\"part\": 0.5}}'"]  # fmt: skip
    monkeypatch.setattr(
        "gui.teach.install_job.python_command", lambda *_: ["sh", "-c", scripts.pop(0)]
    )
    page = learned.learn
    learned.result_page.thorough.click()
    size = trainer_extra.NEEDED["torch"].installed_mb
    assert f"up to {size} MB" in page.words.text() and page.install.isVisible()
    assert not page.again.isVisible() and not page.thorough.isVisible()
    page.install.click()
    qtbot.waitUntil(lambda: page.reason.text() != "", timeout=20_000)
    assert "PyTorch could not be installed" in page.reason.text() and page.install.isVisible()
    page.install.click()
    qtbot.waitUntil(lambda: page.bar.value() == 500, timeout=20_000)
    page.cancel.click()
    qtbot.waitUntil(lambda: learned.pages.currentWidget() is learned.result_page, timeout=20_000)
    learned.result_page.thorough.click()
    missing.clear()
    page.install.click()
    qtbot.waitUntil(
        lambda: str(room.stage.engine.settings.model).endswith(LEARNED_WHOLE), timeout=20_000
    )
    assert learned.pages.currentWidget() is learned.result_page


def test_a_lesson_from_another_model_offers_it_not(room, learns, home):
    home.mkdir(exist_ok=True)
    (home / "other.onnx").write_bytes(BUNDLED.read_bytes())
    room.stage.window.choose("model", "other")
    guide = begin(room)
    room.play_notes(6)
    guide.play.learn.click()
    assert not guide.result_page.thorough.isVisible()


def test_a_bundle_to_which_nothing_can_be_added_offers_it_not(room, learns, monkeypatch):
    monkeypatch.setattr(trainer_extra, "missing_packages", lambda: ["torch"])
    monkeypatch.setattr("sys.frozen", True, raising=False)
    guide = begin(room)
    room.play_notes(6)
    guide.play.learn.click()
    assert not guide.result_page.thorough.isVisible() and guide.result_page.keep.isVisible()
