"""What kinds of mistakes a model makes on recordings with known notes, group by group.

    python -m benchmarks.notes.errors MANIFEST.csv [--model FILE.onnx] [--latency-ms 40]

Prints, for every group, how many of 100 true notes were found, missed for which reason, and how
many of 100 found notes are extra for which reason; then recall by register, by loudness and by
how many notes start together; then what a longer look-ahead finds that this one does not.

Reasons, in the order in which they are tried:
    time       the right pitch within 0.25 s, but outside the onset tolerance (counts on both sides)
    repeat     missed: the pitch was still held from before; extra: a true note was cut in two
    overtone   a note that is an octave, a twelfth or more partials away was found (or is true)
    neighbour  the same, one or two semitones away
    nothing    none of these
"""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import mir_eval
import numpy as np

from realtime.inference.onnx_model import OnnxModel
from realtime.troubles.errors import UserError
from realtime.values.notes import Note
from realtime.values.pitches import hertz
from trainer.evaluation.evaluate import RecordingRolls, decode_rolls, predict
from trainer.evaluation.manifest import read_manifest
from trainer.evaluation.recording import ScoredRecording

REASONS = ("time", "repeat", "overtone", "neighbour", "nothing")
PARTIALS = (12, 19, 24, 28, 31, 34, 36)
"""Semitones from a fundamental to its partials 2-8."""
NEAR_S = 0.25
"""An onset of the right pitch this close is the right note at the wrong time."""


@dataclass(frozen=True)
class Verdict:
    """One recording: what became of every true and of every found note."""

    recording: ScoredRecording
    found: list[Note]
    missed: list[str]
    """Why each true note was missed, "" where it was found."""
    extra: list[str]
    """Why each found note is one too many, "" where it is right."""
    late_ms: list[float]
    """Found minus true onset of the matched notes."""


def judge(recording: ScoredRecording, found: list[Note]) -> Verdict:
    """Match notes by pitch and onset, then find a reason for all that stay alone."""
    truth = recording.notes
    estimate = np.array([[n.onset_s, n.offset_s, n.pitch] for n in found]).reshape(-1, 3)
    pairs = _match(truth, estimate, recording.tolerance)
    missed = ["nothing"] * len(truth)
    extra = ["nothing"] * len(found)
    for i, j in pairs:
        missed[i] = extra[j] = ""
    alone = [i for i, reason in enumerate(missed) if reason]
    spare = [j for j, reason in enumerate(extra) if reason]
    for i, j in _match(truth[alone], estimate[spare], NEAR_S):
        missed[alone[i]] = extra[spare[j]] = "time"
    for i in (i for i, reason in enumerate(missed) if reason == "nothing"):
        onset, _, pitch = truth[i, :3]
        missed[i] = _reason(pitch, onset, estimate, recording.tolerance, going_on=True)
    for j in (j for j, reason in enumerate(extra) if reason == "nothing"):
        onset, _, pitch = estimate[j]
        extra[j] = _reason(pitch, onset, truth[:, :3], recording.tolerance, going_on=False)
    late = [1000 * (estimate[j, 0] - truth[i, 0]) for i, j in pairs]
    return Verdict(recording, found, missed, extra, late)


def _match(truth: np.ndarray, estimate: np.ndarray, tolerance: float) -> list[tuple[int, int]]:
    if not len(truth) or not len(estimate):
        return []
    return mir_eval.transcription.match_notes(
        truth[:, :2],
        hertz(truth[:, 2]),
        np.maximum(estimate[:, :2], [0, 0.001]),
        hertz(estimate[:, 2]),
        onset_tolerance=tolerance,
        offset_ratio=None,
    )


def _reason(
    pitch: float, onset: float, others: np.ndarray, tolerance: float, going_on: bool
) -> str:
    """Why a note at this pitch and time may have been missed (`going_on`) or invented."""
    starting = np.abs(others[:, 0] - onset) <= tolerance
    sounding = (others[:, 0] < onset) & (others[:, 1] > onset)
    near = set((others[starting if going_on else starting | sounding, 2] - pitch).astype(int))
    if (sounding & (others[:, 2] == pitch)).any():
        return "repeat"
    if near & {sign * partial for partial in PARTIALS for sign in (1, -1)}:
        return "overtone"
    return "neighbour" if near & {-2, -1, 1, 2} else "nothing"


def register(verdict: Verdict) -> list[str]:
    """Octave region of every true note."""
    names = ("below C3", "C3-B4", "C5-B5", "C6 and up")
    return [names[int(np.searchsorted((48, 72, 84), p, "right"))] for p in pitches_of(verdict)]


