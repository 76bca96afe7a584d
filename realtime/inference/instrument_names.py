"""The one rule of what a taught instrument may be called.

Its name is typed by people of every script, and becomes a file's name, an entry of a menu and the
value of `--model`.
"""

import unicodedata
from collections.abc import Collection

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.file_names import is_device

LONGEST_NAME, MOST_BYTES = 60, 180
"""Characters of a name, and bytes of it in UTF-8: file systems take 255 with all that is added."""
SIGNS = " .,-_+#&'’()♭♯♮\u200c\u200d"
"""What a name may hold beside letters, marks and digits. The last two join letters or part them, in
Persian and in scripts of India."""
MODEL_SUFFIXES = (".onnx", ".instrument", ".safetensors", ".ckpt")
"""Endings that `--model` would take for those of a file."""


def plain_form(name: str) -> str:
    """A name with letters and marks composed (NFC), single spaces and none around it."""
    composed = unicodedata.normalize("NFC", name)
    spaced = "".join(" " if unicodedata.category(char) == "Zs" else char for char in composed)
    return " ".join(part for part in spaced.split(" ") if part)


def name_key(name: str) -> str:
    """What is equal for names that people or file systems take for one.

    Capitals and joiners make no other name.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if char not in "\u200c\u200d")


def readable_name(name: str) -> str:
    """The name, in its plain form, if the file of an instrument may hold it.

    Raises:
        UserError: if it holds what names may not, is empty or too long.
    """
    found = plain_form(name)
    if fault := _unfit_characters(found):
        raise UserError(Code.INSTRUMENT_NAME_UNFIT, name=name, fault=fault)
    return found


def usable_name(name: str) -> str:
    """The name, in its plain form, if an instrument that is made now may be called so.

    Raises:
        UserError: if not; the sentence says what is wrong and what is allowed.
    """
    found = readable_name(name)
    if is_device(found):
        raise UserError(Code.NAME_RESERVED, name=found)
    if fault := _unfit_for_files(found):
        raise UserError(Code.INSTRUMENT_NAME_UNFIT, name=name, fault=fault)
    return found


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number behind it where an instrument is called so already.

    Args:
        name: that was checked.
        taken: names of other instruments.
    """
    keys, found, number = {name_key(one) for one in taken}, name, 2
    while name_key(found) in keys:
        ending = f" {number}"
        found, number = name[: LONGEST_NAME - len(ending)].rstrip() + ending, number + 1
    return found


def _unfit_characters(name: str) -> Trouble | None:
    if not name:
        return Trouble(Code.VALUE_MISSING, name="name")
    for char in name:
        if unicodedata.category(char)[0] not in "LMN" and char not in SIGNS:
            return Trouble(Code.NAME_HOLDS, sign=_shown(char))
    if unicodedata.category(name[0])[0] not in "LN":
        return Trouble(Code.NAME_HOLDS, sign=_shown(name[0]))
    if len(name) > LONGEST_NAME or len(name.encode()) > MOST_BYTES:
        return Trouble(Code.NAME_TOO_LONG)
    return None


def _unfit_for_files(name: str) -> Trouble | None:
    if name.endswith("."):
        return Trouble(Code.NAME_HOLDS, sign=".")
    ending = next((one for one in MODEL_SUFFIXES if name.casefold().endswith(one)), "")
    return Trouble(Code.NAME_HOLDS, sign=ending) if ending else None


def _shown(char: str) -> str:
    """A character, or its number where it shows nothing."""
    return char if char.isprintable() else f"U+{ord(char):04X}"
