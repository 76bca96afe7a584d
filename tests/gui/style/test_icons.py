"""One picture for one meaning: what is in view together can be told apart."""

from PySide6.QtWidgets import QAbstractButton

from gui.style.icons import DRAWN, FILLED, icon
from realtime.takes.library import list_takes, save_version
from realtime.values.settings import EngineSettings
from tests.support.take_files import NOTES, make_take


def drawn(button: QAbstractButton) -> bytes:
    image = button.icon().pixmap(32).toImage()
    return bytes(image.constBits())


def test_no_two_icons_are_alike(stage):
    pictures = {bytes(icon(name, "#fff").pixmap(32).toImage().constBits())
                for name in (*DRAWN, *FILLED)}  # fmt: skip
    assert len(pictures) == len(DRAWN) + len(FILLED)


def test_buttons_of_the_page_of_takes_differ_in_picture_or_words(make_stage, tmp_path):
    make_take(tmp_path / "takes", "first")
    save_version(list_takes(tmp_path / "takes")[0], NOTES[:2], "edited")
    stage = make_stage(EngineSettings(record=str(tmp_path / "takes")))
    window = stage.window
    window.resize(1100, 700)
    window.do("takes")
    stage.play(0.1)
    buttons = [b for b in window.findChildren(QAbstractButton) if b.isVisibleTo(window)]
    bare = [button for button in buttons if not button.text() and not button.icon().isNull()]
    names = {button.accessibleName() for button in bare}
    assert {"Version to the trash", "Move the take to the trash", "Delete the chosen notes"} < names
    assert len({drawn(button) for button in bare}) == len(bare)
