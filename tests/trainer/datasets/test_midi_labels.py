"""Label MIDI of every origin: right notes at right times, or a sentence; nothing is dropped."""

import struct
from pathlib import Path

import numpy as np
import pytest

from realtime.files.labels.label_files import read_label_file
from realtime.files.labels.midi_notes import find_oddities, read_midi_notes, read_midi_parts
from realtime.practice.open_piece import open_piece
from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.datasets.corpora import read_corpus
from trainer.shards.health.recordings import examine

END = b"\x00\xff\x2f\x00"
BEAT = 480
SECOND_A_BEAT = b"\x00\xff\x51\x03\x0f\x42\x40"


def length(ticks: int) -> bytes:
    """A variable-length quantity."""
    groups = [ticks & 0x7F]
    while ticks := ticks >> 7:
        groups.append(ticks & 0x7F | 0x80)
    return bytes(reversed(groups))


def play(*events: tuple[int, str]) -> bytes:
    """(Ticks since the last, hexadecimal message) -> bytes of a track."""
    return b"".join(length(ticks) + bytes.fromhex(message) for ticks, message in events)


def midi(path: Path, *tracks: bytes, division: int = BEAT, kind: int = 1) -> Path:
    bodies = b"".join(b"MTrk" + struct.pack(">I", len(track)) + track for track in tracks)
    path.write_bytes(b"MThd" + struct.pack(">IHHh", 6, kind, len(tracks), division) + bodies)
    return path


def rows(notes: np.ndarray) -> list[tuple[float, float, int]]:
    return [
        (round(float(n["onset"]), 3), round(float(n["offset"]), 3), int(n["pitch"])) for n in notes
    ]


TWO = play((BEAT, "90 3c 50"), (BEAT, "80 3c 00"), (0, "90 3e 50"), (BEAT, "80 3e 00")) + END
TWO_ROWS = [(1.0, 2.0, 60), (2.0, 3.0, 62)]


@pytest.mark.parametrize("tempo_track", [0, 1, 2])
def test_a_tempo_counts_on_whatever_track_it_stands(tempo_track, tmp_path):
    tracks = [END, TWO, END]
    tracks[tempo_track] = SECOND_A_BEAT + tracks[tempo_track]
    assert rows(read_midi_notes(midi(tmp_path / "a.mid", *tracks))) == TWO_ROWS


def test_notes_after_a_change_of_tempo_keep_what_went_before(tmp_path):
    change = play((2 * BEAT, "ff 51 03 07 a1 20")) + END  # from beat 2 on half a second
    found = read_midi_notes(midi(tmp_path / "a.mid", SECOND_A_BEAT + change, TWO))
    assert rows(found) == [(1.0, 2.0, 60), (2.0, 2.5, 62)]


def test_notes_without_an_off_last_to_the_next_or_the_end_and_the_doctor_counts_them(tmp_path):
    notes = play((BEAT, "90 3c 50"), (BEAT, "90 3c 50"), (0, "90 40 50"), (BEAT, "80 40 00"))
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + notes + play((BEAT, "ff 2f 00")))
    assert rows(read_midi_notes(path)) == [(1.0, 2.0, 60), (2.0, 4.0, 60), (2.0, 3.0, 64)]
    trees.write_tone(tmp_path / "a.wav", seconds=4)
    (examined,) = map(examine, read_corpus(tmp_path))
    assert [(f.kind, f.detail[:9]) for f in examined.faults] == [("notes without end", "2 without")]
    assert examined.usable and len(examined.notes) == 3


def test_a_file_that_ends_no_note_is_refused_instead_of_taken_for_silence(tmp_path):
    path = midi(tmp_path / "a.mid", play((0, "90 3c 50"), (BEAT, "90 3e 50")) + END)
    with pytest.raises(UserError, match="ends none of its 2 notes"):
        read_midi_notes(path)


def test_a_note_that_ends_when_it_begins_is_kept(tmp_path):
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + play((BEAT, "90 3c 50"), (0, "80 3c 00")) + END)
    assert rows(read_midi_notes(path)) == [(1.0, 1.0, 60)]


def test_an_off_after_the_next_on_in_one_tick_ends_the_earlier_note(tmp_path):
    events = play((BEAT, "90 3c 50"), (BEAT, "90 3c 51"), (0, "80 3c 00"), (BEAT, "80 3c 00"))
    found = read_midi_notes(midi(tmp_path / "a.mid", SECOND_A_BEAT + events + END))
    assert rows(found) == [(1.0, 2.0, 60), (2.0, 3.0, 60)]


