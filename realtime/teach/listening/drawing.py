"""A picture of what was understood: the recording's wave with its named notes over it, as SVG."""

from collections.abc import Sequence
from html import escape

import numpy as np

from realtime.teach.listening.naming import NamedNote
from realtime.teach.listening.recordings import TaughtRecording
from realtime.troubles.texts import TEXTS
from realtime.values.pitches import pitch_name

WIDTH, WAVE, ROLL = 1200, 90, 220
"""Size of one recording's part, in pixels."""
GOOD, BAD = "#2e7d4f", "#c0392b"


def draw(recordings: Sequence[TaughtRecording], notes: Sequence[NamedNote]) -> str:
    """SVG text: a strip for each recording, usable notes green, others red with their reason.

    Args:
        recordings: in order.
        notes: of all of them.
    """
    height = WAVE + ROLL + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{height * len(recordings)}" font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDTH}" height="{height * len(recordings)}" fill="white"/>',
    ]
    for number, recording in enumerate(recordings):
        mine = [note for note in notes if note.recording == number]
        parts.append(f'<g transform="translate(0,{number * height})">')
        parts.append(f'<text x="6" y="14" font-weight="bold">{escape(recording.name)}</text>')
        parts += [*_wave(recording), *_roll(recording, mine), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _wave(recording: TaughtRecording) -> list[str]:
    columns = np.array_split(np.abs(recording.audio), WIDTH)
    peaks = np.array([column.max(initial=0.0) for column in columns])
    peaks = peaks / max(float(peaks.max()), 1e-9) * (WAVE / 2 - 4)
    middle = 20 + WAVE / 2
    upper = " ".join(f"{x},{middle - peak:.1f}" for x, peak in enumerate(peaks))
    lower = " ".join(f"{x},{middle + peak:.1f}" for x, peak in reversed(list(enumerate(peaks))))
    return [f'<polygon points="{upper} {lower}" fill="#9bb0c8"/>']


def _roll(recording: TaughtRecording, notes: Sequence[NamedNote]) -> list[str]:
    pitches = [note.pitch for note in notes if note.pitch]
    low, high = (min(pitches) - 1, max(pitches) + 1) if pitches else (59, 61)
    row = (ROLL - 20) / (high - low + 1)
    scale = WIDTH / max(recording.seconds, 0.1)
    parts = []
    for note in notes:
        x, width = note.start * scale, max(2.0, (note.end - note.start) * scale - 1)
        bottom = 20 + WAVE + (high - (note.pitch or low)) * row
        colour = BAD if note.reason else GOOD
        label = TEXTS[note.reason] if note.reason else pitch_name(note.pitch)
        thick = max(3.0, min(row, 14.0))
        parts.append(
            f'<rect x="{x:.1f}" y="{bottom:.1f}" width="{width:.1f}" height="{thick:.1f}" '
            f'fill="{colour}"/><text x="{x:.1f}" y="{bottom - 2:.1f}" fill="{colour}">'
            f"{escape(label)}</text>"
        )
    return parts
