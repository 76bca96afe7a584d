"""Sentences about the engine's troubles, in the user's language and the window's words."""

from functools import cache

from gui.language.setting_names import name_of_option
from gui.language.translate import Text, decimal, language, tr, translated
from realtime.troubles.codes import Code
from realtime.troubles.texts import TEXTS
from realtime.troubles.trouble import Trouble

OPTIONS = ("option", "low", "high")
"""Values that name a setting by its option where they begin with two dashes."""


def in_words(trouble: Trouble) -> str:
    """The sentence of a trouble, with its values as the language writes them."""

    def make() -> str:
        text = _window_texts(language()).get(trouble.code) or tr(TEXTS[trouble.code])
        return text.format_map(_values(trouble))

    return Text(make)


@cache
def _window_texts(_language: str) -> dict[Code, str]:
    """Sentences for the window, of troubles whose way out is an option on the command line."""
    return {
        Code.LOOK_AHEAD_MISSING: tr(
            "Model '{name}' cannot work at {wanted_ms:g} ms of look-ahead, but at {offered} ms; "
            "choose Fast, Balanced or Precise."
        ),
        Code.MODEL_CHANGED: tr(
            "The bundled model {path} is not the one that was released: it was changed or damaged. "
            "Install the program again, or choose a model of your own in the menu."
        ),
        Code.RECORDING_DOUBLE: tr(
            "Of {count} notes {double} sound with another one; play one instrument alone, one note "
            "after another."
        ),
        Code.THOROUGH_FROM_BUNDLED: tr(
            "Learning thoroughly begins with the program's own model, and {path} is another one; "
            "choose the bundled model in the menu, or do not learn thoroughly."
        ),
        Code.WORKER_KILLED: tr(
            "A helper process was killed, perhaps for want of memory; close other programs and try "
            "again."
        ),
        Code.PART_UNKNOWN: tr("'{title}' has no part '{part}'; it has {parts}."),
    }


def _values(trouble: Trouble) -> dict[str, object]:
    return {
        name: in_words(value)
        if isinstance(value, Trouble)
        else name_of_option(value)
        if name in OPTIONS and isinstance(value, str)
        else _Figure(value)
        if isinstance(value, float)
        else translated(value)
        for name, value in trouble.values.items()
    }


class _Figure(float):
    """A number that is written with the decimal comma where the language has one."""

    def __format__(self, form: str) -> str:
        return decimal(float(self), form)
