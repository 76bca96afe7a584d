"""The program says which version it is, and what is new in it."""

from importlib.metadata import version
from pathlib import Path

from PySide6.QtWidgets import QLabel

from gui.notices.wish import Wish
from gui.widgets.about import About, changes


def test_version_and_changes_are_shown(stage):
    stage.window.do(Wish.ABOUT)
    dialog = stage.window.findChild(About)
    assert dialog.isVisible()
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert f"Jaka to melodia {version('jaka-to-melodia')}" in said
    news = dialog.news.toPlainText()
    first = next(line for line in changes().splitlines() if line.startswith("- "))
    assert first.split("`")[0].removeprefix("- ").strip() in news
    dialog.accept()


def test_the_changes_are_those_of_the_working_copy():
    root = Path(__file__).resolve().parents[3]
    assert changes() == (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_menu_leads_there_in_two_steps(stage):
    (helps,) = [action.menu() for action in stage.window.top_bar.menu.menu().actions()
                if action.menu() and action.text() == "Help"]  # fmt: skip
    assert stage.window.wishes[Wish.ABOUT] in helps.actions()


def test_the_menu_has_at_most_ten_entries(stage):
    entries = [
        each for each in stage.window.top_bar.menu.menu().actions() if not each.isSeparator()
    ]
    assert len(entries) <= 10, [each.text() for each in entries]
