"""Tells two notes at once from one, by the partials of their sound alone.

One string, bar, pipe or voice makes partials of which most are multiples of one frequency, or a few
that are multiples of none. Two notes make two such rows. A row of multiples is known by its second
or third partial, and two tones of any kind by this: one's partials are the other's, moved.

An octave, a twelfth and what lies above them are no evidence: one note sounds there too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from realtime.values.arrays import Doubles, Flags, Floats

SETTLE_SECONDS, LISTEN_SECONDS, BEFORE_SECONDS = 0.06, 0.5, 0.27
LEAD_SECONDS = 0.02
"""Before a note's start, which may come a little late."""
GAP_SECONDS = 0.05
SHORTEST_SECONDS = 0.08
LOWEST_HZ, HIGHEST_HZ = 45.0, 5500.0
DEEPEST_DB = 26.0
"""Below the strongest partial, what is softer is none."""
ABOVE_NOISE_DB = 15.0
"""Above the middle of the spectrum: peaks of noise are lower."""
FRESH = 1.5
"""What did not grow so many times from before the note sounded on from there."""
PEAK_BINS = 2.2
"""Half the width of a partial's peak, in bins of the spectrum's window."""
PEAK_PART = 0.045
"""That, as a part of the frequency: vibrato and beats are no partials."""
CANDIDATE, STRONGEST_DB = 0.3, -13.0
"""Weight of a partial that may be a note's lowest; each note has one within so many decibels."""
TOLERANCE, TOLERANCE_HZ = 0.3, 3.0
"""Semitones, and Hz, by which a partial may lie beside a multiple."""
MOST_MULTIPLES, ALL_MULTIPLES = 20, 40
DEEPEST_ROOT = 5
"""A single note's lowest partial may be up to its fifth."""
DENSE = 0.75
"""Part of the first ten multiples that must sound where the lowest of them does not."""
TWO_COVER, MORE_COVER = 0.75, 0.05
"""Part of all partials, by weight, that two notes explain, and how much more than one does."""
MOVED_COVER, ONE_COVER, HALF = 0.85, 0.9, 0.5
"""Part that the same partials, twice, explain; and part that no single note may. Where one explains
not even half, less will do."""


@dataclass(frozen=True)
class Partials:
    """Peaks of a spectrum, from low to high, each array `(n,)`."""

    hertz: Doubles
    decibels: Doubles
    """Below the strongest."""

    @property
    def weights(self) -> Doubles:
        """1 for the strongest to 0 for the softest that counts."""
        return 1 + self.decibels / DEEPEST_DB


def second_notes(audio: Floats, stretches: Sequence[tuple[float, float]], rate: int) -> list[float]:
    """What sounds with each note of a recording (n,), in semitones from it; 0.0 where nothing does.

    Two notes beat against each other and are cut in pieces: what follows them without a pause is
    looked at by itself, as if nothing had sounded before.

    Args:
        audio: mono.
        stretches: (start, end) of the notes in seconds, in order.
        rate: Hz.
    """
    found: list[float] = []
    last_end = -1.0
    for start, end in stretches:
        begin = int(start * rate)
        first, last = begin - int(BEFORE_SECONDS * rate), begin - int(LEAD_SECONDS * rate)
        goes_on = bool(found) and found[-1] > 0 and start - last_end < GAP_SECONDS
        before = audio[:0] if goes_on else audio[max(0, first) : max(0, last)]
        found.append(second_note(audio[begin : int(end * rate)], before, rate))
        last_end = end
    return found


def second_note(sound: Floats, before: Floats, rate: int) -> float:
    """Semitones from one note to another that sounds with it; 0.0 where one sounds alone.

    Args:
        sound: (n,) of the note.
        before: (m,) what sounded right before it, and may ring on.
        rate: Hz.
    """
    found = find_partials(sound, before, rate)
    if len(found.hertz) < 2:
        return 0.0
    single = _cover_of_one(found)
    moved, step = _cover_of_moved(found)
    if (moved >= MOVED_COVER and single < ONE_COVER) or (moved >= TWO_COVER and single < HALF):
        return step
    both, step = _cover_of_two(found)
    return step if both >= TWO_COVER and both - single >= MORE_COVER else 0.0


