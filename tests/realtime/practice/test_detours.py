"""A passage that comes again is not taken for the one that was played with mistakes."""

from dataclasses import replace

import numpy as np
import pytest

from realtime.practice.assess import assess
from tests.realtime.practice.performances import heard, melody, play

DRAW = np.random.default_rng(8)
THEME, MIDDLE = (DRAW.choice([60, 62, 64, 65, 67, 69, 71, 72], 32).tolist() for _ in range(2))
RONDO = melody([*THEME, *MIDDLE, *THEME])


def written_otherwise(first: int) -> tuple[list, list[int]]:
    """The rondo with every third of twenty notes from here on at another pitch, and which."""
    changed = list(range(first, first + 20, 3))
    notes = list(RONDO)
    for index in changed:
        notes[index] = replace(notes[index], pitch=notes[index].pitch + 1)
    return notes, changed


@pytest.mark.parametrize("first", [6, 70], ids=["its first time", "its second time"])
def test_a_theme_with_mistakes_is_not_its_other_appearance(first):
    notes, changed = written_otherwise(first)
    found = assess(notes, heard(play(RONDO)))
    assert [i for i, v in enumerate(found.verdicts) if v.judgement != "right"] == changed
    assert all(found.reached)
    assert len(found.passes) == 1


@pytest.mark.parametrize("last", [96, 40], ids=["to the end", "and stops"])
def test_who_does_play_the_theme_twice_is_followed(last):
    once = play(RONDO[:32])
    again_s = once[-1][1] + 0.2
    twice = play(RONDO[:last], start_s=again_s)
    found = assess(RONDO[:last], heard([*once, *twice]))
    assert {verdict.judgement for verdict in found.verdicts} == {"right"}
    assert len(found.passes) == 2


def test_who_leaves_a_passage_out_is_followed():
    played = [*play(RONDO[:20]), *play(RONDO[52:], start_s=8.6, from_s=RONDO[52].onset_s)]
    found = assess(RONDO, heard(played))
    assert not any(found.reached[20:52])
    assert {verdict.judgement for verdict in found.verdicts[52:]} == {"right"}
