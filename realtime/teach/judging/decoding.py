"""Head weights and examples -> notes, by the decoder that runs live."""

from collections.abc import Mapping

import numpy as np

from realtime.inference.head import head_logits
from realtime.inference.spec import OUTPUTS, DecoderSettings, ModelSpec
from realtime.teach.examples import Examples
from realtime.transcription.tracker import NoteTracker
from realtime.values.arrays import Doubles, Floats
from realtime.values.log_odds import to_probabilities
from realtime.values.notes import pair_notes

BLOCK_ROWS = 1 << 16


def probabilities(examples: Examples, weights: Mapping[str, Floats]) -> Floats:
    """What a head says of every row: (n, 4, look_aheads), 0-1."""
    parts = [
        head_logits(examples.features[start : start + BLOCK_ROWS].astype(np.float32), weights)
        for start in range(0, len(examples.features), BLOCK_ROWS)
    ]
    return to_probabilities(np.concatenate(parts))


def decode(
    examples: Examples, answers: Floats, spec: ModelSpec, head: int, settings: DecoderSettings
) -> Doubles:
    """Notes (n, 3): onset, end in seconds, MIDI pitch; rows that were not kept are silent.

    Args:
        examples: of one piece.
        answers: of `probabilities`.
        spec: of the model.
        head: number of the look-ahead.
        settings: its thresholds.
    """
    shape = (examples.hops, spec.pitch_count)

    def roll(output: int, place: int) -> Floats:
        full = np.zeros(shape, np.float32)
        full[examples.frame, examples.row] = answers[:, output, place]
        return full

    early = {frames for frames, _ in settings.early}
    sooner = {
        one.look_ahead_frames: (roll(0, place), roll(3, place))
        for place, one in enumerate(spec.heads)
        if one.look_ahead_frames in early
    }
    delay = spec.heads[head].look_ahead_frames
    tracker = NoteTracker(settings, spec.pitch_low, spec.pitch_count, delay, spec.velocity_maps)
    seconds = spec.hop_samples / spec.sample_rate
    rolls = [roll(output, head) for output in range(len(OUTPUTS))]
    onset, frame, offset, velocity = rolls
    events = tracker.feed(onset, frame, offset, velocity, sooner) + tracker.finish()
    notes = pair_notes(((event, 0.0) for event in events), seconds)
    table = [(note.onset_s, note.offset_s, note.pitch) for note in notes]
    return np.array(table, float).reshape(-1, 3)
