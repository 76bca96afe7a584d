"""An exported model on recordings: heard once, decoded as the live chain does for every view."""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch

from realtime.inference.onnx_model import OnnxModel
from realtime.inference.spec import OUTPUTS, DecoderSettings, ModelSpec
from realtime.transcription.resample import HopResampler
from realtime.transcription.tracker import NoteTracker
from realtime.values.log_odds import to_probabilities
from realtime.values.notes import Note, pair_notes
from trainer.evaluation.figures import Figures, note_roll, score
from trainer.evaluation.recording import ScoredRecording
from trainer.evaluation.scoring import average_precision
from trainer.evaluation.tables import Outcome, Tables, by_group, find_outcomes

TAIL_FRAMES = 2
"""Frames of silence that are heard beyond the look-ahead, as the live chain does at an end."""
NO_SWELL = 1.1


@dataclass(frozen=True)
class RecordingRolls:
    """Probabilities of a recording for every look-ahead: name -> `(frames, look_aheads, 88)`."""

    recording: ScoredRecording
    rolls: dict[str, np.ndarray]
    left_s: np.ndarray | None = None
    """Stream time in seconds at which each frame was computed; None where hops are not delayed."""
    delay_s: float = 0.0
    """Delay of the resampler, in seconds."""


def predict(model: OnnxModel, recording: ScoredRecording) -> RecordingRolls:
    """Run the model once over a recording, keeping the probabilities of all look-aheads."""
    audio, rate = recording.sound()
    spec = model.spec
    resampler = HopResampler(rate, spec.sample_rate, spec.hop_samples)
    longest = max(head.look_ahead_frames for head in spec.heads) + TAIL_FRAMES
    tail_s = longest * spec.hop_ms / 1000 + resampler.delay_s
    tail = np.zeros(math.ceil(tail_s * rate), np.float32)
    model.reset()
    hops = list(resampler.push(np.concatenate([audio, tail])))
    logits = [model.logits(hop) for hop, _ in hops]
    rolls = {
        name: to_probabilities(np.stack([hop[name] for hop in logits]).astype(np.float32))
        for name in OUTPUTS
    }
    left_s = np.array([needed for _, needed in hops]) / rate
    return RecordingRolls(recording, rolls, left_s, resampler.delay_s)


def decode_rolls(
    heard: RecordingRolls, spec: ModelSpec, head: int, settings: DecoderSettings
) -> list[Note]:
    """Notes of one look-ahead through the runtime's tracker, as the live chain gives them.

    When the recording is over, sounding notes are heard out against silence, and none begins.
    """
    look_ahead = spec.heads[head].look_ahead_frames
    frame_s = spec.hop_ms / 1000
    length = heard.recording.seconds
    left_s = heard.left_s
    if left_s is None:
        left_s = frame_s * np.arange(1, len(heard.rolls["onset"]) + 1)
    tail_s = (look_ahead + TAIL_FRAMES) * frame_s + heard.delay_s
    frames = int(np.searchsorted(left_s, length + tail_s, side="right"))
    end = math.ceil(round(length / frame_s, 6))
    rolls = [heard.rolls[name][:frames, head] for name in OUTPUTS]
    early = {
        one.look_ahead_frames: tuple(
            heard.rolls[name][:frames, other] for name in ("onset", "velocity")
        )
        for other, one in enumerate(spec.heads)
    }
    early = {
        frames_ahead: (silent_from(onset, end + frames_ahead), velocity)
        for frames_ahead, (onset, velocity) in early.items()
    }
    tracker = NoteTracker(
        settings, spec.pitch_low, spec.pitch_count, look_ahead, spec.velocity_maps
    )
    timed = []
    rolls[0] = silent_from(rolls[0], end + look_ahead)
    for part in (slice(0, end + look_ahead), slice(end + look_ahead, None)):
        own = {ahead: (one[part], two[part]) for ahead, (one, two) in early.items()}
        onset, frame, offset, velocity = (roll[part] for roll in rolls)
        events = tracker.feed_each(onset, frame, offset, velocity, own)
        timed += [(event, float(left_s[part][hop])) for hop, event in events]
        tracker.settings = replace(settings, swell_threshold=NO_SWELL)
    finished = float(left_s[frames - 1]) if frames else 0.0
    notes = pair_notes(timed + [(event, finished) for event in tracker.finish()], frame_s)
    return [note for note in notes if note.onset_s < length]


def silent_from(roll: np.ndarray, frame: int) -> np.ndarray:
    """A copy of `(frames, 88)` with nothing from `frame` on."""
    roll = roll.copy()
    roll[frame:] = 0
    return roll


def frame_precision(heard: RecordingRolls, spec: ModelSpec, head: int) -> Figures:
    """Average precision of the frame probabilities: no threshold decides; {} without notes."""
    if not len(heard.recording.notes):
        return {}
    look_ahead, frame_s = spec.heads[head].look_ahead_frames, spec.hop_ms / 1000
    roll = heard.rolls["frame"][look_ahead:, head]
    frames = min(len(roll), math.ceil(heard.recording.seconds / frame_s))
    low = spec.pitch_low
    truth = note_roll(heard.recording.notes, frames, frame_s)[:, low : low + spec.pitch_count]
    flat = torch.from_numpy(np.ascontiguousarray(roll[:frames])).flatten()
    return {"frame_ap": average_precision(flat, torch.from_numpy(truth).flatten())}


def score_rolls(
    heard: RecordingRolls, spec: ModelSpec, head: int, settings: DecoderSettings
) -> Outcome:
    """Everything that tables are made of, for one recording and look-ahead."""
    found = decode_rolls(heard, spec, head, settings)
    figures = score(heard.recording, found) | frame_precision(heard, spec, head)
    return find_outcomes(heard.recording, found, figures)


def score_each(
    heard: list[RecordingRolls], spec: ModelSpec, head: int, settings: DecoderSettings
) -> list[tuple[ScoredRecording, Figures]]:
    """Every recording with the brief figures that tuning wants, at one look-ahead."""
    return [
        (one.recording, score(one.recording, decode_rolls(one, spec, head, settings), brief=True))
        for one in heard
    ]


def evaluate(
    heard: list[RecordingRolls], spec: ModelSpec, head: int, settings: DecoderSettings
) -> Tables:
    """Brief scores by group of one look-ahead with these thresholds."""
    return by_group(score_each(heard, spec, head, settings))
