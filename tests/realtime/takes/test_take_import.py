import numpy as np
import pytest
import soundfile

from realtime.files.note_files import Heading, write_csv, write_midi
from realtime.takes.importing import give_notes, import_sound
from realtime.takes.library import free_name, keep_as_take, list_takes
from realtime.troubles.errors import UserError
from realtime.values.notes import Note

NOTES = [Note(0.1, 0.5, 60, 90, 0.15), Note(0.6, 1.5, 64, 80, 0.65)]


@pytest.fixture
def heard(tmp_path):
    """Notes of a sound file, as the transcriber leaves them."""
    write_csv(NOTES, tmp_path / "job" / "notes.csv")
    write_midi(NOTES, tmp_path / "job" / "notes.mid", Heading("song"))
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


@pytest.mark.parametrize("suffix", [".mp3", ".ogg", ".aiff", ".au"])
def test_every_kind_of_file_becomes_a_take_with_its_sound(tmp_path, heard, suffix):
    """What takes cannot play as it is becomes FLAC; what was heard of it is its notes."""
    sound, rate = tmp_path / f"song{suffix}", 48_000
    tone = 0.4 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    soundfile.write(sound, np.stack([tone, tone], axis=1), rate)
    csv = import_sound(tmp_path / "takes", sound)
    (take,) = list_takes(tmp_path / "takes")
    assert take.sound == tmp_path / "takes" / "song.flac" and take.notes == 0
    kept, kept_rate = soundfile.read(take.sound)
    assert kept_rate == rate and len(kept) == pytest.approx(rate, abs=3000)
    middle = kept[rate // 4 : rate // 2]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.4 / np.sqrt(2), rel=0.05)
    give_notes(csv, heard)
    assert list_takes(tmp_path / "takes")[0].notes == 2


def test_a_file_whose_name_promises_too_much_is_taken_in_by_what_it_is(tmp_path):
    song = tmp_path / "song.mp3"
    soundfile.write(song, np.zeros(48_000), 48_000)
    song.rename(tmp_path / "song.wav")
    import_sound(tmp_path / "takes", tmp_path / "song.wav")
    (take,) = list_takes(tmp_path / "takes")
    assert soundfile.info(take.sound).frames > 40_000


def test_what_is_no_sound_leaves_no_take(tmp_path):
    (tmp_path / "letter.wav").write_bytes(b"Dear Sir or Madam, " * 100)
    with pytest.raises(UserError, match="no sound recording"):
        import_sound(tmp_path / "takes", tmp_path / "letter.wav")
    assert not (tmp_path / "takes").exists()


def test_a_file_that_is_gone_is_told(tmp_path, heard):
    with pytest.raises(UserError, match="no longer there"):
        keep_as_take(tmp_path / "takes", tmp_path / "gone.flac", heard)
    assert list_takes(tmp_path / "takes") == []


def test_a_name_is_always_found(tmp_path):
    assert free_name(tmp_path, "...") == "take"
    assert free_name(tmp_path, "a/b") == "a b"
    assert len(free_name(tmp_path, "x" * 300)) == 80
