"""What a whole held-out recording says of a transcriber: loss, notes, frames."""

from dataclasses import replace

import mir_eval
import numpy as np
import torch
from torch import Tensor

from realtime.values.notes import Note
from realtime.values.pitches import hertz
from trainer.crops.targets import make_targets
from trainer.finetuning.losses import LossWeights, transcription_loss
from trainer.network.heads import Activations

RATE = 16_000
"""Hz of the notes' onsets and offsets."""
TOLERANCE = 0.05
"""Seconds by which an onset may be off."""


def held_out_loss(
    activations: Activations,
    wanted: Activations,
    look_aheads: tuple[int, ...],
    weights: LossWeights,
) -> Tensor:
    """The loss of a recording from its first frame on; 0 where it is shorter than a look-ahead.

    Args:
        activations: logits `(1, frames, look_aheads, 88)`.
        wanted: targets `(1, frames, 88)`.
        look_aheads: frames, one for each output.
        weights: of the parts.
    """
    if wanted.onset.shape[1] <= max(look_aheads):
        return wanted.onset.new_zeros(())
    return transcription_loss(
        activations, wanted, look_aheads, replace(weights, warm_up_frames=0)
    ).total


def targets_of(
    notes: np.ndarray, frames: int, hop_samples: int, device: torch.device
) -> Activations:
    """Targets `(1, frames, 88)` of a recording."""
    rolls = make_targets(notes, frames, hop_samples)
    return Activations(*(torch.from_numpy(roll)[None].to(device) for roll in rolls))


def note_scores(notes: np.ndarray, found: list[Note]) -> dict[str, float]:
    """Precision and recall of onsets (50 ms), and F1 of notes whose offsets are right too.

    An offset is right within 50 ms, or a fifth of the note where that is more (Hawthorne et al.
    2018). Where both sides are empty all are 1, where one is empty all are 0.

    Args:
        notes: structured, with `onset` and `offset` in samples, and `pitch`.
        found: estimated notes.
    """
    names = ("onset_precision", "onset_recall", "note_f1")
    if not len(notes) or not found:
        return dict.fromkeys(names, float(not len(notes) and not found))
    intervals = np.stack([notes["onset"], notes["offset"]], axis=1) / RATE
    intervals[:, 1] = np.maximum(intervals[:, 1], intervals[:, 0] + 0.01)
    reference = intervals, hertz(notes["pitch"])
    estimated = (
        np.array([[note.onset_s, note.offset_s] for note in found]),
        hertz(np.array([note.pitch for note in found])),
    )
    score = mir_eval.transcription.precision_recall_f1_overlap
    onsets = score(*reference, *estimated, onset_tolerance=TOLERANCE, offset_ratio=None)
    whole = score(*reference, *estimated, onset_tolerance=TOLERANCE)
    return dict(zip(names, map(float, (onsets[0], onsets[1], whole[2])), strict=True))


def frame_f1(logits: Tensor, wanted: Tensor, delay: int) -> float:
    """F1 of sounding frames at probability 0.5; 1 where nothing sounds and nothing is said.

    Args:
        logits: `(frames, 88)`; row `i` describes frame `i - delay`.
        wanted: `(frames, 88)`.
        delay: frames.
    """
    said, sounds = logits[delay:] > 0, wanted[: len(wanted) - delay] > 0.5
    right, all_of_both = int((said & sounds).sum()), int(said.sum() + sounds.sum())
    return 2 * right / all_of_both if all_of_both else 1.0
