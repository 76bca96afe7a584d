"""Scores of an exported model on recordings with known notes, and thresholds tuned on them."""

import csv
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import mir_eval
import numpy as np
import soundfile

from realtime.errors import UserError
from realtime.model import OnnxModel
from realtime.notes import Note, NoteTracker, pair_notes
from realtime.resample import HopResampler
from realtime.spec import DecoderSettings, ModelSpec
from trainer.scoring import hertz

SOFT_TOLERANCE = 0.1
"""Seconds, for groups whose onsets are bowed, blown or hand-made."""
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
    tracker = NoteTracker(settings, spec.pitch_low, spec.pitch_count, look_ahead)
    rolls = [heard.rolls[name][:, head] for name in ("onset", "frame", "offset", "velocity")]
    seconds = spec.hop_ms / 1000
    timed = [
        (event, (hop + 1) * seconds)
        for hop in range(len(rolls[0]))
        for event in tracker.feed(*(roll[hop : hop + 1] for roll in rolls))
    ]
    notes = pair_notes(timed + [(e, len(rolls[0]) * seconds) for e in tracker.finish()], seconds)
    return [note for note in notes if note.onset_s < heard.recording.seconds]


def score(recording: Recording, found: list[Note]) -> dict[str, float]:
    """Onset F1, note-with-offset F1 and median delay; false notes a minute where none is true."""
    if len(recording.notes) == 0:
        return {"false_per_minute": 60 * len(found) / recording.seconds}
    if not found:
        return {"onset_f1": 0.0, "offset_f1": 0.0}
    estimated = np.array([[note.onset_s, note.offset_s] for note in found])
    pitches = hertz(np.array([note.pitch for note in found]))
    truth, true_pitches = recording.notes[:, :2], hertz(recording.notes[:, 2])
    matching = {"onset_tolerance": recording.tolerance}
    measure = mir_eval.transcription.precision_recall_f1_overlap
    onset = measure(truth, true_pitches, estimated, pitches, offset_ratio=None, **matching)
    both = measure(truth, true_pitches, estimated, pitches, **matching)
    pairs = mir_eval.transcription.match_notes(
        truth, true_pitches, estimated, pitches, offset_ratio=None, **matching
    )
    delays = [found[j].emitted_s - truth[i, 0] for i, j in pairs]
    errors = [found[j].onset_s - truth[i, 0] for i, j in pairs]
    return {
        "onset_precision": onset[0],
        "onset_recall": onset[1],
        "onset_f1": onset[2],
        "offset_f1": both[2],
        "delay_ms": 1000 * float(np.median(delays)) if delays else float("nan"),
        "onset_error_ms": 1000 * float(np.median(errors)) if errors else float("nan"),
    }


def by_group(
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
    return by_group(
        [
            (one.recording, score(one.recording, decode_heard(one, spec, head, settings)))
            for one in heard
        ]
    )


SEARCH: dict[str, tuple[float, ...]] = {
    "onset_threshold": (-0.1, -0.05, 0.05, 0.1),
    "frame_threshold": (-0.1, -0.05, 0.05, 0.1),
    "rearm_ratio": (-0.15, 0.15),
    "offset_threshold": (-0.15, 0.15),
    "frame_support": (-0.1, 0.1),
    "repeat_frames": (-1, 1),
    "release_frames": (-1, 1),
    "ghost_ratio": (-0.1, 0.1),
    "swell_threshold": (-0.3, -0.15, 0.1),
    "swell_frames": (-1, 2),
}
"""Steps tried from the present value of each threshold, in turn."""


def objective(table: dict[str, dict[str, float]]) -> float:
    """What tuning maximises: onset F1, a third of offset F1, few false notes where none is true."""
    overall = table["all"]
    return (
        overall["onset_f1"]
        + 0.33 * overall["offset_f1"]
        - 0.001 * min(overall.get("false_per_minute", 0.0), 100.0)
    )


def tune(
    heard: list[Heard],
    spec: ModelSpec,
    head: int,
    rounds: int = 2,
    report: Callable[[str], None] = lambda text: None,
) -> DecoderSettings:
    """Coordinate search over the thresholds of one look-ahead, from the model's present ones."""
    best = spec.heads[head].decoder
    best_value = objective(evaluate(heard, spec, head, best))
    for _ in range(rounds):
        before = best_value
        for name, steps in SEARCH.items():
            for step in steps:
                value = getattr(best, name) + step
                if isinstance(getattr(best, name), int):
                    value = int(max(1, value))
                else:
                    value = float(round(min(max(value, 0.0), 1.1), 3))
                trial = replace(best, **{name: value})
                if trial == best:
                    continue
                found = objective(evaluate(heard, spec, head, trial))
                if found > best_value + 1e-4:
                    best, best_value = trial, found
                    report(f"{name} {value:g} -> {best_value:.4f}")
        if best_value - before < 1e-3:
            break
    return best


def thresholds_json(spec: ModelSpec, chosen: dict[int, DecoderSettings]) -> dict[str, dict]:
    """What `jtm export --thresholds` reads: look-ahead in frames -> settings."""
    return {
        str(spec.heads[head].look_ahead_frames): asdict(settings)
        for head, settings in chosen.items()
    }
