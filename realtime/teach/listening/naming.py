"""Names cut notes: which pitch each has, how the instrument is tuned, which notes are of no use."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from realtime.teach.listening.cutting import Cut
from realtime.teach.listening.pitch import estimate_pitch
from realtime.teach.listening.recordings import TaughtRecording
from realtime.teach.listening.voices import second_notes
from realtime.troubles.codes import Code
from realtime.values.arrays import Doubles, Floats

SHORTEST_SECONDS = 0.15
"""What does not sound so long is too short a note; a dry xylophone's sounds for a little longer."""
LISTEN_SECONDS = 0.6
"""How much of a note is looked at."""
SETTLE_SECONDS = 0.06
"""The attack, which is not periodic yet."""
WINDOW_SECONDS = 0.08
CLEAR = 0.6
"""Periodicity below which a note has no pitch of its own."""
HEARD = 0.3
"""Mean frame probability from which the model takes a pitch for sounding."""
TOGETHER = 0.6
"""Share from which a second pitch counts, of which there should be none."""
PERIODIC = 0.85
"""Periodicity that two notes at once do not reach."""
TRUST = 0.8
"""Weight of the model's answer beside YIN's."""
UNCLEAR = 0.8
"""Likelihood that a pitch needs."""
BETWEEN = 42.0
"""Cents from the instrument's tuning from which a note may as well be its neighbour."""
STEP_COST = 0.02
"""Cost of every semitone from a note to the next; likelihoods reach 2.3."""
WITHIN = 24
"""Semitones; farther above a note the model may take a bar's own partial for another note."""
OWN_PARTIAL_NOTES, OWN_PARTIAL_PART = 3, 0.35
"""Notes, at least and as a part of all, beside which a tone at one distance is the instrument's."""
STROKE_DIP_DB = 10.0
STROKE_SUDDENNESS = 7.0
RUSTLE_DB = 18.0
"""What is so much softer than the notes, short and without a pitch, is no note of the player's."""
REST_OF_HUM_DB = 24.0
"""Below the notes; a soft note is louder, where hum would not have drowned it."""
RELATED = (0, 1, 11, 12, 13, 19, 20, 24, 28, 31, 34, 36)
"""Semitones between tones that one string, bar or pipe makes by itself, or a neighbour's blur."""


@dataclass(frozen=True)
class NamedNote:
    """One note of the player's."""

    recording: int
    start: float
    """Time at which the note begins, in seconds."""
    end: float
    pitch: int
    """MIDI; 0 where none was found."""
    cents: float = 0.0
    """Cents by which the note sounds above its pitch, A = 440 Hz."""
    clear: float = 0.0
    """How periodic it is, 0-1."""
    reason: Code | None = None
    """Why the note is of no use, None where it is."""
    level_db: float = 0.0
    """Peak of the note, in dBFS."""
    sure: bool = True
    """Whether no other pitch was nearly as likely."""
    beside: frozenset[int] = frozenset()
    """Semitones from it to other pitches that the model hears begin with it."""


@dataclass(frozen=True)
class Rolls:
    """What the model said of a recording: onset and frame probabilities (frames, pitches)."""

    onset: npt.NDArray[np.float16]
    frame: npt.NDArray[np.float16]
    low: int
    """MIDI pitch of the first column."""
    seconds: float
    """Duration of a frame in seconds."""

    def during(self, start: float, end: float) -> tuple[Floats, Floats]:
        """Largest onset and mean frame probability of each pitch over a stretch."""
        first = max(0, round(start / self.seconds))
        last = max(first + 1, round(end / self.seconds))
        onset = self.onset[max(0, first - 2) : last].astype(np.float32)
        frame = self.frame[first:last].astype(np.float32)
        count = self.frame.shape[1]
        if not len(frame):
            return np.zeros(count, np.float32), np.zeros(count, np.float32)
        return onset.max(axis=0), frame.mean(axis=0)


