"""Files that are either whole or not there."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from realtime.errors import UserError
from realtime.troubles import Code, why


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Gives a path to write to; moved to `path` when the block ends well, removed otherwise.

    Raises:
        UserError: if the folder cannot be made or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem[:80]}-", suffix=path.suffix, dir=path.parent
        )
        os.close(handle)
    except OSError as error:
        raise UserError(Code.CANNOT_WRITE, path=path, reason=why(error)) from error
    partial = Path(name)
    try:
        yield partial
        partial.chmod(0o666 & ~_umask())
        partial.replace(path)
    except OSError as error:
        raise UserError(Code.CANNOT_WRITE, path=path, reason=why(error)) from error
    finally:
        partial.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside the target, then rename.

    Raises:
        UserError: if the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(
            f"Cannot write '{path}' ({error.strerror}); choose another --out."
        ) from error


def replace_text(path: Path, text: str) -> None:
    """Write a small file so that readers see either the old or the whole new one."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def replace_synced(path: Path, content: bytes | memoryview, previous: Path | None = None) -> None:
    """Write a file beside its place, sync it to the disk and move it there.

    Args:
        path: the place.
        content: of the file.
        previous: where what lies at `path` is moved to; None to drop it.

    Raises:
        OSError: if it cannot be written; `path` is untouched and nothing is left beside it.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if previous is not None and path.exists():
            os.replace(path, previous)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
