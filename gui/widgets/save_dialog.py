"""Where a file should be saved: asks, adds the suffix, and never writes over what was not shown."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from gui.language.translate import tr


def with_suffix(path: Path, suffix: str) -> Path:
    """The path with this suffix added unless it is there: "Take 1.2" becomes "Take 1.2.mid"."""
    return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)


def free_beside(target: Path, suffixes: Sequence[str]) -> Path:
    """A path to replace the suffix of, so that no file is there: "song", or "song 2", ..."""
    base, number = target, 2
    while any(base.with_suffix(suffix).exists() for suffix in suffixes):
        base, number = target.with_name(f"{target.stem} {number}{target.suffix}"), number + 1
    return base


def ask_where(
    parent: QWidget, title: str, start: Path, suffix: str, files: str = ""
) -> Path | None:
    """Ask for a file to save to; None where the user gives up.

    The dialog asks before it replaces the very file that was typed. Where the suffix makes that
    another file, and there is one already, this asks again, for that one.

    Args:
        parent: what is asked for.
        title: of the dialog.
        start: what it proposes.
        suffix: such as ".mid"; added unless the name ends with it.
        files: which files it shows; "" those with the suffix.
    """
    while True:
        chosen, _ = QFileDialog.getSaveFileName(parent, title, str(start), files or f"*{suffix}")
        if not chosen:
            return None
        target = with_suffix(Path(chosen), suffix)
        if target == Path(chosen) or not target.exists():
            return target
        start = target
        title = tr(
            "There is already a {name}: replace it, or choose another name", name=target.name
        )
