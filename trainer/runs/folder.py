"""The folder of a run: resolved settings, where its code and data come from, its checkpoints."""

import contextlib
import errno
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning.plugins.io import TorchCheckpointIO

from realtime.troubles.errors import UserError
from realtime.values.atomic import atomic_write, replace_text
from realtime.values.files_of_call import is_named, refuse_named
from realtime.values.json_text import parse_json
from trainer.runs.kept_options import LAST, SETTINGS
from trainer.shards.shards import DIGEST_VERSION

PREVIOUS = "previous.ckpt"
STOPPED = "stopped.json"
"""Why the run ended before its last step; not there if it did not."""
WEIGHTS = ("best.safetensors", "last.safetensors")
LEFT_FILES = (LAST, PREVIOUS, *WEIGHTS, STOPPED, SETTINGS, "run.json", "report.html")
HELD = ".training"
"""File that the process of a run holds as long as it writes there."""
KEPT = "kept"
"""Folder below a run's with weights of earlier steps."""
LEFT_FOLDERS = (KEPT, "csv", "tensorboard", "report", "wandb", "comet")
"""What a run and its report leave in their folder."""
FULL_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""No space left, quota used up, file larger than allowed."""
SOURCE = Path(__file__).resolve().parents[2]


class AtomicCheckpoints(TorchCheckpointIO):
    """Writes a checkpoint beside its place, syncs it and moves it there; keeps the one before.

    A run that is killed, or whose disk is full, leaves the checkpoints that it had.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None
    ) -> None:
        """Write `path`; what it held becomes `previous.ckpt`.

        Raises:
            UserError: if the disk is full; `path` is untouched.
        """
        place = Path(path)
        packed = io.BytesIO()
        torch.save(checkpoint, packed)
        try:
            before = place.with_name(PREVIOUS)
            with atomic_write(place, fsync=True, keep_previous=before) as partial:
                partial.write_bytes(packed.getbuffer())
        except OSError as error:
            raise disk_error(error, place) from error


def require_unread(folder: Path) -> None:
    """Refuse a folder of which this command reads something that a run would write or remove.

    Raises:
        UserError: naming it.
    """
    refuse_named(folder)
    for name in LEFT_FILES:
        refuse_named(folder / name)
    for name in LEFT_FOLDERS:
        for path in (folder / name, *(folder / name).rglob("*")):
            refuse_named(path)


def require_free(folder: Path) -> None:
    """Refuse a folder that holds checkpoints of an earlier run, or files that a run would replace.

    Raises:
        UserError: with what to do about it.
    """
    if any((folder / name).exists() for name in (LAST, PREVIOUS, *WEIGHTS)):
        raise UserError(
            f"'{folder}' holds a run already; go on with --resume, choose another --out, or "
            "replace it with --overwrite."
        )
    begun = is_of_a_run(_facts_before(folder / "run.json"))
    there = [name for name in (SETTINGS, "run.json") if (folder / name).exists()]
    if there and not begun:
        raise UserError(
            f"'{folder}' holds a {there[0]} that no run wrote; choose another --out, or replace it "
            "with --overwrite."
        )


def is_of_a_run(facts: dict[str, Any]) -> bool:
    """Whether these facts are what `write_facts` keeps in `run.json`."""
    return {"words", "revision", "data", "versions"} <= facts.keys()


def clear_run(folder: Path) -> None:
    """Remove what an earlier run and its report left; anything else stays.

    Raises:
        UserError: if something cannot be removed.
    """
    try:
        for name in LEFT_FILES:
            (folder / name).unlink(missing_ok=True)
        for name in LEFT_FOLDERS:
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
    except OSError as error:
        raise UserError(
            f"Cannot remove '{error.filename or folder}' ({error.strerror or error}); remove it by "
            "hand or choose another --out."
        ) from error


def disk_error(error: OSError, path: Path) -> UserError:
    """A failed write in words."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    kept = newest_checkpoint(path.parent)
    told = f"'{kept.name}' there is whole" if kept else "no earlier checkpoint is there"
    return UserError(
        f"Cannot write '{path}' ({reason}); {told}. Make room on that disk and go on with --resume."
    )


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint of a run folder, or None."""
    for name in (LAST, PREVIOUS):
        if is_whole(folder / name):
            return folder / name
    return None


