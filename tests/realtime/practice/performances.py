"""Performances made of numbers: what a network that hears perfectly would say of them."""

from collections.abc import Iterable, Sequence

import numpy as np

from realtime.practice.attacks import NetworkRolls
from realtime.practice.pieces import PieceNote

FRAME_S = 0.01
LOW = 21

Played = tuple[float, float, int]
"""(onset, offset) in seconds, pitch."""


def heard(
    played: Iterable[Played], seconds: float | None = None, strength: float = 1.0
) -> NetworkRolls:
    """Onsets spread over five frames around 10 ms after the key, frames while it is down."""
    played = list(played)
    length = seconds or max((off for _, off, _ in played), default=0.0) + 1.0
    onset = np.zeros((round(length / FRAME_S), 88), dtype=np.float32)
    frame = np.zeros_like(onset)
    for on, off, pitch in played:
        middle = round(on / FRAME_S) + 1
        for shift, share in ((-2, 0.2), (-1, 0.7), (0, 0.95), (1, 0.7), (2, 0.2)):
            if 0 <= middle + shift < len(onset):
                row = onset[middle + shift]
                row[pitch - LOW] = max(row[pitch - LOW], share * strength)
        frame[middle : round(off / FRAME_S), pitch - LOW] = 0.95
    return NetworkRolls(onset, frame, FRAME_S, LOW, length)


def melody(pitches: Sequence[int], step_s: float = 0.4) -> list[PieceNote]:
    """One note after another, four to a bar."""
    return [
        PieceNote(i * step_s, (i + 0.9) * step_s, pitch, i // 4 + 1, i % 4 + 1.0)
        for i, pitch in enumerate(pitches)
    ]


def play(
    notes: Iterable[PieceNote], start_s: float = 0.5, rate: float = 1.0, from_s: float = 0.0
) -> list[Played]:
    """The notes at another tempo, the place `from_s` of the score at `start_s` of the sound."""
    return [
        (start_s + (n.onset_s - from_s) / rate, start_s + (n.offset_s - from_s) / rate, n.pitch)
        for n in notes
    ]
