"""Judges what was recorded for one thing that was asked: which note it is, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, auto

import numpy as np

from realtime.teach.guide.plan import Ask, Touch
from realtime.teach.listening.cutting import Cut, cut
from realtime.teach.listening.hum import Hum, without_hum, without_offset
from realtime.teach.listening.naming import (
    CLEAR,
    PERIODIC,
    RELATED,
    STROKE_DIP_DB,
    STROKE_SUDDENNESS,
    measure,
    salience,
)
from realtime.teach.listening.recordings import find_clipped, is_telephone_sound, resample
from realtime.teach.listening.voices import LEAD_SECONDS, second_note
from realtime.values.arrays import Floats


class AttemptFault(StrEnum):
    """What is wrong with an attempt; the value of `NONE` is empty, so that it counts as false."""

    NONE = ""
    SILENT = auto()
    TORN = auto()
    """Sound is missing, because the computer was too busy."""
    SOFT = auto()
    CLIPPED = auto()
    SHORT = auto()
    SEVERAL = auto()
    """More than one note."""
    UNCLEAR = auto()
    """No pitch."""
    OTHER = auto()
    """Another note than the one that was asked for."""
    NOT_SOFTER = auto()
    NOT_LOUDER = auto()
    TELEPHONE = auto()
    """The input gives the sound of a telephone."""


MAY_BE_TAKEN = frozenset(
    {
        AttemptFault.NONE,
        AttemptFault.SEVERAL,
        AttemptFault.UNCLEAR,
        AttemptFault.OTHER,
        AttemptFault.NOT_SOFTER,
        AttemptFault.NOT_LOUDER,
    }
)
"""Faults of which the player may say that the sound is right."""
RATE = 16_000
"""Hz at which attempts are looked at."""
FAINT_DB = 12.0
"""A note's peak must stand so far above the noise of the room, or the noise is learned with it."""
FAINTEST_DB = -50.0
"""Peak in dBFS below which a note is too soft on any input."""
SHORTEST_SECONDS = 0.25
HOLE_SECONDS = 0.004
"""Digital silence within a sound that lasts so long was put there by a machine that is too busy: no
instrument makes it, and no microphone that hears one."""
NEAR = 0.6
"""Semitones from the asked pitch, beside the instrument's own tuning, that count as that note."""
SURE = 0.5
"""Certainty from which a note that the model heard is evidence."""
VERY_CLEAR = 0.85
RUSTLE_DB = 18.0
"""What is so much softer than the note, such as the sound of its key, is no second note."""
SOFTER_DB, LOUDER_DB = 4.0, 3.0
"""Decibels by which a soft or loud note differs from the usual one of its pitch."""


@dataclass(frozen=True)
class HeardNote:
    """A note that the model heard during an attempt: MIDI pitch, certainty 0-1."""

    pitch: int
    certainty: float


@dataclass(frozen=True)
class AttemptContext:
    """What is known before the attempt."""

    room_db: float = -120.0
    """Peak level of the quiet room, dBFS."""
    tuning_cents: float = 0.0
    """Cents by which the instrument is above the tuning that it is judged at."""
    usual_db: float | None = None
    """Peak of this pitch as it was played before, where it is asked for softly or loudly."""
    a4_hz: float = 440.0
    hum: Hum | None = None
    """Hum of the mains in the room's sound."""
    lenient: bool = False
    """Whether doubts count no more: the player has tried several times."""


@dataclass(frozen=True)
class Judgement:
    """What an attempt at a note holds, and whether it may be kept."""

    fault: AttemptFault = AttemptFault.NONE
    pitch: int = 0
    """MIDI pitch that was heard, 0 where none was."""
    cents: float = 0.0
    """Cents by which the note is above that pitch."""
    level_db: float = -120.0
    """Peak of the note, in dBFS."""
    start_s: float = 0.0
    """Where the note starts in the attempt's sound."""
    end_s: float = 0.0

    @property
    def usable(self) -> bool:
        """Whether the sound may be taken if the player says that it is right."""
        return self.fault in MAY_BE_TAKEN


