"""Repeats, endings and jumps of scores are played out as musicians play them."""

import pytest

from realtime.practice.open_piece import open_piece
from realtime.troubles.codes import Code
from tests.realtime.practice.musicxml import (
    CLOSE,
    OPEN,
    attributes,
    bar,
    ending,
    line,
    note,
    score,
    tune,
    words,
)

NONE = ("", "")
SEGNO = words("", 'segno="s"', "<segno/>")


def played(tmp_path, text: str, repeats: bool = True) -> list[int]:
    """Numbers of the bars in the order of playing; their notes come with them."""
    path = tmp_path / "piece.musicxml"
    path.write_text(text, encoding="utf-8")
    piece = open_piece(str(path), repeats=repeats)
    assert [n.bar for n in piece.notes if n.beat == 1.0 and n.part == 0] == [
        b.number for b in piece.bars
    ]
    return [b.number for b in piece.bars]


@pytest.mark.parametrize(
    ("signs", "bars"),
    [
        ([NONE, ("", CLOSE), NONE, ("", CLOSE)], [1, 2, 1, 2, 3, 4, 3, 4]),
        ([("", CLOSE), (OPEN, CLOSE), ("", CLOSE)], [1, 1, 2, 2, 3, 3]),
        ([(OPEN, ""), ("", CLOSE), NONE, ("", CLOSE), NONE], [1, 2, 1, 2, 3, 4, 3, 4, 5]),
        ([NONE, (OPEN, ""), ("", CLOSE), NONE, ("", CLOSE)], [1, 2, 3, 2, 3, 4, 5, 4, 5]),
        ([(OPEN, line("right", "backward", more='times="3"')), NONE], [1, 1, 1, 2]),
        ([(OPEN, ""), (OPEN, CLOSE), ("", CLOSE)], [1, 2, 2, 3, 1, 2, 2, 3]),
    ],
    ids=["two dances", "one bar each", "a, b", "after an introduction", "three times", "nested"],
)
def test_repeats_go_back_to_their_sign_or_to_the_last_repeat(tmp_path, signs, bars):
    assert played(tmp_path, score(tune(*signs))) == bars


@pytest.mark.parametrize(
    ("signs", "bars"),
    [
        ([NONE, ending("1", True), ending("2"), NONE], [1, 2, 1, 3, 4]),
        ([NONE, ending("1, 2", True), ending("3"), NONE], [1, 2, 1, 2, 1, 3, 4]),
        ([NONE, ending("1-2", True), ending("3")], [1, 2, 1, 2, 1, 3]),
        ([NONE, ending("1", True), NONE, NONE, ("", CLOSE)], [1, 2, 1, 3, 4, 5, 3, 4, 5]),
        (
            [NONE, ending("1", True), ending("2"), NONE, ending("1", True), ending("2")],
            [1, 2, 1, 3, 4, 5, 4, 6],
        ),
        ([NONE, ending("1", True), ending("2", True), NONE], [1, 2, 1, 3, 4]),
        (
            [NONE, (ending("1")[0], ""), ("", ending("1", True)[1]), ending("2")],
            [1, 2, 3, 1, 4],
        ),
    ],
    ids=["two", "1 and 2", "range", "no second bracket", "two groups", "closed", "two bars long"],
)
def test_endings_are_taken_in_their_turn(tmp_path, signs, bars):
    assert played(tmp_path, score(tune(*signs))) == bars


