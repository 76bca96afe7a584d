"""What is wrong with clips in shards; `jtm train` skips them, `jtm data doctor` lists them."""

from collections import Counter
from pathlib import Path

import numpy as np

from realtime.files.labels.note_table import impossible
from realtime.troubles.errors import UserError
from trainer.shards.array_files import TAR
from trainer.shards.format import NOTE_DTYPE, PCM
from trainer.shards.health.recordings import Fault
from trainer.shards.health.same_sounds import SILENT_PEAK
from trainer.shards.shards import Shards

LABELLED = ("music",)
"""Kinds of clips that must have notes."""
RING_SAMPLES = 16_000
"""How far past its clip a last note may ring."""
MOST_BAD = 0.01
"""Share of bad clips or recordings above which a run stops."""


def clip_faults(shards: Shards, listen: bool = False) -> list[Fault]:
    """Faults of every clip.

    Args:
        shards: of one or more folders.
        listen: look at the samples too (reads everything once).
    """
    faults = repeated_clips(shards)
    for i, clip in enumerate(shards.clips):
        try:
            notes = shards.notes(i)
            pcm = shards.audio(i) if listen else np.zeros(0, np.int16)
            stored = len(pcm) if listen else shards.stored_samples(i)
        except (OSError, ValueError, EOFError) as error:
            detail = str(error).partition("\n")[0] or "the file ends too soon"
            faults.append(Fault(clip.id, "unreadable", detail))
            continue
        if notes.dtype != NOTE_DTYPE:
            faults.append(Fault(clip.id, "unreadable label", "not the note table of this program"))
            continue
        if stored != clip.n_samples or not clip.n_samples:
            detail = f"{stored} samples, {clip.n_samples} are listed"
            faults.append(Fault(clip.id, "wrong length", detail))
        if len(notes):
            late = notes["onset"] >= max(clip.n_samples, 1)
            late |= notes["offset"] > clip.n_samples + RING_SAMPLES
            if late.any():
                detail = f"{int(late.sum())} notes"
                faults.append(Fault(clip.id, "label past the end", detail))
            wrong = (notes["offset"] <= np.maximum(notes["onset"], 0)) & ~late | impossible(notes)
            if wrong.any():
                faults.append(Fault(clip.id, "bad label", f"{int(wrong.sum())} impossible notes"))
        if listen and clip.kind in LABELLED and len(pcm):
            peak = int(np.abs(pcm.astype(np.int32)).max()) / 32768
            if peak < SILENT_PEAK:
                faults.append(Fault(clip.id, "silent", f"peak {peak:.1e}"))
    return faults


def repeated_clips(shards: Shards) -> list[Fault]:
    """One fault for each clip that came before, naming the folders of both."""
    first: dict[str, int] = {}
    faults = []
    for i, clip in enumerate(shards.clips):
        if (before := first.setdefault(clip.id, i)) != i:
            here, there = shards.folder(i), shards.folder(before)
            places = f"twice in '{here}'" if here == there else f"in '{there}' and in '{here}'"
            faults.append(Fault(clip.id, "duplicate id", f"'{clip.id}' is {places}"))
    return faults


def healthy_clips(shards: Shards) -> tuple[Shards, str]:
    """The clips that can be trained on, and one line about the others ("" if there are none).

    Raises:
        UserError: if more than 1 % are bad.
    """
    faults = clip_faults(shards)
    if not faults:
        return shards, ""
    repeated = {fault.id for fault in faults if fault.kind == "duplicate id"}
    bad = {fault.id for fault in faults} - repeated
    seen: set[str] = set()
    kept = []
    for i, clip in enumerate(shards.clips):
        if clip.id not in bad and clip.id not in seen:
            kept.append(i)
        seen.add(clip.id)
    skipped = len(shards) - len(kept)
    told = f"{skipped} of {len(shards)} clips are bad ({describe_faults(faults)})"
    if twice := next((fault.detail for fault in faults if fault.kind == "duplicate id"), ""):
        told = f"{told}; {twice}"
    if skipped > MOST_BAD * len(shards):
        remedy = "list them with `jtm data doctor FOLDER`"
        if twice:
            remedy = (
                "give each recording once; shards of an earlier version call different recordings "
                "alike whose files have one name: `jtm data index` their folders again"
            )
        raise UserError(f"{told}: more than 1 %; {remedy}.")
    return shards.keep(kept), f"{told} and are skipped"


def labelled_clips(shards: Shards) -> tuple[Shards, str]:
    """The clips that somebody labelled, and one line about the others ("" if there are none).

    A recording without a label is not silent, and would be learned as silence.

    Raises:
        UserError: if no clip is labelled.
    """
    known = [i for i, clip in enumerate(shards.clips) if clip.labelled]
    if len(known) == len(shards):
        return shards, ""
    if not known:
        raise UserError(
            f"None of the {len(shards)} clips has labels: their recordings were indexed as plain "
            "audio. Put a .mid or .csv of the same name beside each and index them again "
            "(docs/data.md), or `jtm pretrain` these."
        )
    without = len(shards) - len(known)
    return shards.keep(known), f"{without} of {len(shards)} clips have no labels and are left out"


def describe_faults(faults: list[Fault]) -> str:
    """Counts by kind, most frequent first: `silent 3, NaN 1`."""
    counts = Counter(fault.kind for fault in faults)
    return ", ".join(f"{kind} {count}" for kind, count in counts.most_common())


def is_shard_folder(folder: Path) -> bool:
    """Does the folder hold shards rather than a corpus?"""
    files = (path for kind in (PCM, TAR) for path in folder.glob(f"[0-9]*{kind}"))
    return next(files, None) is not None