def find_partials(sound: Floats, before: Floats, rate: int) -> Partials:
    """The partials of a note that did not sound before it."""
    settle = min(int(SETTLE_SECONDS * rate), len(sound) // 4)
    body = sound[settle : settle + int(LISTEN_SECONDS * rate)].astype(np.float64)
    nothing = Partials(np.zeros(0), np.zeros(0))
    if len(body) < SHORTEST_SECONDS * rate:
        return nothing
    size = 1 << int(np.ceil(np.log2(4 * rate)))
    window = np.hanning(len(body))
    spectrum = np.abs(np.fft.rfft(body * window, size)) * 2 / window.sum()
    low, high = (int(hertz * size / rate) for hertz in (LOWEST_HZ, HIGHEST_HZ))
    part = spectrum[low : min(high, len(spectrum))]
    top = float(part.max(initial=0.0))
    if top < 1e-6:
        return nothing
    decibels = 20 * np.log10(part / top + 1e-9)
    softest = max(-DEEPEST_DB, float(np.median(decibels)) + ABOVE_NOISE_DB)
    inner = decibels[1:-1]
    peaks = (inner > decibels[:-2]) & (inner >= decibels[2:]) & (inner > softest)
    places = np.flatnonzero(peaks) + 1
    kept: list[int] = []
    wide = PEAK_BINS * size / len(body)
    for place in places[np.argsort(-decibels[places])].tolist():
        if all(abs(place - one) >= max(wide, PEAK_PART * (one + low)) for one in kept):
            kept.append(place)
    hertz = (np.array(sorted(kept)) + low) * rate / size
    fresh = part[sorted(kept)] > FRESH * _amplitudes(before, hertz, rate)
    strongest = int(np.argmax(part[sorted(kept)])) if kept else 0
    if kept and not fresh[strongest]:  # the sound before goes on: no other note began
        fresh[:] = True
    loud = part[sorted(kept)][fresh]
    if not len(loud):
        return nothing
    decibels = 20 * np.log10(loud / loud.max())
    heard = decibels > -DEEPEST_DB
    return Partials(hertz[fresh][heard], decibels[heard])


def _amplitudes(before: Floats, hertz: Doubles, rate: int) -> Doubles:
    """How strong sound is at frequencies `(n,)`, as the peaks of `find_partials` are measured."""
    part = before[-int(BEFORE_SECONDS * rate) :].astype(np.float64)
    if len(part) < SHORTEST_SECONDS / 2 * rate:
        return np.zeros(len(hertz))
    window = np.hanning(len(part))
    time = np.arange(len(part)) / rate
    waves = np.exp(-2j * np.pi * hertz[:, None] * time)
    amplitudes: Doubles = np.abs(waves @ (part * window)) * 2 / window.sum()
    return amplitudes


def _multiples(hertz: Doubles, root: float, most: int) -> tuple[Flags, Doubles]:
    """Which frequencies `(n,)` are multiples of a root, and which multiple each would be."""
    number = np.maximum(1, np.round(hertz / root))
    off = np.abs(12 * np.log2(hertz / (number * root)))
    near = np.maximum(TOLERANCE, 12 * np.log2(1 + TOLERANCE_HZ / hertz))
    # Strings are stiff: their partials lie ever higher above the multiples.
    return (off < near + 0.02 * np.minimum(number, 16)) & (number <= most), number


def _cover_of_one(found: Partials) -> float:
    """Part of the partials, by weight, that a single note explains."""
    weights, best = found.weights, 0.0
    for hertz in found.hertz[weights >= CANDIDATE]:
        for under in range(1, DEEPEST_ROOT + 1):
            fits, number = _multiples(found.hertz, hertz / under, ALL_MULTIPLES)
            present = {*number[fits].astype(int).tolist()}
            first = min(max(present), 10)
            if under > 1 and len([one for one in present if one <= first]) < DENSE * first:
                continue
            best = max(best, float(weights[fits].sum() / weights.sum()))
    return best


def _cover_of_two(found: Partials) -> tuple[float, float]:
    """Part of the partials that two or three notes explain best, and the step between two."""
    hertz, decibels, weights = found.hertz, found.decibels, found.weights
    roots = np.flatnonzero(weights >= CANDIDATE).tolist()
    rows = {root: _multiples(hertz, hertz[root], MOST_MULTIPLES) for root in roots}
    best = (0.0, 0.0)
    for lower, upper, step in _pairs(found, roots):
        (one, first), (other, second) = rows[lower], rows[upper]
        alone, beside = one & ~other, other & ~one
        if not (alone[lower] and beside[upper]):
            continue
        if not (np.isin(first[alone], (2, 3)).any() and np.isin(second[beside], (2, 3)).any()):
            continue
        if min(decibels[alone].max(), decibels[beside].max()) < STRONGEST_DB:
            continue
        both = one | other
        cover = float(weights[both].sum() / weights.sum())
        if cover < TWO_COVER:
            thirds = [rows[root][0] & ~both for root in roots if root > upper and not both[root]]
            more = [third for third in thirds if third.sum() > 1]
            strong = [third for third in more if decibels[third].max() >= STRONGEST_DB]
            cover += max((weights[third].sum() / weights.sum() for third in strong), default=0.0)
        best = max(best, (cover, step))
    return best


def _cover_of_moved(found: Partials) -> tuple[float, float]:
    """Part of the partials that are pairs at one distance, and that distance in semitones."""
    hertz, decibels, weights = found.hertz, found.decibels, found.weights
    best = (0.0, 0.0)
    for lower, _, step in _pairs(found, np.flatnonzero(weights >= CANDIDATE).tolist()):
        used = np.zeros(len(hertz), bool)
        pairs: list[tuple[int, int]] = []
        for place, frequency in enumerate(hertz):
            wanted = frequency * 2 ** (step / 12)
            partner = int(np.argmin(np.abs(np.log(hertz / wanted))))
            near = abs(12 * np.log2(hertz[partner] / wanted)) < TOLERANCE
            if near and partner != place and not used[place] and not used[partner]:
                used[[place, partner]] = True
                pairs.append((place, partner))
        if not any(place == lower for place, _ in pairs):
            continue
        loudest = (max(decibels[place] for place in row) for row in zip(*pairs, strict=True))
        if min(loudest) >= STRONGEST_DB:
            best = max(best, (float(weights[used].sum() / weights.sum()), step))
    return best


def _pairs(found: Partials, roots: list[int]) -> list[tuple[int, int, float]]:
    """Pairs of partials that may be the lowest of two notes, and the semitones between them."""
    pairs = []
    for place, lower in enumerate(roots):
        for upper in roots[place + 1 :]:
            step = 12 * float(np.log2(found.hertz[upper] / found.hertz[lower]))
            if 1.6 < step < 16.6 and not 10.6 < step < 13.4:
                pairs.append((lower, upper, step))
    return pairs
