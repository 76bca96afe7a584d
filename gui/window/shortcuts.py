"""Name, explanation and shortcuts of every action of the window, written once."""

from dataclasses import dataclass

from gui.language.translate import Text, tr
from gui.notices.wish import Wish
from gui.widgets.bound_button import with_key


@dataclass(frozen=True)
class Face:
    """Name, tip and keys of an action, shown alike wherever it is offered."""

    text: str
    """Words in the menu, and the name of the button."""
    tip: str
    """What it does, for buttons and the sheet of keys."""
    keys: tuple[str, ...] = ()
    """Keys that trigger the action."""
    told_keys: str = ""
    """Keys that the window or the page in front listens to by itself."""
    repeats: bool = False
    """Goes on while a key is held; a held R must not fill the library."""
    switch: bool = False
    """Whether the action is on or off."""


def faces() -> dict[Wish, Face]:
    """The face of every action that menu, keys or buttons offer, in the user's language."""
    discard, takes = (
        tr("Open or newest take to the trash"),
        tr("Your takes: see, hear and edit them"),
    )
    save = tr("Save the open or newest take as…")
    compact, zoom = tr("Compact view, always on top"), tr("Zoom in, zoom out, usual view")
    click = tr("A click, or none; tap its tempo")
    return {
        Wish.RECORD: Face(tr("Record"), tr("Record a take, or stop and keep it"), ("R",)),
        Wish.KEEP: Face(
            tr("Keep what I just played"), tr("Keep what was just played as a take"), ("J",)
        ),
        Wish.PANIC: Face(
            tr("Panic"), tr("Panic: silence every MIDI note at once"), ("Esc", "F12", "Ctrl+.")
        ),
        Wish.OPEN: Face(
            tr("Sound file to notes…"), tr("Turn a sound file into notes"), ("Ctrl+O",)
        ),
        Wish.SAVE: Face(save, save, ("Ctrl+S",)),
        Wish.DISCARD: Face(discard, discard, ("Ctrl+Backspace",)),
        Wish.BRING_BACK: Face(
            tr("Bring back from the trash"),
            tr("Bring back what went to the trash"),
            told_keys="Ctrl+Z",
        ),
        Wish.TAKES: Face(tr("Takes"), takes, ("T",), switch=True),
        Wish.PRACTICE: Face(
            tr("Practise a piece"),
            tr("Practise: play a piece and be told what was right"),
            ("P",),
            switch=True,
        ),
        Wish.FOLDER: Face(tr("Open the folder"), ""),
        Wish.TAKES_FOLDER: Face(tr("Takes folder…"), ""),
        Wish.MUTE: Face(
            tr("Mute MIDI"), tr("Mute MIDI, or send it again"), told_keys="M", switch=True
        ),
        Wish.SYNTH: Face(
            tr("Hear the notes on the synth"),
            tr("Hear the notes on the synth, or not"),
            ("H",),
            switch=True,
        ),
        Wish.CLICK: Face(tr("A click to play to"), click, ("K",), switch=True),
        Wish.TAP: Face("", click, ("B",)),
        Wish.LOOP: Face(tr("Measure the audio loop…"), ""),
        Wish.TRY_MIDI: Face(
            tr("Send a test note"), tr("Send a test note; so does a click on a key"), ("Ctrl+T",)
        ),
        Wish.COMPACT: Face(tr("Compact view"), compact, ("Ctrl+M",), switch=True),
        Wish.LOG: Face(
            tr("Notes as text"), tr("Notes as text, for a screen reader"), ("N",), switch=True
        ),
        Wish.SPECTROGRAM: Face(
            tr("Spectrogram"), tr("What the model sees, behind the notes"), ("S",), switch=True
        ),
        Wish.TUNER: Face(
            tr("Large tuner"),
            tr("A tuner to be read from afar, over the notes"),
            ("U",),
            switch=True,
        ),
        Wish.ZOOM_IN: Face("", zoom, ("+", "="), repeats=True),
        Wish.ZOOM_OUT: Face("", zoom, ("-",), repeats=True),
        Wish.RESET_VIEW: Face(tr("Usual zoom"), zoom, ("0",)),
        Wish.MODEL: Face(tr("Choose a file…"), ""),
        Wish.TEACH: Face(tr("Teach my instrument…"), ""),
        Wish.INSTRUMENTS: Face(tr("Taught instruments…"), ""),
        Wish.SHEET: Face(tr("Keys"), tr("This sheet"), ("?", "F1")),
        Wish.ABOUT: Face(tr("About, version, what is new…"), ""),
        Wish.REPORT: Face(
            tr("Copy a report"), tr("Copy a report for the developers"), ("Ctrl+Shift+C",)
        ),
        Wish.SETTINGS: Face(
            tr("More settings"), tr("Settings of input, notes, music and MIDI"), ("Ctrl+,",)
        ),
        Wish.HEARING: Face(
            tr("What you hear"), tr("Settings of synth, click and output"), ("Ctrl+H",)
        ),
        Wish.MENU: Face(tr("Menu"), tr("The menu"), ("F10",)),
        Wish.QUIT: Face(tr("Quit"), tr("Quit"), ("Ctrl+Q",)),
    }


