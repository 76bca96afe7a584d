"""What a lesson may cost other instruments: little in all, and not everything from one of them."""

import pytest

from realtime.teach.scores import Counts
from realtime.teach.thresholds import Others


def clip(found, ended, true=100):
    """Counts of a clip: as many notes heard as there are."""
    return Counts(true, true, found, ended)


BEFORE = (clip(90, 62), clip(80, 60), clip(85, 70), clip(3, 2, 4))


@pytest.mark.parametrize(
    "after, harmed",
    [
        (BEFORE, False),
        ((clip(89, 61), clip(80, 60), clip(85, 69), clip(3, 2, 4)), False),
        ((clip(88, 62), clip(79, 60), clip(83, 70), clip(3, 2, 4)), True),  # .016 of all onsets
        ((clip(90, 59), clip(80, 57), clip(85, 68), clip(3, 2, 4)), True),  # .026 of all ends
        # A piano's ends, .62 to .39, hidden in a mean in which the others gain.
        ((clip(90, 39), clip(85, 75), clip(88, 82), clip(3, 2, 4)), True),
        ((clip(83, 62), clip(88, 60), clip(90, 70), clip(3, 2, 4)), True),
        # Two notes of a clip of four say nothing.
        ((clip(91, 63), clip(80, 60), clip(85, 70), clip(1, 1, 4)), False),
    ],
)
def test_neither_the_mean_nor_one_clip_may_lose_much(after, harmed):
    assert Others((), BEFORE).harmed(after) is harmed
