"""Choices and window geometry in one file; a broken file costs the choices, never the start."""

import shutil
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_config_path
from PySide6.QtCore import QByteArray, QSettings

from gui.settings.choices import Choices, read_choices, stored_values

GEOMETRY, COMPACT_GEOMETRY = "geometry", "compact_geometry"


class Geometries(NamedTuple):
    """Position and size of the usual and the compact window, in Qt's own form; empty if unknown."""

    usual: QByteArray = QByteArray()
    compact: QByteArray = QByteArray()


def default_path() -> Path:
    """Path of the file in which the choices are remembered."""
    return user_config_path("jaka-to-melodia", appauthor=False) / "window.ini"


class SettingsStore:
    """Reads and writes the settings file.

    Args:
        path: of the file; tests give their own.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()
        self.backup: Path | None = None
        """Where a broken file was put aside by `load`."""

    def load(self) -> tuple[Choices, Geometries]:
        """Remembered choices and geometries of the window; defaults for whatever cannot be read."""
        if not self.path.exists():
            return Choices(), Geometries()
        settings = QSettings(str(self.path), QSettings.Format.IniFormat)
        stored = {key: settings.value(key) for key in settings.allKeys()}
        places = [stored.pop(key, None) for key in (GEOMETRY, COMPACT_GEOMETRY)]
        broken = settings.status() != QSettings.Status.NoError or not _is_text(self.path)
        del settings
        choices, refused = read_choices({} if broken else stored)
        if broken or refused:
            self.backup = self.path.with_suffix(".broken.ini")
            shutil.copyfile(self.path, self.backup)
        if broken:
            self.path.unlink(missing_ok=True)
        usual, compact = (
            place if isinstance(place, QByteArray) else QByteArray() for place in places
        )
        return choices, Geometries(usual, compact)

    def save(self, choices: Choices, geometries: Geometries = Geometries()) -> None:
        """Remember. A folder that cannot be written is no reason to stop."""
        settings = QSettings(str(self.path), QSettings.Format.IniFormat)
        for name, value in stored_values(choices).items():
            settings.setValue(name, "" if value is None else value)
        settings.setValue(GEOMETRY, geometries.usual)
        settings.setValue(COMPACT_GEOMETRY, geometries.compact)
        settings.sync()


def _is_text(path: Path) -> bool:
    try:
        return "\0" not in path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
