"""Where a command may write: over nothing that it did not write itself in this call."""

import contextlib
import os
import stat
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from realtime.troubles.errors import UsageError, UserError

_OVERWRITE = "choose another name, or give --overwrite"


class OutputFiles:
    """The files that one call of a command writes; each is claimed before anything is computed.

    Args:
        inputs: files that the call reads; nothing writes over them, whatever the spelling, links or
            case of the path.
        overwrite: whether other files that are there may be replaced.
    """

    def __init__(self, inputs: Iterable[str | Path] = (), overwrite: bool = False) -> None:
        self._inputs = {identity for path in inputs if path for identity in _identities(path)}
        self._overwrite = overwrite
        self._claimed: dict[object, Path] = {}
        self._unseen: list[Path] = []
        """Claimed, and not yet seen written: then the file itself is known as ours."""

    def claim(self, path: str | Path) -> Path:
        """The path, which is this call's alone from now on.

        Raises:
            UserError: if it is an input, was claimed before, is there already, or is no file.
        """
        if str(path) == "-":
            raise UsageError(
                "- would be standard output, which cannot be written here; name a file."
            )
        if str(path).endswith(("/", os.sep)):
            raise UserError(f"{path} would be a folder; name a file in it.")
        path = Path(path)
        self._see_written()
        identities = _identities(path)
        for identity in identities:
            if identity in self._inputs:
                raise UserError(f"{path} is read by this command; choose another output.")
            if identity in self._claimed:
                raise UserError(f"{path} would be written twice; choose two names.")
        if os.path.lexists(path):
            if not _is_file(path):
                raise UserError(f"{path} is no file; choose another name.")
            if not self._overwrite:
                raise UserError(f"{path} is there already; {_OVERWRITE}.")
        self._claimed |= dict.fromkeys(identities, path)
        self._unseen.append(path)
        return path

    def place(self, path: Path) -> Path:
        """Where a claimed file goes now: another name where somebody else has made it meanwhile.

        Args:
            path: as `claim` gave it.
        """
        number, free = 2, path
        while not self._overwrite and os.path.lexists(free):
            free, number = path.with_stem(f"{path.stem}-{number}"), number + 1
        return free

    def holds(self, path: Path) -> bool:
        """Whether this call writes there already."""
        self._see_written()
        return any(identity in self._claimed for identity in _identities(path))

    def _see_written(self) -> None:
        """Know files that were written since by what they are: disks have their own equal names."""
        unseen, self._unseen = self._unseen, []
        for path in unseen:
            try:
                status = os.stat(path)
                self._claimed[(status.st_dev, status.st_ino)] = path
            except OSError:
                self._unseen.append(path)

    def claim_all(self, *paths: str | Path) -> list[Path]:
        """Several at once, none of them where one is refused.

        Raises:
            UserError: see `claim`.
        """
        before, unseen = dict(self._claimed), list(self._unseen)
        try:
            return [self.claim(path) for path in paths]
        except UserError:
            self._claimed, self._unseen = before, unseen
            raise


def beside(path: str | Path, suffix: str) -> Path:
    """The file of the same name with another ending, which is written along with `path`.

    Raises:
        UserError: where `path` is a folder's name, such as "." or "/".
    """
    if not Path(path).name:
        raise UserError(f"{path} is no file; choose another name.")
    return Path(path).with_suffix(suffix)


def _identities(path: str | Path) -> list[object]:
    """What makes two spellings one file: the file itself, where there is one, and its place."""
    found: list[object] = []
    try:
        status = os.stat(path)
        found.append((status.st_dev, status.st_ino))
    except OSError:
        pass
    place = Path(os.path.realpath(path))
    folder: object = str(place.parent)
    with contextlib.suppress(OSError):
        status = os.stat(place.parent)
        folder = status.st_dev, status.st_ino
    name = place.name
    if _ignores_case(place.parent):
        name = unicodedata.normalize("NFC", name).casefold()
    found.append((folder, name))
    return found


def _ignores_case(folder: Path) -> bool:
    """Whether a.mid and A.mid are one file in this folder."""
    swapped = folder.with_name(folder.name.swapcase())
    if swapped == folder:
        return os.name == "nt"
    try:
        return os.path.samefile(folder, swapped)
    except OSError:
        return os.name == "nt"


def _is_file(path: Path) -> bool:
    """Whether a regular file lies there, or a link to one or to nothing: what can be replaced."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return path.is_symlink()
