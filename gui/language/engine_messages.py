"""Sentences about the engine's troubles, in the user's language."""

from gui.language.translate import Text, decimal, tr, translated
from realtime.troubles.texts import TEXTS
from realtime.troubles.trouble import Trouble


def in_words(trouble: Trouble) -> str:
    """The sentence of a trouble, with its values as the language writes them."""
    return Text(lambda: tr(TEXTS[trouble.code]).format_map(_values(trouble)))


def _values(trouble: Trouble) -> dict[str, object]:
    return {
        name: in_words(value)
        if isinstance(value, Trouble)
        else _Figure(value)
        if isinstance(value, float)
        else translated(value)
        for name, value in trouble.values.items()
    }


class _Figure(float):
    """A number that is written with the decimal comma where the language has one."""

    def __format__(self, form: str) -> str:
        return decimal(float(self), form)
