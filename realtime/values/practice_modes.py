"""The ways to practise: their names, and what each alone does. All rooms read them here."""

from enum import StrEnum
from typing import Annotated

from realtime.values.ranges import Range

TOLERATED_LOSS_S = 0.3
"""Seconds of lost sound from which a run says so and is not compared with others."""


class PracticeMode(StrEnum):
    """A way to practise; the values are the words of `--mode`, plans and the history."""

    WAIT = "wait"
    """The piece goes on when all notes of a chord have sounded."""
    ALONG = "along"
    """The piece keeps its tempo."""
    FREE = "free"
    """The piece follows the player."""
    RHYTHM = "rhythm"
    """The piece keeps its tempo, and any pitch will do."""

    @property
    def judges_time(self) -> bool:
        """Whether a note may be early or late."""
        return self is not PracticeMode.WAIT

    @property
    def follows(self) -> bool:
        """Whether the tempo is the player's, so that it is found out rather than chosen."""
        return self is PracticeMode.FREE

    @property
    def is_in_company(self) -> bool:
        """Whether the other parts may be heard: beside claps they would be taken for them."""
        return self is not PracticeMode.RHYTHM

    @property
    def judges_whole(self) -> bool:
        """Whether a whole performance can be judged after it: rhythm alone needs a run."""
        return self is not PracticeMode.RHYTHM


TEMPO = Range(25, 200, "%")
"""Percent of the written tempo at which a piece may be practised."""
TempoPercent = Annotated[float, TEMPO]
OF_PERFORMANCES = tuple(mode.value for mode in PracticeMode if mode.judges_whole)
"""Ways in which `jtm practice` judges what was played."""
