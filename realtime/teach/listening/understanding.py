"""What a player's recordings hold: named notes, the music that his own notes file describes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from realtime.files.labels.label_files import read_label_file
from realtime.files.labels.note_table import describe_impossible
from realtime.inference.onnx_model import OnnxModel
from realtime.teach.examples import Music
from realtime.teach.listening.cutting import STEP_SECONDS, cut
from realtime.teach.listening.naming import NamedNote, Rolls, measure, name_notes, tuning_of
from realtime.teach.listening.recordings import TaughtRecording, levels, resample
from realtime.teach.music.band import OneShot
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Doubles, Floats

FEWEST_NOTES = 5
"""Different pitches, of single notes or of a piece; from fewer nothing can be learned and judged. A
lesson of two of a kalimba's bars once made the other fifteen be heard worse."""
DOUBLE_PART = 0.5
"""Notes that sound with another, beside those that do not, from which two instruments played: some
pairs, a fifth say, are taken for one note."""
FEWEST_GIVEN = 8
"""Notes of a file beside a recording."""
LEAD_SECONDS = 0.01
SHORTEST_SECONDS = 0.05
"""Sound of a written note that is left before a recording ends, for it to be a note of it."""
QUIET_SECONDS = 0.3
ALONE_SECONDS = 0.12
"""A note of a phrase that sounds alone for so long is a single note too."""
SNAP_SECONDS = 0.06
"""A written onset is moved to where the model hears it, if that is no further away."""
RETUNED_FROM = 0.6
"""Semitones by which a recording is off its notes from which it is taken for tuned otherwise."""
FARTHEST_TUNING = 1.2


@dataclass(frozen=True)
class Understanding:
    """Named notes, tuning and faults found in the player's recordings."""

    recordings: tuple[TaughtRecording, ...]
    notes: tuple[NamedNote, ...]
    shots: tuple[OneShot, ...]
    phrases: tuple[Music, ...]
    """Recordings whose notes are known."""
    noise: Floats
    """Noise of the player's room."""
    tuning_cents: float = 0.0
    """Cents by which the instrument is above A = 440 Hz."""
    retuned: bool = False
    """Whether the sound was brought to A = 440 Hz, because its notes file asks for it."""
    checks: tuple[Music, ...] = ()
    """Music of the player's with known notes that judges, and is learned from at last."""

    @property
    def a4_hz(self) -> float:
        """Frequency of the instrument's A."""
        return float(440 * 2 ** (self.tuning_cents / 1200))


def understand(
    model: OnnxModel, recordings: Sequence[TaughtRecording], given: Doubles | None
) -> Understanding:
    """Cut and name the notes of recordings.

    Args:
        model: that helps to name them.
        recordings: of single notes; the first one of music where `given` holds its notes.
        given: (n, 3) onset, end (seconds), MIDI pitch, or None.

    Raises:
        UserError: if too little of it is of use.
    """
    notes: list[NamedNote] = []
    phrases: list[Music] = []
    kept = list(recordings)
    tuning, retuned = 0.0, False
    for number, recording in enumerate(recordings):
        rolls = predict_rolls(model, recording.audio)
        if given is not None and number == 0:
            given = within(given, recording.seconds)
            tuning = _tuning_of_given(recording, given)
            retuned = abs(tuning) >= RETUNED_FROM
            if retuned:
                recording, given = _retuned(recording, given, tuning)
                kept[0] = recording
                rolls = predict_rolls(model, recording.audio)
            _require_fit(recording, given, rolls)
            snapped = snap(given, rolls)
            alone = single_notes(recording, snapped)
            wrong = [note for note in alone if note.reason is Code.NOTE_OTHER]
            phrases.append(without(Music(recording.audio, snapped), wrong, recording.rate))
            notes += alone
        else:
            named = name_notes(recording, number, cut(recording.audio, recording.rate), rolls)
            notes += named
            tuning = tuning or tuning_of(named) / 100
    usable = [note for note in notes if not note.reason]
    shots = [cut_out(kept[note.recording], note) for note in usable]
    double = sum(note.reason is Code.NOTE_DOUBLE for note in notes)
    if not phrases and double > DOUBLE_PART * len(usable):
        raise UserError(Code.RECORDING_DOUBLE, count=len(notes), double=double)
    pitches = {note.pitch for note in usable}
    for phrase in phrases:
        pitches |= set(phrase.notes[:, 2].astype(int).tolist())
    if len(pitches) < FEWEST_NOTES:
        if not phrases:
            raise UserError(_too_few(notes, usable))
        name, count = recordings[0].name, len(pitches)
        raise UserError(Code.NOTES_ALIKE, name=name, pitches=count, fewest=FEWEST_NOTES)
    noise = find_noise(kept)
    soft = bool(shots) and float(np.median([shot.onset for shot in shots])) > 0.02 * kept[0].rate
    phrases = [replace(phrase, soft=soft) for phrase in phrases]
    return Understanding(
        tuple(kept), tuple(notes), tuple(shots), tuple(phrases), noise, 100 * tuning, retuned
    )