@pytest.mark.parametrize("own_track", [False, True])
def test_pairs_hold_notes_until_the_pedal_lifts(own_track, tmp_path):
    trees.write_tone(tmp_path / "a.wav", seconds=5)
    pedal = play((0, "b0 40 7f"), (4 * BEAT, "b0 40 00")) + END
    notes = SECOND_A_BEAT + TWO
    if own_track:
        midi(tmp_path / "a.mid", notes, pedal)
    else:
        together = play((0, "b0 40 7f")) + TWO[: -len(END)] + play((BEAT, "b0 40 00")) + END
        midi(tmp_path / "a.mid", SECOND_A_BEAT + together)
    (one,) = read_corpus(tmp_path)
    assert rows(one.read_notes()) == [(1.0, 4.0, 60), (2.0, 4.0, 62)]


def test_the_pedal_of_one_instrument_does_not_hold_another(tmp_path):
    piano = play((0, "c0 00"), (0, "b0 40 7f")) + TWO[: -len(END)] + play((BEAT, "b0 40 00")) + END
    violin = play((0, "c0 28"), (BEAT, "90 4c 50"), (BEAT, "80 4c 00")) + END
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + piano, violin)
    found = read_midi_notes(path, pedal=True)
    assert rows(found) == [(1.0, 4.0, 60), (1.0, 2.0, 76), (2.0, 4.0, 62)]
    assert found["program"].tolist() == [0, 40, 0]


def test_any_number_of_ticks_is_read(tmp_path):
    late = play((30_000_000, "90 3c 50"), (32_767, "80 3c 00")) + END
    found = read_midi_notes(midi(tmp_path / "a.mid", SECOND_A_BEAT + late, division=32_767))
    assert rows(found) == [(round(30_000_000 / 32_767, 3), round(30_000_000 / 32_767 + 1, 3), 60)]


@pytest.mark.parametrize(
    ("frames", "ticks", "seconds"), [(25, 40, 0.48), (24, 80, 0.25), (29, 100, 0.48 / 2.997)]
)
def test_smpte_time_has_no_tempo(frames, ticks, seconds, tmp_path):
    division = -frames << 8 | ticks
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + TWO, division=division)
    assert read_midi_notes(path)["onset"][0] == pytest.approx(seconds, rel=1e-3)


def test_a_tempo_of_zero_is_refused_only_where_notes_follow(tmp_path):
    zero = bytes.fromhex("00 ff 51 03 00 00 00")
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + TWO[: -len(END)] + zero + END)
    assert rows(read_midi_notes(path)) == TWO_ROWS
    midi(tmp_path / "a.mid", zero + TWO)
    with pytest.raises(UserError, match="tempo is zero"):
        read_midi_notes(path)
    midi(tmp_path / "a.mid", TWO, division=0)
    with pytest.raises(UserError, match="no ticks in a beat"):
        read_midi_notes(path)


@pytest.mark.parametrize(
    "odd",
    [
        "00 ff 59 02 09 00",  # a key of nine sharps
        "00 ff 51 02 00 00",  # a tempo of two bytes
        "00 ff 58 01 04",  # a metre of one byte
        "00 ff 54 05 ff ff ff ff ff",  # an impossible SMPTE offset
        "00 ff 03 02 ff fe",  # a name in no encoding
        "00 f0 03 01 02 f7",  # system exclusive
        "00 b0 40 c8",  # a pedal of 200
        "00 90 3d c8 00 80 3d 00",  # a velocity of 200
    ],
)
def test_messages_that_labels_do_not_need_cost_no_recording(odd, tmp_path):
    found = read_midi_notes(midi(tmp_path / "a.mid", SECOND_A_BEAT + bytes.fromhex(odd) + TWO))
    assert rows(found)[-2:] == TWO_ROWS and found["velocity"].max() <= 1


def test_a_riff_envelope_is_opened(tmp_path):
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + TWO)
    body = path.read_bytes()
    inner = b"RMID" + b"data" + struct.pack("<I", len(body)) + body
    path.write_bytes(b"RIFF" + struct.pack("<I", len(inner)) + inner)
    assert rows(read_midi_notes(path)) == TWO_ROWS


def test_two_files_joined_are_refused_instead_of_played_at_once(tmp_path):
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + TWO)
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(UserError, match="a second file is joined"):
        read_midi_notes(path)


@pytest.mark.parametrize("cut", [1, 9, 20, 30])
def test_a_file_that_is_cut_short_is_refused_in_one_sentence(cut, tmp_path):
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + TWO)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(UserError, match="not a readable MIDI file") as told:
        read_midi_notes(path)
    assert "\n" not in str(told.value)


