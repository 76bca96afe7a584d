"""What takes may be called, on every file system."""

import re

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.values.file_names import is_device

LONGEST_NAME = 80
"""Characters of a name that the program itself gives."""
MOST_BYTES = 180
FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]|\.v\d+-')
"""What names of takes may not hold: characters that file systems refuse, and marks of versions."""


def check_name(name: str) -> None:
    """Refuse a name that no take can have.

    Raises:
        UserError: if a file system would refuse it, or it would be taken for a version.
    """
    if not name or FORBIDDEN.search(name) or len(name.encode()) > MOST_BYTES:
        raise UserError(Code.NAME_UNFIT, name=name)
    if is_device(name):
        raise UserError(Code.NAME_RESERVED, name=name)


def usable_name(wanted: str) -> str:
    """What comes nearest to the wanted name and can be one; "" where nothing is left of it."""
    name = FORBIDDEN.sub(" ", wanted).strip().strip(".")[:LONGEST_NAME]
    name = name.encode()[:MOST_BYTES].decode(errors="ignore").strip()
    return f"{name} take" if is_device(name) else name
