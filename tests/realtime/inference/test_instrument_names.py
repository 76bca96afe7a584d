"""What a taught instrument may be called: one rule for the command line, the guide and renaming."""

import unicodedata

import pytest

from realtime.inference import instruments
from realtime.inference.instrument_names import free_name, readable_name, usable_name
from realtime.inference.instruments import check_new_name
from realtime.troubles.errors import UserError

DECOMPOSED = unicodedata.normalize("NFD", "Żółć i clé")


@pytest.mark.parametrize(
    "name",
    [
        "सितार", "ขลุ่ย", "عود", "箏", "שׁוֹפָר", "தவில்", "සිතාරය", "한글 가야금", "kèn bầu",
        "نی‌انبان", "ʻukulele", "Kalimba, 17 keys", "B♭ clarinet #2", "Drum & Bass", "½ violin",
        "cor d’harmonie", "my_harp+",
        "10", "null", "console", "communion", "a.b.c", "song.wav", "x" * 60, "स" * 60,
    ],
)  # fmt: skip
def test_names_of_every_script_are_names(name):
    assert usable_name(name) == unicodedata.normalize("NFC", name)


def test_marks_are_composed_and_spaces_are_single_ones():
    assert usable_name(DECOMPOSED) == "Żółć i clé"
    assert usable_name(" Kalimba\u00a0 17 ") == "Kalimba 17"


@pytest.mark.parametrize(
    "name, fault",
    [
        ("", "'name' is missing"), ("   ", "'name' is missing"),
        ("a/b", "/ may not stand there"), ("a\\b", "may not stand there"), ("a:b", ": may not"),
        ('Gibson "SG"', '" may not stand there'), ("a*b", r"\* may not"), ("a?", r"\? may not"),
        ("<b>x</b>", "< may not"), ("a|b", r"\| may not"), ("a\nb", r"U\+000A may not"),
        ("x\x00y", r"U\+0000 may not"), ("\u202egnp", r"U\+202E may not"), ("🎻", "may not"),
        ("a\u200b", r"U\+200B may not"), ("%s", "% may not"), ("\udcff", r"U\+DCFF may not"),
        ("-x", "- may not stand"), ("--model", "- may not stand"), (".h", r"\. may not"),
        ("..", r"\. may not"), ("~root", "~ may not"), (" ,a", ", may not"),
        ("end.", r"\. may not"), ("end. .", r"\. may not"),
        ("x" * 61, "too long"), ("𝄞a", "may not"), ("𐎠" * 46, "too long"),
        ("my.onnx", r"\.onnx may not"), ("a.SafeTensors", "may not"),
        ("mine.instrument", r"\.instrument may"), ("learn.ckpt", "may not"),
    ],
)  # fmt: skip
def test_a_name_that_is_none_is_refused_with_what_is_wrong_and_what_is_allowed(name, fault):
    with pytest.raises(
        UserError, match=rf"\(.*{fault}.*\): use up to 60 letters of any script, .*$"
    ) as found:
        usable_name(name)
    assert str(found.value).count("\n") == name.count("\n")


@pytest.mark.parametrize("name", ["CON", "nul", "aux.x", "COM¹", "lpt9 .a"])
def test_a_name_of_a_device_is_refused(name):
    with pytest.raises(UserError, match="Windows keeps the name"):
        usable_name(name)


def test_a_name_that_an_earlier_version_gave_is_read():
    assert readable_name("nul") == "nul" and readable_name("my.onnx") == "my.onnx"
    with pytest.raises(UserError):
        readable_name("../x")


@pytest.mark.parametrize("name", ["kalimba", "KALIMBA", "Kali\u200dmba"])
def test_a_name_that_differs_by_capitals_alone_is_another_instruments(name):
    with pytest.raises(UserError, match="is like 'Kalimba', which is there"):
        check_new_name(name, ["Oud", "Kalimba"])
    assert check_new_name("Kalimba", ["Oud", "Kalimba"]) == "Kalimba"
    assert check_new_name(DECOMPOSED, ["Żółć i clé"]) == "Żółć i clé"


def test_the_bundled_models_name_is_nobody_elses():
    ours = instruments.bundled_name()
    for name in (ours, ours.upper(), f" {ours}"):
        with pytest.raises(UserError, match="program's own model"):
            check_new_name(name)


def test_a_number_makes_another_name_also_where_capitals_differ_and_room_is_short():
    assert free_name("Oud", ["ney"]) == "Oud"
    assert free_name("Oud", ["oud", "OUD 2"]) == "Oud 3"
    long = "x" * 60
    assert free_name(long, [long]) == "x" * 58 + " 2"
