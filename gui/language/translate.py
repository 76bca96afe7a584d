"""Translation of shown texts with gettext: `tr`, `plural`, and the choice of the language.

The English text is the key. `pl.po` beside this file holds the Polish; `scripts/collect_texts.py`
brings it up to date with the sources. Another language is another `.po` and a line in `LANGUAGES`.
"""

import gettext
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import overload

from PySide6.QtCore import QLocale

from gui.language.qt_words import use_qt_words

LANGUAGES = {"en": "English", "pl": "Polski"}
"""Code -> the language's own name."""

_language = "en"


def set_language(code: str) -> None:
    """Speak English ("en") or Polish ("pl"); an unknown code is English."""
    global _language
    _language = code if code in LANGUAGES else "en"


def language() -> str:
    """The code of the language now spoken."""
    return _language


class Text(str):
    """A string that knows how it was made, so that `translated` can make it anew.

    Args:
        make: gives the words in the language spoken when it is called.
    """

    make: Callable[[], str]

    def __new__(cls, make: Callable[[], str]) -> "Text":
        """The words as they are now."""
        text = super().__new__(cls, make())
        text.make = make
        return text


@overload
def translated(value: str) -> str: ...
@overload
def translated(value: object) -> object: ...
def translated(value: object) -> object:
    """A `Text` in the present language; any other value is returned as it is."""
    return Text(value.make) if isinstance(value, Text) else value


def in_english(text: str) -> str:
    """A shown text in English, for a report that the developers read; a plain string stays."""
    spoken = language()
    set_language("en")
    try:
        return str(translated(text))
    finally:
        set_language(spoken)


def tr(text: str, **values: object) -> str:
    """The text in the user's language, `{name}` replaced by `values`."""

    def make() -> str:
        spoken = catalogue(_language).gettext(text) if text else ""
        if not values:
            return spoken
        return spoken.format(**{name: translated(value) for name, value in values.items()})

    return Text(make)


def plural(count: int, one: str, many: str) -> str:
    """`count` with its noun: "1 note", "3 notes"; in Polish "1 nuta", "2 nuty", "5 nut"."""
    return Text(lambda: f"{count} {catalogue(_language).ngettext(one, many, count)}")


@cache
def catalogue(code: str) -> gettext.NullTranslations:
    """Translations into a language, read once from its `.po`; English needs none.

    Polish takes 45 ms, half of them for importing polib, which nobody else waits for.
    """
    if code == "en":
        return gettext.NullTranslations()
    import polib

    path = Path(__file__).with_name(f"{code}.po")
    compiled: bytes = polib.pofile(str(path), encoding="utf-8").to_binary()
    return gettext.GNUTranslations(BytesIO(compiled))


def decimal(value: float, form: str) -> str:
    """A number in a format such as ".1f", with the decimal comma where the language has one."""
    return Text(lambda: format(value, form).replace(".", spoken_locale().decimalPoint()))


def use_language(choice: str) -> None:
    """Use the chosen language; "" means the system's, or English where that is none of ours."""
    system = QLocale.system().name().split("_")[0]
    set_language(choice if choice in LANGUAGES else system)
    use_qt_words(language())


def spoken_locale() -> QLocale:
    """How the language now spoken writes numbers, whatever the system's way is."""
    return QLocale(language())
