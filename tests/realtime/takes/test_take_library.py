import os
from pathlib import Path

import numpy as np
import pytest

from realtime.files.note_files import Heading, read_csv, write_csv, write_midi
from realtime.takes.library import flac_seconds, list_takes, rename_take, save_version
from realtime.troubles.errors import UserError
from realtime.values.notes import Note

soundfile = pytest.importorskip("soundfile")
NOTES = [Note(0.1, 0.5, 60, 90, 0.15), Note(0.6, 1.5, 64, 80, 0.65)]


def make_take(folder: Path, name: str = "take-20260101-120000", seconds: float = 2.0) -> Path:
    folder.mkdir(exist_ok=True)
    write_csv(NOTES, folder / f"{name}.csv")
    write_midi(NOTES, folder / f"{name}.mid", Heading(name))
    if seconds:
        soundfile.write(folder / f"{name}.flac", np.zeros(int(8000 * seconds)), 8000)
    return folder / f"{name}.mid"


def test_a_take_is_listed_with_length_and_notes(tmp_path):
    make_take(tmp_path)
    (tmp_path / ".hidden.csv").write_text("no take")
    (take,) = list_takes(tmp_path)
    assert (take.name, take.seconds, take.notes) == ("take-20260101-120000", 2.0, 2)
    assert [path.suffix for path in take.files()] == [".csv", ".mid", ".flac"]


def test_without_its_sound_a_take_lasts_as_long_as_its_notes(tmp_path):
    make_take(tmp_path, seconds=0)
    (take,) = list_takes(tmp_path)
    assert take.sound is None
    assert take.seconds == 1.5


@pytest.mark.parametrize("end", ["inf", "nan", "-9", "1e12", "x"])
def test_an_end_that_cannot_be_is_no_length(tmp_path, end):
    (tmp_path / "a.csv").write_text(f"onset_s,offset_s,midi_pitch,velocity\n0,{end},60,80\n")
    (take,) = list_takes(tmp_path)
    assert take.seconds == 0.0


def test_a_folder_that_is_not_there_has_no_takes(tmp_path):
    assert list_takes(tmp_path / "nowhere") == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names")
def test_pipes_and_devices_in_the_folder_are_no_takes(tmp_path):
    """Whoever reads a pipe waits, perhaps for ever: no take was listed then."""
    make_take(tmp_path, "good", seconds=0)
    os.mkfifo(tmp_path / "pipe.csv")
    os.mkfifo(tmp_path / "good.flac")
    os.mkfifo(tmp_path / "good.v2-edited.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    (take,) = list_takes(tmp_path)
    assert (take.name, take.sound, len(take.versions)) == ("good", None, 1)


def test_versions_are_kept_beside_the_recorded_notes(tmp_path):
    make_take(tmp_path)
    (take,) = list_takes(tmp_path)
    save_version(take, NOTES[:1], "edited")
    (take,) = list_takes(tmp_path)
    refined = save_version(take, NOTES, "refined")
    assert refined.csv.name == "take-20260101-120000.v3-refined.csv"
    (take,) = list_takes(tmp_path)
    assert [version.kind for version in take.versions] == ["played", "edited", "refined"]
    assert [len(read_csv(version.csv)) for version in take.versions] == [2, 1, 2]
    assert take.versions[1].midi.read_bytes()[:4] == b"MThd"
    assert len(take.files()) == 7


def test_a_take_is_renamed_with_all_its_versions(tmp_path):
    make_take(tmp_path)
    (take,) = list_takes(tmp_path)
    save_version(take, NOTES, "edited")
    rename_take(list_takes(tmp_path)[0], " Żółta łódź ")
    (take,) = list_takes(tmp_path)
    assert take.name == "Żółta łódź"
    assert len(take.files()) == 5
    assert len(list(tmp_path.iterdir())) == 5


REFUSED = ["", "  ", "a/b", "..", "other", "x.v2-edited", "a\\b", "con", "Lpt1", "NUL.take", "aux "]


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_cannot_be_used_changes_nothing(tmp_path, name):
    make_take(tmp_path, "other")
    make_take(tmp_path, "mine")
    mine = next(take for take in list_takes(tmp_path) if take.name == "mine")
    with pytest.raises(UserError):
        rename_take(mine, name)
    assert {take.name for take in list_takes(tmp_path)} == {"mine", "other"}


def test_a_header_that_is_no_flac_has_no_length(tmp_path):
    (tmp_path / "x.flac").write_bytes(b"RIFF")
    assert flac_seconds(tmp_path / "x.flac") == 0.0
