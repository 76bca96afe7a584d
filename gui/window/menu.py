"""The menu behind the three lines: everything that is not needed while playing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from gui.language.translate import LANGUAGES, plural, tr
from gui.roll.key_range import KEYBOARDS
from gui.settings.choices import Choices, stored_values
from realtime.inference.instruments import list_instruments

SWITCHES = ("mute", "synth", "click")
"""Actions that switch something of the engine, which other keys switch too."""


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


def build_menu(
    parent: QWidget,
    choices: Choices,
    do: Callable[[str], None],
    choose: Callable[[str, Any], None],
    on: Callable[[], set[str]] = set,
) -> QMenu:
    """The menu.

    Args:
        parent: of the menu.
        choices: to tick.
        do: runs an action by name.
        choose: changes a choice.
        on: names of the actions in `SWITCHES` that are on, asked whenever the menu opens.
    """
    menu = QMenu(parent)
    menu.setAccessibleName(tr("Menu"))
    switches: dict[str, QAction] = {}
    for name, text, keys in (
        ("open", tr("Sound file to notes…"), "Ctrl+O"),
        ("save", tr("Save the open or newest take as…"), "Ctrl+S"),
        ("discard", tr("Open or newest take to the trash"), "Ctrl+Backspace"),
        ("bring_back", tr("Bring back from the trash"), "Ctrl+Z"),
        ("takes", tr("Takes"), "T"),
        ("folder", tr("Open the folder"), ""),
        ("takes_folder", tr("Takes folder…"), ""),
        ("", "", ""),
        ("mute", tr("Mute MIDI"), "M"),
        ("synth", tr("Hear the notes on the synth"), "H"),
        ("click", tr("A click to play to"), "K"),
        ("loop", tr("Measure the audio loop…"), ""),
        ("try_midi", tr("Send a test note"), "Ctrl+T"),
        ("", "", ""),
        ("compact", tr("Compact view"), "Ctrl+M"),
        ("log", tr("Notes as text"), "N"),
        ("reset_view", tr("Usual zoom"), "0"),
        ("", "", ""),
    ):
        if not name:
            menu.addSeparator()
            continue
        action = QAction(text + (f"\t{keys}" if keys else ""), menu)
        action.triggered.connect(lambda _=False, n=name: do(n))
        menu.addAction(action)
        if name in SWITCHES:
            action.setCheckable(True)
            switches[name] = action
    menu.aboutToShow.connect(lambda: _tick(switches, on()))
    _model_menu(menu, choices, do, choose)
    languages = {"": tr("Like the system"), **LANGUAGES}
    _submenu(menu, tr("Theme"), "theme", theme_names(), choices.theme, choose)
    _submenu(menu, tr("Note names"), "naming", naming_names(), choices.naming, choose)
    _submenu(menu, tr("Keys shown"), "keys", keyboard_names(), choices.keys, choose)
    _submenu(menu, tr("Language"), "language", languages, choices.language, choose)
    for field, text, keys in (
        ("spectrogram", tr("Spectrogram"), "\tS"),
        ("calm", tr("Less motion"), ""),
        ("keep_sound", tr("Keep the sound of takes"), ""),
        ("mute_midi", tr("No MIDI while a take plays"), ""),
    ):
        action = menu.addAction(text + keys)
        action.setCheckable(True)
        action.setChecked(stored_values(choices)[field])
        action.triggered.connect(lambda checked, f=field: choose(f, checked))
    menu.addSeparator()
    for name, text, keys in (
        ("sheet", tr("Keys"), "?"),
        ("report", tr("Copy a report"), "Ctrl+Shift+C"),
        ("quit", tr("Quit"), "Ctrl+Q"),
    ):
        action = QAction(f"{text}\t{keys}", menu)
        action.triggered.connect(lambda _=False, n=name: do(n))
        menu.addAction(action)
    return menu


def _tick(switches: dict[str, QAction], on: set[str]) -> None:
    for name, action in switches.items():
        action.setChecked(name in on)


def _model_menu(
    menu: QMenu, choices: Choices, do: Callable[[str], None], choose: Callable[[str, str], None]
) -> None:
    """The bundled model, the chosen one, and the way to another."""
    chosen = choices.engine.model
    own = {chosen: Path(chosen).name} if chosen else {}
    taught = {name: name for name in list_instruments()}
    known = {"": tr("The bundled one"), **taught, **own}
    submenu = _submenu(menu, tr("Model"), "model", known, chosen, choose)
    submenu.addSeparator()
    submenu.addAction(tr("Choose a file…")).triggered.connect(lambda _=False: do("model"))


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
