"""The menu behind the three lines: everything that is not needed while playing."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from gui.language.translate import LANGUAGES, plural, tr
from gui.notices.wish import Wish
from gui.roll.key_range import KEYBOARDS
from gui.settings.choices import Choices, stored_values
from realtime.inference.instruments import list_instruments

if TYPE_CHECKING:
    from gui.window.shell import ActionList


def theme_names() -> dict[str, str]:
    """Choice -> what it is called."""
    return {"system": tr("Like the system"), "dark": tr("Dark"), "light": tr("Light")}


def naming_names() -> dict[str, str]:
    """Choice -> what it is called."""
    return {
        "": tr("Like the language"),
        "letters": tr("C D E … B"),
        "german": tr("C D E … H"),
        "solfege": tr("Do Re Mi"),
    }


def keyboard_names() -> dict[str, str]:
    """Choice -> what it is called."""
    counted = {name: plural(int(name), "key", "keys") for name in KEYBOARDS}
    return {"": tr("Those that are played"), **counted}


FIRST = (
    Wish.OPEN, Wish.SAVE, Wish.DISCARD, Wish.BRING_BACK, Wish.TAKES, Wish.FOLDER,
    Wish.TAKES_FOLDER, None, Wish.MUTE, Wish.SYNTH, Wish.CLICK, Wish.LOOP, Wish.TRY_MIDI, None,
    Wish.COMPACT, Wish.LOG, Wish.RESET_VIEW, None,
)  # fmt: skip
"""What the menu begins with; None is a line between groups."""
LAST = (None, Wish.SHEET, Wish.REPORT, Wish.QUIT)


def build_menu(
    parent: QWidget,
    choices: Choices,
    actions: "ActionList",
    choose: Callable[[str, Any], None],
) -> QMenu:
    """The menu.

    Args:
        parent: of the menu.
        choices: to tick.
        actions: the window's, shown with their keys.
        choose: changes a choice.
    """
    menu = QMenu(parent)
    menu.setAccessibleName(tr("Menu"))
    _add(menu, actions, FIRST)
    menu.aboutToShow.connect(actions.refresh)
    _model_menu(menu, choices, actions, choose)
    languages = {"": tr("Like the system"), **LANGUAGES}
    _submenu(menu, tr("Theme"), "theme", theme_names(), choices.theme, choose)
    _submenu(menu, tr("Note names"), "naming", naming_names(), choices.naming, choose)
    _submenu(menu, tr("Keys shown"), "keys", keyboard_names(), choices.keys, choose)
    _submenu(menu, tr("Language"), "language", languages, choices.language, choose)
    menu.addAction(actions[Wish.SPECTROGRAM])
    for field, text in (
        ("calm", tr("Less motion")),
        ("keep_sound", tr("Keep the sound of takes")),
        ("mute_midi", tr("No MIDI while a take plays")),
    ):
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(stored_values(choices)[field])
        action.triggered.connect(lambda checked, f=field: choose(f, checked))
    _add(menu, actions, LAST)
    return menu


def _add(menu: QMenu, actions: "ActionList", wishes: tuple[Wish | None, ...]) -> None:
    for wish in wishes:
        if wish is None:
            menu.addSeparator()
        else:
            menu.addAction(actions[wish])


def _model_menu(
    menu: QMenu, choices: Choices, actions: "ActionList", choose: Callable[[str, str], None]
) -> None:
    """The bundled model, the chosen one, and the way to another."""
    chosen = choices.engine.model
    own = {chosen: Path(chosen).name} if chosen else {}
    taught = {name: name for name in list_instruments()}
    known = {"": tr("The bundled one"), **taught, **own}
    submenu = _submenu(menu, tr("Model"), "model", known, chosen, choose)
    submenu.addSeparator()
    submenu.addAction(actions[Wish.MODEL])


def _submenu(
    menu: QMenu,
    title: str,
    field: str,
    options: dict[str, str],
    chosen: str,
    choose: Callable[[str, str], None],
) -> QMenu:
    submenu = menu.addMenu(title)
    group = QActionGroup(submenu)
    for value, text in options.items():
        action = submenu.addAction(text)
        action.setCheckable(True)
        action.setChecked(value == chosen)
        group.addAction(action)
        action.triggered.connect(lambda _=False, v=value: choose(field, v))
    return submenu
