"""Where a command may write: over nothing that it did not write itself in this call."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from realtime.troubles.errors import UsageError, UserError
from realtime.values.atomic import whole_file
from realtime.values.files_of_call import identities, is_read

_OVERWRITE = "choose another name, or give --overwrite"


class OutputFiles:
    """The files that one call of a command writes; each is claimed before anything is computed.

    Args:
        inputs: files that the call will read, besides those that it has read and that its options
            name (`files_of_call`); nothing writes over any of them, whatever the spelling, links or
            case of the path.
        overwrite: whether other files that are there may be replaced.
    """

    def __init__(self, inputs: Iterable[str | Path] = (), overwrite: bool = False) -> None:
        self._inputs = {identity for path in inputs if path for identity in identities(path)}
        self._overwrite = overwrite
        self._claimed: dict[object, Path] = {}
        self.places: dict[Path, Path] = {}
        """Where claimed files went in the end, by the paths that were claimed."""
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
        self._refuse_input(path)
        found = identities(path)
        for identity in found:
            if identity in self._claimed:
                raise UserError(f"{path} would be written twice; choose two names.")
        if os.path.lexists(path):
            if not _is_file(path):
                raise UserError(f"{path} is no file; choose another name.")
            if not self._overwrite:
                raise UserError(f"{path} is there already; {_OVERWRITE}.")
        self._claimed |= dict.fromkeys(found, path)
        self._unseen.append(path)
        return path

    def place(self, path: Path) -> Path:
        """Where a claimed file goes now: another name where somebody else has made it meanwhile.

        Args:
            path: as `claim` gave it.

        Raises:
            UserError: if the call has read it since.
        """
        self._refuse_input(path)
        number, free = 2, path
        while not self._overwrite and os.path.lexists(free):
            free, number = path.with_stem(f"{path.stem}-{number}"), number + 1
        self.places[path] = free
        return free

    @contextmanager
    def writing(self, path: str | Path) -> Iterator[Path]:
        """Give a path to write to, and move it to its place when the block ends well.

        Args:
            path: as `claim` gave it.

        Raises:
            UserError: if it cannot be written, or see `place`.
        """
        with whole_file(Path(path), self.place) as partial:
            yield partial

    def _refuse_input(self, path: Path) -> None:
        """Refuse what this call reads.

        Raises:
            UserError: if it does.
        """
        if is_read(path) or not self._inputs.isdisjoint(identities(path)):
            raise UserError(f"{path} is read by this command; choose another output.")

    def holds(self, path: Path) -> bool:
        """Whether this call writes there already."""
        self._see_written()
        return any(identity in self._claimed for identity in identities(path))

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


def _is_file(path: Path) -> bool:
    """Whether a regular file lies there, or a link to one or to nothing: what can be replaced."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return path.is_symlink()
