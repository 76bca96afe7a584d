"""Keys of the take editor, and the actions they stand for."""

from enum import StrEnum, auto

from PySide6.QtCore import Qt

from gui.language.translate import tr


class TakeAction(StrEnum):
    """Actions of the take editor that keys and buttons ask for."""

    PLAY = auto()
    PLAY_FROM_START = auto()
    PLAY_HERE = auto()
    CENTRE = auto()
    COPY = auto()
    LOOP = auto()
    MERGE = auto()
    DELETE = auto()
    UNDO = auto()
    REDO = auto()
    CHOOSE_ALL = auto()
    LEFT = auto()
    RIGHT = auto()
    UP = auto()
    DOWN = auto()
    SHORTER = auto()
    LONGER = auto()
    START_EARLIER = auto()
    START_LATER = auto()
    SNAP = auto()
    NEXT_GRID = auto()
    LOUDER = auto()
    SOFTER = auto()
    PREVIOUS = auto()
    NEXT = auto()
    PREVIOUS_TOO = auto()
    NEXT_TOO = auto()
    LOOK_UP = auto()
    LOOK_DOWN = auto()
    LOOK_LEFT = auto()
    LOOK_RIGHT = auto()
    FEWER_PITCHES = auto()
    MORE_PITCHES = auto()
    ADD = auto()
    GO_TO = auto()
    START = auto()
    END = auto()
    BACK = auto()
    REFINE = auto()
    KEEP = auto()
    DROP_VERSION = auto()
    EXPORT = auto()
    SCORE = auto()


_NONE = Qt.KeyboardModifier.NoModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier

ACTIONS: dict[tuple[Qt.Key, Qt.KeyboardModifier], TakeAction] = {
    (Qt.Key.Key_Space, _NONE): TakeAction.PLAY,
    (Qt.Key.Key_Space, _SHIFT): TakeAction.PLAY_FROM_START,
    (Qt.Key.Key_C, _NONE): TakeAction.CENTRE,
    (Qt.Key.Key_C, _CTRL): TakeAction.COPY,
    (Qt.Key.Key_L, _NONE): TakeAction.LOOP,
    (Qt.Key.Key_M, _NONE): TakeAction.MERGE,
    (Qt.Key.Key_Q, _NONE): TakeAction.SNAP,
    (Qt.Key.Key_Q, _SHIFT): TakeAction.NEXT_GRID,
    (Qt.Key.Key_E, _NONE): TakeAction.SCORE,
    (Qt.Key.Key_Delete, _NONE): TakeAction.DELETE,
    (Qt.Key.Key_Backspace, _NONE): TakeAction.DELETE,
    (Qt.Key.Key_Z, _CTRL): TakeAction.UNDO,
    (Qt.Key.Key_Z, _CTRL | _SHIFT): TakeAction.REDO,
    (Qt.Key.Key_Y, _CTRL): TakeAction.REDO,
    (Qt.Key.Key_A, _CTRL): TakeAction.CHOOSE_ALL,
    (Qt.Key.Key_Left, _NONE): TakeAction.LEFT,
    (Qt.Key.Key_Right, _NONE): TakeAction.RIGHT,
    (Qt.Key.Key_Up, _NONE): TakeAction.UP,
    (Qt.Key.Key_Down, _NONE): TakeAction.DOWN,
    (Qt.Key.Key_Left, _ALT): TakeAction.SHORTER,
    (Qt.Key.Key_Right, _ALT): TakeAction.LONGER,
    (Qt.Key.Key_Left, _ALT | _SHIFT): TakeAction.START_EARLIER,
    (Qt.Key.Key_Right, _ALT | _SHIFT): TakeAction.START_LATER,
    (Qt.Key.Key_Up, _CTRL): TakeAction.LOUDER,
    (Qt.Key.Key_Down, _CTRL): TakeAction.SOFTER,
    (Qt.Key.Key_Left, _CTRL): TakeAction.PREVIOUS,
    (Qt.Key.Key_Right, _CTRL): TakeAction.NEXT,
    (Qt.Key.Key_Left, _CTRL | _SHIFT): TakeAction.PREVIOUS_TOO,
    (Qt.Key.Key_Right, _CTRL | _SHIFT): TakeAction.NEXT_TOO,
    (Qt.Key.Key_Up, _SHIFT): TakeAction.LOOK_UP,
    (Qt.Key.Key_Down, _SHIFT): TakeAction.LOOK_DOWN,
    (Qt.Key.Key_Left, _SHIFT): TakeAction.LOOK_LEFT,
    (Qt.Key.Key_Right, _SHIFT): TakeAction.LOOK_RIGHT,
    (Qt.Key.Key_Up, _CTRL | _SHIFT): TakeAction.FEWER_PITCHES,
    (Qt.Key.Key_Down, _CTRL | _SHIFT): TakeAction.MORE_PITCHES,
    (Qt.Key.Key_I, _NONE): TakeAction.ADD,
    (Qt.Key.Key_G, _NONE): TakeAction.GO_TO,
    (Qt.Key.Key_Home, _NONE): TakeAction.START,
    (Qt.Key.Key_End, _NONE): TakeAction.END,
}
MODIFIERS = _CTRL | _SHIFT | _ALT
ONCE = frozenset(
    {
        TakeAction.PLAY, TakeAction.PLAY_FROM_START, TakeAction.COPY, TakeAction.LOOP,
        TakeAction.MERGE, TakeAction.DELETE, TakeAction.ADD, TakeAction.SNAP,
        TakeAction.SCORE,
    }
)  # fmt: skip
"""What a key that is held asks for only once."""


