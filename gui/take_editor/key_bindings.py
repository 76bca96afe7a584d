"""Keys of the take view -> what they ask for."""

from PySide6.QtCore import Qt

from gui.language.translate import tr

_NONE = Qt.KeyboardModifier.NoModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier

ACTIONS: dict[tuple[Qt.Key, Qt.KeyboardModifier], str] = {
    (Qt.Key.Key_Space, _NONE): "play",
    (Qt.Key.Key_Space, _SHIFT): "play_from_start",
    (Qt.Key.Key_C, _NONE): "centre",
    (Qt.Key.Key_C, _CTRL): "copy",
    (Qt.Key.Key_L, _NONE): "loop",
    (Qt.Key.Key_M, _NONE): "merge",
    (Qt.Key.Key_Delete, _NONE): "delete",
    (Qt.Key.Key_Backspace, _NONE): "delete",
    (Qt.Key.Key_Z, _CTRL): "undo",
    (Qt.Key.Key_Z, _CTRL | _SHIFT): "redo",
    (Qt.Key.Key_Y, _CTRL): "redo",
    (Qt.Key.Key_A, _CTRL): "choose_all",
    (Qt.Key.Key_Left, _NONE): "left",
    (Qt.Key.Key_Right, _NONE): "right",
    (Qt.Key.Key_Up, _NONE): "up",
    (Qt.Key.Key_Down, _NONE): "down",
    (Qt.Key.Key_Left, _ALT): "shorter",
    (Qt.Key.Key_Right, _ALT): "longer",
    (Qt.Key.Key_Up, _CTRL): "louder",
    (Qt.Key.Key_Down, _CTRL): "softer",
    (Qt.Key.Key_Left, _CTRL): "previous",
    (Qt.Key.Key_Right, _CTRL): "next",
    (Qt.Key.Key_Left, _CTRL | _SHIFT): "previous_too",
    (Qt.Key.Key_Right, _CTRL | _SHIFT): "next_too",
    (Qt.Key.Key_Up, _SHIFT): "look_up",
    (Qt.Key.Key_Down, _SHIFT): "look_down",
    (Qt.Key.Key_Left, _SHIFT): "look_left",
    (Qt.Key.Key_Right, _SHIFT): "look_right",
    (Qt.Key.Key_Up, _CTRL | _SHIFT): "fewer_pitches",
    (Qt.Key.Key_Down, _CTRL | _SHIFT): "more_pitches",
    (Qt.Key.Key_I, _NONE): "add",
    (Qt.Key.Key_G, _NONE): "go_to",
    (Qt.Key.Key_Home, _NONE): "start",
    (Qt.Key.Key_End, _NONE): "end",
}
MODIFIERS = _CTRL | _SHIFT | _ALT
ONCE = frozenset({"play", "play_from_start", "copy", "loop", "merge", "delete", "add"})
"""What a key that is held asks for only once."""


def action_of(key: int, modifiers: Qt.KeyboardModifier) -> str:
    """The action of a key, "" if it has none here."""
    try:
        return ACTIONS.get((Qt.Key(key), modifiers & MODIFIERS), "")
    except ValueError:
        return ""


def descriptions() -> list[tuple[str, str]]:
    """(keys, what they do), for the sheet."""
    ctrl = tr("Ctrl")
    return [
        (tr("Space"), tr("Play the take, or pause")),
        (f"Shift+{tr('Space')}", tr("Play the take from its start")),
        ("C", tr("Bring what is heard to the middle")),
        ("L", tr("Repeat the chosen notes, or the whole take")),
        ("← → ↑ ↓", tr("Move the chosen notes; without any, move the view")),
        (f"Alt+← →  {ctrl}+↑ ↓", tr("Length and velocity of the chosen notes")),
        (f"{ctrl}+← →", tr("Choose the note before or after; with Shift one more")),
        ("Shift+← → ↑ ↓", tr("Move the view, whatever is chosen")),
        (f"{ctrl}+Shift+↑ ↓", tr("Show fewer or more pitches")),
        ("G", tr("Playback goes to the chosen note, or to the middle of the view")),
        ("I", tr("A new note where playback is, of the chosen pitch")),
        (f"{tr('Del')}  M  {ctrl}+A", tr("Delete, merge, choose all")),
        (f"{ctrl}+Z  {ctrl}+Y", tr("Undo, redo")),
        (f"{ctrl}+C", tr("Copy the chosen notes, or all, as a table")),
        (f"{ctrl}+S", tr("Save the take as…")),
        (tr("Double click"), tr("A new note where there is none")),
        (f"Shift  {ctrl}+{tr('click')}", tr("Choose one more note, or one fewer")),
        (tr("Wheel"), tr("Zoom time; with Ctrl zoom pitch; with Shift move up and down")),
    ]
