"""Notes of a trained cell: thresholds picked on validation clips, scores of all others."""

from dataclasses import replace

import numpy as np
import torch

from realtime.inference.spec import LOWEST_PITCH, PITCHES, usual_decoder
from realtime.transcription.tracker import NoteTracker
from realtime.values.notes import Note, pair_notes
from trainer.evaluation.figures import score
from trainer.label_curve.material import Item
from trainer.network.model import Transcriber

THRESHOLDS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8,
              0.9, 0.95, 0.98)  # fmt: skip
"""Onset thresholds that are tried on the validation clips: wide enough that the best of a trained
network is none of the ends."""


@torch.no_grad()
def predict(network: Transcriber, items: list[Item], batch_size: int = 6) -> list[list[np.ndarray]]:
    """Probabilities of each item by the default look-ahead: onset, frame, offset, velocity.

    Returns:
        For each item four arrays `(frames, 88)`; shorter items share a batch with longer ones.
    """
    network.eval()
    head = network.settings.look_aheads.index(network.settings.default_look_ahead)
    tail = network.settings.default_look_ahead * network.hop_samples
    order = sorted(range(len(items)), key=lambda i: len(items[i].audio))
    rolls: list[list[np.ndarray]] = [[] for _ in items]
    for first in range(0, len(order), batch_size):
        chosen = order[first : first + batch_size]
        longest = len(items[chosen[-1]].audio) + tail
        audio = np.zeros((len(chosen), longest), np.float32)
        for row, i in zip(audio, chosen, strict=True):
            row[: len(items[i].audio)] = items[i].audio
        sound = torch.from_numpy(audio).to(network.device)
        activations, _, _ = network(sound, network.initial_state(len(chosen)))
        heard = [torch.sigmoid(part[:, :, head]).cpu().numpy() for part in activations]
        for place, i in enumerate(chosen):
            frames = (len(items[i].audio) + tail) // network.hop_samples
            rolls[i] = [part[place, :frames] for part in heard]
    return rolls


def notes_of(
    rolls: list[np.ndarray], threshold: float, look_ahead: int, hop_seconds: float
) -> list[Note]:
    """Notes of one item through the runtime's tracker."""
    settings = replace(usual_decoder(hop_seconds), onset_threshold=threshold)
    tracker = NoteTracker(settings, LOWEST_PITCH, PITCHES, look_ahead)
    onset, frame, offset, velocity = rolls
    events = tracker.feed(onset, frame, offset, velocity) + tracker.finish()
    timed = [(e, (e.frame + look_ahead + 1) * hop_seconds) for e in events]
    return pair_notes(timed, hop_seconds)


def pick_threshold(
    network: Transcriber, items: list[Item], rolls: list[list[np.ndarray]]
) -> tuple[float, float]:
    """The onset threshold with the highest mean onset F1 over `items`, and that F1."""
    found = {
        threshold: float(np.mean(list(onset_scores(network, items, rolls, threshold).values())))
        for threshold in THRESHOLDS
    }
    best = max(found, key=lambda threshold: found[threshold])
    return best, found[best]


def onset_scores(
    network: Transcriber, items: list[Item], rolls: list[list[np.ndarray]], threshold: float
) -> dict[str, float]:
    """Onset F1 of each item, by its id; every item holds at least one note."""
    hop_seconds = network.hop_samples / network.sample_rate
    look_ahead = network.settings.default_look_ahead
    scores = {}
    for item, heard in zip(items, rolls, strict=True):
        notes = notes_of(heard, threshold, look_ahead, hop_seconds)
        notes = [note for note in notes if note.onset_s < item.recording.seconds]
        scores[item.recording.id] = round(score(item.recording, notes, brief=True)["onset_f1"], 4)
    return scores
