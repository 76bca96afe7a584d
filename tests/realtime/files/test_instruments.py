from pathlib import Path

import mido
import pytest

from realtime.files.instruments import read_instrument, write_instrument
from realtime.files.note_files import Heading, write_csv, write_midi
from realtime.takes.library import list_takes, name_instrument, save_version
from realtime.troubles.errors import UserError
from realtime.values.notes import Note

NOTES = [Note(0.1, 0.5, 60, 90, 0.15), Note(0.6, 1.5, 64, 80, 0.65)]
MARKERS = [(0.7, "0.10 s of sound are missing")]


def played(path: Path) -> list[tuple[float, int, int]]:
    at_s, notes = 0.0, []
    for message in mido.MidiFile(str(path)):
        at_s += message.time
        if message.type == "note_on":
            notes.append((round(at_s, 3), message.channel, message.note))
    return notes


def test_a_file_names_its_instrument_and_its_program(tmp_path):
    path = tmp_path / "a.mid"
    write_midi(NOTES, path, Heading("a", instrument="bass", channel=3))
    assert read_instrument(path) == "bass"
    programs = [m for track in mido.MidiFile(path).tracks for m in track if m.type[:4] == "prog"]
    assert [(m.channel, m.program) for m in programs] == [(2, 33)]


def test_another_name_changes_nothing_else(tmp_path):
    path = tmp_path / "a.mid"
    write_midi(NOTES, path, Heading("a", channel=3), markers=MARKERS)
    before = played(path)
    assert read_instrument(path) == ""
    for name in ("strings", "żółta lutnia", ""):
        write_instrument(path, name)
        assert read_instrument(path) == name
        assert played(path) == before
        texts = [m.text for m in mido.MidiFile(path, charset="utf-8").tracks[0] if m.is_meta
                 and m.type == "marker"]  # fmt: skip
        assert texts == [MARKERS[0][1]]


def test_what_is_no_midi_file_names_nothing_and_is_refused(tmp_path):
    path = tmp_path / "a.mid"
    path.write_bytes(b"MThd\xff\x04")
    assert read_instrument(path) == read_instrument(tmp_path / "none.mid") == ""
    with pytest.raises(UserError, match=r"a\.mid cannot be read"):
        write_instrument(path, "piano")


@pytest.mark.parametrize("event", [b"\xf6", b"\xf8", b"\xfa"])
def test_a_file_with_messages_that_no_file_may_hold_is_refused_and_left(tmp_path, event):
    """Clock, start and tune request are read from a track, but cannot be written into one."""
    path = tmp_path / "a.mid"
    track = b"\x00\x90\x3c\x50\x00" + event + b"\x10\x80\x3c\x00\x00\xff\x2f\x00"
    content = b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + len(track).to_bytes(4, "big") + track
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"a\.mid cannot be read"):
        write_instrument(path, "piano")
    assert path.read_bytes() == content and [p.name for p in tmp_path.iterdir()] == ["a.mid"]


def test_all_versions_of_a_take_name_the_same_instrument(tmp_path):
    write_csv(NOTES, tmp_path / "take.csv")
    write_midi(NOTES, tmp_path / "take.mid", Heading("take", instrument="guitar"))
    (take,) = list_takes(tmp_path)
    assert take.instrument == "guitar"
    version = save_version(take, NOTES[:1], "edited")
    assert read_instrument(version.midi) == "guitar"
    name_instrument(list_takes(tmp_path)[0], "voice")
    (take,) = list_takes(tmp_path)
    assert [read_instrument(each.midi) for each in take.versions] == ["voice", "voice"]
    assert take.instrument == "voice"
