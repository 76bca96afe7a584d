"""What the engine says is said in the user's language."""

import pytest

from gui.language.engine_messages import in_words
from gui.language.translate import set_language
from realtime.audio.sources import FileSource
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble


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
    assert "(za krótkie: 3, bez wysokości dźwięku: 1)" in in_words(few)
    assert "(too short: 3, no pitch in it: 1)" in str(Trouble.from_json(few.to_json()))


def test_in_english_the_window_says_what_the_command_line_says():
    cut = Trouble(Code.FILE_CUT_OFF, path="a.flac", there=1.25, length=10.0)
    assert in_words(cut) == str(cut) == "a.flac is cut off: 1.2 s of 10.0 s are there."


def test_figures_have_the_decimal_comma(polish):
    cut = Trouble(Code.FILE_CUT_OFF, path="a.flac", there=1.25, length=10.0)
    assert in_words(cut) == "Plik a.flac jest urwany: zawiera 1,2 s z 10,0 s."
    other = Trouble(Code.LOOK_AHEAD_CHANGED, name="mine", wanted_ms=10.0, used_ms=20.0)
    assert in_words(other) == "Model „mine” nie ma wyprzedzenia 10 ms; słucha z 20 ms."


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
