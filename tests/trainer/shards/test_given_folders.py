"""What is said to those who hand over a folder that holds no shards."""

import shlex

import numpy as np
import pytest
import soundfile

import jtm
from realtime.troubles.errors import UserError
from tests.support.tiny_music import struck_tones, write_tiny_shards
from tests.trainer.finetuning.test_train import SMALL as TRAIN
from tests.trainer.pretraining.test_pretrain import SMALL as PRETRAIN
from trainer.shards.given_folders import require_shards

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = {"train": TRAIN, "pretrain": PRETRAIN}


@pytest.fixture
def music(tmp_path):
    """A recording of 4 s and its notes, as people have them."""
    folder = tmp_path / "my music" / "album"
    folder.mkdir(parents=True)
    pcm, notes = struck_tones(3, 4.0)
    soundfile.write(folder / "song.wav", pcm, 16_000)
    rows = [f"{n['onset'] / 16_000},{n['offset'] / 16_000},{n['pitch']}" for n in notes]
    (folder / "song.csv").write_text("\n".join(["onset,offset,pitch", *rows]))
    return folder.parent


def refused(words: list[str], capsys) -> str:
    assert jtm.main(words) == 1
    error = capsys.readouterr().err.strip()
    assert len(error.splitlines()) == 1
    return error


def test_recordings_become_shards_by_the_command_that_is_named(music, tmp_path, capsys):
    out = ["--out", str(tmp_path / "run"), "--steps=1"]
    error = refused(["train", "--data", str(music), *TRAIN, *out], capsys)
    assert f"'{music}' (--data) holds sound files and training reads shards" in error
    _, command, rest = error.split("`")
    assert jtm.main(shlex.split(command)[1:]) == 0
    (given,) = shlex.split(rest.partition("--data")[2].rstrip("."))
    assert jtm.main(["train", f"--data=['{given}']", *TRAIN, *out]) == 0


@pytest.mark.parametrize("command", ["train", "pretrain"])
def test_held_out_recordings_are_refused_before_anything_is_begun(music, tmp_path, capsys, command):
    shards = write_tiny_shards(tmp_path / "shards", clips=2)
    words = [command, f"--data=[{shards}]", "--valid", str(music), *SMALL[command]]
    error = refused([*words, "--out", str(tmp_path / "run")], capsys)
    assert f"'{music}' (--valid) holds sound files" in error and "jtm data index" in error
    assert "--audio" not in error and not (tmp_path / "run").exists()


def test_pretraining_takes_sound_files_by_another_option(music, capsys):
    error = refused(["pretrain", "--data", str(music), *PRETRAIN], capsys)
    assert "give it to --audio, or run `jtm data index" in error


def test_classification_says_it_too(music, tmp_path, capsys):
    shards = write_tiny_shards(tmp_path / "shards", clips=2)
    error = refused(["classify", f"--data=[{shards}]", "--test", str(music)], capsys)
    assert f"'{music}' (--test) holds sound files" in error


def test_a_folder_above_shards_names_those_in_it(tmp_path):
    for name in ("b", "a", "c d", "e"):
        (tmp_path / "rendered" / name).mkdir(parents=True)
        np.save(tmp_path / "rendered" / name / "00000.pcm.npy", np.zeros(3, np.int16))
    with pytest.raises(UserError) as said:
        require_shards([str(tmp_path / "rendered")], "data")
    places = ",".join(str(tmp_path / "rendered" / name) for name in ("a", "b", "c d"))
    assert f"folders in it do; give --data '[{places},...]'" in str(said.value)
    require_shards([str(tmp_path / "rendered" / "c d"), "s3://bucket/shards"], "data")


def test_a_file_and_an_empty_folder_and_nothing(tmp_path):
    (tmp_path / "song.wav").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    for given, said in (("song.wav", "is a file"), ("empty", "No shards in"), ("no", "No folder")):
        with pytest.raises(UserError, match=said) as error:
            require_shards([str(tmp_path / given)], "valid")
        assert "(--valid)" in str(error.value) and "`jtm data index" in str(error.value)


def test_the_working_folder_of_recordings_is_told_what_to_do_with(tmp_path, monkeypatch):
    """ "." has no name of its own to make another of."""
    folder = tmp_path / "songs"
    (folder / "deeper").mkdir(parents=True)
    (folder / "a.wav").touch()
    monkeypatch.chdir(folder)
    for given in (".", "deeper/.."):
        with pytest.raises(UserError, match="songs-shards"):
            require_shards([given], "data")
