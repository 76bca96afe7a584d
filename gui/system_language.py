"""Chooses the language at the start, and how numbers are written in it."""

from PySide6.QtCore import QLocale

from gui.words import LANGUAGES, language, set_language


def speak(choice: str) -> None:
    """Speak the chosen language; "" is the system's, English where it is not one of ours."""
    system = QLocale.system().name().split("_")[0]
    set_language(choice if choice in LANGUAGES else system)


def spoken_locale() -> QLocale:
    """How the language now spoken writes numbers, whatever the system's way is."""
    return QLocale(language())
