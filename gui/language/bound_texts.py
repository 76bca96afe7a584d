"""Texts that follow the language: a widget shows them anew when another one is chosen."""

from collections.abc import Callable
from types import MethodType
from typing import Any, cast
from weakref import WeakKeyDictionary

import shiboken6

from gui.language.translate import Text, translated

_bound: WeakKeyDictionary[Any, dict[str, tuple[Text, ...]]] = WeakKeyDictionary()
"""Object -> its method's name -> what to call it with; in the order in which they were bound."""


def bind_text(show: Callable[[str], object], text: str) -> None:
    """Show a text now, and again in every language that is chosen later.

    A text that is bound later through the same method takes the place of this one. What `tr`,
    `plural` or `Text` made follows the language; any other string stays as it is.

    Args:
        show: method of a widget, such as `button.setToolTip`; bound as long as the widget lives.
        text: what `tr`, `plural` or `Text` made.
    """
    show(text)
    owner = _owner(show)
    if isinstance(text, Text):
        _bound.setdefault(owner, {})[show.__name__] = (text,)
    else:
        _bound.get(owner, {}).pop(show.__name__, None)


def follow_language(show: Callable[[], object]) -> None:
    """Call this method whenever another language is chosen, as long as its object lives."""
    owner = _owner(show)
    _bound.setdefault(owner, {})[show.__name__] = ()


def _owner(show: Callable[..., object]) -> Any:
    """The object that a bound method belongs to."""
    return cast(MethodType, show).__self__


def retranslate() -> None:
    """Show all bound texts in the language that is spoken now, then call what only follows it.

    What follows may measure texts: it comes last.
    """
    for following in (False, True):
        for owner, shown in list(_bound.items()):
            for method, texts in list(shown.items()):
                if shiboken6.isValid(owner) and following == (not texts):
                    getattr(owner, method)(*map(translated, texts))
