"""What a player can ask for, by key, menu, button or notice."""

from enum import StrEnum, auto


class Wish(StrEnum):
    """Each is granted in one place: by the controller, or else by `gui.window.actions`."""

    DEMO = auto()
    MICROPHONE = auto()
    AGAIN = auto()
    RETRY = auto()
    RESCAN = auto()
    BUNDLED = auto()
    RECORD = auto()
    NOTHING_TO_RECORD = auto()
    KEEP = auto()
    NOTHING_TO_KEEP = auto()
    PANIC = auto()
    TAKES = auto()
    COMPACT = auto()
    USUAL_VIEW = auto()
    OPEN = auto()
    SAVE = auto()
    DISCARD = auto()
    BRING_BACK = auto()
    FOLDER = auto()
    TAKES_FOLDER = auto()
    MODEL = auto()
    MUTE = auto()
    SYNTH = auto()
    CLICK = auto()
    TAP = auto()
    LOOP = auto()
    TRY_MIDI = auto()
    NO_PORT = auto()
    SPECTROGRAM = auto()
    LOG = auto()
    ZOOM_IN = auto()
    ZOOM_OUT = auto()
    RESET_VIEW = auto()
    SHEET = auto()
    REPORT = auto()
    QUIT = auto()
