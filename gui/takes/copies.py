"""What can be done with the newest take."""

import shutil
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from gui.language.translate import tr
from gui.widgets.save_dialog import ask_where, free_beside, with_suffix
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why

BESIDE = (".flac", ".wav", ".csv")
"""What may lie beside the .mid of a take."""


def save_copy(parent: QWidget, take: str) -> str:
    """Ask where and copy the take there with its sound; returns what to tell the user.

    Raises:
        UserError: if it is gone or cannot be written.
    """
    if not take:
        return tr("There is no take yet: press R to record one.")
    if not Path(take).is_file():
        raise UserError(Code.NOT_IN_FOLDER, name=Path(take).stem)
    start = Path.home() / Path(take).name
    target = ask_where(parent, tr("Save the take"), start, ".mid", "MIDI (*.mid)")
    return copy_take(Path(take), target) if target is not None else ""


def copy_take(take: Path, target: Path) -> str:
    """Copy the .mid and what lies beside it; returns what to tell the user.

    Nobody was asked about the files beside the .mid: where there are some, the copies are called
    "song 2.flac" and so on.

    Raises:
        UserError: if it cannot be written.
    """
    target = with_suffix(target, ".mid")
    parts = [suffix for suffix in BESIDE if take.with_suffix(suffix).is_file()]
    base = free_beside(target, parts)
    copies = [(take, target)]
    copies += [(take.with_suffix(suffix), base.with_suffix(suffix)) for suffix in parts]
    try:
        for source, copy in copies:
            shutil.copyfile(source, copy)
    except OSError as error:
        raise UserError(Code.CANNOT_WRITE, path=target, reason=why(error)) from error
    return tr("Saved {names}", names=", ".join(copy.name for _, copy in copies))


def files_of(take: str) -> list[Path]:
    """A take's .mid, its sound and all versions of its notes."""
    from realtime.takes.library import find_take

    path = Path(take)
    parts = [path, *(path.with_suffix(suffix) for suffix in BESIDE)]
    known = find_take(path.parent, path.stem)
    return known.files() if known is not None else [part for part in parts if part.is_file()]


def show_folder(take: str) -> str:
    """Open the folder of the takes; returns what to tell the user where that fails."""
    if not take:
        return tr("There is no take yet: press R to record one.")
    folder = Path(take).parent
    if QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        return ""
    return tr("The takes are in {folder}", folder=folder)
