"""Files to the trash of the system, and back to where they were."""

import contextlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QFile, QStandardPaths

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why


@dataclass(frozen=True)
class Trashed:
    """Files that went to the trash together."""

    take: str
    """Name of the take they belong to."""
    label: str
    """What they are called, for people."""
    moves: tuple[tuple[Path, Path | None], ...]
    """(where a file was, where it is in the trash: None where the system does not say)."""

    @property
    def can_come_back(self) -> bool:
        """Whether it is known where every file is."""
        return all(place is not None for _, place in self.moves)


def discard(files: Sequence[Path], take: str, label: str = "") -> Trashed:
    """Move files to the trash, all of them or none.

    Raises:
        UserError: naming the file that stays, or the take that has no files any more.
    """
    if not files:
        raise UserError(Code.NOT_IN_FOLDER, name=label or take)
    moves: list[tuple[Path, Path | None]] = []
    for path in files:
        moved, place = into_trash(path)
        if not moved:
            put_back(Trashed(take, label, tuple(move for move in moves if move[1] is not None)))
            raise UserError(Code.NOT_TRASHED, path=path)
        moves.append((path, place))
    return Trashed(take, label or take, tuple(moves))


def put_back(trashed: Trashed) -> None:
    """Move everything back to where it was, or leave all in the trash.

    Raises:
        UserError: if a file is no longer in the trash, or another has its place.
    """
    done: list[tuple[Path, Path]] = []
    try:
        for path, place in trashed.moves:
            if place is None or not place.exists():
                raise UserError(Code.NOT_IN_TRASH, name=path.name)
            if path.exists():
                raise UserError(Code.PLACE_TAKEN, name=path.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(place, path)
            done.append((place, path))
    except (UserError, OSError) as error:
        for place, path in done:
            shutil.move(path, place)
        if isinstance(error, UserError):
            raise
        raise UserError(Code.CANNOT_WRITE, path=path, reason=why(error)) from error
    for place, _ in done:
        _note_beside(place).unlink(missing_ok=True)


def into_trash(path: Path) -> tuple[bool, Path | None]:
    """(whether it went there, where it is now)."""
    with contextlib.suppress(OSError):  # Qt makes the trash, but not the folder it belongs in
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
        Path(home).mkdir(parents=True, exist_ok=True)
    file = QFile(str(path))
    moved = file.moveToTrash()
    place = file.fileName() if moved else ""
    return moved, Path(place) if place else None


def _note_beside(place: Path) -> Path:
    """Where the trash remembers whence a file came: the info folder, or the $I file of Windows."""
    if place.name.startswith("$R"):
        return place.with_name("$I" + place.name[2:])
    return place.parent.parent / "info" / f"{place.name}.trashinfo"
