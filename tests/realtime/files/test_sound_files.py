"""What names a file and what a device: one rule for engine, commands and window."""

import pytest

from realtime.files.sound_files import is_sound_file


@pytest.mark.parametrize("name", ["./tune", "/tmp/tune", "~/tune", "tune.FLAC", "a b.mp3", "here"])
def test_paths_suffixes_and_files_that_are_there_name_files(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").write_bytes(b"")
    assert is_sound_file(name)


@pytest.mark.parametrize(
    "name", ["", "USB Mic", "ALSA: hw:1,0", "gone", "x" * 5000, "nul\0byte", "folder"]
)
def test_other_names_are_devices(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    assert not is_sound_file(name)
