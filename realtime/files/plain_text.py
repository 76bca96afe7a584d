"""Makes names that others chose fit to be shown, printed and written: plain text, and no more.

A file name need not be UTF-8, and a name in a model or MIDI file may hold anything: sequences that
steer a terminal, characters that XML forbids, halves of characters that no encoding accepts.
"""

import re
import unicodedata
from typing import Any, TextIO

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's controls, invisible formatting (which turns the reading direction), surrogates and
what is not assigned."""
_JOINERS = "\u200c\u200d"
"""Belong to the spelling of Persian and to emoji."""


def plain(text: str) -> str:
    """The text with U+FFFD for every character that is none to be seen; line ends become spaces."""
    return "".join(_shown(letter) for letter in text)


def _shown(letter: str) -> str:
    if letter in "\t\r\n":
        return " "
    unseen = unicodedata.category(letter) in _UNSEEN and letter not in _JOINERS
    return "\ufffd" if unseen else letter


_STEERING = re.compile("(?<!^)\r|\x1b(?!\\[[KA])|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
"""What steers a terminal, but for what progress bars write: back to the line's begin, clear it, one
line up."""


class PlainOutput:
    """A text stream to which no character passes that steers a terminal, whoever prints.

    Args:
        stream: where the text goes.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text with U+FFFD for every such character."""
        return self._stream.write(_STEERING.sub("\ufffd", text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
