"""Keeps what was written of a take within reach when the folder around it goes away."""

import contextlib
import errno
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

COMPARED_BYTES = 4096


class SecondCopy:
    """Follows files that grow. What a deleted file held stays readable through an open handle.

    A disk that is pulled out takes that away as well. So what lies on another disk than the user's
    own folder is copied, as it grows, into a nameless file there.

    Args:
        folder: of the files.
    """

    def __init__(self, folder: Path) -> None:
        self._files: dict[Path, tuple[BinaryIO, BinaryIO | None]] = {}
        """Path -> the file as it grows, and its copy."""
        self._spool = None if is_same_disk(folder) else _spool_folder()

    def follow(self, path: Path) -> None:
        """A file that begins to grow."""
        grown, copy = path.open("rb"), None
        if self._spool is not None:
            with contextlib.suppress(OSError):
                copy = tempfile.TemporaryFile(dir=self._spool)  # noqa: SIM115
        self._files[path] = (grown, copy)

    def take_in(self) -> None:
        """Copy what the files have gained. A full disk there costs the copy, not the take."""
        for path, (grown, copy) in self._files.items():
            if copy is not None:
                try:
                    copy.seek(0, os.SEEK_END)
                    shutil.copyfileobj(grown, copy)
                except OSError:
                    copy.close()
                    self._files[path] = (grown, None)

    def check(self) -> None:
        """Look whether every file still lies where it was begun.

        Raises:
            OSError: if one does not.
        """
        for path, (grown, _) in self._files.items():
            try:
                there = path.stat()
            except FileNotFoundError as error:
                raise OSError(errno.ESTALE, "the file was removed") from error
            ours = os.fstat(grown.fileno())
            if (there.st_ino, there.st_dev) != (ours.st_ino, ours.st_dev):
                raise OSError(errno.ESTALE, "something else lies in place of the file")

    def all_there(self) -> bool:
        """Whether every part of the copy is there."""
        try:
            self.check()
        except OSError:
            return False
        return True

    def write_to(self, path: Path, target: BinaryIO) -> None:
        """Write what the file held, as far as anything can still read it.

        Raises:
            OSError: if the target cannot be written.
        """
        grown, copy = self._files[path]
        # A file that was only deleted holds more than the copy: what came after the last sync.
        _pour(grown if copy is None or _goes_on(grown, copy) else copy, target)

    def close(self) -> None:
        """Let go of the files."""
        for handles in self._files.values():
            for handle in handles:
                if handle is not None:
                    with contextlib.suppress(OSError):
                        handle.close()
        self._files.clear()


def _goes_on(grown: BinaryIO, copy: BinaryIO) -> bool:
    """Whether the file can still be read where its copy ends, and holds the same there."""
    end = copy.seek(0, os.SEEK_END)
    try:
        start = grown.seek(copy.seek(max(0, end - COMPARED_BYTES)))
        return grown.read(end - start) == copy.read()
    except OSError:
        return False


def _pour(source: BinaryIO, target: BinaryIO) -> None:
    """Copy what can be read of an open file; only a target that cannot be written raises."""
    while True:
        try:
            source.seek(target.tell())
            piece = source.read(1 << 20)
        except OSError:
            return
        if not piece:
            return
        target.write(piece)


def is_same_disk(folder: Path) -> bool:
    """Whether a folder lies on the disk of the user's own; True where that cannot be told."""
    try:
        return folder.stat().st_dev == Path.home().stat().st_dev
    except (OSError, RuntimeError):
        return True


def _spool_folder() -> Path | None:
    """A folder on the user's own disk, rather than a temporary one that lies in memory."""
    import platformdirs

    try:
        return platformdirs.user_cache_path("jaka-to-melodia", appauthor=False, ensure_exists=True)
    except OSError:
        return None
