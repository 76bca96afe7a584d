"""A file that a user names is a file: a pipe may never begin, and a device never ends."""

import errno
import os
import stat
from pathlib import Path

from realtime.values.files_of_call import note_read


def require_file(path: str | Path) -> None:
    """Let only regular files pass, and folders, which are refused in their own words.

    Raises:
        OSError: for a pipe, a device or a socket, or where nothing is there.
    """
    mode = os.stat(path).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.ENODEV, "it is a pipe or a device, not a file", str(path))
    note_read(path)


def library_name(path: Path) -> str | bytes:
    """What libsndfile is told to open; given text it encodes it, and fails where a name is none.

    Args:
        path: of a file to read or write.
    """
    return str(path) if os.name == "nt" else os.fsencode(path)
