"""A folder for what a process needs while it works, which is gone afterwards, whatever happens."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def work_folder(kind: str) -> Iterator[Path]:
    """Make a temporary folder for this process; remove those of processes that were killed.

    Args:
        kind: of work, a word.

    Raises:
        OSError: if it cannot be made.
    """
    beginning = f"jtm-{kind}-"
    place = Path(tempfile.gettempdir())
    for left in place.glob(f"{beginning}*-*"):
        owner = left.name.removeprefix(beginning).split("-")[0]
        if owner.isdigit() and not _runs(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{beginning}{os.getpid()}-") as folder:
        yield Path(folder)


def _runs(process: int) -> bool:
    """Whether a process of that number runs; on Windows, where nobody can tell, always."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
