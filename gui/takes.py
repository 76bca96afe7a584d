"""What can be done with the newest take."""

import shutil
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.words import tr

BESIDE = (".flac", ".wav", ".csv")
"""What may lie beside the .mid of a take."""


def save_copy(parent: QWidget, take: str) -> str:
    """Ask where and copy the take there with its sound; returns what to tell the user."""
    if not take:
        return tr("There is no take yet: press R to record one.")
    target, _ = QFileDialog.getSaveFileName(
        parent, tr("Save the take"), str(Path.home() / Path(take).name), "MIDI (*.mid)"
    )
    return copy_take(Path(take), Path(target)) if target else ""


def copy_take(take: Path, target: Path) -> str:
    """Copy the .mid and what lies beside it; returns what to tell the user."""
    target = target if target.suffix else target.with_suffix(".mid")
    copied = [target.name]
    try:
        shutil.copyfile(take, target)
        for part in (take.with_suffix(suffix) for suffix in BESIDE):
            if part.is_file():
                shutil.copyfile(part, target.with_suffix(part.suffix))
                copied.append(target.with_suffix(part.suffix).name)
    except OSError as error:
        reason = error.strerror or str(error)
        return tr("{path} cannot be written: {reason}.", path=target, reason=reason)
    return tr("Saved {names}", names=", ".join(copied))


def files_of(take: str) -> list[Path]:
    """A take's .mid, its sound and all versions of its notes."""
    from realtime.take_library import list_takes

    path = Path(take)
    parts = [path, *(path.with_suffix(suffix) for suffix in BESIDE)]
    known = next((each for each in list_takes(path.parent) if each.name == path.stem), None)
    return known.files() if known is not None else [part for part in parts if part.is_file()]


def show_folder(take: str) -> str:
    """Open the folder of the takes; returns what to tell the user where that fails."""
    if not take:
        return tr("There is no take yet: press R to record one.")
    folder = Path(take).parent
    if QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        return ""
    return tr("The takes are in {folder}", folder=folder)
