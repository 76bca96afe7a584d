"""The menu behind the three lines: everything that is not needed while playing."""

from collections.abc import Callable, Mapping, Sequence
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
    from gui.window.shell import ActionAccess


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


TAKES = (
    Wish.KEEP, Wish.TAKES, Wish.SAVE, None, Wish.DISCARD, Wish.BRING_BACK, None,
    Wish.FOLDER, Wish.TAKES_FOLDER,
)  # fmt: skip
SOUND = (Wish.SYNTH, Wish.CLICK, Wish.MUTE, None, Wish.TRY_MIDI, Wish.LOOP)
VIEW = (Wish.TUNER, Wish.COMPACT, Wish.LOG, Wish.SPECTROGRAM, Wish.RESET_VIEW)
HELP = (Wish.SHEET, Wish.REPORT, Wish.ABOUT)
"""What the submenus hold; None is a line between groups."""
ROLL = (
    Wish.RECORD, Wish.KEEP, Wish.TAKES, Wish.TUNER, Wish.SPECTROGRAM, Wish.SYNTH, Wish.CLICK,
    Wish.RESET_VIEW, Wish.COMPACT,
)  # fmt: skip
"""What a right click on the live notes offers."""
HELD_MINUTES = (2, 5, 10, 20, 30)


def build_menu(
    parent: QWidget,
    choices: Choices,
    actions: "ActionAccess",
    choose: Callable[[str, Any], None],
) -> QMenu:
    """The menu: at most ten entries, the rest one step further.

    Args:
        parent: of the menu.
        choices: to tick.
        actions: the window's, shown with their keys.
        choose: changes a choice.
    """
    menu = QMenu(parent)
    menu.setAccessibleName(tr("Menu"))
    menu.aboutToShow.connect(actions.refresh)
    menu.addAction(actions[Wish.OPEN])
    menu.addAction(actions[Wish.PRACTICE])
    menu.addAction(actions[Wish.TEACH])
    takes = _group(menu, tr("Takes"), actions, TAKES)
    held: dict[Any, str] = {0.0: tr("Nothing")}
    held |= {float(count): plural(count, "minute", "minutes") for count in HELD_MINUTES}
    _choice(
        takes, tr("Held in memory"), "recent_minutes", held, choices.engine.recent_minutes, choose
    )
    _switch(takes, tr("Keep the sound of takes"), "keep_sound", choices, choose)
    menu.addSeparator()
    sound = _group(menu, tr("Sound and MIDI"), actions, SOUND)
    _switch(sound, tr("No MIDI while a take plays"), "mute_midi", choices, choose)
    _model_menu(menu, choices, actions, choose)
    view = _group(menu, tr("View"), actions, VIEW)
    view.addSeparator()
    _choice(view, tr("Theme"), "theme", theme_names(), choices.theme, choose)
    _choice(view, tr("Keys shown"), "keys", keyboard_names(), choices.keys, choose)
    _choice(view, tr("Note names"), "naming", naming_names(), choices.naming, choose)
    _switch(view, tr("Less motion"), "calm", choices, choose)
    languages = {"": tr("Like the system"), **LANGUAGES}
    _choice(menu, tr("Language"), "language", languages, choices.language, choose)
    menu.addSeparator()
    _group(menu, tr("Help"), actions, HELP)
    menu.addAction(actions[Wish.QUIT])
    return menu


def _group(
    menu: QMenu, title: str, actions: "ActionAccess", wishes: Sequence[Wish | None]
) -> QMenu:
    """Add a submenu with these actions."""
    submenu = menu.addMenu(title)
    for wish in wishes:
        if wish is None:
            submenu.addSeparator()
        else:
            submenu.addAction(actions[wish])
    return submenu


def _switch(
    menu: QMenu, text: str, field: str, choices: Choices, choose: Callable[[str, Any], None]
) -> None:
    """A choice that is on or off."""
    action = menu.addAction(text)
    action.setCheckable(True)
    action.setChecked(stored_values(choices)[field])
    action.triggered.connect(lambda checked: choose(field, checked))


def _model_menu(
    menu: QMenu, choices: Choices, actions: "ActionAccess", choose: Callable[[str, str], None]
) -> None:
    """The bundled model, the chosen one, and the way to another."""
    chosen = choices.engine.model
    own = {chosen: Path(chosen).name} if chosen else {}
    taught = {name: name for name in list_instruments()}
    known = {"": tr("The bundled one"), **taught, **own}
    submenu = _choice(menu, tr("Model"), "model", known, chosen, choose)
    submenu.addSeparator()
    submenu.addAction(actions[Wish.MODEL])
    submenu.addAction(actions[Wish.INSTRUMENTS])


def _choice(
    menu: QMenu,
    title: str,
    field: str,
    options: Mapping[Any, str],
    chosen: Any,
    choose: Callable[[str, Any], None],
) -> QMenu:
    """A submenu of which one is chosen."""
    submenu = menu.addMenu(title)
    group = QActionGroup(submenu)
    for value, text in options.items():
        action = submenu.addAction(text.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(value == chosen)
        group.addAction(action)
        action.triggered.connect(lambda _=False, v=value: choose(field, v))
    return submenu