FAULTS = (
    Code.NOTE_SHORT, Code.NOTE_CLIPPED, Code.NOTE_UNPITCHED, Code.NOTE_DOUBLE, Code.NOTE_UNCLEAR,
    Code.NOTE_OUTSIDE, Code.NOTE_OTHER,
)  # fmt: skip
"""What `NamedNote.reason` may be, in the order in which a reader is told of them."""


def _too_few(notes: Sequence[NamedNote], usable: Sequence[NamedNote]) -> Trouble:
    counts = {code: sum(note.reason is code for note in notes) for code in FAULTS}
    faults: Trouble | None = None
    for code, count in reversed([pair for pair in counts.items() if pair[1]]):
        fault = Trouble(Code.FAULT_COUNTED, fault=Trouble(code), count=count)
        faults = fault if faults is None else Trouble(Code.LISTED, first=fault, rest=faults)
    figures = {
        "count": len(notes),
        "usable": len(usable),
        "pitches": len({note.pitch for note in usable}),
        "fewest": FEWEST_NOTES,
    }
    if faults is None:
        return Trouble(Code.FEW_NOTES, **figures)
    return Trouble(Code.FEW_GOOD_NOTES, faults=faults, **figures)


def predict_rolls(model: OnnxModel, audio: Floats) -> Rolls:
    """Onset and frame probabilities by the longest look-ahead, frame by frame of the sound."""
    spec = model.spec
    head = max(range(len(spec.heads)), key=lambda i: spec.heads[i].look_ahead_frames)
    delay = spec.heads[head].look_ahead_frames
    size = spec.hop_samples
    padded = np.concatenate([audio, np.zeros((delay + 1) * size, np.float32)])
    model.reset()
    onset, frame = [], []
    for hop in range(len(padded) // size):
        said = model.logits(padded[hop * size : (hop + 1) * size])
        onset.append(said["onset"][head])
        frame.append(said["frame"][head])
    rolls = [
        (0.5 * (1 + np.tanh(0.5 * np.array(roll[delay:])))).astype(np.float16)
        for roll in (onset, frame)
    ]
    return Rolls(rolls[0], rolls[1], spec.pitch_low, size / spec.sample_rate)


def cut_out(recording: TaughtRecording, note: NamedNote) -> OneShot:
    """The note's sound, with the sample at which it counts as begun.

    That is at 0.6 of the time to half of the peak, 35 ms at most, as in the trainer's labels.
    """
    rate = recording.rate
    begin = max(0, int((note.start - LEAD_SECONDS) * rate))
    sound = recording.audio[begin : int(note.end * rate)]
    lead = int(note.start * rate) - begin
    rising = np.abs(sound[lead : lead + int(0.4 * rate)])
    half = int(np.argmax(rising >= 0.5 * rising.max(initial=0.0))) if len(rising) else 0
    onset = lead + int(min(0.6 * half, 0.035 * rate))
    return OneShot(sound, note.pitch, onset, note.cents)


def find_noise(recordings: Sequence[TaughtRecording]) -> Floats:
    """The longest stretch in which nothing sounds but the room, `(samples,)`; at most 10 s."""
    best = np.zeros(0, np.float32)
    for recording in recordings:
        step = int(STEP_SECONDS * recording.rate)
        level = levels(recording.audio, step)
        if len(level) < 10:
            continue
        quiet = level <= max(float(np.percentile(level, 5)) + 6, -75.0)
        quiet &= level < float(np.percentile(level, 95)) - 25
        edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            part = recording.audio[(begin + 3) * step : (end - 3) * step]
            if len(part) > max(len(best), QUIET_SECONDS * recording.rate):
                best = part
    return best[: 10 * recordings[0].rate]


def read_given(path: Path) -> Doubles:
    """Notes of a label file, read as for training: (n, 3) onset, end (seconds), MIDI pitch.

    Raises:
        UserError: if it cannot be read, or holds impossible notes or too few.
    """
    notes = read_label_file(path)
    if told := describe_impossible(notes):
        raise UserError(Code.NOTES_UNFIT, path=path, reason=told)
    notes = notes[notes["offset"] > notes["onset"]]
    if len(notes) < FEWEST_GIVEN:
        raise UserError(Code.NOTES_FEW, path=path, count=len(notes), fewest=FEWEST_GIVEN)
    return np.stack([notes["onset"], notes["offset"], notes["pitch"].astype(float)], axis=1)


def within(given: Doubles, seconds: float) -> Doubles:
    """Those of the notes `(n, 3)` that begin before the recording ends; none sounds on after it.

    A file may hold the notes of a whole piece, and the recording its first minute.
    """
    inside: Doubles = given[given[:, 0] < seconds - SHORTEST_SECONDS].copy()
    inside[:, 1] = np.minimum(inside[:, 1], seconds)
    return inside


def _tuning_of_given(recording: TaughtRecording, given: Doubles) -> float:
    """Semitones by which the recording sounds above its notes, octaves apart.

    Judged by the notes that sound alone; 0 where these do not agree.
    """
    off = []
    for note in single_notes(recording, given, measured_only=True):
        exact = note.pitch + note.cents / 100
        off.append((exact + 6) % 12 - 6)
    if len(off) < 4:
        return 0.0
    middle = float(np.median(off))
    near = float((np.abs(np.array(off) - middle) < 0.4).mean())
    return middle if near > 0.5 and abs(middle) <= FARTHEST_TUNING else 0.0


def _retuned(
    recording: TaughtRecording, given: Doubles, tuning: float
) -> tuple[TaughtRecording, Doubles]:
    """Sound and notes as they are when the instrument's A is brought to 440 Hz."""
    ratio = 2 ** (-tuning / 12)
    audio = resample(recording.audio, recording.rate * ratio, recording.rate)
    notes = given / np.array([ratio, ratio, 1.0])
    return replace(recording, audio=audio, clipped=recording.clipped / ratio), notes


def _require_fit(recording: TaughtRecording, given: Doubles, rolls: Rolls) -> None:
    """Refuse notes that are not those of the recording.

    Raises:
        UserError: if hardly any of them sounds where it is said to be.
    """
    heard = []
    for onset, end, pitch in given:
        row = int(pitch) - rolls.low
        first, last = round(onset / rolls.seconds), round(min(end, onset + 0.6) / rolls.seconds)
        if 0 <= row < rolls.frame.shape[1]:
            related = [r for r in (row, row - 12, row + 12) if 0 <= r < rolls.frame.shape[1]]
            frames = rolls.frame[first : max(last, first + 2), related].astype(np.float32)
            heard.append(float(frames.mean(axis=0).max()) if len(frames) else 0.0)
    alone = single_notes(recording, given, measured_only=True)
    tuned = [abs((n.pitch + n.cents / 100 + 6) % 12 - 6) < 0.7 for n in alone]
    fitting = float((np.array(heard) > 0.2).mean()) if heard else 0.0
    measured = float(np.mean(tuned)) if len(tuned) >= 4 else 0.0
    if (best := max(fitting, measured)) < 0.4:
        raise UserError(Code.NOTES_ELSEWHERE, name=recording.name, percent=100 * best)


def snap(given: Doubles, rolls: Rolls) -> Doubles:
    """The notes `(n, 3)`, their onsets where the model hears them, where that is clear and near."""
    notes = given.copy()
    reach = round(SNAP_SECONDS / rolls.seconds)
    moves: list[float] = []
    clear = np.zeros(len(notes), bool)
    for place, (onset, _, pitch) in enumerate(given):
        row, frame = int(pitch) - rolls.low, round(onset / rolls.seconds)
        first = max(0, frame - reach)
        if not 0 <= row < rolls.onset.shape[1]:
            continue
        around = rolls.onset[first : frame + reach + 1, row].astype(np.float32)
        if len(around) and around.max() >= 0.3:
            moved = (first + int(np.argmax(around))) * rolls.seconds
            moves.append(moved - onset)
            notes[place, 0], clear[place] = moved, True
    if len(moves) >= 5:
        notes[~clear, 0] += np.median(moves)
    notes[:, 0] = np.maximum(notes[:, 0], 0)
    notes[:, 1] = np.maximum(notes[:, 1], notes[:, 0] + 0.03)
    return notes


def without(phrase: Music, wrong: Sequence[NamedNote], rate: int) -> Music:
    """A phrase in which notes that were played wrong are silent, and not among its notes.

    Args:
        phrase: with its written notes.
        wrong: those of them that sound alone, and otherwise than they are written.
        rate: Hz.
    """
    if not wrong:
        return phrase
    starts = [note.start for note in wrong]
    heard = np.ones(len(phrase.audio), np.float32)
    fade = np.hanning(int(0.02 * rate)).astype(np.float32)
    for note in wrong:
        heard[max(0, int((note.start - LEAD_SECONDS) * rate)) : int(note.end * rate)] = 0
    heard = np.convolve(heard, fade / fade.sum(), mode="same").astype(np.float32)
    kept = phrase.notes[~np.isin(phrase.notes[:, 0], starts)]
    return replace(phrase, audio=phrase.audio * heard, notes=kept)


def single_notes(
    recording: TaughtRecording, given: Doubles, measured_only: bool = False
) -> list[NamedNote]:
    """The notes of a phrase that sound alone, checked by their pitch.

    Args:
        recording: of the phrase.
        given: its notes.
        measured_only: give pitch and cents as the deviation from the written note, in all that
            are clear, rather than the notes.
    """
    found = []
    for place, (onset, end, pitch) in enumerate(given):
        others = np.delete(given, place, axis=0)
        nearest = others[others[:, 0] >= onset, 0].min(initial=np.inf)
        stop = min(end, nearest, recording.seconds)
        ringing = ((others[:, 0] < onset) & (others[:, 1] > onset + 0.03)).any()
        if ringing or stop - onset < ALONE_SECONDS:
            continue
        rate = recording.rate
        sound = recording.audio[int(onset * rate) : int(stop * rate)]
        exact, clear = measure(sound, rate)
        level = 20 * np.log10(float(np.abs(sound).max(initial=0.0)) + 1e-6)
        off = 0.0 if clear < 0.6 else (exact - pitch + 6) % 12 - 6
        if measured_only:
            if clear >= 0.6:
                found.append(NamedNote(0, onset, stop, round(off), 100 * (off - round(off)), clear))
            continue
        cut_off = (recording.clipped >= onset) & (recording.clipped <= stop)
        reason = Code.NOTE_CLIPPED if cut_off.any() else None
        if abs(off) > 0.8 and clear > 0.85:
            reason = Code.NOTE_OTHER
        found.append(NamedNote(0, onset, stop, int(pitch), 100 * off, clear, reason, level))
    return found