def shown(key: str) -> str:
    """A key as it stands on the keyboard: "Ctrl+Backspace" is "Ctrl+⌫"."""
    if key == "-":
        return "−"
    return key.replace("Ctrl", tr("Ctrl")).replace("Backspace", "⌫")


def tip_with_keys(face: Face) -> Text:
    """What an action does, and its keys in brackets."""
    keys = tuple(filter(None, (*face.keys, face.told_keys)))
    return with_key(face.tip, Text(lambda: ", ".join(map(shown, keys))))


def _row(*wishes: Wish) -> tuple[str, str]:
    """(keys, what they do) of actions that share a line."""
    known = [faces()[wish] for wish in wishes]
    several = len(known) > 1
    keys = [face.told_keys or (face.keys[0] if several else "  ".join(map(shown, face.keys)))
            for face in known]  # fmt: skip
    return "  ".join(map(shown, keys)), known[0].tip


def playing() -> list[tuple[str, str]]:
    """(keys, what they do) while one plays."""
    return [
        _row(Wish.RECORD),
        _row(Wish.KEEP),
        (tr("Space"), tr("Play the demo, or go back to the microphone")),
        _row(Wish.PANIC),
        _row(Wish.MUTE),
        _row(Wish.SYNTH),
        _row(Wish.CLICK, Wish.TAP),
        _row(Wish.TRY_MIDI),
        (f"Tab  ↑ ↓  {tr('Space')}", tr("The keys beside the roll: choose one, hold it down")),
        _row(Wish.SPECTROGRAM),
        _row(Wish.TUNER),
        _row(Wish.ZOOM_IN, Wish.ZOOM_OUT, Wish.RESET_VIEW),
        ("← → ↑ ↓  End  C", tr("Look back, higher, lower; End or C follows again")),
        (tr("Wheel"), tr("Zoom time; with Ctrl zoom pitch; with Shift move up and down")),
    ]


def window() -> list[tuple[str, str]]:
    """(keys, what they do) at any time."""
    return [
        _row(wish)
        for wish in (
            Wish.TAKES, Wish.PRACTICE, Wish.SAVE, Wish.DISCARD, Wish.BRING_BACK, Wish.OPEN,
            Wish.SETTINGS, Wish.HEARING, Wish.MENU, Wish.COMPACT, Wish.LOG, Wish.REPORT,
            Wish.SHEET, Wish.QUIT,
        )
    ]  # fmt: skip


def listed() -> list[tuple[str, str]]:
    """(keys, what they do) in the list of takes."""
    return [
        ("Enter", tr("Open the take")),
        ("F2", tr("Rename the take")),
        (tr("Del"), tr("Move the take to the trash")),
    ]