def loudness(verdict: Verdict) -> list[str]:
    """MIDI velocity region of every true note, where it is known."""
    names = ("velocity 1-40", "41-60", "61-80", "81-127")
    velocities = verdict.recording.notes[:, 3]
    return [
        names[int(np.searchsorted((41, 61, 81), v, "right"))] if v > 0 else "" for v in velocities
    ]


def company(verdict: Verdict) -> list[str]:
    """How many true notes begin within 30 ms of each."""
    onsets = verdict.recording.notes[:, 0]
    counts = [int((np.abs(onsets - onset) <= 0.03).sum()) for onset in onsets]
    return [("alone", "2 at once", "3", "4 and more")[min(count, 4) - 1] for count in counts]


def after_itself(verdict: Verdict) -> list[str]:
    """How long ago the same pitch began before each true note."""
    onsets, pitches = verdict.recording.notes[:, 0], pitches_of(verdict)
    labels = []
    for onset, pitch in zip(onsets, pitches, strict=True):
        before = onset - onsets[(pitches == pitch) & (onsets < onset)]
        gap = before.min() if len(before) else np.inf
        names = ("same pitch < 0.15 s ago", "< 0.4 s", "< 1 s", "longer ago")
        labels.append(names[int(np.searchsorted((0.15, 0.4, 1.0), gap, "right"))])
    return labels


def pitches_of(verdict: Verdict) -> np.ndarray:
    """MIDI pitch of every true note."""
    return verdict.recording.notes[:, 2]


def print_reasons(verdicts: dict[str, list[Verdict]]) -> None:
    """One line a group: per 100 true and per 100 found notes."""
    print(f"{'':<16}{'of 100 true notes':^48}{'of 100 found notes':^40}{'onset error ms':>22}")
    names = [f"{name:>10}" for name in REASONS]
    head = "".join(names)
    print(f"{'group':<16}{'found':>8}{head}{'':>4}{head}{'10 %':>8}{'median':>8}{'90 %':>8}")
    for group, members in verdicts.items():
        missed = [reason for one in members for reason in one.missed]
        extra = [reason for one in members for reason in one.extra]
        late = [value for one in members for value in one.late_ms]
        cells = f"{_percent(missed, ''):>8.1f}" if missed else f"{'-':>8}"
        cells += "".join(f"{_percent(missed, name):>10.1f}" for name in REASONS) + " " * 4
        cells += "".join(f"{_percent(extra, name):>10.1f}" for name in REASONS)
        if late:
            cells += "".join(f"{value:>8.0f}" for value in np.percentile(late, [10, 50, 90]))
        print(f"{group:<16}{cells}")


def _percent(reasons: list[str], wanted: str) -> float:
    return 100 * reasons.count(wanted) / max(len(reasons), 1)


def print_recall(verdicts: dict[str, list[Verdict]], label: Callable[[Verdict], list[str]]) -> None:
    """Share of the true notes that were found, by group and label (number of notes behind it)."""
    every = [
        (one, names) for members in verdicts.values() for one in members if (names := label(one))
    ]
    columns = list(dict.fromkeys(sorted({name for _, names in every for name in names if name})))
    print(f"{label.__doc__.splitlines()[0]}")
    print(f"{'group':<16}" + "".join(f"{name:>26}" for name in columns))
    for group, members in verdicts.items():
        cells = []
        for column in columns:
            hits = [
                not missed
                for one in members
                for name, missed in zip(label(one), one.missed, strict=True)
                if name == column
            ]
            cells.append(f"{np.mean(hits):>18.2f} ({len(hits):>5})" if hits else f"{'-':>26}")
        print(f"{group:<16}" + "".join(cells))


def _listen(path: Path | None, recording: ScoredRecording) -> RecordingRolls:
    return predict(OnnxModel(path), recording)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--latency-ms", type=float)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    try:
        recordings = read_manifest(options.manifest)
        spec = OnnxModel(options.model).spec
        head = spec.head_for(options.latency_ms)
        with ProcessPoolExecutor(options.workers) as pool:
            heard = list(pool.map(partial(_listen, options.model), recordings))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    report(heard, spec, head)
    return 0


def report(heard, spec, head) -> None:
    tables = {}
    for one in heard:
        found = decode_rolls(one, spec, head, spec.heads[head].decoder)
        tables.setdefault(one.recording.group, []).append(judge(one.recording, found))
    print(f"look-ahead {spec.latency_ms(head):g} ms")
    print_reasons(tables)
    for label in (register, loudness, company, after_itself):
        print()
        print_recall(tables, label)


if __name__ == "__main__":
    sys.exit(main())
