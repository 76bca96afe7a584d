"""What the engine says is said in the user's language."""

import string

import pytest

from gui.language.engine_messages import in_words
from gui.language.setting_names import name_of_option
from gui.language.translate import set_language
from realtime.audio.sources import FileSource
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.texts import TEXTS
from realtime.troubles.trouble import Trouble
from realtime.values.ranges import list_rules, option_name
from realtime.values.settings import EngineSettings


@pytest.fixture
def polish():
    set_language("pl")
    yield
    set_language("en")


def test_a_reason_inside_a_sentence_is_translated_too(polish):
    full = Trouble(Code.TAKE_UNWRITTEN, folder="/music", reason=Trouble(Code.DISK_FULL))
    assert "/music (dysk jest pełny)" in in_words(full)
    assert in_words(Trouble(Code.OTHER, text="Something new.")) == "Something new."


def test_what_speaks_against_the_notes_of_a_lesson_is_listed_in_polish(polish):
    short = Trouble(Code.FAULT_COUNTED, fault=Trouble(Code.NOTE_SHORT), count=3)
    noise = Trouble(Code.FAULT_COUNTED, fault=Trouble(Code.NOTE_UNPITCHED), count=1)
    faults = Trouble(Code.LISTED, first=short, rest=noise)
    few = Trouble(Code.FEW_GOOD_NOTES, count=4, usable=0, pitches=0, fewest=5, faults=faults)
    assert "za krótkie: 3, bez wysokości dźwięku: 1)" in in_words(few)
    assert "too short: 3, no pitch in it: 1)" in str(Trouble.from_json(few.to_json()))


def test_in_english_the_window_says_what_the_command_line_says():
    cut = Trouble(Code.FILE_CUT_OFF, path="a.flac", there=1.25, length=10.0)
    assert in_words(cut) == str(cut) == "a.flac is cut off: 1.2 s of 10.0 s are there."


def test_figures_have_the_decimal_comma(polish):
    cut = Trouble(Code.FILE_CUT_OFF, path="a.flac", there=1.25, length=10.0)
    assert in_words(cut) == "Plik a.flac jest urwany: zawiera 1,2 s z 10,0 s."
    other = Trouble(Code.LOOK_AHEAD_CHANGED, name="mine", wanted_ms=10.0, used_ms=20.0)
    assert in_words(other) == "Model „mine” nie ma look-ahead 10 ms; słucha z 20 ms."


def test_a_real_error_is_said_in_polish(polish, tmp_path):
    with pytest.raises(UserError) as error:
        FileSource(tmp_path / "nie ma.wav")
    assert in_words(error.value.trouble).startswith("Nie ma takiego pliku")


def test_the_polish_window_shows_polish_messages(make_stage):
    stage = make_stage()
    set_language("pl")
    stage.engine.forced = {"troubles": (Trouble(Code.PORT_LOST, name="FLUID Synth"),)}
    stage.play(0.1)
    assert stage.window.notices.notices[0].text.startswith("Port MIDI „FLUID Synth” zniknął")


def test_a_refused_setting_has_the_name_that_the_window_gives_it(polish):
    with pytest.raises(UserError) as error:
        EngineSettings(minimum_note_ms=9000).check()
    assert in_words(error.value.trouble) == (
        "Najkrótsza nuta nie może być 9000; dopuszczalne: od 0 do 2000 ms."
    )
    with pytest.raises(UserError) as error:
        EngineSettings(lowest_pitch=80, highest_pitch=60).check()
    assert in_words(error.value.trouble).startswith("Najniższa nuta (80) jest powyżej Najwyższa")
    set_language("en")
    assert in_words(error.value.trouble).startswith("Lowest note (80) is above Highest note (60)")


def test_a_scale_that_does_not_exist_is_refused_by_a_code(polish):
    for field in ("scale", "scale_root", "outside_scale"):
        with pytest.raises(UserError) as error:
            EngineSettings(**{field: "happy"}).landing()
        assert error.value.trouble.code is Code.SETTING_UNFIT
        assert in_words(error.value.trouble).split(" nie może być 'happy'; dopuszczalne: ")[0] in (
            "Skala",
            "Tonika",
            "Poza skalą",
        )
    assert "C, C#, D, " in str(error.value) or "adjust, remove" in str(error.value)


IN_A_TERMINAL = {Code.MODEL_TRAINED, Code.GIVES_FEATURES}
"""What only `jtm export` mends, a command of who trains."""


@pytest.mark.parametrize("spoken", ["en", "pl"])
def test_the_window_sends_nobody_to_an_option_of_the_command_line(spoken):
    set_language(spoken)
    try:
        for code in set(Code) - IN_A_TERMINAL:
            names = [name for _, name, _, _ in string.Formatter().parse(TEXTS[code]) if name]
            assert "--" not in in_words(Trouble(code, **dict.fromkeys(names, 1))), code
    finally:
        set_language("en")


def test_every_setting_that_the_window_changes_and_can_refuse_has_a_name_there():
    ruled = set(list_rules(EngineSettings)) - {"input_channel", "most_notes_per_second"}
    assert [one for one in ruled if name_of_option(option_name(one)).startswith("--")] == []