def judge_attempt(
    sound: Floats, rate: int, ask: Ask, heard: Sequence[HeardNote], context: AttemptContext
) -> Judgement:
    """What an attempt holds, and what is wrong with it.

    Args:
        sound: (n,) of the attempt, mono.
        rate: Hz.
        ask: what was asked for.
        heard: notes that the model heard in it.
        context: what is known of room and instrument.
    """
    clipped = len(find_clipped(sound)) > 0
    centred = without_hum(without_offset(sound, rate), rate, context.hum)
    level = peak_db(centred)
    tuned = resample(centred, rate * 440 / context.a4_hz, RATE)
    second = context.a4_hz / 440
    """Seconds of the recording in a second of the retuned sound; 1 at A = 440 Hz."""
    cuts = cut(tuned, RATE)
    if not cuts:
        return Judgement(AttemptFault.SILENT, level_db=level)
    strokes = _strokes(tuned, cuts)
    first, last = strokes[0], cuts[-1]
    end = last.end if ask.kind in ("chord", "phrase") else first.end
    found = Judgement(AttemptFault.NONE, 0, 0.0, level, first.start / second, end / second)
    if has_holes(sound[int(first.start / second * rate) : int(last.end / second * rate)], rate):
        return replace(found, fault=AttemptFault.TORN)
    if clipped:
        return replace(found, fault=AttemptFault.CLIPPED)
    if level < max(context.room_db + FAINT_DB, FAINTEST_DB):
        return replace(found, fault=AttemptFault.SOFT)
    if is_telephone_sound(sound, rate) and not context.lenient:
        return replace(found, fault=AttemptFault.TELEPHONE)
    short = end - first.start < SHORTEST_SECONDS
    if short and len(strokes) == 1:
        return replace(found, fault=AttemptFault.SHORT)
    if ask.kind == "phrase":
        return found
    sure = [note.pitch for note in heard if note.certainty >= SURE]
    if ask.kind == "chord":
        wrong = sure and not {*sure} & {*ask.pitches} and not context.lenient
        pitch = min(sure) if wrong else ask.pitches[0]
        return replace(found, fault=AttemptFault.OTHER if wrong else AttemptFault.NONE, pitch=pitch)
    found = _name(found, tuned, strokes, ask, sure, context)
    if short and found.fault is not AttemptFault.SEVERAL:
        return replace(found, fault=AttemptFault.SHORT)
    if found.fault or ask.touch == "usual" or context.usual_db is None or context.lenient:
        return found
    return replace(found, fault=_touch_fault(ask.touch, level - context.usual_db))


