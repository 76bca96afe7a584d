import pytest

from gui.language.translate import set_language
from gui.music.key_guess import STEADY_S, Key, KeyFollower, guess_key, key_name
from gui.music.pitch_names import pitch_name, spelled
from realtime.values.snapshot import RollNote

SCALES = {False: (0, 4, 7, 0, 5, 9, 7, 11, 2, 7, 4, 0), True: (0, 3, 7, 0, 5, 8, 7, 11, 2, 7, 3, 0)}


def melody(tonic: int, minor: bool, start_s: float = 0.0) -> list[RollNote]:
    return [
        RollNote(
            start_s + i, start_s + i + (1.8 if degree in (0, 7) else 0.9), 60 + tonic + degree, 80
        )
        for i, degree in enumerate(SCALES[minor])
    ]


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("minor", [False, True])
def test_the_key_of_a_plain_melody_is_found(tonic, minor):
    assert guess_key(melody(tonic, minor), 13.0) == Key(tonic, minor)


def test_too_little_or_too_even_music_has_no_key():
    assert guess_key(melody(0, False)[:5], 13.0) is None
    assert guess_key([RollNote(i, i + 1.0, 60 + i, 80) for i in range(12)], 13.0) is None


def test_flat_keys_are_written_with_flats():
    assert Key(5, False).flats
    assert Key(2, True).flats
    assert not Key(0, False).flats
    assert not Key(9, True).flats
    assert pitch_name(70, spelled("letters", True)) == "B♭4"
    assert pitch_name(63, spelled("german", True)) == "Es4"
    assert pitch_name(63, spelled("letters-flat", False)) == "D♯4"
    assert key_name(Key(3, False), spelled("letters", True)) == "E♭ major"
    assert key_name(None, "letters") == ""


def test_the_guess_changes_only_after_a_while():
    follower = KeyFollower()
    notes = melody(5, False)
    assert follower.update(notes, 13.0) is None
    assert follower.update(notes, 14.0) is None
    for second in range(15, 15 + round(STEADY_S)):
        key = follower.update(notes, float(second))
    assert key == Key(5, False)
    assert follower.update([], 30.0) == Key(5, False)


def test_the_window_spells_by_key(make_stage):
    stage = make_stage(score=melody(5, False))
    stage.play(21.0, step=0.25)
    assert stage.window.pane.roll.ink.naming == "letters-flat"
    assert stage.window.transport.now_playing.toolTip() == "F major"


@pytest.mark.parametrize(
    ("spoken", "naming", "minor", "major"),
    [
        ("en", "letters", "F♯ minor", "F♯ major"),
        ("pl", "german", "fis-moll", "Fis-dur"),
        ("pl", "letters", "f♯-moll", "F♯-dur"),
        ("pl", "solfege", "fa♯-moll", "Fa♯-dur"),
    ],
)
def test_polish_minor_keys_have_a_small_letter(spoken, naming, minor, major):
    set_language(spoken)
    assert key_name(Key(6, True), naming) == minor
    assert key_name(Key(6, False), naming) == major
    set_language("en")
