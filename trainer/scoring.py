"""Notes against notes, by mir_eval, through the decoder that the live path uses."""

import mir_eval
import numpy as np
import torch

from realtime.notes import Note, NoteTracker, pair_notes
from realtime.spec import DecoderSettings
from trainer.heads import Activations
from trainer.pitches import LOWEST_PITCH, PITCHES

FRAME_SECONDS = 0.01


def decode(
    activations: Activations,
    head: int,
    look_ahead_frames: int,
    settings: DecoderSettings = DecoderSettings(),
) -> list[Note]:
    """Notes of one recording, `activations` of batch size 1, by one look-ahead's output."""
    tracker = NoteTracker(settings, LOWEST_PITCH, PITCHES, look_ahead_frames)
    rolls = [torch.sigmoid(part[0, :, head]).cpu().numpy() for part in activations]
    events = tracker.feed(*rolls) + tracker.finish()
    return pair_notes([(event, event.frame * FRAME_SECONDS) for event in events], FRAME_SECONDS)


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
            hertz(reference["pitch"]),
            estimated,
            hertz(pitches),
            onset_tolerance=tolerance,
            offset_ratio=None,
        )[2]
    )


def hertz(midi: np.ndarray) -> np.ndarray:
    """MIDI numbers -> Hz, A4 = 440."""
    return 440.0 * 2.0 ** ((midi.astype(float) - 69.0) / 12.0)
