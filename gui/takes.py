"""What can be done with the newest take."""

import shutil
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.words import tr


def save_copy(parent: QWidget, take: str) -> str:
    """Ask where and copy the take there, its sound too; returns what to tell the user."""
    if not take:
        return tr("There is no take yet: press R to record one.")
    target, _ = QFileDialog.getSaveFileName(
        parent, tr("Save the take"), str(Path.home() / Path(take).name), "MIDI (*.mid)"
    )
    return copy_take(Path(take), Path(target)) if target else ""


def copy_take(take: Path, target: Path) -> str:
    """Copy the .mid and the sound beside it; returns what to tell the user."""
    target = target if target.suffix else target.with_suffix(".mid")
    copied = [target.name]
    try:
        shutil.copyfile(take, target)
        for sound in (take.with_suffix(".flac"), take.with_suffix(".wav")):
            if sound.is_file():
                shutil.copyfile(sound, target.with_suffix(sound.suffix))
                copied.append(target.with_suffix(sound.suffix).name)
    except OSError as error:
        reason = error.strerror or str(error)
        return tr("{path} cannot be written: {reason}.", path=target, reason=reason)
    return tr("Saved {names}", names=", ".join(copied))


def show_folder(take: str) -> str:
    """Open the folder of the takes; returns what to tell the user where that fails."""
    if not take:
        return tr("There is no take yet: press R to record one.")
    folder = Path(take).parent
    if QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        return ""
    return tr("The takes are in {folder}", folder=folder)
