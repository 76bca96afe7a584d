"""What the keys and buttons of the take view do to notes and view."""

from collections.abc import Callable

from gui.takes.editor import edits
from gui.takes.editor.key_bindings import TakeAction
from gui.takes.editor.roll import TakeRoll
from gui.takes.editor.saving.export import GRIDS
from realtime.files.quantise import grid_of

NUDGE_S = 0.01
PAN_PART = 0.1
LOUDER = 4
ZOOM = 0.85
"""Part of the pitches that is left of the view."""


class Commands:
    """Carries out the commands of keys and menus on one roll.

    Args:
        roll: whose notes they edit.
        no_grid: is called where a grid is asked for and the take has none.
    """

    def __init__(self, roll: TakeRoll, no_grid: Callable[[], None]) -> None:
        self._roll, self._no_grid = roll, no_grid
        self._actions: dict[TakeAction, Callable[[], None]] = {
            TakeAction.DELETE: lambda: self._edit(edits.delete),
            TakeAction.MERGE: lambda: self._edit(edits.merge),
            TakeAction.LONGER: lambda: self._resize(1),
            TakeAction.SHORTER: lambda: self._resize(-1),
            TakeAction.START_LATER: lambda: self._move_start(1),
            TakeAction.START_EARLIER: lambda: self._move_start(-1),
            TakeAction.SNAP: self._snap,
            TakeAction.LOUDER: lambda: self._edit(edits.louder, LOUDER),
            TakeAction.SOFTER: lambda: self._edit(edits.louder, -LOUDER),
            TakeAction.LEFT: lambda: self._move(-1, 0),
            TakeAction.RIGHT: lambda: self._move(1, 0),
            TakeAction.UP: lambda: self._move(0, 1),
            TakeAction.DOWN: lambda: self._move(0, -1),
            TakeAction.UNDO: self._undo,
            TakeAction.REDO: self._redo,
            TakeAction.CHOOSE_ALL: self._choose_all,
            TakeAction.PREVIOUS: lambda: self._step(-1),
            TakeAction.NEXT: lambda: self._step(1),
            TakeAction.PREVIOUS_TOO: lambda: self._step(-1, more=True),
            TakeAction.NEXT_TOO: lambda: self._step(1, more=True),
            TakeAction.LOOK_LEFT: lambda: self._move_view(-1, 0),
            TakeAction.LOOK_RIGHT: lambda: self._move_view(1, 0),
            TakeAction.LOOK_UP: lambda: self._move_view(0, 1),
            TakeAction.LOOK_DOWN: lambda: self._move_view(0, -1),
            TakeAction.FEWER_PITCHES: lambda: self._zoom_pitch(ZOOM),
            TakeAction.MORE_PITCHES: lambda: self._zoom_pitch(1 / ZOOM),
            TakeAction.GO_TO: self._go_to,
            TakeAction.ADD: self._add,
        }

    def do(self, action: TakeAction) -> bool:
        """Run an action; False where it is not one of ours."""
        if action not in self._actions:
            return False
        self._actions[action]()
        return True

    def set_velocity(self, value: int) -> None:
        """Give the chosen notes this velocity (1-127) on average."""
        notes = self._roll.chosen_notes()
        if notes:
            mean = round(sum(note.velocity for note in notes) / len(notes))
            self._edit(edits.louder, value - mean)

    def _edit(self, edit: Callable[..., edits.Edited], *values: float) -> None:
        history = self._roll.history
        if history.chosen:
            self._roll.do(edit(history.score, history.chosen, *values))

    def _move(self, right: int, up: int) -> None:
        if self._roll.history.chosen:
            first_s = self._roll.chosen_notes()[0].onset_s
            self._edit(edits.move, self._step_s(first_s, right), up)
        else:
            self._move_view(right, up)

    def _resize(self, right: int) -> None:
        """Ends one step later or earlier: that of the last note lands on the grid, if any."""
        last_s = max((note.offset_s for note in self._roll.chosen_notes()), default=0.0)
        self._edit(edits.resize, self._step_s(last_s, right))

    def _move_start(self, right: int) -> None:
        """Starts one step later or earlier: that of the first note lands on the grid, if any."""
        first_s = min((note.onset_s for note in self._roll.chosen_notes()), default=0.0)
        self._edit(edits.move_start, self._step_s(first_s, right))

    def _step_s(self, from_s: float, right: int) -> float:
        """Seconds by which a key moves what lies at `from_s`: to the next step of a grid."""
        grid = self._roll.grid
        if grid is None or not right:
            return right * NUDGE_S
        return grid.near(from_s + right * grid.step_s) - from_s

    def _snap(self) -> None:
        """The chosen notes, or all, to the grid; sixteenths where none is chosen."""
        roll = self._roll
        if roll.beats is None:
            self._no_grid()
            return
        grid = roll.grid or grid_of(roll.beats, GRIDS["1/16"])
        chosen = roll.history.chosen or frozenset(range(len(roll.history.score)))
        roll.do(edits.snap(roll.history.score, chosen, grid))

    def _move_view(self, right: int, up: int) -> None:
        roll, camera = self._roll, self._roll.camera
        if up:
            roll.set_camera(camera.pitch_moved(2.0 * up))
        else:
            roll.set_camera(camera.moved_to(camera.start_s + right * PAN_PART * camera.seconds))

    def _zoom_pitch(self, factor: float) -> None:
        camera = self._roll.camera
        self._roll.set_camera(camera.pitch_zoomed(factor, (camera.low + camera.high) / 2))

    def _go_to(self) -> None:
        """Playback goes to the first chosen note, or to the middle of the view."""
        chosen, camera = self._roll.chosen_notes(), self._roll.camera
        middle_s = camera.start_s + camera.seconds / 2
        self._roll.sought.emit(chosen[0].onset_s if chosen else middle_s)

    def _add(self) -> None:
        """A note at the playhead, of the pitch that is chosen, else in the middle of the view."""
        roll, camera = self._roll, self._roll.camera
        chosen = roll.chosen_notes()
        middle = round((camera.low + camera.high) / 2)
        roll.add(roll.playhead_s, chosen[0].pitch if chosen else middle)
        roll.reveal(roll.chosen_notes()[0])

    def _undo(self) -> None:
        self._roll.history.undo()
        self._roll.refresh()

    def _redo(self) -> None:
        self._roll.history.redo()
        self._roll.refresh()

    def _choose_all(self) -> None:
        self._roll.choose(frozenset(range(len(self._roll.history.score))))

    def _step(self, step: int, more: bool = False) -> None:
        """Choose the neighbour of the chosen note (`more`: it too), or the first one in view."""
        history, camera = self._roll.history, self._roll.camera
        score = history.score
        if not len(score):
            return
        if history.chosen:
            index = (max if step > 0 else min)(history.chosen) + step
        else:
            index = next(iter(score.between(camera.start_s, camera.end_s)), 0)
        index = min(max(index, 0), len(score) - 1)
        self._roll.choose(frozenset({index}) | (history.chosen if more else frozenset()))
        self._roll.reveal(score.notes[index])
