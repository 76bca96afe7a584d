"""Files that a killed run or a full disk leaves either old or new, and whole."""

import os
from pathlib import Path


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
