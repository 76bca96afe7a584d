import pytest

from realtime.files.note_files import write_csv, write_midi
from realtime.takes.library import free_name, keep_as_take, list_takes
from realtime.troubles.errors import UserError
from realtime.values.notes import Note

NOTES = [Note(0.1, 0.5, 60, 90, 0.15), Note(0.6, 1.5, 64, 80, 0.65)]


@pytest.fixture
def heard(tmp_path):
    """Notes of a sound file, as the transcriber leaves them."""
    write_csv(NOTES, tmp_path / "job" / "notes.csv")
    write_midi(NOTES, tmp_path / "job" / "notes.mid", "song")
    return tmp_path / "job" / "notes.csv"


def test_a_sound_file_becomes_a_take_with_its_sound(tmp_path, heard):
    sound = tmp_path / "My: song.v2-x.WAV"
    sound.write_bytes(b"sound")
    assert keep_as_take(tmp_path / "takes", sound, heard) == "My  song x"
    assert keep_as_take(tmp_path / "takes", sound, heard) == "My  song x 2"
    takes = list_takes(tmp_path / "takes")
    assert {take.name for take in takes} == {"My  song x", "My  song x 2"}
    assert [take.sound.read_bytes() for take in takes] == [b"sound", b"sound"]
    assert {take.notes for take in takes} == {2}


def test_other_formats_stay_where_they_are(tmp_path, heard):
    sound = tmp_path / "song.mp3"
    sound.write_bytes(b"sound")
    keep_as_take(tmp_path / "takes", sound, heard)
    (take,) = list_takes(tmp_path / "takes")
    assert take.sound is None
    assert take.seconds == 1.5


def test_a_file_that_is_gone_is_told(tmp_path, heard):
    with pytest.raises(UserError, match="no longer there"):
        keep_as_take(tmp_path / "takes", tmp_path / "gone.flac", heard)
    assert list_takes(tmp_path / "takes") == []


def test_a_name_is_always_found(tmp_path):
    assert free_name(tmp_path, "...") == "take"
    assert free_name(tmp_path, "a/b") == "a b"
    assert len(free_name(tmp_path, "x" * 300)) == 80
