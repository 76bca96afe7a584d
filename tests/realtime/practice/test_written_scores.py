"""Notes, times and names of scores are what the score says, and what a musician plays."""

import re
import zipfile

import pytest

from realtime.practice.open_piece import open_piece
from realtime.practice.pieces import Piece, choose_parts
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
from tests.realtime.practice.scores import SCORE

SEEN = re.compile(r"<type>\w+</type>|<dot/>|<notations>.*?</notations>")


def piece_of(tmp_path, text: str) -> Piece:
    path = tmp_path / "piece.musicxml"
    path.write_text(text, encoding="utf-8")
    return open_piece(str(path))


def sounding(piece: Piece) -> list[tuple[int, float, float]]:
    """Pitch, onset and length of every note, in seconds."""
    return [(n.pitch, round(n.onset_s, 3), round(n.offset_s - n.onset_s, 3)) for n in piece.notes]


def bare(step: str, duration: int) -> str:
    """A note that only says how long it is."""
    pitch = f"<pitch><step>{step}</step><octave>4</octave></pitch>"
    return f"<note>{pitch}<duration>{duration}</duration></note>"


def transpose(semitones: int, octaves: int = 0) -> str:
    moved = f"<octave-change>{octaves}</octave-change>" if octaves else ""
    return f"<transpose><chromatic>{semitones}</chromatic>{moved}</transpose>"


def metronome(unit: str, inside: str) -> str:
    return words("", drawn=f"<metronome><beat-unit>{unit}</beat-unit>{inside}</metronome>")


def per_minute(figure: object) -> str:
    return f"<per-minute>{figure}</per-minute>"


def test_a_score_without_types_dots_and_drawn_ties_is_the_same_piece(tmp_path):
    assert sounding(piece_of(tmp_path, SEEN.sub("", SCORE))) == sounding(piece_of(tmp_path, SCORE))


@pytest.mark.parametrize(
    ("divisions", "lengths"),
    [(4, (6, 2, 8)), (480, (720, 240, 960)), (4, (5, 11)), (12, (15, 9, 20, 4)), (7, (1, 9, 18))],
    ids=["16ths", "MIDI's 480", "no single glyph", "fifths of a triplet", "sevenths"],
)
def test_lengths_without_types_are_what_they_say(tmp_path, divisions, lengths):
    body = attributes().replace(">4</div", f">{divisions}</div")
    body += "".join(bare("CDEF"[i], length) for i, length in enumerate(lengths))
    found = sounding(piece_of(tmp_path, score(bar(1, body) + bar(2, bare("C", divisions)))))
    assert [length for _, _, length in found[:-1]] == [
        round(length / divisions / 2, 3) for length in lengths
    ]
    assert found[-1][1] == round(sum(lengths) / divisions / 2, 3)


def test_lengths_without_durations_are_as_they_look(tmp_path):
    ratio = (
        "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
        "</time-modification>"
    )
    look = ["<type>half</type><dot/>", *[f"<type>eighth</type>{ratio}"] * 3]
    body = "".join(note("C4", 0, inside=inside) for inside in look)
    found = sounding(piece_of(tmp_path, score(bar(1, attributes(), body))))
    assert [length for _, _, length in found] == [1.5, 0.167, 0.167, 0.167]


def test_a_tie_into_each_ending_is_one_held_note(tmp_path):
    tied = [note("E4", 16, ties) for ties in (("start",), ("stop",), ("stop",))]
    (before_1, after_1), (before_2, after_2) = ending("1", True), ending("2")
    text = score(
        bar(1, attributes(), OPEN, note("C4"))
        + bar(2, tied[0])
        + bar(3, before_1, tied[1], after_1)
        + bar(4, before_2, tied[2], after_2)
    )
    assert sounding(piece_of(tmp_path, text)) == [
        (60, 0, 2), (64, 2, 4), (60, 6, 2), (64, 8, 4)]  # fmt: skip


def test_a_tie_back_to_the_repeat_is_struck_the_first_time_only(tmp_path):
    text = score(
        bar(1, attributes(), OPEN, note("C4", 16, ("stop",)))
        + bar(2, note("C4", 16, ("start",)), CLOSE)
        + bar(3, note("D4"))
    )
    assert sounding(piece_of(tmp_path, text)) == [(60, 0, 2), (60, 2, 4), (60, 6, 2), (62, 8, 2)]


