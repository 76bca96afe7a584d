"""Makes names that others chose fit to be shown, printed and written: plain text, and no more.

A file name need not be UTF-8, and a name in a model or MIDI file may hold anything: sequences that
steer a terminal, characters that XML forbids, halves of characters that no encoding accepts.
"""

import unicodedata

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's controls, invisible formatting (which turns the reading direction), surrogates and
what is not assigned."""
_JOINERS = "\u200c\u200d"
"""Belong to the spelling of Persian and to emoji."""


def plain(text: str) -> str:
    """The text with U+FFFD for every character that is none to be seen; line ends become spaces."""
    return "".join(_shown(letter) for letter in text)


def plain_lines(text: str) -> str:
    """Make text of several lines plain; its line ends stay."""
    return "\n".join(plain(line) for line in text.split("\n"))


def _shown(letter: str) -> str:
    if letter in "\t\r\n":
        return " "
    unseen = unicodedata.category(letter) in _UNSEEN and letter not in _JOINERS
    return "\ufffd" if unseen else letter
