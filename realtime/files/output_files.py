"""Where a command may write: over nothing that it did not write itself in this call."""

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
        return path

    def holds(self, path: Path) -> bool:
        """Whether this call writes there already."""
        return any(identity in self._claimed for identity in _identities(path))

    def claim_all(self, *paths: str | Path) -> list[Path]:
        """Several at once, none of them where one is refused.

        Raises:
            UserError: see `claim`.
        """
        before = dict(self._claimed)
        try:
            return [self.claim(path) for path in paths]
        except UserError:
            self._claimed = before
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
    name = place.name
    if _ignores_case(place.parent):
        name = unicodedata.normalize("NFC", name).casefold()
    found.append((str(place.parent), name))
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
