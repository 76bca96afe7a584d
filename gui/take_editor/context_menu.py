"""What a right click on the notes of a take offers."""

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gui.language.translate import tr
from gui.take_editor.gestures import Spot
from gui.take_editor.key_bindings import TakeAction
from gui.take_editor.roll import TakeRoll

Do = Callable[[TakeAction], None]


def note_menu(roll: TakeRoll, spot: Spot | None, do: Do) -> QMenu:
    """The menu for the chosen notes, or for an empty place.

    Args:
        roll: whose notes are chosen already.
        spot: where it was asked for; None for the chosen notes.
        do: carries out an action.
    """
    menu = QMenu(roll)
    menu.setAccessibleName(tr("Menu"))
    history, ctrl = roll.history, tr("Ctrl")
    if spot is not None:
        menu.addAction(tr("Play from here"), lambda: _play_from(roll, spot, do))
    if history.chosen:
        pitches = [note.pitch for note in roll.chosen_notes()]
        _add(menu, tr("Repeat the chosen notes"), "L", TakeAction.LOOP, do)
        menu.addSeparator()
        _add(menu, tr("Louder"), f"{ctrl}+↑", TakeAction.LOUDER, do)
        _add(menu, tr("Softer"), f"{ctrl}+↓", TakeAction.SOFTER, do)
        snap = _add(menu, tr("Start on the grid"), "Q", TakeAction.SNAP, do)
        merge = _add(menu, tr("Merge"), "M", TakeAction.MERGE, do)
        merge.setEnabled(len(pitches) > len(set(pitches)))
        _add(menu, tr("Copy as a table"), f"{ctrl}+C", TakeAction.COPY, do)
        _add(menu, tr("Delete"), tr("Del"), TakeAction.DELETE, do)
    else:
        if spot is not None:
            second, pitch = max(spot.second, 0.0), spot.pitch
            menu.addAction(tr("A new note here"), lambda: roll.add(second, pitch))
        _add(menu, tr("Choose all"), f"{ctrl}+A", TakeAction.CHOOSE_ALL, do)
        snap = _add(menu, tr("All starts on the grid"), "Q", TakeAction.SNAP, do)
        _add(menu, tr("Score…"), "E", TakeAction.SCORE, do)
    snap.setEnabled(roll.beats is not None)
    menu.addSeparator()
    undo = _add(menu, tr("Undo"), f"{ctrl}+Z", TakeAction.UNDO, do)
    undo.setEnabled(history.can_undo)
    redo = _add(menu, tr("Redo"), f"{ctrl}+Y", TakeAction.REDO, do)
    redo.setEnabled(history.can_redo)
    return menu


def _add(menu: QMenu, text: str, key: str, action: TakeAction, do: Do) -> QAction:
    return menu.addAction(f"{text}\t{key}", lambda: do(action))


def _play_from(roll: TakeRoll, spot: Spot, do: Do) -> None:
    roll.sought.emit(max(spot.second, 0.0))
    do(TakeAction.PLAY_HERE)
