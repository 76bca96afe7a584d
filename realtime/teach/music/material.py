"""What is learned from and judged by, in folds: each is judged by weights that never met it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from realtime.inference.spec import ModelSpec
from realtime.teach.examples import FOLDS, Music
from realtime.teach.listening.recordings import resample
from realtime.teach.listening.understanding import Understanding
from realtime.teach.music.band import Band, OneShot, add_room
from realtime.values.arrays import Doubles

MUSIC_SECONDS = 200.0
PHRASE_SECONDS = 100.0
"""Music made of single notes, and phrases in variants, at the usual minutes."""
FEWEST_SHOTS = 3
SAME_SECONDS = 0.05
"""Notes that begin closer together are one chord, which no cut divides."""


def make_music(
    understood: Understanding, spec: ModelSpec, rng: np.random.Generator, scale: float = 1.0
) -> list[Music]:
    """Everything of the player's, each piece made of notes of one fold.

    Args:
        understood: his recordings.
        spec: of the model.
        rng: chance.
        scale: of the amounts.
    """
    music: list[Music] = []
    rate = spec.sample_rate
    blocks = [cut_phrase(phrase, rate) for phrase in understood.phrases]
    ends = [np.cumsum([part.seconds(rate) for part in parts]) for parts in blocks]
    folds = fold_shots(understood, ends)
    used = [fold for fold in folds if fold]
    for number, shots in enumerate(folds):
        if shots and len(understood.shots) >= FEWEST_SHOTS:
            band = Band(shots, rate, understood.noise)
            seconds = MUSIC_SECONDS * scale / len(used)
            decides = not blocks  # a phrase itself says more than its notes rearranged
            made = band.play(seconds, rng)
            music += [replace(piece, fold=number, decides=decides) for piece in made]
    for place, check in enumerate(understood.checks):
        music.append(replace(check, fold=place % FOLDS))
    for parts in blocks:
        for number, part in enumerate(parts):
            seconds = PHRASE_SECONDS * scale / len(parts)
            made = variants(part, rate, seconds, rng)
            music += [replace(one, fold=number) for one in made]
    return music


def fold_shots(understood: Understanding, ends: Sequence[Doubles] = ()) -> list[list[OneShot]]:
    """Single notes by folds: every fourth pitch in each, so that all of them span the range.

    Notes of a phrase are in the fold of their part of it: what judges was not learned from.

    Args:
        understood: the recordings.
        ends: of the parts of each phrase, seconds.
    """
    notes = [note for note in understood.notes if not note.reason]
    pitches = sorted({note.pitch for note in notes if note.recording >= len(ends)})
    folds: list[list[OneShot]] = [[] for _ in range(FOLDS)]
    for note, shot in zip(notes, understood.shots, strict=True):
        if note.recording < len(ends):
            place = int(np.searchsorted(ends[note.recording][:-1], note.start, "right"))
        else:
            place = pitches.index(note.pitch)
        folds[place % FOLDS].append(shot)
    return folds


def cut_phrase(phrase: Music, rate: int) -> list[Music]:
    """A phrase in parts of about as many notes each, cut between two notes where that is possible.

    A note that sounds on over a cut is in the earlier part alone.
    """
    phrase = replace(phrase, sources=np.arange(len(phrase.notes)))
    onsets = np.sort(phrase.notes[:, 0])
    onsets = onsets[np.diff(onsets, prepend=-1.0) > SAME_SECONDS]
    parts = min(FOLDS, max(1, len(onsets) // 2))
    ringing = np.array(
        [
            ((phrase.notes[:, 0] < onset - 0.02) & (phrase.notes[:, 1] > onset)).any()
            for onset in onsets
        ]
    )
    moments = [0.0]
    for part in range(1, parts):
        wanted = part * len(onsets) / parts
        near = [i for i in range(1, len(onsets)) if abs(i - wanted) <= len(onsets) / parts / 3]
        place = min(near or [round(wanted)], key=lambda i: (ringing[i], abs(i - wanted)))
        moments.append(float(onsets[place]) - 0.03)
    moments.append(len(phrase.audio) / rate)
    return [_between(phrase, *ends, rate) for ends in pairwise(moments)]


def _between(phrase: Music, begin: float, end: float, rate: int) -> Music:
    inside = (phrase.notes[:, 0] >= begin) & (phrase.notes[:, 0] < end)
    notes = phrase.notes[inside].copy()
    notes[:, 1] = np.minimum(notes[:, 1], end)
    notes[:, :2] -= begin
    audio = phrase.audio[int(begin * rate) : int(end * rate)]
    return replace(phrase, audio=audio, notes=notes, sources=phrase.note_sources[inside])


def variants(phrase: Music, rate: int, seconds: float, rng: np.random.Generator) -> list[Music]:
    """The phrase as it is, then moved in pitch, level and room until `seconds` are full."""
    made = [phrase]
    length = phrase.seconds(rate)
    while sum(one.seconds(rate) for one in made) + length <= max(seconds, 2.5 * length):
        semitones = int(rng.integers(-2, 3))
        ratio = 2 ** ((semitones + rng.uniform(-0.1, 0.1)) / 12)
        audio = add_room(resample(phrase.audio, rate * ratio, rate), rate, rng)
        peak = float(np.abs(audio).max(initial=0.0)) + 1e-9
        audio = audio * np.float32(10 ** (rng.uniform(-20, -1) / 20) / peak)
        notes = phrase.notes / np.array([ratio, ratio, 1.0]) + np.array([0.0, 0.0, semitones])
        made.append(replace(phrase, audio=audio, notes=notes))
    return made
