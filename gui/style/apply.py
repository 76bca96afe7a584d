"""Puts a theme on the application: style, palette, stylesheet, typeface."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from gui.style.icons import application_icon
from gui.style.note_style import font
from gui.style.stylesheet import stylesheet
from gui.style.theme import DARK, LIGHT, THEMES, TYPE, Theme

FONTS = Path(__file__).with_name("fonts")
"""Inter in the two weights that are used, with its licence."""
WORN = "jtm_theme"
"""Property that says which theme the application already has on."""


def wanted_theme(choice: str) -> Theme:
    """The theme of a choice; "system" asks the desktop and is dark where it does not say."""
    if choice in THEMES:
        return THEMES[choice]
    scheme = QApplication.styleHints().colorScheme()
    return LIGHT if scheme == Qt.ColorScheme.Light else DARK


def dress(application: QApplication, theme: Theme) -> None:
    """Give every window of the application this look."""
    if application.property(WORN) == theme.name:
        return
    if application.property(WORN) is None:
        load_fonts()
    application.setProperty(WORN, theme.name)
    application.setStyle("Fusion")
    application.setFont(font(TYPE.body))
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.Base: theme.raised,
        QPalette.ColorRole.AlternateBase: theme.surface,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.dim,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Link: theme.accent,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    application.setPalette(palette)
    application.setStyleSheet(stylesheet(theme))
    application.setWindowIcon(application_icon(theme.surface, theme.note_hues[1::2]))


def load_fonts() -> list[str]:
    """Make the bundled typeface known to Qt; without it the system's own is used.

    Returns:
        The families that were found.
    """
    found = [QFontDatabase.addApplicationFont(str(path)) for path in sorted(FONTS.glob("*.otf"))]
    known = (QFontDatabase.applicationFontFamilies(number) for number in found if number >= 0)
    return sorted({family for families in known for family in families})
