"""The engine speaks English; here its sentences are recognised and said in the user's language.

The engine builds its messages from templates. A message that matches one is said anew from the
Polish template with the same values in it; any other is shown as it came.
"""

import re
import string
from functools import cache, lru_cache

from gui.language.polish.engine import ENGINE_TEXTS
from gui.language.translate import language


def in_our_words(message: str) -> str:
    """A message of the engine in the user's language."""
    return message if language() != "pl" or not message else _in_polish(message)


@lru_cache(maxsize=64)
def _in_polish(message: str) -> str:
    for template, pattern in _patterns():
        match = pattern.fullmatch(message)
        if match is not None:
            values = {name: in_our_words(value) for name, value in match.groupdict().items()}
            return ENGINE_TEXTS[template].format(**values)
    return message


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Templates as expressions, those with the most words of their own first."""
    made = []
    for template in sorted(ENGINE_TEXTS, key=lambda text: -len(re.sub(r"{\w+}", "", text))):
        parts = []
        for text, name, _, _ in string.Formatter().parse(template):
            parts.append(re.escape(text))
            if name is not None:
                parts.append(f"(?P<{name}>.+?)")
        made.append((template, re.compile("".join(parts), re.DOTALL)))
    return made
