"""The files that one call of a command reads: nothing that it writes goes over them.

A command declares none of them. Its options are looked through where they are parsed, every file
that Python opens meanwhile is noticed (an audit hook), and so is what a library is told to open
(`given_file`). In a process without a command, such as the window's, nothing is noticed.
"""

import contextlib
import dataclasses
import os
import sys
import unicodedata
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any

from realtime.troubles.errors import UserError

READ_OPTIONS = frozenset((
    "input", "inputs", "model", "recordings", "notes", "folder", "metadata", "midi", "rooms",
    "samples", "soundfont", "exclude_songs", "audio", "data", "files", "init", "valid",
    "checkpoint", "test", "run", "labelled", "held_out", "manifest", "other_timbres",
    "unlabelled", "source", "scores", "data_table", "thresholds", "piece"
))  # fmt: skip
"""Options, of whatever command, whose values are files and folders to be read."""
WRITTEN_OPTIONS = frozenset((
    "out", "out_dir", "csv", "card", "tune", "keep", "record", "results", "cache"
))  # fmt: skip
"""Options that say where to write."""
PROGRAM = (".py", ".pyc", ".so", ".pyd", ".dll")
"""Endings of what Python opens to run it."""


class _FilesOfCall:
    """What the call that goes on now reads, by what makes two spellings one file."""

    def __init__(self) -> None:
        self.goes_on = False
        self._named: set[Hashable] = set()
        self._read: set[Hashable] = set()
        self._opened: set[str] = set()
        """Read, and not yet looked up in the file system."""

    def begin(self, named: Iterable[str]) -> None:
        """Forget an earlier call; this one reads the files and folders of these names."""
        self.goes_on = True
        self._named = {one for path in named if os.path.exists(path) for one in identities(path)}
        self._read, self._opened = set(), set()

    def note(self, path: str) -> None:
        """Something opened this file to read it."""
        if self.goes_on and not path.endswith(PROGRAM):
            self._opened.add(path)

    def named(self, path: str | Path) -> bool:
        """Whether an option names this file or folder as one to read."""
        return bool(self._named) and not self._named.isdisjoint(identities(path))

    def read(self, path: str | Path) -> bool:
        """Whether the call has read this file, or an option names it."""
        opened, self._opened = self._opened, set()
        self._read.update(one for each in opened for one in identities(each))
        return not (self._named | self._read).isdisjoint(identities(path))


_call = _FilesOfCall()


def begin_call(options: Any, configs: Iterable[str]) -> None:
    """A command begins, with these options.

    Args:
        options: a dataclass; what it reads are the values of `READ_OPTIONS`.
        configs: files that options were read from.
    """
    if not _call.goes_on:
        sys.addaudithook(_notice)
    _call.begin([*configs, *_names(options)])


def note_read(path: str | Path) -> None:
    """A library that Python sees nothing of opens this file."""
    _call.note(str(path))


def is_named(path: str | Path) -> bool:
    """Whether an option of this call names the file or folder as one to read."""
    return _call.named(path)


def is_read(path: str | Path) -> bool:
    """Whether this call has read the file so far, or an option names it as one to read."""
    return _call.read(path)


def refuse_named(path: str | Path) -> None:
    """Refuse to write over what an option names as a file to read, or to remove it.

    Raises:
        UserError: if one does.
    """
    if is_named(path):
        raise UserError(f"{path} is read by this command; choose another output.")


def identities(path: str | Path) -> list[Hashable]:
    """What makes two spellings one file: the file itself, where there is one, and its place."""
    found: list[Hashable] = []
    with contextlib.suppress(OSError, ValueError):
        status = os.stat(path)
        found.append((status.st_dev, status.st_ino))
    place = Path(os.path.realpath(path))
    folder: Hashable = str(place.parent)
    with contextlib.suppress(OSError):
        status = os.stat(place.parent)
        folder = status.st_dev, status.st_ino
    name = place.name
    if _ignores_case(place.parent):
        name = unicodedata.normalize("NFC", name).casefold()
    found.append((folder, name))
    return found


def same_file(value: object, path: str) -> bool:
    """Whether the value of an option names this file."""
    try:
        return isinstance(value, str) and bool(value) and os.path.samefile(value, path)
    except (OSError, ValueError):
        return False


def _names(options: Any) -> Iterator[str]:
    """Files and folders that options name, also those of their groups."""
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        if dataclasses.is_dataclass(value):
            yield from _names(value)
        elif field.name in READ_OPTIONS:
            words = value if isinstance(value, list | tuple) else (value,)
            yield from (word for word in words if isinstance(word, str) and word)


def _notice(event: str, arguments: tuple[Any, ...]) -> None:
    """Python is about to do something; where it opens a file to read it, take note."""
    if event != "open" or not _call.goes_on:
        return
    path, mode, flags = arguments
    reads = "r" in mode and "+" not in mode if mode else not flags & (os.O_WRONLY | os.O_RDWR)
    if reads and isinstance(path, str | bytes):
        _call.note(os.fsdecode(path))


def _ignores_case(folder: Path) -> bool:
    """Whether a.mid and A.mid are one file in this folder."""
    swapped = folder.with_name(folder.name.swapcase())
    if swapped == folder:
        return os.name == "nt"
    try:
        return os.path.samefile(folder, swapped)
    except OSError:
        return os.name == "nt"
