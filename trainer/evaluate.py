"""Scores of an exported model on recordings with known notes."""

import csv
from dataclasses import dataclass
from pathlib import Path

import mir_eval
import numpy as np
import soundfile

from realtime.errors import UserError
from realtime.model import OnnxModel
from realtime.notes import Note, NoteTracker, pair_notes
from realtime.resample import HopResampler
from realtime.spec import DecoderSettings, ModelSpec
from trainer.intervals import bootstrap
from trainer.scoring import hertz

SOFT_TOLERANCE = 0.1
"""Seconds, for groups whose onsets are bowed, blown or hand-made."""
LIVE_SECONDS = 0.06
"""A note that left within this of its onset is in time for a player."""
VELOCITY_TOLERANCE = 0.1
SOFT_GROUPS = ("violin_solo", "urmp_mono", "urmp_mix", "mono_other", "synth_dev_soft", "voice")


@dataclass(frozen=True)
class Recording:
    """One item of an evaluation set; `notes` (n, 4): onset_s, offset_s, pitch, velocity."""

    id: str
    group: str
    audio: Path
    notes: np.ndarray
    seconds: float

    @property
    def tolerance(self) -> float:
        """Onset tolerance in seconds."""
        return SOFT_TOLERANCE if self.group in SOFT_GROUPS else 0.05


@dataclass(frozen=True)
class Heard:
    """Probabilities of a recording for every look-ahead: name -> `(frames, look_aheads, 88)`."""

    recording: Recording
    rolls: dict[str, np.ndarray]


def read_manifest(path: Path) -> list[Recording]:
    """Recordings of a manifest with columns id, group, file, truth (and truth_shift_s).

    Raises:
        UserError: if the manifest or a file that it names is missing.
    """
    if not path.is_file():
        raise UserError(f"No manifest at '{path}'; give a .csv with columns id,group,file,truth.")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    recordings = []
    for row in rows:
        audio = path.parent / row["file"]
        if not audio.is_file():
            raise UserError(f"'{path}' names '{row['file']}', which does not exist beside it.")
        seconds = soundfile.info(audio).duration
        notes = np.zeros((0, 4))
        if row.get("truth"):
            notes = read_notes(path.parent / row["truth"])
            notes[:, :2] += float(row.get("truth_shift_s") or 0)
            notes = notes[(notes[:, 0] >= 0) & (notes[:, 0] < seconds - 0.05)]
            notes[:, 1] = np.clip(notes[:, 1], notes[:, 0] + 0.01, seconds)
        recordings.append(Recording(row["id"], row["group"], audio, notes, seconds))
    return recordings


def read_notes(path: Path) -> np.ndarray:
    """Truth of a recording, (n, 4): onset_s, offset_s, midi_pitch, velocity (-1 unknown).

    Raises:
        UserError: if a row is not numbers.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = ("onset_s", "offset_s", "midi_pitch", "velocity")
    try:
        values = [[float(row.get(name) or -1) for name in names] for row in rows]
    except ValueError as error:
        raise UserError(f"'{path}' does not hold notes ({error}).") from error
    return np.array(values, float).reshape(-1, 4)


def listen(model: OnnxModel, recording: Recording) -> Heard:
    """Run the model once over a recording, keeping the probabilities of all look-aheads."""
    audio, rate = soundfile.read(recording.audio, dtype="float32", always_2d=True)
    spec = model.spec
    resampler = HopResampler(rate, spec.sample_rate, spec.hop_samples)
    longest = max(head.look_ahead_frames for head in spec.heads) + 2
    tail = np.zeros(int((longest * spec.hop_ms / 1000 + 0.05) * rate), np.float32)
    model.reset()
    hops = resampler.push(np.concatenate([audio.mean(axis=1), tail]))
    logits = [model.logits(hop) for hop, _ in hops]
    rolls = {
        name: 1 / (1 + np.exp(-np.stack([hop[name] for hop in logits]).astype(np.float32)))
        for name in ("onset", "frame", "offset", "velocity")
    }
    return Heard(recording, rolls)


def decode_heard(heard: Heard, spec: ModelSpec, head: int, settings: DecoderSettings) -> list[Note]:
    """Notes of one look-ahead through the runtime's tracker, within the recording."""
    look_ahead = spec.heads[head].look_ahead_frames
    tracker = NoteTracker(
        settings, spec.pitch_low, spec.pitch_count, look_ahead, spec.velocity_maps
    )
    rolls = [heard.rolls[name][:, head] for name in ("onset", "frame", "offset", "velocity")]
    seconds = spec.hop_ms / 1000
    early = {
        spec.heads[other].look_ahead_frames: (
            heard.rolls["onset"][:, other],
            heard.rolls["velocity"][:, other],
        )
        for other in range(len(spec.heads))
    }
    timed = [(event, (hop + 1) * seconds) for hop, event in tracker.feed_each(*rolls, early)]
    notes = pair_notes(timed + [(e, len(rolls[0]) * seconds) for e in tracker.finish()], seconds)
    return [note for note in notes if note.onset_s < heard.recording.seconds]