def test_a_label_on_the_drum_channel_is_named(tmp_path):
    trees.write_tone(tmp_path / "a.wav", seconds=4)
    midi(tmp_path / "a.mid", SECOND_A_BEAT + play((BEAT, "99 3c 50"), (BEAT, "89 3c 00")) + END)
    (examined,) = map(examine, read_corpus(tmp_path))
    assert ("no notes", "all 1 are on the drum channel (10)") in [
        (fault.kind, fault.detail) for fault in examined.faults
    ]


@pytest.mark.parametrize("between", ["ff 01 02 68 69", "f0 03 01 02 f7", "fe", "f8", "f2 01 02"])
def test_running_status_goes_on_behind_messages_without_notes(between, tmp_path):
    events = play(
        (BEAT, "90 3c 50"), (10, between), (BEAT - 10, "3c 00"), (0, "3e 50"), (BEAT, "3e 00")
    )
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + events + END)
    assert rows(read_midi_notes(path)) == TWO_ROWS


@pytest.mark.parametrize("controller", ["7b", "78"])
def test_all_notes_off_ends_what_sounds_on_its_channel(controller, tmp_path):
    events = play(
        (BEAT, "90 3c 50"), (0, "91 40 50"), (BEAT, f"b0 {controller} 00"), (0, "90 3e 50")
    ) + play((BEAT, f"b0 {controller} 00"), (BEAT, "81 40 00"))
    found = rows(read_midi_notes(midi(tmp_path / "a.mid", SECOND_A_BEAT + events + END)))
    assert found == [(1.0, 2.0, 60), (1.0, 4.0, 64), (2.0, 3.0, 62)]


@pytest.mark.parametrize("controller", ["78", "7b"])
@pytest.mark.parametrize("first", [False, True])
def test_all_notes_off_on_another_track_ends_what_sounds_on_its_channel(
    controller, first, tmp_path
):
    notes = play((0, "90 3c 50"), (0, "91 40 50"), (2 * BEAT, "90 3c 50"), (BEAT, "80 3c 00"))
    ends = play((BEAT, f"b0 {controller} 00"), (BEAT, f"b0 {controller} 00")) + END
    tracks = [SECOND_A_BEAT + notes + play((BEAT, "81 40 00")) + END, ends]
    path = midi(tmp_path / "a.mid", *(tracks[::-1] if first else tracks))
    assert rows(read_midi_notes(path)) == [(0.0, 1.0, 60), (0.0, 4.0, 64), (2.0, 3.0, 60)]


@pytest.mark.parametrize(("controller", "end"), [("78", 1.0), ("7b", 5.0)])
@pytest.mark.parametrize("released", [False, True])
@pytest.mark.parametrize("times", [1, 2])
def test_all_sound_off_ends_what_the_pedal_holds_and_the_pedal_stays(
    controller, end, released, times, tmp_path
):
    off = (BEAT // 2, "80 3c 00" if released else "a0 3c 00")
    silence = [
        (BEAT - BEAT // 2, f"b0 {controller} 00"),
        *[(0, f"b0 {controller} 00")] * (times - 1),
    ]
    behind = (BEAT, "90 3e 50"), (BEAT, "80 3e 00"), (2 * BEAT, "b0 40 00")
    events = play((0, "b0 40 7f"), (0, "90 3c 50"), off, *silence, *behind)
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + events + END)
    assert rows(read_midi_notes(path, pedal=True)) == [(0.0, end, 60), (2.0, 5.0, 62)]


ZONES = [
    ("b0 65 00", "b0 64 06", "b0 06 0f", True),  # lower, all channels
    ("bf 64 06", "bf 65 00", "bf 06 06", True),  # upper, channels 10 to 15
    ("b0 65 00", "b0 64 06", "b0 06 08", False),  # channels 2 to 9
    ("bf 65 00", "bf 64 06", "bf 06 05", False),  # channels 11 to 15
    ("b0 65 00", "b0 64 00", "b0 06 0f", False),  # another parameter
    ("b1 65 00", "b1 64 06", "b1 06 0f", False),  # no zone begins there
]


@pytest.mark.parametrize("zone", ZONES)
def test_channel_ten_in_a_zone_of_mpe_is_no_drum(zone, tmp_path):
    *messages, voice = zone
    setting = play(*((0, message) for message in messages))
    notes = play((BEAT, "91 3c 50"), (0, "99 40 50"), (BEAT, "81 3c 00"), (0, "89 40 00")) + END
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + setting + END, notes)
    wanted = [(1.0, 2.0, 60), (1.0, 2.0, 64)]
    assert rows(read_midi_notes(path)) == (wanted if voice else wanted[:1])
    assert find_oddities(path).drums == (0 if voice else 1)


