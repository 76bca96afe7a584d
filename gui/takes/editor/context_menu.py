"""The menu of a right click on the notes of a take."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gui.language.translate import plural, tr
from gui.takes.editor.gestures import Spot
from gui.takes.editor.key_bindings import TakeAction
from gui.takes.editor.roll import TakeRoll
from realtime.files.click import Click
from realtime.files.quantise import FASTEST_BPM, SLOWEST_BPM, grid_of

METRES = (2, 3, 4, 5, 6)
"""Beats of a bar that can be chosen."""
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
        if roll.beats is not None:
            _add_bars(menu, roll, roll.beats, spot)
    snap.setEnabled(roll.beats is not None)
    menu.addSeparator()
    undo = _add(menu, tr("Undo"), f"{ctrl}+Z", TakeAction.UNDO, do)
    undo.setEnabled(history.can_undo)
    redo = _add(menu, tr("Redo"), f"{ctrl}+Y", TakeAction.REDO, do)
    redo.setEnabled(history.can_redo)
    return menu


def _add_bars(menu: QMenu, roll: TakeRoll, beats: Click, spot: Spot | None) -> None:
    """Let the player correct what was detected: tempo, beats of a bar, where one begins."""
    bars = menu.addMenu(tr("Bars"))
    bars.setAccessibleName(tr("Bars"))
    for words, factor in ((tr("Half the tempo"), 0.5), (tr("Twice the tempo"), 2.0)):
        other = replace(beats, bpm=beats.bpm * factor)
        action = bars.addAction(words, partial(roll.show_beats, other))
        action.setEnabled(SLOWEST_BPM <= other.bpm <= FASTEST_BPM)
    if spot is not None:
        at_s = grid_of(beats, 1).near(max(spot.second, 0.0))
        first_s = at_s % replace(beats, first_beat_s=at_s).bar_s
        other = replace(beats, first_beat_s=first_s)
        bars.addAction(tr("A bar begins here"), partial(roll.show_beats, other))
    bars.addSeparator()
    for count in METRES:
        metre = bars.addAction(
            plural(count, "beat a bar", "beats a bar"),
            partial(roll.show_beats, replace(beats, beats=count)),
        )
        metre.setCheckable(True)
        metre.setChecked(count == beats.beats)


def _add(menu: QMenu, text: str, key: str, action: TakeAction, do: Do) -> QAction:
    return menu.addAction(f"{text}\t{key}", lambda: do(action))


def _play_from(roll: TakeRoll, spot: Spot, do: Do) -> None:
    roll.sought.emit(max(spot.second, 0.0))
    do(TakeAction.PLAY_HERE)