def score(recording: Recording, found: list[Note]) -> dict[str, float]:
    """Figures of one recording; false notes a minute where none is true.

    Returns:
        Onset precision, recall and F1, with offset, with velocity (where the truth has it), in time
        (notes that left within `LIVE_SECONDS` of their onset); median delay and onset error in ms.
    """
    if len(recording.notes) == 0:
        return {"false_per_minute": 60 * len(found) / recording.seconds}
    truth, velocities = recording.notes[:, :2], recording.notes[:, 3]
    has_velocities = bool((velocities > 0).all() and np.ptp(velocities) > 0)
    nothing = {"onset_f1": 0.0, "offset_f1": 0.0, "live_f1": 0.0}
    if not found:
        return {**nothing, **({"velocity_f1": 0.0} if has_velocities else {})}
    estimated = np.array([[note.onset_s, note.offset_s] for note in found])
    notes = (truth, hertz(recording.notes[:, 2]))
    answers = (estimated, hertz(np.array([note.pitch for note in found])))
    tolerance = recording.tolerance
    match = mir_eval.transcription.match_notes
    pairs = match(*notes, *answers, onset_tolerance=tolerance, offset_ratio=None)
    both = match(*notes, *answers, onset_tolerance=tolerance)
    delays = [found[j].emitted_s - truth[i, 0] for i, j in pairs]
    errors = [found[j].onset_s - truth[i, 0] for i, j in pairs]
    total = len(truth) + len(found)
    figures = {
        "onset_precision": len(pairs) / len(found),
        "onset_recall": len(pairs) / len(truth),
        "onset_f1": 2 * len(pairs) / total,
        "offset_f1": 2 * len(both) / total,
        "live_f1": 2 * sum(delay <= LIVE_SECONDS for delay in delays) / total,
        "delay_ms": 1000 * float(np.median(delays)) if delays else float("nan"),
        "onset_error_ms": 1000 * float(np.median(errors)) if errors else float("nan"),
    }
    if has_velocities:
        loudness = np.array([note.velocity for note in found], float)
        figures["velocity_f1"] = 2 * _velocity_matches(velocities, loudness, pairs) / total
    return figures


def _velocity_matches(true: np.ndarray, found: np.ndarray, pairs: list[tuple[int, int]]) -> int:
    """Matched notes whose loudness agrees too, as mir_eval counts them.

    That is within a tenth of the true range, after the straight line that fits best.
    """
    if not pairs:
        return 0
    scaled = (true - true.min()) / max(1, np.ptp(true))
    wanted = scaled[[i for i, _ in pairs]]
    heard = found[[j for _, j in pairs]]
    line = np.vstack([heard, np.ones(len(heard))]).T
    slope, intercept = np.linalg.lstsq(line, wanted, rcond=None)[0]
    return int((np.abs(slope * heard + intercept - wanted) < VELOCITY_TOLERANCE).sum())


def by_group(
    scores: list[tuple[Recording, dict[str, float]]],
) -> dict[str, dict[str, float]]:
    """Mean of each figure over the items of a group, and over groups under the key `all`.

    Each group also has its count of `items`, and `onset_f1_low` and `onset_f1_high`, the 95 %
    interval of its onset F1 (`trainer.intervals`).
    """
    table = group_means(scores)
    known: dict[str, list[float]] = {}
    for recording, figures in scores:
        if "onset_f1" in figures:
            known.setdefault(recording.group, []).append(figures["onset_f1"])
    for group, (low, high) in bootstrap(known).items():
        table[group] |= {"onset_f1_low": low, "onset_f1_high": high}
    for group in table:
        table[group]["items"] = sum(group in ("all", one.group) for one, _ in scores)
    return table


def group_means(
    scores: list[tuple[Recording, dict[str, float]]],
) -> dict[str, dict[str, float]]:
    """Mean of each figure over the items of a group, and over groups under the key `all`."""
    groups: dict[str, dict[str, list[float]]] = {}
    for recording, figures in scores:
        group = groups.setdefault(recording.group, {})
        for name, value in figures.items():
            group.setdefault(name, []).append(value)
    table = {group: _means(figures) for group, figures in groups.items()}
    overall: dict[str, list[float]] = {}
    for figures in table.values():
        for name in sorted(figures):
            overall.setdefault(name, []).append(figures[name])
    table["all"] = _means(overall)
    return table


def _means(figures: dict[str, list[float]]) -> dict[str, float]:
    """Mean of the known values of each figure; a figure without any is left out."""
    known = {
        name: [value for value in values if np.isfinite(value)] for name, values in figures.items()
    }
    return {name: float(np.mean(values)) for name, values in known.items() if values}


def evaluate(
    heard: list[Heard], spec: ModelSpec, head: int, settings: DecoderSettings
) -> dict[str, dict[str, float]]:
    """Scores by group of one look-ahead with these thresholds."""
    return by_group(score_each(heard, spec, head, settings))


def score_each(
    heard: list[Heard], spec: ModelSpec, head: int, settings: DecoderSettings
) -> list[tuple[Recording, dict[str, float]]]:
    """Every recording with its figures at one look-ahead with these thresholds."""
    return [
        (one.recording, score(one.recording, decode_heard(one, spec, head, settings)))
        for one in heard
    ]
