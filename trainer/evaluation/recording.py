"""One recording of a set: its sound, its true notes, and how they are judged."""

from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from realtime.audio.sources import FileSource
from realtime.files.labels.note_table import SECONDS_DTYPE
from realtime.troubles.errors import UserError
from realtime.values.ranges import Range
from trainer.evaluation.truths import BLOCK
from trainer.shards.format import SHARD_RATE
from trainer.shards.health.recordings import describe_rewritten
from trainer.shards.shards import Shards

TOLERANCES = Range(0, 1, "s", above=True)
"""Seconds that an onset may be off at all; larger numbers are milliseconds by mistake."""
ONSET_TOLERANCE = 0.05
"""Seconds that an onset may be off, as in MIREX and in the literature on pianos."""
SOFT_TOLERANCE = 0.1
"""Seconds, for groups whose onsets are bowed, blown, sung or set by hand."""
SOFT_GROUPS = (
    "violin_solo",
    "urmp_mono",
    "urmp_mix",
    "mono_other",
    "ensemble",
    "synth_dev_soft",
    "voice",
)
"""Groups with SOFT_TOLERANCE where neither the manifest nor an option says so."""
SHORTEST_SECONDS = 0.001
"""A note that ends where it begins is as long as this."""
LATEST_ONSET = 0.05
"""Seconds before the end of a recording after which a note can hardly be heard."""


@dataclass(frozen=True)
class ScoredRecording:
    """One item of an evaluation set."""

    id: str
    group: str
    audio: Path
    """A sound file; of shards their folder."""
    notes: np.ndarray
    """float64 (n, 4): onset_s, offset_s, MIDI pitch, velocity 0-127 (NaN unknown)."""
    seconds: float
    tolerance: float = ONSET_TOLERANCE
    """Seconds that an onset may be off."""
    instrument: str = ""
    programs: tuple[int, ...] = ()
    """GM program (0-127, -1 unknown) of each note; empty where none is known."""
    clips: tuple[int, ...] = ()
    """Numbers of its clips in shards, in order."""
    channel: int = 0
    """Channel of the file that is heard, from 1; 0 mixes all of them."""
    outside: int = 0
    """Notes of its truth that begin before the sound, or too late in it to be heard; no score
    counts them."""
    off_keyboard: int = 0
    """Notes of its truth that lie off a piano's keyboard; no score counts them."""
    drums: int = 0
    """Notes of its truth on the drum channel; no score counts them."""
    twin: str = ""
    """An earlier recording of the set with the same samples; "" for none. Its notes are the same,
    or one of the two is said to have none."""
    fellow: str = ""
    """An earlier recording of a folder with the same label file; "" for none."""

    def sound(self) -> tuple[np.ndarray, int]:
        """Mono float32 (samples,) and its rate in Hz."""
        if self.clips:
            shards = open_shards(str(self.audio))
            pcm = np.concatenate([np.asarray(shards.audio(clip)) for clip in self.clips])
            return pcm.astype(np.float32) / 32768, SHARD_RATE
        blocks = []
        with closing(FileSource(self.audio, self.channel)) as source:
            while (block := source.read(BLOCK)) is not None:
                blocks.append(block)
        return np.concatenate(blocks), source.rate


@dataclass(frozen=True)
class SetOptions:
    """How the recordings of a set are found, grouped and judged."""

    corpus: str = ""
    """Name of the corpus in a folder, as for `jtm data`; empty to guess it from the files."""
    split: str = ""
    """Part of a corpus, SCHEME:PART, such as official:test; empty for everything."""
    group: str = ""
    """Category by which recordings are grouped, such as instrument or composer; empty for the
    manifest's column group, or the corpus."""
    tolerance: float = ONSET_TOLERANCE
    """Seconds that an onset may be off, above 0, at most 1."""
    soft_tolerance: float = SOFT_TOLERANCE
    """Seconds that an onset of a soft group may be off."""
    soft_groups: tuple[str, ...] = SOFT_GROUPS
    """Groups with soft onsets; a manifest's own column onset_tolerance_s or soft comes first."""


def with_truth(
    one: ScoredRecording, truth: np.ndarray, remedy: str = "mend its label"
) -> ScoredRecording:
    """The recording with those notes, `(n,)` of SECONDS_DTYPE, that begin in time to be heard.

    Args:
        one: recording.
        truth: its notes, others among them.
        remedy: what to do where none can be heard.

    Raises:
        UserError: if there are notes and none of them does: it is no recording without notes.
    """
    inside = (truth["onset"] >= 0) & (truth["onset"] < one.seconds - LATEST_ONSET)
    if len(truth) and not inside.any():
        raise UserError(
            f"None of the {len(truth)} notes of '{one.id}' begins within its sound; {remedy}."
        )
    outside, truth = int((~inside).sum()), truth[inside]
    onset = truth["onset"]
    offset = np.maximum(np.minimum(truth["offset"], one.seconds), onset + SHORTEST_SECONDS)
    table = np.stack([onset, offset, truth["pitch"], 127.0 * truth["velocity"]], axis=1)
    known = (truth["program"] >= 0).any()
    programs = tuple(truth["program"].tolist()) if known else ()
    return replace(
        one, notes=table.astype(float).reshape(-1, 4), programs=programs, outside=outside
    )


@cache
def open_shards(folder: str) -> Shards:
    """Open a folder of shards, once in a process."""
    return Shards(folder)


def rewritten_notes(one: ScoredRecording) -> str:
    """How many notes of a recording begin twice at one moment with other ends; "" for none."""
    table = np.zeros(len(one.notes), SECONDS_DTYPE)
    table["onset"], table["offset"], table["pitch"] = one.notes[:, :3].T
    table["program"] = one.programs or -1
    return describe_rewritten(table)