def is_whole(path: Path) -> bool:
    """Does every part of the checkpoint match its checksum?"""
    try:
        with zipfile.ZipFile(path) as parts:
            return parts.testzip() is None
    except Exception:  # zipfile raises whatever damaged names, lengths and methods lead to
        return False


def checkpoint_to_resume(folder: Path) -> Path:
    """The newest whole checkpoint; says so where the last one is damaged.

    Raises:
        UserError: if there is none.
    """
    found = newest_checkpoint(folder)
    if found is None:
        there = "is damaged" if (folder / LAST).exists() else "does not exist"
        begun = any((folder / name).exists() for name in (LAST, PREVIOUS, *WEIGHTS))
        anew = "begin anew with --overwrite" if begun else "leave --resume out"
        raise UserError(f"Nothing to resume: '{folder / LAST}' {there}; {anew}.")
    if found.name != LAST and (folder / LAST).exists():
        print(f"jtm: '{folder / LAST}' is damaged; going on from '{found.name}'", file=sys.stderr)
    return found


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a run's folder against other processes that would write their run into it.

    Where the system has no such locks, nothing is held.

    Raises:
        UserError: if another process holds it.
    """
    path = folder / HELD
    with contextlib.ExitStack() as stack:
        try:
            import fcntl

            file = stack.enter_context(path.open("ab"))
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # ends with the process, not its forks
            stack.callback(path.unlink, missing_ok=True)
        except (BlockingIOError, PermissionError) as error:
            raise UserError(
                f"Another process is training into '{folder}'; wait for its end or stop it, or "
                "choose another --out."
            ) from error
        except (ImportError, OSError):
            pass  # no locks here
        yield


def require_same_weights(checkpoint: Path, network: torch.nn.Module) -> None:
    """Refuse to resume from a checkpoint of another network.

    Args:
        checkpoint: whole.
        network: what it is to be loaded into.

    Raises:
        UserError: naming a weight that does not fit, or if there are other things than weights.
    """
    try:
        whole = torch.load(checkpoint, map_location="cpu", weights_only=True, mmap=True)
        kept = whole["state_dict"]
    except Exception as error:  # torch raises whatever the bytes lead it to
        raise UserError(
            f"'{checkpoint}' is no checkpoint of this trainer, or holds more than weights, and was "
            "not loaded; begin anew with another --out."
        ) from error
    wanted = network.state_dict()
    for name in (*wanted, *kept):
        if name in wanted and name in kept and wanted[name].shape == kept[name].shape:
            continue
        raise UserError(
            f"'{checkpoint}' is of another network (see '{name}'); go on with the options that the "
            "run began with, or train anew with another --out."
        )


def _facts_before(kept: Path) -> dict[str, Any]:
    """What `run.json` says; nothing where it cannot be read: nothing but words depends on it."""
    try:
        return dict(parse_json(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def write_facts(folder: Path, command: Any, data: str, resume: bool) -> None:
    """Keep the resolved options in `settings.json` and what they met in `run.json`.

    Args:
        folder: of the run.
        command: the options, a dataclass.
        data: digest of the training data.
        resume: a run that goes on is told when its data is no longer the same, as far as its digest
            can be compared.
    """
    if not is_named(folder / SETTINGS):  # a run that goes on with --config of its own
        replace_text(folder / SETTINGS, json.dumps(asdict(command), indent=1) + "\n")
    kept = folder / "run.json"
    before = _facts_before(kept) if resume else {}
    known = str(before.get("data", ""))
    if known != data and known.startswith(DIGEST_VERSION):
        print("jtm: the data is not what this run began with; it will differ", file=sys.stderr)
    facts = {
        "started": before.get("started") or time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "words": sys.argv[1:],
        "revision": source_revision(),
        "data": data,
        "versions": {name: version(name) for name in ("torch", "pytorch-lightning", "numpy")},
        "python": platform.python_version(),
    }
    replace_text(kept, json.dumps(facts, indent=1) + "\n")


def source_revision() -> str:
    """Commit of the source tree, with `+changes` where files differ; else the version."""
    if (SOURCE / ".git").exists():
        words = [
            "git",
            "-C",
            str(SOURCE),
            "describe",
            "--always",
            "--abbrev=40",
            "--dirty=+changes",
        ]
        try:
            told = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20)
            return told.stdout.strip()
        except (OSError, subprocess.SubprocessError):
            pass
    try:
        return f"version {version('jaka-to-melodia')}"
    except ImportError:
        return "unknown"
