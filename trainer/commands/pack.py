"""`jtm data pack`: shards -> tar files for object storage, readable by webdataset."""

import json
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from realtime.commands.options import parse_options
from realtime.troubles.errors import UsageError, UserError
from realtime.values.ranges import Positive
from trainer.shards.array_files import is_remote
from trainer.shards.given_folders import holds_shards, holds_sound
from trainer.shards.packing import pack
from trainer.shards.shards import Shards


@dataclass(frozen=True)
class PackCommand:
    """Pack shards as tar files for object storage."""

    folder: str
    """Shards: a folder, or a URL that fsspec knows."""
    out: str
    """Folder or URL (s3://BUCKET/PREFIX, ...) for the tar files."""
    tar_mb: Positive = 128.0
    """Size of a tar, about; a single crop is fetched by itself, whatever this is."""
    json: bool = False
    """Print the figures as JSON."""


def main(argv: list[str]) -> int:
    """Pack what is not packed yet; the same command continues after a stop."""
    command = parse_options(
        PackCommand,
        argv,
        command="data pack",
        description="Shards -> tar files that webdataset reads in order and we read at random.",
        positional=("folder",),
        examples=("jtm data pack shards --out tars",),
    )
    if not is_remote(command.out) and Path(command.out).resolve() == Path(command.folder).resolve():
        raise UsageError("--out must not be the folder of the shards themselves; choose another.")
    folder = command.folder.rstrip("/")
    if not is_remote(folder) and holds_sound(Path(folder)) and not holds_shards(Path(folder)):
        raise UserError(
            f"'{folder}' holds sound files and no shards; run `jtm data index {folder} --out "
            f"{folder}-shards` and pack those."
        )
    shards = Shards(command.folder)
    tars = 0
    try:
        with tqdm(total=len(shards), unit="clip", disable=command.json) as bar:
            for chosen in pack(shards, command.out, round(command.tar_mb * 1e6)):
                tars += 1
                bar.update(len(chosen))
    except OSError as error:
        raise UserError(
            f"Cannot pack into '{command.out}' ({error}); the same command continues where it "
            "stopped."
        ) from error
    hours = sum(clip.n_samples for clip in shards.clips) / 16_000 / 3600
    told = {"clips": len(shards), "hours": round(hours, 4), "tars": tars}
    if command.json:
        print(json.dumps(told, indent=1))
    else:
        print(f"{command.out}: {len(shards)} clips, {hours:.2f} h in {tars} tars")
    return 0