def action_of(key: int, modifiers: Qt.KeyboardModifier) -> TakeAction | None:
    """The action of a key, None if it has none here."""
    try:
        return ACTIONS.get((Qt.Key(key), modifiers & MODIFIERS))
    except ValueError:
        return None


def descriptions() -> list[tuple[str, str]]:
    """(keys, what they do), for the sheet."""
    ctrl = tr("Ctrl")
    return [
        (tr("Space"), tr("Play the take, or pause")),
        (f"Shift+{tr('Space')}", tr("Play the take from its start")),
        ("C", tr("Bring what is heard to the middle")),
        ("L", tr("Repeat the chosen notes, or the whole take")),
        ("← → ↑ ↓", tr("Move the chosen notes; without any, move the view")),
        ("Alt+← →", tr("Move the ends of the chosen notes; with Shift their starts")),
        (f"{ctrl}+↑ ↓", tr("Velocity of the chosen notes")),
        (f"{ctrl}+← →", tr("Choose the note before or after; with Shift one more")),
        ("Shift+← → ↑ ↓", tr("Move the view, whatever is chosen")),
        (f"{ctrl}+Shift+↑ ↓", tr("Show fewer or more pitches")),
        ("G", tr("Playback goes to the chosen note, or to the middle of the view")),
        ("I", tr("A new note where playback is, of the chosen pitch")),
        (f"{tr('Del')}  M  {ctrl}+A  Esc", tr("Delete, merge, choose all, choose none")),
        ("Q", tr("The starts of the chosen notes, or of all, to the grid")),
        ("Shift+Q", tr("The next grid that edits snap to")),
        (f"{ctrl}+Z  {ctrl}+Y", tr("Undo, redo")),
        (f"{ctrl}+C", tr("Copy the chosen notes, or all, as a table")),
        ("E", tr("The take as a score, to look at and to print")),
        (f"{ctrl}+S", tr("Save the take as…")),
        (tr("Double click"), tr("A new note where there is none")),
        (f"Shift  {ctrl}+{tr('click')}", tr("Choose one more note, or one fewer")),
        (tr("Wheel"), tr("Zoom time; with Ctrl zoom pitch; with Shift move up and down")),
    ]
