"""Notes against notes, by mir_eval, through the decoder that the live path uses."""

from dataclasses import replace

import mir_eval
import numpy as np
import torch
from torch import Tensor

from realtime.inference.spec import LOWEST_PITCH, PITCHES, usual_decoder
from realtime.transcription.tracker import NoteTracker
from realtime.values.notes import Note, pair_notes
from realtime.values.pitches import hertz
from trainer.network.heads import Activations


def decode(
    activations: Activations,
    head: int,
    look_ahead_frames: int,
    frame_seconds: float,
    onset_threshold: float | None = None,
) -> list[Note]:
    """Notes of one recording by one look-ahead's output and the decoder's own settings.

    Args:
        activations: of batch size 1.
        head: number of the output.
        look_ahead_frames: of that output.
        frame_seconds: hop of the network.
        onset_threshold: probability (0-1) in place of the decoder's own.
    """
    settings = usual_decoder(frame_seconds)
    if onset_threshold is not None:
        settings = replace(settings, onset_threshold=onset_threshold)
    tracker = NoteTracker(settings, LOWEST_PITCH, PITCHES, look_ahead_frames)
    onset, frame, offset, velocity = (
        torch.sigmoid(part[0, :, head]).cpu().numpy() for part in activations
    )
    events = tracker.feed(onset, frame, offset, velocity) + tracker.finish()
    return pair_notes([(event, event.frame * frame_seconds) for event in events], frame_seconds)


def onset_f1(
    reference: np.ndarray, found: list[Note], sample_rate: int = 16_000, tolerance: float = 0.05
) -> float:
    """Onset and pitch F1.

    Args:
        reference: structured notes with `onset`, `offset` in samples and `pitch`.
        found: estimated notes.
        sample_rate: of the reference, Hz.
        tolerance: seconds.

    Returns:
        F1; 1 where both are empty, 0 where only one is.
    """
    if not len(reference) or not found:
        return float(not len(reference) and not found)
    intervals = np.stack([reference["onset"], reference["offset"]], axis=1) / sample_rate
    intervals[:, 1] = np.maximum(intervals[:, 1], intervals[:, 0] + 0.01)
    estimated = np.array([[note.onset_s, note.offset_s] for note in found])
    pitches = np.array([note.pitch for note in found])
    return float(
        mir_eval.transcription.precision_recall_f1_overlap(
            intervals,
            hertz(reference["pitch"].astype(float)),
            estimated,
            hertz(pitches.astype(float)),
            onset_tolerance=tolerance,
            offset_ratio=None,
        )[2]
    )


def average_precision(scores: Tensor, truths: Tensor) -> float:
    """Area under precision and recall, in steps: items that score alike are found together.

    Args:
        scores: `(n,)`.
        truths: `(n,)` bool.

    Returns:
        What `sklearn.metrics.average_precision_score` gives; 0 where nothing is true.
    """
    order = torch.argsort(scores, descending=True, stable=True)
    ranked, hits = scores[order], truths[order].double()
    last = torch.cat([ranked[1:] != ranked[:-1], ranked.new_ones(1, dtype=torch.bool)])
    right = hits.cumsum(0)[last]
    precision = right / (last.nonzero().flatten() + 1)
    gained = torch.diff(right, prepend=right.new_zeros(1))
    return float((precision * gained).sum() / hits.sum().clamp(min=1))
