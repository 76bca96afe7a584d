"""Every key of the window, and the sheet that lists them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.dialog import Dialog
from gui.take_view.keys import descriptions as take_descriptions
from gui.theme import SPACE
from gui.words import tr

KEYS: dict[str, tuple[str, ...]] = {
    "record": ("R",),
    "panic": ("Esc", "F12", "Ctrl+."),
    "takes": ("T",),
    "compact": ("Ctrl+M",),
    "log": ("N",),
    "open": ("Ctrl+O",),
    "save": ("Ctrl+S",),
    "discard": ("Ctrl+Backspace",),
    "spectrogram": ("S",),
    "synth": ("H",),
    "click": ("K",),
    "tap": ("B",),
    "try_midi": ("Ctrl+T",),
    "report": ("Ctrl+Shift+C",),
    "zoom_in": ("+", "="),
    "zoom_out": ("-",),
    "reset_view": ("0",),
    "sheet": ("?", "F1"),
    "quit": ("Ctrl+Q",),
}
"""Action -> keys that trigger it. Space is handled apart: on a focused button it presses it."""


def descriptions() -> list[tuple[str, str]]:
    """(keys, what they do), in the order of the sheet."""
    return [
        ("R", tr("Record a take, or stop and keep it")),
        (tr("Space"), tr("Play the demo, or go back to the microphone")),
        (f"Esc  F12  {tr('Ctrl')}+.", tr("Panic: silence every MIDI note at once")),
        (f"{tr('Ctrl')}+S", tr("Save the newest take as…")),
        (f"{tr('Ctrl')}+⌫", tr("Move the newest take to the trash")),
        (f"{tr('Ctrl')}+Z", tr("Bring back what went to the trash")),
        ("T", tr("Your takes: see, hear and edit them")),
        (f"{tr('Ctrl')}+O", tr("Turn a sound file into notes")),
        (f"{tr('Ctrl')}+M", tr("Compact view, always on top")),
        ("N", tr("Notes as text, for a screen reader")),
        ("S", tr("What the model sees, behind the notes")),
        ("+  −  0", tr("Zoom in, zoom out, usual view")),
        ("← → ↑ ↓  End  C", tr("Look back, higher, lower; End or C follows again")),
        (tr("Wheel"), tr("Zoom time; with Ctrl zoom pitch; with Shift move up and down")),
        ("M", tr("Mute MIDI, or send it again")),
        ("H", tr("Hear the notes on the synth, or not")),
        ("K  B", tr("A click, or none; tap its tempo")),
        (f"{tr('Ctrl')}+T", tr("Send a test note; so does a click on a key")),
        (f"{tr('Ctrl')}+Shift+C", tr("Copy a report for the developers")),
        ("?", tr("This sheet")),
        (f"{tr('Ctrl')}+Q", tr("Quit")),
    ]


class CheatSheet(Dialog):
    """The keys: of the window at the left, of a take at the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        self.setObjectName("sheet")
        self.setAccessibleName(tr("Keys"))
        grid = QGridLayout(self)
        grid.setContentsMargins(SPACE * 6, SPACE * 5, SPACE * 6, SPACE * 5)
        grid.setHorizontalSpacing(SPACE * 5)
        grid.setVerticalSpacing(SPACE * 2)
        for pair, rows in enumerate((descriptions(), take_descriptions())):
            for row, (keys, what) in enumerate(rows):
                key = QLabel(keys)
                key.setObjectName("key")
                key.setAlignment(Qt.AlignmentFlag.AlignCenter)
                grid.addWidget(key, row, 2 * pair)
                grid.addWidget(QLabel(what), row, 2 * pair + 1)