def test_resetting_the_controllers_lifts_the_pedal(tmp_path):
    events = play((0, "b0 40 7f"), (BEAT, "90 3c 50"), (BEAT // 2, "80 3c 00"))
    lifted = events + play((BEAT // 2, "b0 79 00"), (4 * BEAT, "ff 2f 00"))
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + lifted)
    assert rows(read_midi_notes(path, pedal=True)) == [(1.0, 2.0, 60)]


def test_offs_on_another_track_of_the_channel_end_notes(tmp_path):
    ons = SECOND_A_BEAT + play((BEAT, "90 3c 50"), (BEAT, "90 3e 50")) + END
    offs = play((2 * BEAT, "80 3c 00"), (BEAT, "80 3e 00")) + END
    path = midi(tmp_path / "a.mid", ons, offs)
    assert rows(read_midi_notes(path)) == TWO_ROWS
    assert find_oddities(path).endless == 0


def test_a_program_that_another_track_names_counts_from_there_on(tmp_path):
    named = play((0, "c0 28"), (2 * BEAT, "c0 47")) + END
    path = midi(tmp_path / "a.mid", named, SECOND_A_BEAT + TWO)
    assert read_midi_notes(path)["program"].tolist() == [0x28, 0x47]
    own = midi(tmp_path / "b.mid", named, SECOND_A_BEAT + play((0, "c0 05")) + TWO)
    assert read_midi_notes(own)["program"].tolist() == [5, 5]


def test_a_unison_of_two_tracks_keeps_both_lengths_until_the_key_is_struck_again(tmp_path):
    short = SECOND_A_BEAT + play((BEAT, "90 3c 50"), (BEAT, "80 3c 00")) + END
    long = play((BEAT, "90 3c 50"), (3 * BEAT, "80 3c 00"), (0, "90 3c 50"), (BEAT, "80 3c 00"))
    path = midi(tmp_path / "a.mid", short, long + END)
    assert rows(read_label_file(path)) == [(1.0, 2.0, 60), (1.0, 4.0, 60), (4.0, 5.0, 60)]


def test_a_file_that_lost_tracks_is_refused(tmp_path):
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + TWO, TWO)
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"MTrk")])
    with pytest.raises(UserError, match="it promises 2 tracks and holds 1"):
        read_label_file(path)


def test_labels_of_which_no_note_lasts_are_refused(tmp_path):
    body = SECOND_A_BEAT + play((BEAT, "90 3c 50"), (0, "80 3c 00"), (BEAT, "90 3e 50"))
    path = midi(tmp_path / "a.mid", body + play((0, "80 3e 00")) + END)
    with pytest.raises(UserError, match="ends where it begins"):
        read_label_file(path)
    midi(tmp_path / "b.mid", body + play((BEAT, "80 3e 00")) + END)
    assert rows(read_label_file(tmp_path / "b.mid")) == [(1.0, 1.0, 60), (2.0, 3.0, 62)]


def test_without_a_program_nobody_knows_the_instrument(tmp_path):
    nothing = midi(tmp_path / "a.mid", SECOND_A_BEAT + TWO)
    assert read_midi_notes(nothing)["program"].tolist() == [-1, -1]
    later = midi(tmp_path / "b.mid", SECOND_A_BEAT + TWO[: -len(END)] + play((0, "c0 28")) + TWO)
    assert read_midi_notes(later)["program"].tolist() == [-1, -1, 40, 40]
    elsewhere = play((BEAT, "c0 28")) + END
    shared = midi(tmp_path / "c.mid", elsewhere, SECOND_A_BEAT + play((0, "90 3c 50")) + TWO)
    assert read_midi_notes(shared)["program"].tolist()[0] == -1


def test_a_pedal_holds_notes_of_no_known_program(tmp_path):
    pedal = play((0, "b0 40 7f"), (4 * BEAT, "b0 40 00")) + END
    path = midi(tmp_path / "a.mid", pedal, SECOND_A_BEAT + TWO)
    assert [row[1] for row in rows(read_midi_notes(path, pedal=True))] == [4.0, 4.0]


