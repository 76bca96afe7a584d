"""Every key of the window, and what it does."""

from gui.language.translate import tr

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
REPEATED = frozenset({"zoom_in", "zoom_out"})
"""Actions that go on while a key is held; a held R must not fill the library."""


def playing() -> list[tuple[str, str]]:
    """(keys, what they do) while one plays."""
    return [
        ("R", tr("Record a take, or stop and keep it")),
        (tr("Space"), tr("Play the demo, or go back to the microphone")),
        (f"Esc  F12  {tr('Ctrl')}+.", tr("Panic: silence every MIDI note at once")),
        ("M", tr("Mute MIDI, or send it again")),
        ("H", tr("Hear the notes on the synth, or not")),
        ("K  B", tr("A click, or none; tap its tempo")),
        (f"{tr('Ctrl')}+T", tr("Send a test note; so does a click on a key")),
        (f"Tab  ↑ ↓  {tr('Space')}", tr("The keys beside the roll: choose one, hold it down")),
        ("S", tr("What the model sees, behind the notes")),
        ("+  −  0", tr("Zoom in, zoom out, usual view")),
        ("← → ↑ ↓  End  C", tr("Look back, higher, lower; End or C follows again")),
        (tr("Wheel"), tr("Zoom time; with Ctrl zoom pitch; with Shift move up and down")),
    ]


def window() -> list[tuple[str, str]]:
    """(keys, what they do) at any time."""
    return [
        ("T", tr("Your takes: see, hear and edit them")),
        (f"{tr('Ctrl')}+S", tr("Save the open or newest take as…")),
        (f"{tr('Ctrl')}+⌫", tr("Open or newest take to the trash")),
        (f"{tr('Ctrl')}+Z", tr("Bring back what went to the trash")),
        (f"{tr('Ctrl')}+O", tr("Turn a sound file into notes")),
        (f"{tr('Ctrl')}+M", tr("Compact view, always on top")),
        ("N", tr("Notes as text, for a screen reader")),
        (f"{tr('Ctrl')}+Shift+C", tr("Copy a report for the developers")),
        ("?  F1", tr("This sheet")),
        (f"{tr('Ctrl')}+Q", tr("Quit")),
    ]


def listed() -> list[tuple[str, str]]:
    """(keys, what they do) in the list of takes."""
    return [
        ("Enter", tr("Open the take")),
        ("F2", tr("Rename the take")),
        (tr("Del"), tr("Move the take to the trash")),
    ]