def name_notes(
    recording: TaughtRecording, number: int, cuts: Sequence[Cut], rolls: Rolls
) -> list[NamedNote]:
    """The notes of a recording with pitches, reasons against some of them, and the tuning of all.

    YIN, the model and the spectrum's partials are asked for each note; of their answers those are
    taken that agree and that follow each other in small steps, as the notes of a scale do: an
    octave's error is a large one. All are named relative to the tuning of the instrument, so that
    one 40 cents flat is not named by chance.
    """
    heard = [_measure_note(recording, number, one, rolls) for one in cuts]
    chosen = follow([candidates for _, candidates in heard])
    notes = [
        _judge(note, exact, candidates, recording, rolls)
        for (note, candidates), exact in zip(heard, chosen, strict=True)
    ]
    beside = second_notes(recording.audio, [(one.start, one.end) for one in cuts], recording.rate)
    notes = [
        replace(note, reason=Code.NOTE_DOUBLE) if step and note.pitch and not note.reason else note
        for note, step in zip(without_partials(notes), beside, strict=True)
    ]
    tuning = tuning_of(notes)
    named = []
    for note in notes:
        exact = note.pitch + note.cents / 100
        pitch = round(exact - tuning / 100) if note.pitch else 0
        cents = 100 * (exact - pitch)
        reason = note.reason
        # Between two keys: only where the pitch was measured well may it be blamed on the player.
        if pitch and not reason and not 21 <= pitch <= 108:
            reason = Code.NOTE_OUTSIDE
        elif pitch and not reason and note.clear >= PERIODIC and abs(cents - tuning) > BETWEEN:
            reason = Code.NOTE_UNCLEAR
        named.append(replace(note, pitch=pitch, cents=cents, reason=reason))
    whole = joined(named, cuts)
    if not recording.hum_hz or not whole:
        return whole
    # What was left of the hum is a note where nothing else sounds.
    loud = float(np.median([note.level_db for note in whole if not note.reason] or [0.0]))
    return [note for note in whole if note.level_db > loud - REST_OF_HUM_DB]


def without_partials(notes: Sequence[NamedNote]) -> list[NamedNote]:
    """The notes, two at once only where the second is not the instrument's own partial.

    A bar, bell or drum has a tone of its own at the same distance above every note, and the model,
    which does not know it yet, takes that for a note. Who plays two notes does not keep one
    distance.
    """
    counts = Counter(distance for note in notes for distance in {*note.beside})
    heard = sum(note.pitch > 0 for note in notes)
    # A partial between two keys falls on one of them or the other.
    usual = {
        distance
        for distance in counts
        if counts[distance] + max(counts[distance - 1], counts[distance + 1])
        >= max(OWN_PARTIAL_NOTES, OWN_PARTIAL_PART * heard)
    }
    return [
        replace(note, reason=None)
        if note.reason is Code.NOTE_DOUBLE and note.beside <= usual
        else note
        for note in notes
    ]


def joined(notes: Sequence[NamedNote], cuts: Sequence[Cut]) -> list[NamedNote]:
    """The notes, one of a pitch that throbs whole again, and without the rustling between them.

    A rotating loudspeaker, vibrato or a bow that hesitates rises in level as a new stroke does, but
    from a shallower dip and with no sudden change of the spectrum.
    """
    kept: list[NamedNote] = []
    for note, one in zip(notes, cuts, strict=True):
        last = kept[-1] if kept else None
        # A stroke has a deep dip before it or a sudden spectrum; what has neither is the same note.
        throbs = one.dip_db < STROKE_DIP_DB and one.suddenness < STROKE_SUDDENNESS
        if last and last.pitch == note.pitch > 0 and note.start - last.end < 0.05 and throbs:
            # Parts that were each too short are long enough together; other reasons stay.
            reason = last.reason if last.reason is not Code.NOTE_SHORT else note.reason
            kept[-1] = replace(last, end=note.end, reason=reason)
        else:
            kept.append(note)
    usual = float(np.median([note.level_db for note in kept])) if kept else 0.0
    return [
        note
        for note in kept
        if note.reason not in (Code.NOTE_SHORT, Code.NOTE_UNPITCHED)
        or note.level_db > usual - RUSTLE_DB
    ]


