"""What a lesson must not do: help by chance, worsen the player's own notes, or harm others."""

import numpy as np
import pytest

from realtime.teach.judging.judging import Gain, gain, harms, value, worsens
from realtime.teach.judging.scores import Counts


def clip(found, ended, true=100):
    """Counts of a clip: as many notes heard as there are."""
    return Counts(true, true, found, ended)


BEFORE = (clip(90, 62), clip(80, 60), clip(85, 70), clip(3, 2, 4))


@pytest.mark.parametrize(
    "after, harmed",
    [
        (BEFORE, False),
        ((clip(89, 61), clip(80, 60), clip(85, 69), clip(3, 2, 4)), False),
        ((clip(89, 62), clip(79, 60), clip(84, 70), clip(3, 2, 4)), True),  # .010 of all onsets
        ((clip(90, 60), clip(80, 59), clip(85, 68), clip(3, 2, 4)), True),  # .016 of all ends
        # A guitar's ends, .70 to .60, hidden in a mean in which the others gain.
        ((clip(90, 66), clip(85, 66), clip(88, 60), clip(3, 2, 4)), True),
        ((clip(83, 62), clip(88, 60), clip(90, 70), clip(3, 2, 4)), True),
        # Two notes of a clip of four say nothing.
        ((clip(91, 63), clip(80, 60), clip(85, 70), clip(1, 1, 4)), False),
    ],
)
def test_neither_the_mean_nor_one_clip_may_lose_much(after, harmed):
    assert harms(BEFORE, after) is harmed


def test_a_gain_that_one_piece_alone_has_is_chance():
    before = [clip(10, 5, 16)] * 8
    steady = [clip(11, 6, 16)] * 8
    lucky = [clip(16, 12, 16), *[clip(10, 5, 16)] * 7]
    folds = [0, 0, 1, 1, 2, 2, 3, 3]
    both = [gain(before, now, folds) for now in (steady, lucky)]
    assert both[0].real and both[0].value == pytest.approx(1.33 / 16)
    assert both[0].error == pytest.approx(0, abs=1e-12)
    assert both[1].value > 0.01 and not both[1].real


def test_a_gain_of_one_fold_is_chance_however_many_pieces_share_its_notes():
    before = [clip(10, 5, 16)] * 24
    now = [clip(14, 9, 16)] * 6 + [clip(10, 5, 16)] * 18
    assert not gain(before, now, [place // 6 for place in range(24)]).real
    assert gain(before, now, list(range(24))).real


def test_the_error_is_that_of_means_where_pieces_are_alike():
    rng = np.random.default_rng(3)
    before = [clip(50, 50)] * 40
    now = [clip(50 + int(k), 50 + int(k)) for k in rng.integers(-3, 6, 40)]
    found = gain(before, now, list(range(40)))
    gains = [value(one) - value(two) for one, two in zip(now, before, strict=True)]
    assert found.value == pytest.approx(np.mean(gains))
    assert found.error == pytest.approx(np.std(gains, ddof=1) / np.sqrt(40), rel=1e-6)


def test_less_than_a_hundredth_is_nothing():
    assert not Gain(0.009, 0.0).real and Gain(0.011, 0.0).real and not Gain(0.02, 0.021).real


@pytest.mark.parametrize(
    "after, worse",
    [
        (clip(50, 30), False),
        (clip(49, 60), True),  # a singer's starts, paid for ends
        (clip(60, 28), True),
        (clip(60, 31), False),
    ],
)
def test_ones_own_notes_may_not_lose(after, worse):
    assert worsens([clip(50, 30)], [after]) is worse
