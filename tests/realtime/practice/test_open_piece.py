"""Pieces from MIDI, MusicXML, takes and the program itself."""

import zipfile

import pytest
from mido import Message, MetaMessage, MidiFile, MidiTrack

from realtime.files.note_files import write_csv
from realtime.practice.open_piece import bundled_pieces, open_piece
from realtime.practice.pieces import choose_parts, transposed
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.values.notes import Note
from tests.realtime.practice.scores import DRUMS, EMPTY, NO_TEMPO, SCORE

COLUMNS = "onset_s,offset_s,midi_pitch,velocity"


def save(path, *tracks, ticks=480):
    file = MidiFile(type=1, ticks_per_beat=ticks)
    file.tracks.extend(MidiTrack(track) for track in tracks)
    file.save(str(path))
    return str(path)


def one_note(pitch, at, length=480, channel=0):
    return [
        Message("note_on", note=pitch, velocity=70, time=at, channel=channel),
        Message("note_off", note=pitch, velocity=0, time=length, channel=channel),
    ]


def test_midi_keeps_tempo_metre_key_and_parts(tmp_path):
    path = save(
        tmp_path / "two.mid",
        [
            MetaMessage("set_tempo", tempo=500_000),
            MetaMessage("time_signature", numerator=3, denominator=4),
            MetaMessage("key_signature", key="Bb"),
            MetaMessage("set_tempo", tempo=1_000_000, time=3 * 480),
            MetaMessage("time_signature", numerator=6, denominator=8),
        ],
        [MetaMessage("track_name", name="Violin"), *one_note(70, 0), *one_note(72, 480)],
        [MetaMessage("track_name", name="Cello"), *one_note(46, 3 * 480), *one_note(48, 240)],
    )
    piece = open_piece(path)
    assert (piece.parts, piece.key, piece.tempo_bpm) == (("Violin", "Cello"), "Bb", 120)
    rows = [(n.pitch, n.part, n.bar, n.beat, round(n.onset_s, 3)) for n in piece.notes]
    assert rows == [(70, 0, 1, 1, 0), (72, 0, 1, 3, 1), (46, 1, 2, 1, 1.5), (48, 1, 2, 4, 3.0)]
    assert [bar.beats for bar in piece.bars[:2]] == [3, 6]


def test_parts_are_chosen_by_number_or_name_and_moved(tmp_path):
    path = save(
        tmp_path / "two.mid",
        [MetaMessage("track_name", name="Violin"), *one_note(70, 0)],
        [MetaMessage("track_name", name="Cello"), *one_note(46, 0)],
    )
    piece = open_piece(path)
    assert [n.pitch for n in choose_parts(piece, ["2"]).notes] == [46]
    assert [n.pitch for n in choose_parts(piece, ["vio"]).notes] == [70]
    assert [n.pitch for n in transposed(piece, -2).notes] == [44, 68]
    with pytest.raises(UserError, match="1 Violin, 2 Cello"):
        choose_parts(piece, ["flute"])


def test_a_score_is_played_out_with_repeat_endings_ties_and_sounding_pitch(tmp_path):
    path = tmp_path / "small.musicxml"
    path.write_text(SCORE)
    piece = open_piece(str(path))
    assert piece.title == "Small"
    clarinet = [n for n in piece.notes if n.part == 0]
    assert [n.pitch for n in clarinet] == [60, 72, 74, 72, 75, 72]
    assert [n.bar for n in clarinet] == [0, 1, 2, 1, 3, 4]
    assert [round(n.onset_s * 1.5) for n in clarinet[:5]] == [0, 1, 5, 7, 10]
    assert clarinet[1].offset_s - clarinet[1].onset_s == pytest.approx(4 / 1.5, abs=0.02)
    assert clarinet[-1].offset_s - clarinet[-1].onset_s == pytest.approx(3.0, abs=0.02)
    assert len(piece.parts) == 3
    lower = choose_parts(piece, ["3"])
    assert {n.pitch for n in lower.notes} == {48}


def test_a_packed_score_is_the_same_piece(tmp_path):
    plain, packed = tmp_path / "small.xml", tmp_path / "small.mxl"
    plain.write_text(SCORE)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="in/s.xml"/></rootfiles></container>',
        )
        archive.writestr("in/s.xml", SCORE)
    assert open_piece(str(packed)).notes == open_piece(str(plain)).notes


