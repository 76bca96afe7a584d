"""What can go wrong, as data: a code and the values that belong to it.

Engine, devices, takes and model loading say `Trouble(Code.X, name=...)`; the window and the command
line look up what that means to a reader. A new trouble is one line in `Code`, one in `TEXTS` (the
values stand in braces), its code in a group of `gui.notices.advice`, and its Polish text in
`gui/language/pl.po`.
"""

import errno
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, Union

from realtime.troubles.codes import Code
from realtime.troubles.texts import TEXTS

Value: TypeAlias = Union[str, int, float, "Trouble"]
"""Part of a sentence: a name, a figure, or the trouble behind the trouble."""


@dataclass(frozen=True, init=False, slots=True)
class Trouble:
    """Something went wrong, or has changed. Equal troubles are the same one, told again."""

    code: Code
    values: Mapping[str, Value]
    """Name in braces of the sentence -> value; paths as strings."""

    def __init__(self, code: Code, /, **values: Value | Path) -> None:
        plain = {name: str(v) if isinstance(v, Path) else v for name, v in values.items()}
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "values", plain)

    def __hash__(self) -> int:
        return hash((self.code, *sorted(self.values)))

    def __str__(self) -> str:
        """Write the English sentence, for the command line, takes and reports."""
        return TEXTS[self.code].format_map(self.values)

    def __format__(self, form: str) -> str:
        return format(str(self), form)

    def to_json(self) -> dict[str, Any]:
        """Write what `from_json` reads, of plain values."""
        values = {
            name: value.to_json() if isinstance(value, Trouble) else value
            for name, value in self.values.items()
        }
        return {"code": self.code.value, "values": values}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Trouble":
        """Read what `to_json` gave, in another process.

        Raises:
            ValueError, KeyError: if it is something else.
        """
        values = {
            name: cls.from_json(value) if isinstance(value, dict) else value
            for name, value in fields["values"].items()
        }
        return cls(Code(fields["code"]), **values)


_KNOWN_REASONS = {
    errno.ENOSPC: Code.DISK_FULL,
    errno.EDQUOT: Code.DISK_FULL,
    errno.EACCES: Code.PERMISSION_DENIED,
    errno.EPERM: Code.PERMISSION_DENIED,
    errno.ENOENT: Code.NO_SUCH_FILE,
    errno.ESTALE: Code.FILE_REPLACED,
    errno.ENODEV: Code.NO_REGULAR_FILE,
    errno.EROFS: Code.READ_ONLY_DISK,
    errno.EIO: Code.DISK_FAILS,
    errno.EMFILE: Code.TOO_MANY_OPEN,
    errno.ENFILE: Code.TOO_MANY_OPEN,
    errno.ENAMETOOLONG: Code.NAME_TOO_LONG,
}


def why(error: Exception) -> Value:
    """Give the reason of an error: a trouble where we or the system name one, else its own words.

    Words are left where a driver or a library tells more than we could know of it.
    """
    told = error.args[0] if error.args else None
    if isinstance(told, Trouble):
        return told
    if not isinstance(error, OSError):
        return str(error)
    code = _KNOWN_REASONS.get(error.errno or 0)
    return Trouble(code) if code is not None else error.strerror or str(error)


def what_is_unfit(error: Exception) -> Trouble:
    """Tell why the content of a file is not what was expected, by the kind of what Python raised.

    Args:
        error: of reading, converting or comparing values; its own words are for programmers.
    """
    told = error.args[0] if error.args else None
    if isinstance(told, Trouble):
        return told
    if isinstance(error, KeyError):
        return Trouble(Code.VALUE_MISSING, name=repr(str(told)[:40])[1:-1])
    if isinstance(error, UnicodeDecodeError):
        return Trouble(Code.NO_TEXT)
    if isinstance(error, json.JSONDecodeError):
        return Trouble(Code.NO_JSON, line=error.lineno)
    if isinstance(error, struct.error):
        return Trouble(Code.ENDS_TOO_SOON)
    return Trouble(Code.NESTED_TOO_DEEP if isinstance(error, RecursionError) else Code.VALUES_UNFIT)
