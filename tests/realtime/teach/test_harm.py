"""What a lesson must not do: help by chance, worsen the player's own notes, or harm others."""

import numpy as np
import pytest

from realtime.inference.model_file import open_model_file
from realtime.teach.examples import Examples
from realtime.teach.judging.choosing import Hearing, LessonVerdict, choose
from realtime.teach.judging.judging import Gain, JudgedPiece, Jury, gain, harms, value, worsens
from realtime.teach.judging.scores import Counts, count, count_by


def clip(found, ended, true=100):
    """Counts of a clip: as many notes heard as there are."""
    return Counts(true, true, found, ended)


BEFORE = (clip(90, 62), clip(80, 60), clip(85, 70), clip(3, 2, 4))


@pytest.mark.parametrize(
    "after, harmed",
    [
        (BEFORE, False),
        ((clip(89, 61), clip(80, 60), clip(85, 69), clip(3, 2, 4)), False),
        ((clip(89, 62), clip(79, 60), clip(85, 70), clip(3, 2, 4)), False),  # .007 of all onsets
        ((clip(88, 62), clip(79, 60), clip(84, 70), clip(3, 2, 4)), True),  # .013
        ((clip(90, 61), clip(80, 59), clip(85, 68), clip(3, 2, 4)), False),  # .013 of all ends
        ((clip(90, 60), clip(80, 58), clip(85, 68), clip(3, 2, 4)), True),  # .020
        # A guitar's ends, .70 to .57, hidden in a mean in which the others gain.
        ((clip(90, 68), clip(85, 68), clip(88, 57), clip(3, 2, 4)), True),
        ((clip(83, 62), clip(88, 60), clip(90, 70), clip(3, 2, 4)), True),
        # Two notes of a clip of four say nothing.
        ((clip(91, 63), clip(80, 60), clip(85, 70), clip(1, 1, 4)), False),
    ],
)
def test_neither_the_mean_nor_one_clip_may_lose_much(after, harmed):
    assert harms(BEFORE, after) is harmed


def test_a_gain_that_one_note_alone_has_is_chance():
    before = [clip(10, 5, 16)] * 8
    steady = [clip(11, 6, 16)] * 8
    lucky = [clip(16, 12, 16), *[clip(10, 5, 16)] * 7]
    both = [gain(before, now) for now in (steady, lucky)]
    assert both[0].real and both[0].value == pytest.approx(1.33 / 16)
    assert both[0].error == pytest.approx(0, abs=1e-12)
    assert both[1].value > 0.01 and not both[1].real


def test_what_nobody_played_or_heard_says_nothing_and_one_note_no_more():
    before, now = [clip(8, 5, 16)] * 6, [clip(12, 8, 16)] * 5 + [clip(8, 5, 16)]
    padded = [gain([*one, Counts(), Counts()], [*two, Counts(), Counts()]) for one, two in
              ((before, now),)]  # fmt: skip
    assert padded[0] == gain(before, now) and padded[0].real
    assert not gain([clip(8, 5, 16)], [clip(16, 16, 16)]).real


def test_the_error_is_that_of_means_where_pieces_are_alike():
    rng = np.random.default_rng(3)
    before = [clip(50, 50)] * 40
    now = [clip(50 + int(k), 50 + int(k)) for k in rng.integers(-3, 6, 40)]
    found = gain(before, now)
    gains = [value(one) - value(two) for one, two in zip(now, before, strict=True)]
    assert found.value == pytest.approx(np.mean(gains))
    assert found.error == pytest.approx(np.std(gains, ddof=1) / np.sqrt(40), rel=1e-6)


def test_pieces_that_were_made_of_the_same_notes_are_no_further_evidence():
    """Twelve variants of a phrase of four notes are four notes, not forty-eight."""
    spec = open_model_file(None).spec
    notes = np.array([[0.3 + place, 0.8 + place, 60 + place] for place in range(4)], float)

    def jury(pieces, heard):
        hops = 500
        frame = np.concatenate(
            [np.arange(round(100 * on), round(100 * end)) for on, end, _ in heard]
        )
        row = np.repeat([int(pitch) - 21 for *_, pitch in heard], 50).astype(np.int16)
        answers = np.zeros((len(row), 4, len(spec.heads)), np.float32)
        answers[:, :2] = 0.99
        examples = Examples(None, None, None, frame.astype(np.int32) + 4, row, hops)
        judged = [JudgedPiece(examples, notes, sources=np.arange(4)) for _ in range(pieces)]
        return Jury(judged, spec).count([answers] * pieces)

    one, many = (gain(jury(pieces, notes[:2]), jury(pieces, notes[:3])) for pieces in (1, 12))
    assert one.value > 0.1 and many.value == pytest.approx(one.value)
    assert many.error == pytest.approx(one.error) and one.error > 0.05


def test_false_notes_count_where_they_are_nearest():
    true = np.array([[1.0, 1.5, 60], [3.0, 3.5, 62]])
    heard = np.array([[1.0, 1.5, 60], [2.6, 2.9, 70], [1.2, 1.4, 60]])
    found = count_by(true, heard, np.array([7, 8]))
    assert found == {7: Counts(1, 2, 1, 1), 8: Counts(1, 1, 0, 0)}
    assert count(true, heard) == Counts(2, 3, 1, 1)
    assert count_by(np.zeros((0, 3)), heard[:1], np.zeros(0, np.int64)) == {-1: Counts(0, 1)}