LIFTED_AND_PRESSED = (
    "4d546864000000060000000101e04d54726b0000002a00b0407f8360903c508360803c008360b0400000b0407f"
    "836090405083608040008360b0400000ff2f00"
)
PRESSED_AND_LIFTED = (
    "4d546864000000060000000101e04d54726b000000218360903c508170b0407f00b040008170803c00a5409040"
    "50836080400000ff2f00"
)


@pytest.mark.parametrize(
    ("file", "ends"), [(LIFTED_AND_PRESSED, [1.5, 3.0]), (PRESSED_AND_LIFTED, [1.0, 6.5])]
)
def test_a_pedal_that_moves_twice_in_one_tick_moves_in_the_order_of_the_file(tmp_path, file, ends):
    """A note that was let go is not caught by the next pedal, nor by one that is up at once."""
    path = tmp_path / "pedal.mid"
    path.write_bytes(bytes.fromhex(file))
    assert read_label_file(path)["offset"].tolist() == pytest.approx(ends)


@pytest.mark.parametrize("channel", ["90", "91"])
def test_unisons_of_two_tracks_keep_their_lengths(channel, tmp_path):
    """Tracks are players of their own, on one channel, too; no pedal, no note is cut."""
    first = SECOND_A_BEAT + play((BEAT, "90 3c 50"), (2 * BEAT, "80 3c 00")) + END
    off = channel.replace("9", "8")
    second = play((2 * BEAT, f"{channel} 3c 50"), (2 * BEAT, f"{off} 3c 00")) + END
    path = midi(tmp_path / "a.mid", first, second)
    assert rows(read_label_file(path)) == [(1.0, 3.0, 60), (2.0, 4.0, 60)]
    piece = open_piece(str(path))
    assert [(n.onset_s, n.offset_s) for n in piece.notes] == [(1.0, 3.0), (2.0, 4.0)]
    parts = read_midi_parts(path)
    assert [rows(part.notes) for part in parts] == [[(1.0, 3.0, 60)], [(2.0, 4.0, 60)]]


def test_unisons_of_one_track_keep_their_lengths_where_each_has_an_off(tmp_path):
    both = play((BEAT, "90 3c 50"), (BEAT, "90 3c 51"), (BEAT, "80 3c 00"), (BEAT, "80 3c 00"))
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + both + END)
    assert rows(read_label_file(path)) == [(1.0, 3.0, 60), (2.0, 4.0, 60)]


def test_a_lost_off_spoils_one_note_alone(tmp_path):
    notes = play((BEAT, "90 3c 50"), (BEAT, "90 3c 51"), (BEAT, "80 3c 00"), (BEAT, "90 3c 51"))
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + notes + play((BEAT, "80 3c 00")) + END)
    assert rows(read_label_file(path)) == [(1.0, 2.0, 60), (2.0, 3.0, 60), (4.0, 5.0, 60)]
    assert find_oddities(path).endless == 1
    assert [note.offset_s for note in open_piece(str(path)).notes] == [2.0, 3.0, 5.0]


def test_a_pedal_holds_up_to_the_next_stroke_and_cuts_no_key_that_is_down(tmp_path):
    """The first note is let go at 3 s and held; the second hand strikes its key at 2 and 4 s."""
    pedal = play((BEAT, "b0 40 7f"), (5 * BEAT, "b0 40 00")) + END
    right = play((BEAT, "90 3c 50"), (2 * BEAT, "80 3c 00"), (2 * BEAT, "90 40 50")) + END
    left = play((2 * BEAT, "90 3c 51"), (BEAT // 2, "80 3c 00"), (BEAT + BEAT // 2, "90 3c 52"))
    left += play((BEAT // 2, "80 3c 00")) + END
    path = midi(tmp_path / "a.mid", SECOND_A_BEAT + pedal, right, left)
    found = [row for row in rows(read_label_file(path)) if row[2] == 60]
    assert found == [(1.0, 3.0, 60), (2.0, 4.0, 60), (4.0, 6.0, 60)]


@pytest.mark.parametrize(
    ("pedal", "end"), [([(0.4, 100), (0.9, 0)], 0.9), ([(0.2, 100), (0.4, 0)], 0.4)]
)
def test_a_pedal_that_moves_in_the_tick_of_an_off(pedal, end, tmp_path):
    """Pressed there it holds the note, as the literature reads MAESTRO; lifted it lets it go."""
    trees.write_midi(tmp_path / "a.mid", [(0.1, 0.4, 60)], pedal=pedal)
    (note,) = read_midi_notes(tmp_path / "a.mid", pedal=True)
    assert note["offset"] == pytest.approx(end, abs=1e-3)
