"""Each note is in one fold: what judges weights was never learned by them."""

import numpy as np
import pytest

from realtime.inference.spec import HeadSpec, ModelSpec
from realtime.teach.examples import FOLDS, Music
from realtime.teach.listening.naming import NamedNote
from realtime.teach.listening.understanding import Understanding
from realtime.teach.music.band import OneShot
from realtime.teach.music.material import cut_phrase, fold_shots, make_music
from tests.realtime.teach.tones import RATE, pluck

SPEC = ModelSpec("x", heads=(HeadSpec(4),))


def understood(pitches, phrases=(), starts=None):
    starts = starts or [0.0] * len(pitches)
    notes = [NamedNote(0, start, start + 0.5, pitch, 0, 1.0)
             for start, pitch in zip(starts, pitches, strict=True)]  # fmt: skip
    shots = [OneShot(pluck(pitch, 0.5), pitch, 100) for pitch in pitches]
    return Understanding((), tuple(notes), tuple(shots), tuple(phrases), np.zeros(0, np.float32))


def melody(count=16, length=0.5):
    notes = np.array([[i * length, (i + 0.9) * length, 60 + i] for i in range(count)], float)
    return Music(np.arange(int(count * length * RATE), dtype=np.float32), notes)


def test_every_fourth_pitch_is_in_a_fold_with_all_its_notes():
    folds = fold_shots(understood([60, 62, 64, 65, 67, 69, 71, 72, 62]))
    assert [sorted(shot.pitch for shot in fold) for fold in folds] == [
        [60, 67], [62, 62, 69], [64, 71], [65, 72],
    ]  # fmt: skip


def test_a_phrase_is_cut_between_notes_and_nothing_of_it_is_lost():
    phrase = melody()
    parts = cut_phrase(phrase, RATE)
    assert [len(part.notes) for part in parts] == [4, 4, 4, 4]
    assert np.array_equal(np.concatenate([part.audio for part in parts]), phrase.audio)
    assert all(part.notes[0, 0] == pytest.approx(0.03, abs=1e-3) for part in parts[1:])
    assert sorted(pitch for part in parts for pitch in part.notes[:, 2]) == list(range(60, 76))


def test_a_cut_avoids_notes_that_sound_on_and_never_divides_a_chord():
    notes = np.array([[0, 0.4, 60], [0.5, 1.9, 62], [1.0, 1.4, 64], [1.01, 1.4, 67],
                      [2.0, 2.4, 65], [2.5, 2.9, 60], [3.0, 3.4, 62], [3.5, 3.9, 64]])  # fmt: skip
    parts = cut_phrase(Music(np.zeros(4 * RATE, np.float32), notes), RATE)
    for part in parts:
        assert set(part.notes[:, 2]) & {64, 67} in (set(), {64}, {64, 67})
        assert part.notes[:, 1].max() <= part.seconds(RATE) + 1e-3
    assert sum(len(part.notes) for part in parts) == len(notes)


def test_notes_of_a_phrase_are_in_the_fold_of_their_part_and_the_phrase_alone_decides():
    phrase = melody()
    starts = list(phrase.notes[:, 0])
    given = understood(list(range(60, 76)), [phrase], starts)
    music = make_music(given, SPEC, np.random.default_rng(0), 0.5)
    assert {piece.fold for piece in music} == set(range(FOLDS))
    for piece in music:
        if not piece.decides:
            fold = range(60 + 4 * piece.fold, 64 + 4 * piece.fold)
            assert set(piece.notes[:, 2]) <= set(range(fold[0] - 3, fold[-1] + 4))
    assert sum(piece.decides for piece in music) >= FOLDS and not all(p.decides for p in music)
    for piece in music:
        if piece.decides:  # the note that each was made of, whatever pitch the variant has
            moved = piece.notes[:, 2] - 60 - piece.note_sources
            assert len(set(moved)) == 1 and abs(moved[0]) <= 2


def test_single_notes_alone_judge_by_the_music_made_of_them():
    music = make_music(understood([60, 62, 64, 65, 67]), SPEC, np.random.default_rng(0), 0.25)
    assert all(piece.decides for piece in music)
    for piece in music:
        assert set(piece.note_sources) <= {60, 62, 64, 65, 67}
        assert np.abs(piece.notes[:, 2] - piece.note_sources).max(initial=0) <= 3
    assert {piece.fold for piece in music} == set(range(FOLDS))
