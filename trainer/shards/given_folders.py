"""Folders that --data, --valid and the like name: are there shards in them?"""

import shlex
from collections.abc import Iterable
from pathlib import Path

from realtime.troubles.errors import UserError
from trainer.datasets.recordings import AUDIO_SUFFIXES
from trainer.shards.array_files import is_remote
from trainer.shards.health.clips import is_shard_folder

NAMED = 3
"""Folders of shards that are named where one above them was given."""


def require_shards(folders: Iterable[str], option: str, otherwise: str = "") -> None:
    """Refuse a folder without shards before anything is begun; URLs are looked at when read.

    Args:
        folders: paths or URLs.
        option: that names them, without its dashes.
        otherwise: what else may be done with sound files, such as "give it to --audio"; empty for
            nothing.

    Raises:
        UserError: saying what is there instead, and what to do about it.
    """
    for folder in folders:
        if not is_remote(folder) and not holds_shards(Path(folder)):
            raise UserError(what_is_there(Path(folder), option, otherwise))


def what_is_there(folder: Path, option: str, otherwise: str = "") -> str:
    """One sentence on a folder that holds no shards; arguments as `require_shards`."""
    given = f"'{folder}' (--{option})"
    if folder.is_file():
        return (
            f"{given} is a file, and training reads folders of shards; put recordings into a "
            "folder of their own and run `jtm data index` on it."
        )
    if not folder.is_dir():
        place = shlex.quote(str(folder))
        return (
            f"No folder {given}; make one with `jtm render --out {place}`, or out of recordings "
            f"with `jtm data index RECORDINGS --out {place}`."
        )
    below = [path for path in sorted(folder.iterdir()) if path.is_dir() and holds_shards(path)]
    if below:
        named = ",".join(map(str, below[:NAMED])) + (",..." if below[NAMED:] else "")
        return f"{given} holds no shards itself, folders in it do; give --{option} '[{named}]'."
    if holds_sound(folder):
        whole = folder.resolve()
        made = whole.parent / f"{whole.name}-shards"
        if folder.name not in ("", ".."):
            made = folder.with_name(made.name)
        words = shlex.join(["jtm", "data", "index", str(folder), "--out", str(made)])
        other = f"{otherwise}, or " if otherwise else ""
        return (
            f"{given} holds sound files and training reads shards; {other}run `{words}` and give "
            f"--{option} {shlex.quote(str(made))}."
        )
    return (
        f"No shards in {given}; make some with `jtm render`, or out of recordings with "
        "`jtm data index`."
    )


def holds_shards(folder: Path) -> bool:
    """Is there a shard right in it, whole or not?"""
    return is_shard_folder(folder) or any(folder.glob("[0-9]*.json"))


def holds_sound(folder: Path) -> bool:
    """Is there a sound file at any depth?"""
    return any(path.suffix.lower() in AUDIO_SUFFIXES for path in folder.rglob("*"))