def test_ties_that_are_only_drawn_join_across_voices_and_bars(tmp_path):
    back = "<backup><duration>16</duration></backup>"
    drawn = '<tied type="{}"/>'
    first = note("C4", 8) + note("E4", 8, drawn=drawn.format("start"))
    second = note("G4") + back + note("E4", 8, voice=2, drawn=drawn.format("stop"))
    text = score(bar(1, attributes(), first) + bar(2, second))
    assert sounding(piece_of(tmp_path, text)) == [(60, 0, 1), (64, 1, 2), (67, 2, 2)]


def test_a_player_who_changes_instruments_sounds_as_each(tmp_path):
    text = score(
        bar(1, attributes(transpose(-2)), note("C4", 8))
        + bar(2, f"<attributes>{transpose(-9)}</attributes>", note("C4", 8))
        + bar(3, note("C4", 4), f"<attributes>{transpose(0, -1)}</attributes>", note("C4", 4))
    )
    assert [n.pitch for n in piece_of(tmp_path, text).notes] == [58, 51, 51, 48]


def test_a_change_of_instrument_in_mid_bar_is_heard_in_every_voice(tmp_path):
    change = f"<attributes>{transpose(-2)}</attributes>"
    back = "<backup><duration>16</duration></backup>"
    second = back + note("E4", 8, voice=2) + note("E4", 8, voice=2)
    text = score(bar(1, attributes(), note("C4", 8), change, note("C4", 8), second))
    assert [n.pitch for n in piece_of(tmp_path, text).notes] == [60, 64, 58, 62]


@pytest.mark.parametrize(
    ("marks", "onsets"),
    [
        ([words("", f'tempo="{bpm}"') for bpm in (60, 50, 40, 30)], [0, 1, 2.2, 3.7, 5.7]),
        ([metronome("quarter", per_minute(60)), "", metronome("quarter", per_minute(120)), ""],
         [0, 1, 2, 2.5, 3]),
        ([metronome("half", per_minute("c. 30")), "", "", ""], [0, 1, 2, 3, 4]),
        ([metronome("quarter", "<beat-unit-dot/>" + per_minute(40)), "", "", ""], [0, 1, 2, 3, 4]),
        (['<sound tempo="60"/>', "", metronome("quarter", "<beat-unit>eighth</beat-unit>"), ""],
         [0, 1, 2, 4, 6]),
        ([words("", 'tempo="60"').replace("<sound", '<offset sound="yes">4</offset><sound'),
          "", "", ""], [0, 0.5, 1.5, 2.5, 3.5]),
    ],
    ids=["rit.", "metronome", "about", "dotted", "quarter = eighth", "offset"],
)  # fmt: skip
def test_a_tempo_holds_from_its_place_in_the_bar(tmp_path, marks, onsets):
    body = "".join(mark + note(f"{step}4", 4) for mark, step in zip(marks, "CDEF", strict=True))
    piece = piece_of(tmp_path, score(bar(1, attributes(), body) + bar(2, note("G4", 4))))
    assert [round(n.onset_s, 3) for n in piece.notes] == onsets
    assert piece.tempo_bpm == pytest.approx(60 if onsets[1] == 1 else 120)


def test_a_repetition_begins_in_the_tempo_of_its_place(tmp_path):
    fast, slow = words("", 'tempo="240"'), words("rit.", 'tempo="60"')
    text = score(tune((fast, ""), (OPEN, ""), (slow, CLOSE), count=4))
    assert [bar.onset_s for bar in piece_of(tmp_path, text).bars] == [0, 1, 2, 6, 7, 11]


def test_a_rest_of_many_bars_leaves_the_others_their_notes(tmp_path):
    many = (
        "<attributes><measure-style><multiple-rest>2</multiple-rest></measure-style></attributes>"
    )
    resting = (
        bar(1, attributes(), note("C4"))
        + bar(2, many, note("r"))
        + bar(3, note("r"))
        + bar(4, note("D4"))
    )
    piece = piece_of(tmp_path, score(resting, tune(count=4)))
    assert [(n.pitch, n.bar) for n in piece.notes if n.part == 1] == [
        (60, 1), (62, 2), (64, 3), (65, 4)]  # fmt: skip
    assert [bar.onset_s for bar in piece.bars] == [0, 2, 4, 6]


def test_bars_keep_what_is_printed_at_them(tmp_path):
    text = score(
        bar(0, attributes(), note("G4", 4))
        + bar(1, note("C4"))
        + bar(2, note("D4", 12), CLOSE)
        + bar("X1", OPEN, note("G4", 4))
        + bar("12a", note("E4"))
        + bar("12b", note("F4", 12), CLOSE)
    )
    piece = piece_of(tmp_path, text)
    once = ["0", "1", "2"], ["X1", "12a", "12b"]
    assert [b.printed for b in piece.bars] == [*once[0], *once[0], *once[1], *once[1]]
    assert [b.number for b in piece.bars[6:9]] == [2, 12, 12]
    assert [b.beats for b in piece.bars[:3]] == [4, 4, 3]
    assert [n.bar for n in piece.notes[6:9]] == [2, 12, 12]