def follow(candidates: Sequence[dict[float, float]]) -> list[float]:
    """One pitch of each note's candidates (pitch -> how likely), nan where there are none.

    The best sum of likelihoods less `STEP_COST` for every semitone from note to note (Viterbi).
    """
    best: list[tuple[float, list[float]]] = [(0.0, [])]
    for options in candidates:
        if not options:
            best = [(value, [*path, float("nan")]) for value, path in best]
            continue
        following = []
        for pitch, likely in options.items():
            value, path = max((value - _step(path, pitch), path) for value, path in best)
            following.append((value + likely, [*path, pitch]))
        best = following
    return max(best)[1]


def _step(path: Sequence[float], pitch: float) -> float:
    """Cost of going on to a pitch (MIDI) from the last one that is known; 24 semitones at most."""
    known = [before for before in path[-4:] if not np.isnan(before)]
    return STEP_COST * min(abs(pitch - known[-1]), 24.0) if known else 0.0


def tuning_of(notes: Sequence[NamedNote]) -> float:
    """Cents by which the instrument is above A = 440 Hz, -50 to 50: circular mean of all notes."""
    usable = [note for note in notes if not note.reason and note.clear >= CLEAR]
    if not usable:
        return 0.0
    # Cents are angles: 49 above a key and 49 below the next are neighbours.
    angles = np.array([2 * np.pi * note.cents / 100 for note in usable])
    mean = np.average(np.exp(1j * angles), weights=[note.clear for note in usable])
    # Notes that lie anywhere between the keys (a short mean) tell of no tuning.
    return float(np.angle(mean) / (2 * np.pi) * 100) if abs(mean) > 0.3 else 0.0


def _measure_note(
    recording: TaughtRecording, number: int, one: Cut, rolls: Rolls
) -> tuple[NamedNote, dict[float, float]]:
    """A cut note without its pitch, and the pitches that it may have."""
    rate = recording.rate
    sound = recording.audio[int(one.start * rate) : int(one.end * rate)]
    peak = 20 * np.log10(float(np.abs(sound).max(initial=0.0)) + 1e-6)
    note = NamedNote(number, one.start, one.end, 0, level_db=peak)
    if one.end - one.start < SHORTEST_SECONDS:
        return replace(note, reason=Code.NOTE_SHORT), {}
    measured, clear = measure(sound, rate)
    note = replace(note, clear=clear)
    onset, frame = rolls.during(one.start, min(one.end, one.start + LISTEN_SECONDS))
    said = np.minimum(frame + 0.5 * onset, 1.0)
    tops = [row for row in np.argsort(said)[-3:][::-1].tolist() if frame[row] >= HEARD]
    if clear < CLEAR and not tops:
        return replace(note, reason=Code.NOTE_UNPITCHED), {}
    found: dict[float, float] = {}
    if clear >= 0.4:
        # YIN's usual error is an octave: its neighbours are candidates too, less likely ones.
        found = {measured + 12 * k: clear - 0.45 * abs(k) for k in (0, -1, 1)}
    for row in tops:
        pitch = float(rolls.low + row)
        # The model knows keys alone: within 0.7 semitones it means YIN's pitch, and confirms it.
        near = next((one for one in found if abs(one - pitch) < 0.7), pitch)
        found[near] = found.get(near, 0.0) + TRUST * float(said[row])
    fits = salience(sound, rate, list(found))
    return note, {
        pitch: likely + 0.5 * fit for (pitch, likely), fit in zip(found.items(), fits, strict=True)
    }


