"""No command writes over what it reads, what it did not write itself, or its own other output."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import jtm
from realtime.files.output_files import OutputFiles
from realtime.files.sound_files import find_files
from realtime.troubles.errors import UserError


@pytest.fixture
def song(tmp_path, melodies):
    path = tmp_path / "song.wav"
    shutil.copyfile(melodies[16_000], path)
    return path


def spellings(song: Path):
    folder = song.parent
    (folder / "deeper").mkdir()
    (folder / "link.mid").symlink_to(song)
    os.link(song, folder / "hard.mid")
    (folder / "folder").symlink_to(folder)
    return [
        song,
        folder / "." / "song.wav",
        folder / "deeper" / ".." / "song.wav",
        folder / "link.mid",
        folder / "hard.mid",
        folder / "folder" / "song.wav",
        Path(os.path.relpath(song)),
    ]


@pytest.mark.parametrize("overwrite", [True, False])
def test_an_input_is_never_written_over_whatever_the_spelling(song, overwrite):
    for spelling in spellings(song):
        with pytest.raises(UserError, match="read by this command"):
            OutputFiles([song], overwrite).claim(spelling)


def test_what_is_there_asks_to_be_overwritten(tmp_path):
    there, dangling = tmp_path / "a.mid", tmp_path / "b.mid"
    there.write_text("mine")
    dangling.symlink_to(tmp_path / "nowhere")
    for path in (there, dangling):
        with pytest.raises(UserError, match="there already"):
            OutputFiles().claim(path)
        assert OutputFiles(overwrite=True).claim(path) == path
    with pytest.raises(UserError, match="no file"):
        OutputFiles(overwrite=True).claim("/dev/null")
    with pytest.raises(UserError, match="no file"):
        OutputFiles(overwrite=True).claim(tmp_path)


def test_what_was_written_is_known_by_the_file_and_not_by_its_name(tmp_path):
    """Disks tell names apart in ways of their own, and a folder may be mounted twice."""
    outputs = OutputFiles(overwrite=True)
    outputs.claim(tmp_path / "a.mid").write_text("notes")
    (tmp_path / "other.mid").hardlink_to(tmp_path / "a.mid")
    assert outputs.holds(tmp_path / "other.mid")
    with pytest.raises(UserError, match="written twice"):
        outputs.claim(tmp_path / "other.mid")


@pytest.mark.slow
def test_a_folder_that_is_mounted_twice_is_one(tmp_path):
    real, again = tmp_path / "real", tmp_path / "again"
    real.mkdir()
    again.mkdir()
    command = ["mount", "--bind", str(real), str(again)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user may mount nothing")
    try:
        outputs = OutputFiles(overwrite=True)
        outputs.claim(real / "a.mid")
        with pytest.raises(UserError, match="written twice"):
            outputs.claim(again / "a.mid")
    finally:
        subprocess.run(["umount", str(again)], check=True)


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_somebody_makes_meanwhile_is_left_alone(tmp_path, overwrite):
    outputs = OutputFiles(overwrite=overwrite)
    claimed = outputs.claim(tmp_path / "a.mid")
    assert outputs.place(claimed) == claimed
    claimed.write_text("theirs")
    assert outputs.place(claimed) == (claimed if overwrite else tmp_path / "a-2.mid")


def test_two_outputs_are_two_files(tmp_path):
    outputs = OutputFiles()
    outputs.claim(tmp_path / "a.mid")
    with pytest.raises(UserError, match="twice"):
        outputs.claim(tmp_path / "." / "a.mid")
    with pytest.raises(UserError, match="twice"):
        outputs.claim_all(tmp_path / "b.mid", tmp_path / "b.mid")
    assert outputs.claim(tmp_path / "b.mid"), "what was refused is free again"


@pytest.mark.parametrize("option", ["-o", "--csv"])
@pytest.mark.parametrize("more", [[], ["--overwrite"]])
def test_transcribe_does_not_destroy_the_recording(song, toy_path, option, more, capfd):
    before = song.read_bytes()
    for spelling in spellings(song):
        words = ["transcribe", song, option, spelling, "--model", toy_path, *more]
        code = jtm.main([str(word) for word in words])
        promised = ".wav" if option == "-o" else (".wav", ".mid")
        assert code == (2 if spelling.name.endswith(promised) else 1)
        assert len(capfd.readouterr().err.strip().splitlines()) == 1
    assert song.read_bytes() == before


def test_transcribe_leaves_notes_made_by_hand_alone(song, toy_path, capfd):
    hand = song.with_suffix(".mid")
    hand.write_bytes(b"by hand")
    shutil.copyfile(song, song.with_name("other.wav"))
    assert jtm.main(["transcribe", str(song.parent), "--model", str(toy_path)]) == 1
    assert hand.read_bytes() == b"by hand" and song.with_name("other.mid").is_file()
    assert "1 of 2 files transcribed" in capfd.readouterr().out
    words = ["transcribe", str(song), "--model", str(toy_path), "--overwrite"]
    assert jtm.main(words) == 0 and hand.read_bytes()[:4] == b"MThd"


def test_live_does_not_destroy_the_recording(song, toy_path):
    before = song.read_bytes()
    for target in (song, song.with_name("mine.csv")):
        song.with_name("mine.csv").write_text("mine")
        words = ["live", "--input", song, "--fast", "--model", toy_path, "--csv", target]
        assert jtm.main([str(word) for word in words]) == 1
    assert song.read_bytes() == before and song.with_name("mine.csv").read_text() == "mine"


def test_a_batch_survives_every_name(song, toy_path, tmp_path, capfd):
    folder, out = tmp_path / "names", tmp_path / "out"
    folder.mkdir()
    names = [b"caf\xe9.wav", b"a\x1b]0;x\x07.wav", b"zz.wav", b"-o.wav", "zażółć 😀.wav".encode()]
    for name in names:
        shutil.copyfile(song, os.path.join(os.fsencode(folder), name))
    words = ["transcribe", str(folder), "--out-dir", str(out), "--model", str(toy_path)]
    assert jtm.main(words) == 0
    assert len(list(out.glob("*.mid"))) == len(names)
    said = capfd.readouterr()
    assert "\x1b" not in said.out and "5 of 5 files" in said.out
    assert jtm.main([*words, "--json", "--overwrite"]) == 0


@pytest.mark.parametrize("place", [".", "/", "./"])
def test_the_name_of_a_place_is_no_file_for_two_files_either(song, place, capfd, monkeypatch):
    """`jtm teach` and `jtm export` write a second file beside the first."""
    monkeypatch.chdir(song.parent)
    (song.parent / "weights.safetensors").touch()
    for words in (["teach", "kalimba", "song.wav"], ["export", "weights.safetensors"]):
        assert jtm.main([*words, "--out", place]) == 1
        assert "is no file" in capfd.readouterr().err


def test_a_name_of_a_folder_is_no_file(song, toy_path, capfd):
    words = ["transcribe", str(song), "--model", str(toy_path), "-o", f"{song.parent}/notes/"]
    assert jtm.main(words) == 1
    assert "would be a folder" in capfd.readouterr().err
    assert not (song.parent / "notes").exists()


def test_what_a_folder_has_that_cannot_be_read_is_named(song, toy_path, capfd):
    (song.parent / "gone.wav").symlink_to(song.parent / "nowhere")
    os.mkfifo(song.parent / "pipe.wav")
    assert jtm.main(["transcribe", str(song.parent), "--model", str(toy_path)]) == 1
    said = capfd.readouterr()
    assert "gone.wav" in said.err and "pipe.wav" in said.err and "1 of 3 files" in said.out


def test_companions_of_a_mac_are_passed_over_and_foreign_sound_is_named(song, toy_path, capfd):
    folder = song.parent
    (folder / "._song.wav").write_bytes(b"\0\5\x16\7")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "._song.wav").write_bytes(b"\0\5\x16\7")
    (folder / ".hidden").mkdir()
    shutil.copyfile(song, folder / ".hidden" / "song.wav")
    assert find_files([str(folder)]) == [song]
    (folder / "memo.m4a").write_bytes(b"\0\0\0\x1cftypM4A ")
    words = ["transcribe", str(folder), "--model", str(toy_path)]
    assert jtm.main(words) == 1
    said = capfd.readouterr()
    assert "memo.m4a is damaged" in said.err and "1 of 2 files" in said.out