def test_a_measure_repeat_is_the_bar_before(tmp_path):
    def style(kind: str, text: str = "") -> str:
        sign = f'<measure-repeat type="{kind}">{text}</measure-repeat>'
        return f"<attributes><measure-style>{sign}</measure-style></attributes>"

    text = score(
        bar(1, attributes(), note("C4", 8), note("D4", 8))
        + bar(2, style("start", "1"), note("r"))
        + bar(3, "<note><rest measure='yes'/><duration>16</duration></note>")
        + bar(4, style("stop"), note("E4"))
    )
    assert [n.pitch for n in piece_of(tmp_path, text).notes] == [60, 62] * 3 + [64]


def test_tremolos_and_trills_are_one_note_and_what_they_touch_may_sound(tmp_path):
    def tremolo(kind: str) -> str:
        return f'<ornaments><tremolo type="{kind}">3</tremolo></ornaments>'

    text = score(
        bar(1, attributes(), note("D4", 16, drawn=tremolo("single")))
        + bar(2, note("C4", 8, drawn=tremolo("start")), note("E4", 8, drawn=tremolo("stop")))
        + bar(3, note("G4", 16, drawn="<ornaments><trill-mark/></ornaments>"))
    )
    piece = piece_of(tmp_path, text)
    assert sounding(piece) == [(62, 0, 2), (60, 2, 2), (64, 2.062, 1.938), (67, 4, 2)]
    may = {n.pitch for n in piece.optional if 0.3 < n.onset_s < 1.9}
    assert may == {62}
    assert {n.pitch for n in piece.optional if n.onset_s >= 4} == {65, 66, 67, 68, 69}


def test_grace_cue_and_ossia_notes_may_be_played_but_are_not_asked_for(tmp_path):
    details = '<staff-details number="2"><staff-type>ossia</staff-type></staff-details>'
    back = "<backup><duration>16</duration></backup>"
    after = note("B4", 0, head='<grace slash="yes"/>')
    body = (
        note("D5", 0, head="<grace/>")
        + note("C4", 8, staff=1)
        + note("A5", 8, head="<cue/>", staff=1)
        + after
        + back
        + note("G3", 16, staff=2)
    )
    text = score(bar(1, attributes(f"<staves>2</staves>{details}"), body) + bar(2, note("E4")))
    piece = piece_of(tmp_path, text)
    assert [n.pitch for n in piece.notes] == [60, 64]
    assert sorted(n.pitch for n in piece.optional) == [55, 71, 74, 81]


def test_two_staves_are_two_hands_and_a_tablature_is_none(tmp_path):
    back = "<backup><duration>16</duration></backup>"
    hands = note("C5", staff=1) + back + note("C3", staff=2)
    staves = attributes("<staves>2</staves>")
    alone = piece_of(tmp_path, score(bar(1, staves, hands)))
    assert alone.parts == ("right hand", "left hand")
    text = score(bar(1, attributes(), note("G5")), bar(1, staves, hands), names=("Oboe", "Piano"))
    both = piece_of(tmp_path, text)
    assert both.parts == ("Oboe", "Piano right hand", "Piano left hand")
    assert [n.pitch for n in choose_parts(both, ["left hand"]).notes] == [48]
    clefs = '<staves>2</staves><clef number="2"><sign>TAB</sign></clef>'
    guitar = piece_of(tmp_path, score(bar(1, attributes(clefs), hands)))
    assert (guitar.parts, [n.pitch for n in guitar.notes]) == (("Flute",), [72])


