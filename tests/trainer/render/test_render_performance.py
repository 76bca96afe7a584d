import itertools

import numpy as np

from trainer.render.music.notation import Part, PartNote
from trainer.render.music.performance import (
    fit_range,
    hold_pedal,
    humanise,
    play_alone,
    separate_repeats,
)
from trainer.render.music.scores import compose_together


def test_the_pedal_holds_a_note_until_it_is_released():
    part = Part(
        (PartNote(0, 1.0, 60, 0.5), PartNote(0, 0.4, 64, 0.5), PartNote(3.2, 3.5, 67, 0.5)),
        pedal=((0.5, 2.0), (3.0, float("inf"))),
    )
    held = hold_pedal(part)
    assert [note.offset for note in held.notes] == [2.0, 0.4, float("inf")]
    assert separate_repeats(held, 5.0).notes[-1].offset <= 6.0


def test_a_key_struck_again_ends_its_note():
    part = Part((PartNote(0, 3, 60, 0.5), PartNote(1, 2, 60, 0.5), PartNote(1, 2, 61, 0.5)))
    first, second, other = separate_repeats(part, 10).notes
    assert (first.offset, second.onset, other.offset) == (1, 1, 2)


def test_a_part_is_moved_by_octaves_into_the_instrument():
    part = Part((PartNote(0, 1, 40, 0.5), PartNote(1, 2, 45, 0.5)))
    assert [note.pitch for note in fit_range(part, 60, 80).notes] == [64, 69]


def test_soloists_play_one_note_at_a_time():
    rng = np.random.default_rng(0)
    chord = tuple(PartNote(i * 0.5, i * 0.5 + 1, p, 0.5) for i in range(8) for p in (60, 64, 67))
    notes = play_alone(Part(chord), rng).notes
    assert [note.pitch for note in notes] == [67] * 8
    assert all(a.offset <= b.onset + 0.05 for a, b in itertools.pairwise(notes))


def test_invented_music_stays_within_range_and_time():
    rng = np.random.default_rng(3)
    seen = set()
    for _ in range(60):
        score = compose_together(rng, [("lead", 60, 84), ("keys", 21, 108), ("bass", 28, 50)], 10)
        for part, (low, high) in zip(score.parts, [(60, 84), (21, 108), (28, 50)], strict=True):
            played = separate_repeats(humanise(part, rng), 10)
            assert all(low <= note.pitch <= high for note in played.notes)
            assert all(0 <= note.onset < 10 and note.offset > note.onset for note in played.notes)
            seen |= {note.pitch for note in played.notes}
    assert seen >= set(range(21, 109))
