"""Where takes go, and where takes lie that are not finished yet."""

import contextlib
import functools
import os
import stat
import tempfile
from pathlib import Path


def default_folder() -> Path:
    """Where takes go unless the user says otherwise."""
    import platformdirs

    return Path(platformdirs.user_music_dir()) / "Jaka to melodia"


def rescue_folders() -> tuple[Path, ...]:
    """Where a take goes that cannot be written to its own folder."""
    return default_folder(), temporary_folder()


def temporary_folder() -> Path:
    """A folder for temporary files that is this user's alone; a new one where another has its name.

    Others may write where temporary files lie: what carries our name there need not be ours.
    """
    return _private_folder(Path(tempfile.gettempdir()))


@functools.cache
def _private_folder(place: Path) -> Path:
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = place / f"jaka-to-melodia-{user}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
    if _is_ours_alone(folder):
        return folder
    return Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=place))


def _is_ours_alone(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return True  # writing there says why
    if not hasattr(os, "getuid"):
        return stat.S_ISDIR(status.st_mode)
    private = stat.S_ISDIR(status.st_mode) and not status.st_mode & 0o077
    return private and status.st_uid == os.getuid()


def mark_recording(journal: Path) -> None:
    """Note where a take is being recorded, for whichever front end starts after a crash."""
    with contextlib.suppress(OSError):
        _entry(journal).write_bytes(os.fsencode(journal.absolute()))


def unmark_recording(journal: Path) -> None:
    """The take is finished, or has moved."""
    with contextlib.suppress(OSError):
        _entry(journal).unlink(missing_ok=True)


def remembered() -> list[Path]:
    """Journals that were begun and not finished; those on a disk that is not plugged in too."""
    found = []
    with contextlib.suppress(OSError):
        for entry in sorted(_register().iterdir()):
            with contextlib.suppress(OSError, ValueError):
                found.append(Path(os.fsdecode(entry.read_bytes()[:4096])))
    return found


def _register() -> Path:
    import platformdirs

    folder = platformdirs.user_state_path("jaka-to-melodia", appauthor=False) / "unfinished"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _entry(journal: Path) -> Path:
    import hashlib

    name = hashlib.sha256(os.fsencode(journal.absolute())).hexdigest()[:16]
    return _register() / f"{name}.txt"