def test_less_than_a_hundredth_is_nothing():
    assert not Gain(0.009, 0.0).real and Gain(0.011, 0.0).real and not Gain(0.02, 0.021).real


STEADY = [clip(50, 30)] * 12


@pytest.mark.parametrize(
    "after, worse",
    [
        (STEADY, False),
        ([clip(60, 31)] * 12, False),
        ([clip(48, 60)] * 12, True),  # a singer's starts, surely paid for ends
        ([clip(60, 28)] * 12, True),
        ([clip(70, 60), *[clip(48, 60)] * 6, *[clip(49, 60)] * 5], False),  # nothing lost in all
        ([*[clip(44, 60)] * 4, *[clip(52, 60)] * 8], False),  # .007 less is chance
        ([*[clip(20, 60)] * 2, *[clip(52, 60)] * 10], True),  # .033 less is too much to be risked
    ],
)
def test_ones_own_notes_may_lose_no_more_than_by_chance(after, worse):
    assert worsens(STEADY, after) is worse


SINGLE = np.array([[0.3 + place, 0.8 + place, 60 + place] for place in range(16)], float)
CHORDS = np.array([[16.3 + place // 2, 16.8 + place // 2, 60 + place] for place in range(16)])
"""Notes one after another, and two by two."""


def played(notes, heard, decides=True, held=True):
    """A piece in which of its notes `heard` are answered, and those answers.

    Those that are not `held` end too early.
    """
    spec = open_model_file(None).spec
    starts = np.round(100 * notes[:, 0]).astype(int)
    frame = (starts[:, None] + np.arange(50)).ravel().astype(np.int32) + 4
    row = np.repeat(notes[:, 2].astype(np.int16) - 21, 50)
    answers = np.zeros((len(row), 4, len(spec.heads)), np.float32)
    lasts = np.arange(50) < np.where(np.broadcast_to(held, len(notes)), 50, 20)[:, None]
    answers[:, :2] = 0.99 * (lasts.ravel() & np.repeat(heard, 50))[:, None, None]
    examples = Examples(None, None, None, frame, row, int(frame.max()) + 100)
    judged = JudgedPiece(examples, notes, sources=np.arange(len(notes)), decides=decides)
    return judged, answers


def first(count):
    return np.arange(16) < count


def hearing(*pieces):
    """What some weights answer of pieces of the player's; there is no replay set."""
    spec = open_model_file(None).spec
    judged, answers = zip(*pieces, strict=True)
    return Hearing(Jury(judged, spec), answers, Jury([], spec), [])


def choose_among(found):
    """The part that is chosen where `found` says how many notes are heard: (single, in chords)."""

    def hear(part):
        single, chords = found[part]
        notes = np.concatenate([SINGLE, CHORDS])
        return hearing(played(notes, np.concatenate([first(single), first(chords)])))

    return choose(hear, [part for part in found if part])


def test_what_helps_chords_may_not_cost_single_notes():
    chosen = choose_among({0: (12, 4), 1.0: (8, 16), 0.5: (13, 9)})
    assert (chosen.verdict, chosen.part) == (LessonVerdict.BETTER, 0.5)
    assert choose_among({0: (4, 12), 1.0: (16, 8)}).verdict is LessonVerdict.NOTHING_GAINED


def test_the_kind_of_notes_that_gains_least_decides_how_far_to_go():
    chosen = choose_among({0: (4, 4), 1.0: (16, 5), 0.5: (11, 11)})
    assert (chosen.verdict, chosen.part) == (LessonVerdict.BETTER, 0.5)


def test_music_made_of_a_pieces_notes_guards_and_does_not_decide():
    def learned(made):
        heard = {0: (8, 12), 1.0: (14, made)}

        def hear(part):
            real, other = heard[part]
            return hearing(played(SINGLE, first(real)), played(CHORDS, first(other), decides=False))

        return choose(hear, [1.0])

    assert learned(made=8).verdict is LessonVerdict.NOTHING_GAINED
    kept = learned(made=12)
    assert kept.verdict is LessonVerdict.BETTER
    assert sum(one.found for one in kept.before) == 8  # the made music is not among its figures
    assert sum(one.found for one in kept.now) == 14


@pytest.mark.parametrize(
    "made, verdict", [(14, LessonVerdict.BETTER), (9, LessonVerdict.NOTHING_GAINED)]
)
def test_a_piece_that_loses_a_start_by_chance_is_believed_where_its_notes_gain(made, verdict):
    """One start of sixteen is lost, and eleven ends are gained."""

    def hear(part):
        if not part:
            return hearing(
                played(SINGLE, first(16), held=first(4)), played(CHORDS, first(10), decides=False)
            )
        return hearing(played(SINGLE, first(15)), played(CHORDS, first(made), decides=False))

    assert choose(hear, [1.0]).verdict is verdict
