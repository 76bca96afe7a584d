"""Puts a theme on the application: style, palette, stylesheet, typeface."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from gui.icons import application_icon
from gui.ink import font
from gui.stylesheet import stylesheet
from gui.theme import DARK, LIGHT, THEMES, TYPE, Theme

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