def _judge(
    note: NamedNote,
    exact: float,
    candidates: dict[float, float],
    recording: TaughtRecording,
    rolls: Rolls,
) -> NamedNote:
    """The note with its pitch, and what speaks against it."""
    if np.isnan(exact):
        return note
    pitch = round(exact)
    others = [likely for other, likely in candidates.items() if other != exact]
    sure = candidates[exact] > max(others, default=0.0) + 0.3
    note = replace(note, pitch=pitch, cents=100 * (exact - pitch), sure=sure)
    clipped = recording.clipped
    if ((clipped >= note.start) & (clipped <= note.end)).any():
        return replace(note, reason=Code.NOTE_CLIPPED)
    # YIN's own pitch is the first candidate. Where it is chosen and the sound is periodic, there is
    # one note: two at once are not, whatever the model hears beside it.
    measured = next(iter(candidates))
    if note.clear >= PERIODIC and abs(measured - exact) < 0.7:
        return note
    onset, frame = rolls.during(note.start, min(note.end, note.start + LISTEN_SECONDS))
    _, before = rolls.during(max(0.0, note.start - 0.1), note.start - 0.02)
    # What still rings from the note before is no second note.
    fresh = [
        rolls.low + row
        for row in np.flatnonzero((frame >= TOGETHER) & (onset >= HEARD)).tolist()
        if before[row] < HEARD
    ]
    beside = {
        other - pitch
        for other in fresh
        if 0 < abs(other - pitch) <= WITHIN and abs(other - pitch) not in RELATED
    }
    if beside:
        return replace(note, reason=Code.NOTE_DOUBLE, beside=frozenset(beside))
    if candidates[exact] < UNCLEAR:
        return replace(note, reason=Code.NOTE_UNCLEAR)
    return note


def measure(sound: Floats, rate: int) -> tuple[float, float]:
    """MIDI pitch and periodicity of a note by YIN: the middle of its windows, clear ones most."""
    size = int(WINDOW_SECONDS * rate)
    settle = min(int(SETTLE_SECONDS * rate), max(0, (len(sound) - size) // 2))
    body = sound[settle : settle + int(LISTEN_SECONDS * rate)]
    found = []
    for start in range(0, max(1, len(body) - size + 1), size // 4):
        pitch, clear = estimate_pitch(body[start : start + size], rate)
        if not np.isnan(pitch):
            found.append((pitch, clear))
    if not found:
        return float("nan"), 0.0
    # Weighted median: windows at a note's end and in vibrato are outvoted by clear ones.
    pitches, clears = np.array(found).T
    order = np.argsort(pitches)
    middle = np.searchsorted(np.cumsum(clears[order]), clears.sum() / 2)
    pitch = float(pitches[order][min(middle, len(order) - 1)])
    near = np.abs(pitches - pitch) < 0.5
    return pitch, float(np.median(clears)) * float(near.mean())


def salience(sound: Floats, rate: int, pitches: Sequence[float]) -> list[float]:
    """How well a sound's spectrum fits each pitch, the best 1: partials there, none between them.

    Subharmonics have every second partial missing, which the values half-way between the partials
    give away.
    """
    size = 1 << 14
    body = sound[: int(0.5 * rate)]
    spectrum = np.sqrt(np.abs(np.fft.rfft(body * np.hanning(len(body)), size)))
    fits = []
    for pitch in pitches:
        frequency = 440 * 2 ** ((pitch - 69) / 12)
        total = 0.0
        for partial in range(1, 9):
            if partial * frequency > 0.45 * rate:
                break
            total += 0.8 ** (partial - 1) * _near(spectrum, partial * frequency * size / rate)
            between = (partial - 0.5) * frequency * size / rate
            total -= 0.4 * 0.8 ** (partial - 1) * _near(spectrum, between)
        fits.append(total)
    most = max(max(fits), 1e-9)
    return [max(0.0, fit) / most for fit in fits]


def _near(spectrum: Doubles, place: float) -> float:
    """Largest value within 1.5 % of a bin: strings are a little sharp in their upper partials."""
    wide = max(2, round(0.015 * place))
    around = spectrum[max(0, round(place) - wide) : round(place) + wide + 1]
    return float(around.max(initial=0.0))
