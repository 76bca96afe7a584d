"""Chooses the language at the start."""

from PySide6.QtCore import QLocale

from gui.words import LANGUAGES, set_language


def speak(choice: str) -> None:
    """Speak the chosen language; "" is the system's, English where it is not one of ours."""
    system = QLocale.system().name().split("_")[0]
    set_language(choice if choice in LANGUAGES else system)
