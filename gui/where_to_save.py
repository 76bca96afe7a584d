"""Where a file should be saved: asks, adds the suffix, and never writes over what was not shown."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from gui.file_names import with_suffix
from gui.words import tr


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
