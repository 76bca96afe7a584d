"""Networks of short training runs, scored on held-out renders and on beginnings of recordings."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
import soxr
import torch
from sklearn.metrics import average_precision_score

from realtime.inference.spec import LOWEST_PITCH, PITCHES, DecoderSettings, HeadSpec, ModelSpec
from trainer.evaluation.evaluate import RecordingRolls, evaluate
from trainer.evaluation.recording import ScoredRecording
from trainer.network.model import Transcriber
from trainer.shards.shards import Shards

THRESHOLDS = (0.03, 0.05, 0.1, 0.15, 0.2, 0.3)
COMPARED_FRAMES = 4
"""Look-ahead that networks are compared at: 40 ms."""


def predict(model: Transcriber, recording: ScoredRecording, audio: np.ndarray) -> RecordingRolls:
    """Probabilities of a recording from the network itself, in one piece."""
    hop = model.hop_samples
    longest = max(model.settings.look_aheads)
    usable = len(audio) // hop * hop
    padded = np.concatenate([audio[:usable], np.zeros((longest + 1) * hop, np.float32)])
    with torch.inference_mode():
        activations, _, _ = model(torch.from_numpy(padded)[None], model.initial_state(1))
    rolls = {
        name: torch.sigmoid(getattr(activations, name)[0]).numpy()
        for name in ("onset", "frame", "offset", "velocity")
    }
    return RecordingRolls(recording, rolls)


def held_out(folder: Path, count: int) -> list[tuple[ScoredRecording, np.ndarray]]:
    """Rendered clips with notes, as recordings of one group."""
    shards = Shards([str(folder)])
    items = []
    for index in [i for i in range(len(shards)) if len(shards.notes(i))][:count]:
        audio = shards.audio(index).astype(np.float32) / 32768
        notes = shards.notes(index)
        notes = notes[notes["onset"] >= 0]
        columns = [notes["onset"] / 16_000, notes["offset"] / 16_000, notes["pitch"]]
        truth = np.stack([*columns, 127 * notes["velocity"]], axis=1).astype(float)
        truth[:, 1] = np.maximum(truth[:, 1], truth[:, 0] + 0.01)
        items.append(
            (ScoredRecording(str(index), "valid", folder, truth, len(audio) / 16_000), audio)
        )
    return items


def shortened(recording: ScoredRecording, seconds: float) -> tuple[ScoredRecording, np.ndarray]:
    """The first seconds of a recording with its notes, at 16 kHz."""
    audio, rate = soundfile.read(recording.audio, dtype="float32", always_2d=True)
    audio = soxr.resample(audio.mean(axis=1), rate, 16_000)[: int(seconds * 16_000)]
    length = len(audio) / 16_000
    notes = recording.notes[recording.notes[:, 0] < length - 0.05].copy()
    notes[:, 1] = np.minimum(notes[:, 1], length)
    return replace(recording, notes=notes, seconds=length), audio


def choose_threshold(
    model: Transcriber, valid: list[tuple[ScoredRecording, np.ndarray]]
) -> tuple[ModelSpec, dict[str, float]]:
    """The promise of a network, its best onset threshold on `valid` at 40 ms, and its scores there.

    Returns:
        A specification with the decoder's own settings; `threshold`, `valid_ap` and `valid_f1`.
    """
    looks = model.settings.look_aheads
    spec = ModelSpec("cell", heads=tuple(HeadSpec(frames) for frames in looks))
    head = looks.index(COMPARED_FRAMES)
    heard = [predict(model, *item) for item in valid]
    tried = {trial: onset_f1(heard, spec, head, trial)["all"] for trial in THRESHOLDS}
    threshold = max(tried, key=lambda trial: tried[trial])
    return spec, {
        "threshold": threshold,
        "valid_ap": precision_of_frames(heard, head, COMPARED_FRAMES),
        "valid_f1": tried[threshold],
    }


def onset_f1(
    heard: list[RecordingRolls], spec: ModelSpec, head: int, threshold: float
) -> dict[str, float]:
    """Onset F1 of every group with notes, and `all`, the mean of groups."""
    table = evaluate(heard, spec, head, DecoderSettings(onset_threshold=threshold))
    return {name: row["onset_f1"] for name, row in table.items() if "onset_f1" in row}


def precision_of_frames(heard: list[RecordingRolls], head: int, look_ahead: int) -> float:
    """Average precision of the frame probabilities, mean of groups, where there are notes."""
    groups: dict[str, list[float]] = {}
    for one in heard:
        said = one.rolls["frame"][look_ahead:, head]
        true = np.zeros_like(said, dtype=bool)
        for onset, offset, pitch in one.recording.notes[:, :3]:
            if 0 <= pitch - LOWEST_PITCH < PITCHES:
                true[round(100 * onset) : round(100 * offset), int(pitch) - LOWEST_PITCH] = True
        if true.any():
            score = average_precision_score(true.ravel(), said.ravel())
            groups.setdefault(one.recording.group, []).append(float(score))
    return float(np.mean([np.mean(scores) for scores in groups.values()]))
