"""Qt's own words, on buttons of its dialogs and in its menus of text, in the chosen language."""

from functools import cache

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator


def use_qt_words(code: str) -> None:
    """Let Qt speak a language, as far as it comes with it; English is what it speaks by itself."""
    application = QCoreApplication.instance()
    if application is None:
        return
    for spoken in _loaded:
        if spoken != code:
            application.removeTranslator(_words(spoken))
    _loaded.clear()
    if code != "en" and not _words(code).isEmpty():
        application.installTranslator(_words(code))
        _loaded.add(code)


_loaded: set[str] = set()
"""Languages that Qt speaks now, besides English."""


@cache
def _words(code: str) -> QTranslator:
    translator = QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    translator.load(f"qtbase_{code}", folder)
    return translator