def has_holes(sound: Floats, rate: int) -> bool:
    """Whether samples are missing: runs of zeros with sound before and after."""
    zero = np.concatenate([[False], sound == 0, [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(zero))
    begins, ends = edges[::2], edges[1::2]
    inside = (begins > 0) & (ends < len(sound))
    return bool((inside & (ends - begins >= HOLE_SECONDS * rate)).any())


def peak_db(sound: Floats) -> float:
    """Highest sample in dBFS, -120 for silence."""
    return float(20 * np.log10(max(float(np.abs(sound).max(initial=0.0)), 1e-6)))


def _touch_fault(touch: Touch, above_db: float) -> AttemptFault:
    if touch == "soft" and above_db > -SOFTER_DB:
        return AttemptFault.NOT_SOFTER
    return (
        AttemptFault.NOT_LOUDER if touch == "loud" and above_db < LOUDER_DB else AttemptFault.NONE
    )


def _strokes(sound: Floats, cuts: Sequence[Cut]) -> list[Cut]:
    """The cuts as notes: throbbing is one note, and a key's rustle is none."""
    kept: list[Cut] = []
    loudest = max(peak_db(_part(sound, one)) for one in cuts)
    for one in cuts:
        if peak_db(_part(sound, one)) < loudest - RUSTLE_DB:
            continue
        throbs = one.dip_db < STROKE_DIP_DB and one.suddenness < STROKE_SUDDENNESS
        if kept and throbs and one.start - kept[-1].end < 0.05:
            kept[-1] = replace(kept[-1], end=one.end)
        else:
            kept.append(one)
    return kept


def _part(sound: Floats, one: Cut) -> Floats:
    return sound[int(one.start * RATE) : int(one.end * RATE)]


def _name(
    found: Judgement,
    sound: Floats,
    strokes: Sequence[Cut],
    ask: Ask,
    sure: Sequence[int],
    context: AttemptContext,
) -> Judgement:
    """The judgement with the pitch, and the fault that it has."""
    body, begin = _part(sound, strokes[0]), int(strokes[0].start * RATE)
    exact, clear = measure(body, RATE)
    exact -= context.tuning_cents / 100
    before = sound[: max(0, begin - int(LEAD_SECONDS * RATE))]
    whole = sound[begin : int(strokes[-1].end * RATE)]
    if second_note(whole, before, RATE):  # no doubt: who plays one note may say so by the button
        one = ask.pitch or (round(exact) if clear >= CLEAR else min(sure, default=0))
        return replace(found, fault=AttemptFault.SEVERAL, pitch=one)
    if len(strokes) > 1 and not context.lenient:
        others = [measure(_part(sound, one), RATE) for one in strokes[1:]]
        moved = [pitch for pitch, at in others if at >= CLEAR and abs(pitch - exact) > 0.8]
        if clear >= CLEAR and moved:
            return replace(found, fault=AttemptFault.SEVERAL, pitch=round(exact))
    if not context.lenient and clear < PERIODIC and _apart(sure):
        return replace(found, fault=AttemptFault.SEVERAL, pitch=min(sure))
    if ask.kind != "note":
        return _name_freely(found, body, exact, clear, sure)
    # YIN that is clear decides first, also between octaves: of 1200 notes of 140 instruments 12
    # came out one too high, and nearly all that came out too low were an organ's that do sound
    # there. Where it is less clear the model may know better, and where it is not clear at all the
    # spectrum, between pitches that one string, bar or pipe sounds by itself.
    asked = ask.pitch
    off = exact - asked
    if clear >= CLEAR and abs(off) < NEAR:
        return replace(found, pitch=asked, cents=100 * off + context.tuning_cents)
    doubtful = clear < CLEAR or (clear < VERY_CLEAR and round(exact) not in sure)
    if asked in sure and doubtful:
        return replace(found, pitch=asked, cents=context.tuning_cents)
    if 0.4 <= clear < CLEAR and _related(off):
        fits = salience(body, RATE, [exact, float(asked)])
        if fits[1] >= 0.8 * max(fits) or context.lenient:
            return replace(found, pitch=asked, cents=context.tuning_cents)
    if clear >= CLEAR:
        return replace(
            found, fault=AttemptFault.OTHER, pitch=round(exact), cents=100 * (exact - round(exact))
        )
    if context.lenient:
        return replace(found, pitch=asked, cents=context.tuning_cents)
    return replace(found, fault=AttemptFault.UNCLEAR, pitch=sure[0] if sure else 0)


def _name_freely(
    found: Judgement, body: Floats, exact: float, clear: float, sure: Sequence[int]
) -> Judgement:
    """The judgement of a note that the player chose."""
    candidates = [exact] if clear >= CLEAR else []
    if clear < VERY_CLEAR:
        candidates += [float(p) for p in sure if all(abs(p - c) > NEAR for c in candidates)]
    if not candidates:
        return replace(found, fault=AttemptFault.UNCLEAR)
    fits = salience(body, RATE, candidates)
    agreed = [sum(abs(pitch - one) < NEAR for pitch in sure) for one in candidates]
    best = max(range(len(candidates)), key=lambda i: fits[i] + 0.5 * agreed[i] + 0.5 * (i == 0))
    pitch = round(candidates[best])
    if not 21 <= pitch <= 108:
        return replace(found, fault=AttemptFault.UNCLEAR)
    return replace(found, pitch=pitch, cents=100 * (candidates[best] - pitch))


def _related(semitones: float) -> bool:
    """Whether a pitch is so far from another as one string, bar or pipe makes by itself."""
    return any(abs(abs(semitones) - step) < NEAR for step in RELATED if step not in (0, 1, 11, 13))


def _apart(pitches: Sequence[int]) -> bool:
    """Whether notes were heard that one instrument does not make by itself."""
    return any(
        abs(one - other) not in RELATED
        for place, one in enumerate(pitches)
        for other in pitches[place + 1 :]
    )
