"""Which file should be opened: asks where music lies, or where the last file was found."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.language.translate import tr

_last: dict[str, Path] = {}
"""Title of a dialog -> folder in which a file was found the last time; of this run only."""


def ask_for_file(
    parent: QWidget, title: str, kind: str, suffixes: Iterable[str], folder: Path | None = None
) -> Path | None:
    """Ask for a file to open; None where the user gives up.

    Args:
        parent: what it is asked for.
        title: of the dialog.
        kind: what such files are called; their many endings are not shown.
        suffixes: such as ".mid", in lower case.
        folder: to begin in; None is where the last one was found, or where music lies.
    """
    patterns = " ".join(f"*{suffix}" for suffix in sorted(suffixes))
    filters = f"{kind} ({patterns});;{tr('All files')} (*)"
    details = QFileDialog.Option.HideNameFilterDetails
    start = folder or _last.get(str(title)) or usual_folder()
    given, _ = QFileDialog.getOpenFileName(parent, title, str(start), filters, options=details)
    if not given:
        return None
    _last[str(title)] = Path(given).parent
    return Path(given)


def usual_folder() -> Path:
    """The folder of the user's music, the home folder where there is none."""
    music = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation)
    return Path(music) if music and Path(music).is_dir() else Path.home()
