"""What instruments are called: those one can choose, and those a model may name. No Qt."""

from gui.language.translate import tr
from realtime.files.instruments import PROGRAMS


def instrument_word(name: str) -> str:
    """An instrument's name for people; one that is not known stays as it is, "" stays empty."""
    return _words().get(name, name)


def choosable() -> list[tuple[str, str]]:
    """(name, word) of the instruments that have a preset."""
    return [(name, instrument_word(name)) for name in PROGRAMS]


def _words() -> dict[str, str]:
    return {
        "piano": tr("Piano"),
        "guitar": tr("Guitar"),
        "bass": tr("Bass"),
        "voice": tr("Voice"),
        "strings": tr("Strings"),
        "winds": tr("Winds"),
        "electric piano": tr("Electric piano"),
        "harpsichord": tr("Harpsichord"),
        "mallets": tr("Mallets"),
        "organ": tr("Organ"),
        "accordion": tr("Accordion"),
        "brass": tr("Brass"),
        "reeds": tr("Reeds"),
        "flutes": tr("Flutes"),
        "synthesizer": tr("Synthesizer"),
        "violin": tr("Violin"),
        "viola": tr("Viola"),
        "cello": tr("Cello"),
        "double bass": tr("Double bass"),
        "trumpet": tr("Trumpet"),
        "trombone": tr("Trombone"),
        "tuba": tr("Tuba"),
        "horn": tr("Horn"),
        "saxophone": tr("Saxophone"),
        "oboe": tr("Oboe"),
        "bassoon": tr("Bassoon"),
        "clarinet": tr("Clarinet"),
        "flute": tr("Flute"),
    }