def test_a_take_is_a_piece(tmp_path):
    notes = [Note(1.0 + i, 1.5 + i, 60 + i, 70, 1.0 + i) for i in range(3)]
    write_csv(notes, tmp_path / "mine.csv")
    by_name, by_path = open_piece("mine", tmp_path), open_piece(str(tmp_path / "mine.csv"))
    assert by_name == by_path
    assert [(n.onset_s, n.pitch) for n in by_name.notes] == [(0.0, 60), (1.0, 61), (2.0, 62)]


def test_bundled_pieces_grow_from_one_finger_to_two_voices():
    pieces = [open_piece(str(path)) for path in bundled_pieces()]
    assert len(pieces) >= 5
    assert len(pieces[0].parts) == 1
    assert len(pieces[-1].parts) == 2
    for piece in pieces:
        ends = {round(max(n.offset_s for n in piece.notes if n.part == part)) for part in (0,)}
        assert ends
        assert all(note.bar == 1 for note in piece.notes[:1])
    assert open_piece("Ode to joy").title == pieces[1].title


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("drums.musicxml", DRUMS, "only percussion"),
        ("empty.musicxml", EMPTY, "no notes"),
        ("zero.musicxml", NO_TEMPO, "tempo that cannot be played"),
        (
            "still.musicxml",
            SCORE.replace('tempo="90"', 'tempo="1e-320"'),
            "tempo that cannot be played",
        ),
        (
            "endless.musicxml",
            SCORE.replace(">4</beat-type", f">{-(2**63)}</beat-type"),
            "failed on",
        ),
        (
            "beyond.musicxml",
            SCORE.replace("<duration>6</duration>", f"<duration>{9 * 10**305}</duration>"),
            "longer than a day",
        ),
        ("page.xml", "<html></html>", "no MusicXML score"),
        ("late.xml", SCORE.replace("score-partwise", "score-timewise"), "ordered by time"),
        ("torn.musicxml", SCORE[:700], "no MusicXML"),
        ("torn.mxl", "PK\x03\x04 no archive", "no MusicXML"),
        ("torn.mid", "MThd and so on", "damaged or no score"),
        ("notes.csv", "a,b\n1,2\n", "from line 1 on"),
        ("tune.txt", "C D E", "no piece that can be opened"),
        ("late.csv", f"{COLUMNS}\n5,0.9,60,64\n", "from line 2 on"),
        ("two.csv", f"{COLUMNS}\n0,1,60,64\n9,0.5,62,64\n", "from line 3 on"),
    ],
)
def test_what_cannot_be_practised_is_refused_in_a_sentence(tmp_path, name, content, why):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UserError, match=why) as refused:
        open_piece(str(path))
    assert name in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert refused.value.trouble.code is not Code.OTHER  # the window says it in its own language


def test_midi_without_pitches_or_with_an_endless_tempo_is_refused(tmp_path):
    drums = save(tmp_path / "drums.mid", one_note(38, 0, channel=9))
    empty = save(tmp_path / "empty.mid", [MetaMessage("set_tempo", tempo=500_000)])
    frozen = save(tmp_path / "frozen.mid", [MetaMessage("set_tempo", tempo=0), *one_note(60, 0)])
    for path, why in ((drums, "only percussion"), (empty, "no notes"), (frozen, "tempo")):
        with pytest.raises(UserError, match=why):
            open_piece(path)


def test_midi_that_does_not_count_in_beats_is_refused(tmp_path):
    for name, kind, division in (("loops.mid", 2, b"\x01\xe0"), ("film.mid", 1, b"\xe7\x28")):
        track = b"\x00\x90\x3c\x40\x60\x80\x3c\x00\x00\xff\x2f\x00"
        head = b"MThd\x00\x00\x00\x06\x00" + bytes([kind]) + b"\x00\x01" + division
        path = tmp_path / name
        path.write_bytes(head + b"MTrk" + len(track).to_bytes(4, "big") + track)
        with pytest.raises(UserError, match="does not count in beats") as refused:
            open_piece(str(path))
        assert refused.value.trouble.code == Code.PIECE_NO_BEATS


def test_a_name_that_is_nothing_tells_what_there_is(tmp_path):
    with pytest.raises(UserError, match="ode-to-joy"):
        open_piece("no such piece", tmp_path)
    with pytest.raises(UserError, match="no file"):
        open_piece(str(tmp_path / "gone.mid"))
    with pytest.raises(UserError, match="folder"):
        open_piece(str(tmp_path))
