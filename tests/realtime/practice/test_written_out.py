"""Scores that say how long notes are, not how they look, are played as they say."""

import re

import pytest

from realtime.practice.open_piece import open_piece
from tests.realtime.practice.scores import SCORE

SEEN = re.compile(r"<type>\w+</type>|<dot/>|<notations>.*?</notations>")


def measure(notes: str, divisions: int) -> str:
    return (
        '<score-partwise version="3.1"><part-list><score-part id="P1"><part-name>Flute</part-name>'
        '</score-part></part-list><part id="P1"><measure number="1"><attributes>'
        f"<divisions>{divisions}</divisions><time><beats>4</beats><beat-type>4</beat-type></time>"
        f"</attributes>{notes}</measure></part></score-partwise>"
    )


def note(step: str, duration: int, more: str = "") -> str:
    pitch = f"<pitch><step>{step}</step><octave>4</octave></pitch>"
    return f"<note>{pitch}<duration>{duration}</duration><voice>1</voice>{more}</note>"


def lengths(tmp_path, text: str) -> list[tuple[int, float, float]]:
    path = tmp_path / "piece.musicxml"
    path.write_text(text, encoding="utf-8")
    notes = open_piece(str(path)).notes
    return [(n.pitch, round(n.onset_s, 2), round(n.offset_s - n.onset_s, 1)) for n in notes]


def test_a_score_without_types_dots_and_drawn_ties_is_the_same_piece(tmp_path):
    assert lengths(tmp_path, SEEN.sub("", SCORE)) == lengths(tmp_path, SCORE)


@pytest.mark.parametrize("unit", [1, 120], ids=["a 16th", "MIDI's 120"])
def test_lengths_follow_the_divisions(tmp_path, unit):
    text = measure(note("C", 6 * unit) + note("D", 2 * unit) + note("E", 8 * unit), 4 * unit)
    assert [on for _, on, _ in lengths(tmp_path, text)] == [0.0, 0.75, 1.0]


@pytest.mark.parametrize("drawn", [True, False], ids=["eighths", "only durations"])
def test_triplets_without_brackets_are_triplets(tmp_path, drawn):
    ratio = "<actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
    look = f"<type>eighth</type><time-modification>{ratio}</time-modification>" if drawn else ""
    text = measure("".join(note(step, 4, look) for step in "CDEFGABCDEFG"), 12)
    assert [on for _, on, _ in lengths(tmp_path, text)] == [round(i / 6, 2) for i in range(12)]
