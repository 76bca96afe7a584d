"""Truths that scores are counted against, and the sound they belong to: possible, or refused."""

from contextlib import closing
from pathlib import Path

import numpy as np

from realtime.audio.sources import FileSource
from realtime.troubles.errors import UserError
from trainer.datasets.labels.label_files import read_label_file
from trainer.datasets.recordings import Recording
from trainer.shards.decoding import decode
from trainer.shards.format import SHARD_RATE
from trainer.shards.health.recordings import FATAL, LATE_OFFSET_SECONDS, audio_faults, impossible

BLOCK = 1 << 18
"""Frames of a file that are read at a time."""
EXACT = (".wav", ".flac", ".ogg", ".opus", ".aif", ".aiff")
"""Formats whose header states the length to the sample."""


def read_truth(path: Path) -> np.ndarray:
    """Notes of a label file that a manifest names.

    Raises:
        UserError: if it is missing, cannot be read, or holds impossible notes.
    """
    if not path.is_file():
        raise UserError(f"No truth '{path}'; mend the manifest.")
    truth = read_label_file(path)
    require_possible(path, truth)
    return truth


def require_possible(path: Path, truth: np.ndarray) -> None:
    """Refuse notes that cannot be, by the doctor's rules.

    Raises:
        UserError: with their number and the first of them.
    """
    wrong = ~np.isfinite(truth["onset"]) | ~np.isfinite(truth["offset"]) | impossible(truth)
    wrong |= (truth["offset"] < truth["onset"]) | (truth["onset"] < 0)
    if wrong.any():
        first = truth[wrong][0]
        raise UserError(
            f"'{path}' has {int(wrong.sum())} impossible notes (first: onset {first['onset']:g} s, "
            f"offset {first['offset']:g} s, pitch {first['pitch']}); mend or remove them."
        )


def require_inside(name: str, truth: np.ndarray, seconds: float) -> None:
    """Refuse notes that lie after the sound, where nobody can hear them: times in another unit?

    Raises:
        UserError: by the doctor's rule for the end of a last note.
    """
    last = float(max(truth["onset"].max(initial=0.0), truth["offset"].max(initial=0.0)))
    if last > seconds + LATE_OFFSET_SECONDS:
        raise UserError(
            f"'{name}' has notes up to {last:.1f} s, and its sound is {seconds:.1f} s long; give "
            "the times in seconds, or cut the notes to the sound."
        )


def require_heard(one: Recording, silence: bool) -> None:
    """Refuse sound that training would leave out.

    Args:
        one: with its sound file.
        silence: whether it may be silent.

    Raises:
        UserError: saying what the doctor says.
    """
    faults = audio_faults(one, decode(one.audio, one.channel))
    told = [(kind, detail) for kind, detail in faults if kind in FATAL]
    if told and not (silence and told[0][0] == "silent"):
        raise UserError(f"'{one.audio}' cannot be scored ({': '.join(told[0])}); replace it.")


def length_of(audio: Path) -> float:
    """Seconds of a sound file; counted where its format does not state them to the sample.

    Raises:
        UserError: if it cannot be read.
    """
    with closing(FileSource(audio)) as source:
        if audio.suffix.lower() in EXACT:
            return source.duration_s
        while source.read(BLOCK) is not None:
            pass
        return source.frames_read / source.rate


def mend_cuts(truth: np.ndarray) -> np.ndarray:
    """Notes that were cut between clips, whole again: same onset, same pitch, latest end."""
    truth = np.sort(truth, order=["onset", "pitch", "offset"])
    times = np.round(truth["onset"] * SHARD_RATE)
    later = (times[1:] == times[:-1]) & (truth["pitch"][1:] == truth["pitch"][:-1])
    return truth[np.append(~later, True)] if len(truth) else truth
