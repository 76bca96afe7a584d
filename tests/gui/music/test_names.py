import pytest

from gui.language.translate import plural, set_language, tr
from gui.music.chords import chord_name
from gui.music.pitch_names import NAMINGS, is_black, pitch_name


def test_middle_c_is_c4_and_every_naming_has_twelve_names():
    assert pitch_name(60) == "C4"
    assert pitch_name(69) == "A4"
    assert pitch_name(59, "german") == "H3"
    assert pitch_name(58, "german") == "B3"
    assert pitch_name(62, "solfege") == "Re4"
    assert all(len(names) == len(set(names)) == 12 for names in NAMINGS.values())


def test_black_keys_are_those_with_two_names():
    assert [pitch for pitch in range(60, 72) if is_black(pitch)] == [61, 63, 66, 68, 70]


@pytest.mark.parametrize(
    ("pitches", "name"),
    [
        ((60, 64, 67), "C"),
        ((57, 60, 64), "Am"),
        ((59, 62, 67), "G/B"),
        ((55, 59, 62, 65), "G7"),
        ((48, 60, 72), ""),
        ((60, 61, 62), ""),
        ((), ""),
        ((48, 64, 67, 72, 76), "C"),
    ],
)
def test_chords(pitches, name):
    assert chord_name(pitches) == name


def test_chord_of_the_lowest_note_wins():
    assert chord_name((60, 64, 67, 69)) == "C6"
    assert chord_name((57, 60, 64, 67)) == "Am7"


@pytest.mark.parametrize(
    ("count", "noun"),
    [(1, "nuta"), (2, "nuty"), (4, "nuty"), (5, "nut"), (0, "nut"), (12, "nut"), (22, "nuty")],
)
def test_polish_has_three_plural_forms(count, noun):
    set_language("pl")
    try:
        assert plural(count, "note", "notes") == f"{count} {noun}"
    finally:
        set_language("en")


def test_language_changes_words_and_an_unknown_one_is_english():
    try:
        set_language("pl")
        assert plural(5, "note", "notes") == "5 nut"
        assert plural(2, "note", "notes") == "2 nuty"
        assert tr("Record") == "Nagraj"
        assert tr("") == "" and tr("Not a text of ours") == "Not a text of ours"
        set_language("xx")
        assert plural(1, "note", "notes") == "1 note"
        assert plural(3, "note", "notes") == "3 notes"
    finally:
        set_language("en")
