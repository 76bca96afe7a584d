"""Asks how and where a take should be saved, and saves it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from gui.take_view.export import SUFFIXES, export
from gui.take_view.export_dialog import ExportDialog
from gui.where_to_save import ask_where
from gui.words import tr
from realtime.grid import guess_tempo
from realtime.notes import Note
from realtime.take_library import Take, click_of


def ask_and_export(parent: QWidget, take: Take, notes: Sequence[Note]) -> str:
    """Ask, then write the notes; returns what to tell the user, "" where nothing was written.

    Raises:
        UserError: if the file cannot be written.
    """
    dialog = ExportDialog(parent, guess_tempo(notes), click=click_of(take))
    if not dialog.exec():
        return ""
    choice = dialog.choice()
    suffix = SUFFIXES[choice.format]
    start = Path.home() / f"{take.name}{suffix}"
    path = ask_where(parent, tr("Save the take"), start, suffix)
    if path is None:
        return ""
    made = export(notes, path, take.name, choice, take.instrument)
    return tr("Saved as {name}", name=made.name)
