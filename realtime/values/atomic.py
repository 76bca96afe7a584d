"""Files that are either whole or not there."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.files_of_call import refuse_named

PARTIAL = ".tmp"
"""Stands before the suffix of a file that is being written, whose name begins with a dot."""


@contextmanager
def atomic_write(
    path: Path,
    *,
    fsync: bool = False,
    keep_previous: Path | None = None,
    place: Callable[[Path], Path] | None = None,
) -> Iterator[Path]:
    """Give a path to write to, and move it to `path` when the block ends well.

    Readers see the old file or the new one, whole. Where the block or the move fails, `path` is
    untouched and nothing is left beside it; a killed process may leave a hidden file, see
    `remove_leftovers`.

    Args:
        path: the file; its folder is made where it is missing.
        fsync: wait until the content is on the disk before the move, so that it outlives a loss of
            power.
        keep_previous: where what lies at `path` is moved to; None to drop it.
        place: asked in the end where the file goes instead of `path`.

    Raises:
        OSError: if it cannot be written.
        UserError: if an option of the command names it as a file to read.
    """
    import tempfile  # not at the top: a guardian starts sooner without it

    refuse_named(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        prefix=f".{path.stem[:80]}-", suffix=PARTIAL + path.suffix, dir=path.parent
    )
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        partial.chmod(0o666 & ~_umask())
        if fsync:
            with partial.open("rb") as file:
                os.fsync(file.fileno())
        if keep_previous is not None and path.exists():
            os.replace(path, keep_previous)
        os.replace(partial, path if place is None else place(path))
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def whole_file(path: Path, place: Callable[[Path], Path] | None = None) -> Iterator[Path]:
    """Like `atomic_write`, for files that users named.

    Args:
        path: the file.
        place: see `atomic_write`.

    Raises:
        UserError: if it cannot be written.
    """
    try:
        with atomic_write(path, place=place) as partial:
            yield partial
    except OSError as error:
        raise UserError(Code.CANNOT_WRITE, path=path, reason=why(error)) from error


def replace_text(path: Path, text: str) -> None:
    """Write a small file so that readers see either the old or the whole new one.

    Raises:
        OSError: if it cannot be written.
    """
    with atomic_write(path) as partial:
        partial.write_text(text, encoding="utf-8")


def remove_leftovers(folder: Path, older_than_s: float = 0.0) -> None:
    """Remove what processes that were killed while they wrote have left in a folder.

    Args:
        folder: the folder.
        older_than_s: seconds; younger files stay: another process may be writing them.
    """
    for leftover in (*folder.glob(f".*{PARTIAL}*"), *folder.glob(f"[0-9]*{PARTIAL}")):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - leftover.stat().st_mtime >= older_than_s:
                leftover.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
