"""A transcribed sound file becomes a take: its notes and its sound beside the other takes."""

import re
import shutil
from pathlib import Path

from realtime.atomic import whole_file
from realtime.errors import UserError
from realtime.take_library import SOUNDS

LONGEST_NAME = 80
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]|\.v\d+-')


def keep_as_take(folder: Path, sound: Path | None, csv: Path, name: str = "") -> str:
    """Copy notes (and the .mid beside them) and sound into the folder of takes.

    Args:
        folder: of the takes; made if missing.
        sound: the file that was transcribed; formats other than FLAC and WAV stay where they are,
            and the take is one without sound, as it is for None.
        csv: its notes.
        name: that the take should have; "" is that of the sound file.

    Returns:
        The name of the new take, with a number where there is one already.

    Raises:
        UserError: if something cannot be read or written.
    """
    name = free_name(folder, name or (sound or csv).stem)
    copies = [(csv.with_suffix(".mid"), ".mid"), (csv, ".csv")]
    if sound is not None and sound.suffix.lower() in SOUNDS:
        copies.insert(0, (sound, sound.suffix.lower()))
    for source, suffix in copies:
        with whole_file(folder / f"{name}{suffix}") as partial:
            try:
                shutil.copyfile(source, partial)
            except FileNotFoundError as error:
                raise UserError(f"{source} is no longer there.") from error
    return name


def free_name(folder: Path, wanted: str) -> str:
    """A name that no take of the folder has: "song", "song 2", ..."""
    base = _UNFIT.sub(" ", wanted).strip().strip(".")[:LONGEST_NAME].strip() or "take"
    name, number = base, 2
    while any((folder / f"{name}{suffix}").exists() for suffix in (".csv", ".mid", *SOUNDS)):
        name, number = f"{base} {number}", number + 1
    return name