@pytest.mark.parametrize(
    ("signs", "bars"),
    [
        ([("", ""), ("", words("Fine")), ("", words("D.C. al Fine"))], [1, 2, 3, 1, 2]),
        ([NONE, ("", words("", 'fine="yes"')), ("", words("x", 'dacapo="yes"'))], [1, 2, 3, 1, 2]),
        ([NONE, (words("Fine"), ""), ("", words("Da capo al fine"))], [1, 2, 3, 1, 2]),
        ([NONE, (words("", drawn="<segno/>"), ""), ("", words("D.S."))], [1, 2, 3, 2, 3]),
        ([NONE, (SEGNO, ""), ("", words("Dal Segno", 'dalsegno="s"'))], [1, 2, 3, 2, 3]),
        (
            [NONE, ("", words("To Coda")), ("", words("D.C. al Coda")), (words("Coda"), "")],
            [1, 2, 3, 1, 2, 4],
        ),
        (
            [
                NONE,
                (words("", drawn="<segno/>"), ""),
                ("", words("to", drawn="<coda/>")),
                ("", words("D.S. al Coda")),
                (words("", drawn="<coda/>"), ""),
            ],
            [1, 2, 3, 4, 2, 3, 5],
        ),
        (
            [NONE, ending("1", True), ending("2"), ("", words("D.C. al Fine")), NONE],
            [1, 2, 1, 3, 4, 1, 3, 4, 5],
        ),
        (
            [("", CLOSE), ("", CLOSE + words("Fine")), ("", CLOSE + words("D.C."))],
            [1, 1, 2, 2, 3, 3, 1, 2],
        ),
    ],
    ids=["words", "sounds", "before the note", "segno", "named", "coda", "drawn", "endings",
         "repeats only once"],
)  # fmt: skip
def test_jumps_are_made_once_and_not_repeated_after(tmp_path, signs, bars):
    assert played(tmp_path, score(tune(*signs))) == bars


def test_jumps_and_endings_that_lead_nowhere_are_told(tmp_path):
    path = tmp_path / "piece.musicxml"
    for signs, code in (
        ([NONE, NONE, ("", words("D.S. al Fine"))], Code.SCORE_JUMPS),
        ([NONE, ("", words("To Coda")), ("", words("D.C. al Coda"))], Code.SCORE_JUMPS),
        ([NONE, ending("1"), ending("2")], Code.SCORE_ENDINGS),
    ):
        path.write_text(score(tune(*signs)))
        piece = open_piece(str(path))
        assert {bar.number for bar in piece.bars} == {1, 2, 3}
        assert [remark.code for remark in piece.remarks] == [code]
        assert "piece.musicxml" in str(piece.remarks[0])


def test_signs_of_any_part_count_and_a_plain_score_has_no_remarks(tmp_path):
    signs = [NONE, ending("1", True), ending("2")]
    assert played(tmp_path, score(tune(count=3), tune(*signs))) == [1, 2, 1, 3]
    assert open_piece(str(tmp_path / "piece.musicxml")).remarks == ()


def test_a_repeat_in_mid_bar_takes_what_was_played_of_the_bar(tmp_path):
    path = tmp_path / "piece.musicxml"
    middle = line("middle", "backward")
    first = bar(1, attributes(), note("C4", 8), middle, note("D4", 8))
    path.write_text(score(first + bar(2, note("E4"))))
    piece = open_piece(str(path))
    assert [(n.pitch, n.bar, n.beat) for n in piece.notes] == [
        (60, 1, 1), (60, 1, 1), (62, 1, 3), (64, 2, 1)]  # fmt: skip
    assert [n.onset_s for n in piece.notes] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("signs", "bars"),
    [
        ([NONE, ("", CLOSE), NONE, ("", CLOSE)], [1, 2, 3, 4]),
        ([NONE, ending("1", True), ending("2"), NONE], [1, 3, 4]),
        ([NONE, ending("1", True), NONE], [1, 3]),
        ([("", CLOSE), ("", words("Fine")), ("", words("D.C. al Fine"))], [1, 2, 3, 1, 2]),
    ],
    ids=["repeats", "last ending", "no second bracket", "jumps stay"],
)
def test_without_repeats_every_passage_is_played_once(tmp_path, signs, bars):
    assert played(tmp_path, score(tune(*signs)), repeats=False) == bars


def test_a_score_that_would_never_end_is_refused(tmp_path):
    path = tmp_path / "endless.musicxml"
    much = line("right", "backward", more='times="64"')
    nested = [(OPEN, "")] * 4 + [("", much)] * 4
    path.write_text(score(tune(*nested)))
    with pytest.raises(Exception, match="more than 100000 bars") as refused:
        open_piece(str(path))
    assert refused.value.trouble.code == Code.PIECE_TOO_MANY_BARS
