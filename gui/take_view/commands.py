"""What the keys and buttons of the take view do to notes and view, by name."""

from collections.abc import Callable

from gui.take_view import edits
from gui.take_view.take_roll import TakeRoll

NUDGE_S = 0.01
PAN_PART = 0.1
LOUDER = 4


class Commands:
    """Acts on one roll."""

    def __init__(self, roll: TakeRoll) -> None:
        self._roll = roll
        self._actions: dict[str, Callable[[], None]] = {
            "delete": lambda: self._edit(edits.delete),
            "merge": lambda: self._edit(edits.merge),
            "longer": lambda: self._edit(edits.resize, NUDGE_S),
            "shorter": lambda: self._edit(edits.resize, -NUDGE_S),
            "louder": lambda: self._edit(edits.louder, LOUDER),
            "softer": lambda: self._edit(edits.louder, -LOUDER),
            "left": lambda: self._move(-1, 0),
            "right": lambda: self._move(1, 0),
            "up": lambda: self._move(0, 1),
            "down": lambda: self._move(0, -1),
            "undo": self._undo,
            "redo": self._redo,
            "choose_all": self._choose_all,
            "previous": lambda: self._step(-1),
            "next": lambda: self._step(1),
        }

    def do(self, name: str) -> bool:
        """Run an action; False where it is not one of ours."""
        if name not in self._actions:
            return False
        self._actions[name]()
        return True

    def set_velocity(self, value: int) -> None:
        """Give the chosen notes this velocity on average."""
        notes = self._roll.chosen_notes()
        if notes:
            mean = round(sum(note.velocity for note in notes) / len(notes))
            self._edit(edits.louder, value - mean)

    def _edit(self, edit: Callable[..., edits.Edited], *values: float) -> None:
        history = self._roll.history
        if history.chosen:
            self._roll.do(edit(history.score, history.chosen, *values))

    def _move(self, right: int, up: int) -> None:
        roll, camera = self._roll, self._roll.camera
        if roll.history.chosen:
            self._edit(edits.move, right * NUDGE_S, up)
        elif up:
            roll.look(camera.pitch_moved(2.0 * up))
        else:
            roll.look(camera.moved_to(camera.start_s + right * PAN_PART * camera.seconds))

    def _undo(self) -> None:
        self._roll.history.undo()
        self._roll.refresh()

    def _redo(self) -> None:
        self._roll.history.redo()
        self._roll.refresh()

    def _choose_all(self) -> None:
        self._roll.choose(frozenset(range(len(self._roll.history.score))))

    def _step(self, step: int) -> None:
        """Choose the neighbour of the chosen note, or the first one in view."""
        history, camera = self._roll.history, self._roll.camera
        score = history.score
        if not len(score):
            return
        if history.chosen:
            index = (max if step > 0 else min)(history.chosen) + step
        else:
            index = next(iter(score.between(camera.start_s, camera.end_s)), 0)
        index = min(max(index, 0), len(score) - 1)
        self._roll.choose(frozenset({index}))
        self._roll.reveal(score.notes[index])
