"""Figures of one recording: found notes against true ones, by mir_eval's definitions.

Note, note with offset, and note with offset and velocity are those of Hawthorne et al. 2018
(arXiv 1710.11153): onset within the tolerance, offset within the larger of 50 ms and a fifth of the
note, velocity within a tenth after the best line.
"""

from collections.abc import Sequence

import mir_eval
import numpy as np

from realtime.values.notes import Note
from realtime.values.pitches import hertz
from trainer.evaluation.recording import SHORTEST_SECONDS, ScoredRecording

LIVE_SECONDS = 0.06
"""A note that left within this of its onset is in time for a player."""
SAME_TIME = 1e-6
"""Seconds by which sums of the same times differ, as floating-point numbers are."""
WIDE_SECONDS = 0.25
"""Onsets this near are compared for the constant part of their error."""
FRAME_SECONDS = 0.01
PITCHES = 128

Figures = dict[str, float]


def score(recording: ScoredRecording, found: Sequence[Note], brief: bool = False) -> Figures:
    """Figures of one recording; false notes a minute where no note is true.

    Args:
        recording: with its true notes.
        found: notes of an answer.
        brief: leave out what tuning does not look at: frames, both of offset and velocity, and
            what a constant delay costs.

    Returns:
        precision, recall and F1 of onsets and frames (10 ms); F1 with offset, with velocity, with
        both, in time (left within LIVE_SECONDS), after the median onset error was taken out; that
        error, and the delays of matched notes, in ms. What is not known is left out: velocities
        where the truth has none or either side has one alone, delays where nothing matched.
    """
    found = [note for note in found if 0 <= note.onset_s < recording.seconds]
    if not len(recording.notes):
        return {"false_per_minute": 60 * len(found) / recording.seconds}
    names = ("onset_precision", "onset_recall", "onset_f1", "offset_f1", "live_f1", "aligned_f1")
    frames = ("frame_precision", "frame_recall", "frame_f1")
    played = recording.notes[:, 3]
    known = bool(np.isfinite(played).all() and np.ptp(played) > 0)
    if not found:
        loud = ("velocity_f1", "offset_velocity_f1") if known else ()
        return dict.fromkeys((*names, *frames, *loud), 0.0)
    truth, pitches = intervals_of(recording.notes)
    table = np.array([[n.onset_s, n.offset_s, n.pitch, n.velocity, n.emitted_s] for n in found])
    heard, heard_pitches = intervals_of(table)
    sides = (truth, pitches, heard, heard_pitches)
    tolerance = recording.tolerance
    match = mir_eval.transcription.match_notes
    pairs = match(*sides, onset_tolerance=tolerance, offset_ratio=None)
    whole = match(*sides, onset_tolerance=tolerance, offset_ratio=0.2)
    total = len(truth) + len(found)
    delays = np.array([table[j, 4] - recording.notes[i, 0] for i, j in pairs])
    figures = {
        "onset_precision": len(pairs) / len(found),
        "onset_recall": len(pairs) / len(truth),
        "onset_f1": 2 * len(pairs) / total,
        "offset_f1": 2 * len(whole) / total,
        "live_f1": 2 * float((delays <= LIVE_SECONDS + SAME_TIME).sum()) / total,
    }
    if not brief:
        figures |= _aligned(sides, tolerance, total) | _frames(recording.notes, table)
    if len(delays) and np.isfinite(delays).all():
        figures["delay_ms"] = 1000 * float(np.median(delays))
        figures["delay_p95_ms"] = 1000 * float(np.percentile(delays, 95))
    if known and np.ptp(table[:, 3]) > 0:
        loudness = mir_eval.transcription_velocity.precision_recall_f1_overlap
        voices = (truth, pitches, played, heard, heard_pitches, table[:, 3])
        words = {"onset_tolerance": tolerance}
        figures["velocity_f1"] = loudness(*voices, **words, offset_ratio=None)[2]
        if not brief:
            figures["offset_velocity_f1"] = loudness(*voices, **words)[2]
    return figures


def intervals_of(notes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3 or more) of onset, offset, pitch -> intervals (n, 2) in seconds and pitches in Hz."""
    intervals = notes[:, :2].copy()
    intervals[:, 1] = np.maximum(intervals[:, 1], intervals[:, 0] + SHORTEST_SECONDS)
    return intervals, hertz(np.round(notes[:, 2]))


def _aligned(sides: tuple[np.ndarray, ...], tolerance: float, total: int) -> Figures:
    """Median onset error over wide matches, and onset F1 without it."""
    truth, pitches, heard, heard_pitches = sides
    match = mir_eval.transcription.match_notes
    wide = match(*sides, onset_tolerance=WIDE_SECONDS, offset_ratio=None)
    if not wide:
        return {"aligned_f1": 0.0}
    error = float(np.median([heard[j, 0] - truth[i, 0] for i, j in wide]))
    moved = heard - error
    before = max(0.0, -float(moved.min()))  # mir_eval wants no negative times
    pairs = match(
        truth + before,
        pitches,
        moved + before,
        heard_pitches,
        onset_tolerance=tolerance,
        offset_ratio=None,
    )
    return {"onset_error_ms": 1000 * error, "aligned_f1": 2 * len(pairs) / total}


def _frames(truth: np.ndarray, found: np.ndarray) -> Figures:
    """Precision, recall and F1 of the frames in which a pitch sounds."""
    frames = int(np.ceil(max(truth[:, 1].max(), found[:, 1].max()) / FRAME_SECONDS)) + 2
    true, heard = (note_roll(notes, frames, FRAME_SECONDS) for notes in (truth, found))
    both = int((true & heard).sum())
    precision, recall = both / int(heard.sum()), both / int(true.sum())
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return {"frame_precision": precision, "frame_recall": recall, "frame_f1": f1}


def note_roll(notes: np.ndarray, frames: int, frame_seconds: float) -> np.ndarray:
    """Where each pitch sounds, bool (frames, 128), of (n, 3 or more) onset, offset, pitch."""
    roll = np.zeros((frames, PITCHES), bool)
    first = np.maximum(np.round(notes[:, 0] / frame_seconds).astype(int), 0)
    last = np.maximum(np.round(notes[:, 1] / frame_seconds).astype(int), first + 1)
    for start, end, pitch in zip(first, last, np.round(notes[:, 2]).astype(int), strict=True):
        roll[start:end, pitch] = True
    return roll