def test_swing_that_says_how_much_is_swung(tmp_path):
    swing = "<sound><swing><first>2</first><second>1</second></swing></sound>"
    body = "".join(note("C4", 2) for _ in range(4)) + note("D4", 8)
    piece = piece_of(tmp_path, score(bar(1, attributes(), swing, body)))
    assert [round(n.onset_s, 3) for n in piece.notes] == [0, 0.333, 0.5, 0.833, 1]
    assert piece.remarks == ()
    only_words = piece_of(tmp_path, score(bar(1, attributes(), words("Swing"), body)))
    assert [round(n.onset_s, 3) for n in only_words.notes] == [0, 0.25, 0.5, 0.75, 1]
    assert [remark.code for remark in only_words.remarks] == [Code.SCORE_SWING]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (note("B4", inside="<notehead>slash</notehead>"), Code.SCORE_SLASHES),
        (note("A5", drawn="<technical><harmonic><artificial/><touching-pitch/></harmonic>"
              "</technical>"), Code.SCORE_HARMONICS),
        (note("C4").replace("</step>", "</step><alter>0.5</alter>"), Code.SCORE_MICROTONES),
    ],
    ids=["slashes", "harmonics", "quarter tones"],
)  # fmt: skip
def test_what_cannot_be_read_as_it_sounds_is_told(tmp_path, body, code):
    piece = piece_of(tmp_path, score(bar(1, attributes(), note("C4")) + bar(2, body)))
    assert [remark.code for remark in piece.remarks] == [code]
    assert len(str(piece.remarks[0]).splitlines()) == 1


def test_drums_are_left_out_whatever_they_are_written_as(tmp_path):
    midi = '<midi-instrument id="{}"><midi-channel>10</midi-channel></midi-instrument>'
    clef = "<clef><sign>percussion</sign></clef>"
    for drums in (
        bar(1, attributes(clef), note("C4")),
        bar(1, attributes(), "<note><unpitched/><duration>16</duration></note>"),
    ):
        piece = piece_of(tmp_path, score(bar(1, attributes(), note("G4")), drums))
        assert (piece.parts, [n.pitch for n in piece.notes]) == (("Flute",), [67])
    text = score(bar(1, attributes(), note("G4"))).replace("</score-part>", midi.format("P0-I1")
                                                          + "</score-part>")  # fmt: skip
    path = tmp_path / "drums.musicxml"
    path.write_text(text)
    with pytest.raises(Exception, match="only percussion"):
        open_piece(str(path))


def test_a_note_of_one_time_through_is_played_that_time(tmp_path):
    first, second = note("C4", attributes='time-only="1"'), note("D4", attributes='time-only="2"')
    back = "<backup><duration>16</duration></backup>"
    text = score(bar(1, attributes(), first, back, second, line("right", "backward")))
    assert sounding(piece_of(tmp_path, text)) == [(60, 0, 2), (62, 2, 2)]


def test_rests_of_whole_bars_do_not_lengthen_a_pick_up(tmp_path):
    whole = "<note><rest measure='yes'/><duration>16</duration></note>"
    upper = bar(0, attributes(), note("G4", 4)) + bar(1, note("C4"))
    lower = bar(0, attributes(), whole) + bar(1, note("C3"))
    assert [b.onset_s for b in piece_of(tmp_path, score(upper, lower)).bars] == [0, 0.5]


@pytest.mark.parametrize(
    ("beats", "unit", "length", "count"),
    [("2+2+3", "8", 14, 7), ("6", "8", 12, 6), ("3", "2", 24, 3), ("5", "4", 20, 5)],
)
def test_metres_have_their_beats(tmp_path, beats, unit, length, count):
    text = score(bar(1, attributes("", beats, unit), note("C4", length)) + bar(2, note("D4", 4)))
    piece = piece_of(tmp_path, text)
    assert piece.bars[0].beats == count
    assert piece.bars[1].onset_s == pytest.approx(length / 8)


def test_a_packed_score_beside_other_files_is_found(tmp_path):
    path = tmp_path / "piece.mxl"
    container = (
        '<container xmlns="urn:x"><rootfiles><rootfile full-path="a.pdf"/>'
        '<rootfile full-path="ż/b.xml"/></rootfiles></container>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._b.xml", b"\x00\x05")
        archive.writestr("a.pdf", b"%PDF")
        archive.writestr("ż/b.xml", score(tune(count=2)))
        archive.writestr("META-INF/container.xml", container)
    assert [n.pitch for n in open_piece(str(path)).notes] == [60, 62]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (note("C4").replace("16</duration>", "-4</duration>").replace("whole", "odd"), "failed on"),
        (note("C4").replace("<octave>4", "<octave>x"), "failed on"),
        (metronome("quarter", per_minute(0)) + note("C4"), "tempo that cannot be played"),
        (words("", 'tempo="nan"') + note("C4"), "tempo that cannot be played"),
    ],
    ids=["length", "octave", "metronome", "tempo"],
)
def test_what_cannot_be_is_refused_in_a_sentence(tmp_path, body, why):
    with pytest.raises(Exception, match=why) as refused:
        piece_of(tmp_path, score(bar(1, attributes(), body)))
    assert len(str(refused.value).splitlines()) == 1
