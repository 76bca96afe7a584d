"""`jtm features`: sound files in, one table out."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from pyarrow import parquet

import jtm
from tests.support.small_models import small_model
from tests.trainer.features.test_extraction import music
from trainer.features.extraction import extract_features
from trainer.runs.checkpoints import save_weights
from trainer.shards.decoding import SAMPLE_RATE, decode


@pytest.fixture
def run(tmp_path):
    """A run folder with a small pretrained-like network."""
    model = small_model("sinc", "gru")
    folder = tmp_path / "run"
    folder.mkdir()
    save_weights(folder / "last.safetensors", model.state_dict(), model.settings, {})
    return folder, model


@pytest.fixture
def songs(tmp_path):
    folder = tmp_path / "songs"
    (folder / "b").mkdir(parents=True)
    sf.write(folder / "a.wav", music(0.7, 1, 22_050), 22_050)
    sf.write(folder / "b" / "a.flac", music(0.4, 2), 16_000)
    return folder


def test_a_table_holds_every_frame_of_every_recording(run, songs, tmp_path, capsys):
    folder, model = run
    out = tmp_path / "f.npz"
    assert jtm.main(["features", str(songs), "--model", str(folder), "--out", str(out)]) == 0
    assert "2 recordings, 110 frames of 10 every 10 ms" in capsys.readouterr().out
    with np.load(out) as table:
        names = [str(name) for name in table["recordings"]]
        assert names == [(songs / "a.wav").as_posix(), (songs / "b" / "a.flac").as_posix()]
        for number, name in enumerate(names):
            rows = table["recording"] == number
            (wanted,) = extract_features(decode(Path(name)).pcm, SAMPLE_RATE, model)
            np.testing.assert_allclose(table["values"][rows], wanted.values, atol=1e-5)
            np.testing.assert_allclose(table["times_s"][rows], wanted.times_s)
        assert json.loads(str(table["facts"]))["frame_s"] == 0.01


def test_parquet_holds_the_same(run, songs, tmp_path):
    folder, _ = run
    words = ["features", str(songs), "--model", str(folder), "--average", "5", "--out"]
    assert jtm.main([*words, str(tmp_path / "f.npz")]) == 0
    assert jtm.main([*words, str(tmp_path / "f.parquet")]) == 0
    table = parquet.read_table(tmp_path / "f.parquet")
    with np.load(tmp_path / "f.npz") as arrays:
        values = np.stack(table["values"].to_numpy())
        np.testing.assert_array_equal(values, arrays["values"])
        np.testing.assert_array_equal(table["time_s"].to_numpy(), arrays["times_s"])
        named = [arrays["recordings"][i] for i in arrays["recording"]]
        assert table["recording"].to_pylist() == named
    assert json.loads(table.schema.metadata[b"jtm"])["shape"] == [10]


def test_a_broken_file_is_named_and_the_others_are_heard(run, songs, tmp_path, capsys):
    folder, _ = run
    (songs / "c.wav").write_bytes(b"no sound")
    out = tmp_path / "f.parquet"
    words = ["features", str(songs), "--model", str(folder), "--out", str(out), "--json"]
    assert jtm.main(words) == 1
    said = capsys.readouterr()
    assert "c.wav' is not a readable sound file" in said.err
    figures = json.loads(said.out)
    assert figures["recordings"] == 2 and figures["failed"] == [(songs / "c.wav").as_posix()]
    assert parquet.read_table(out).num_rows == 110


@pytest.mark.parametrize("suffix", ["npz", "parquet"])
def test_nothing_is_written_where_nothing_is_heard_or_a_file_is_there(
    run, tmp_path, suffix, capsys
):
    folder, _ = run
    (tmp_path / "c.wav").write_bytes(b"no sound")
    out = tmp_path / f"f.{suffix}"
    words = ["features", str(tmp_path / "c.wav"), "--model", str(folder), "--out", str(out)]
    assert jtm.main(words) == 1
    assert not list(tmp_path.glob("*f*.*" + suffix))
    out.write_text("mine")
    assert jtm.main(words) == 1
    assert out.read_text() == "mine" and "--overwrite" in capsys.readouterr().err


def test_another_kind_of_table_is_refused(run, songs, capsys):
    assert jtm.main(["features", str(songs), "--model", str(run[0]), "--out", "f.xlsx"]) == 2
    assert "neither .npz nor .parquet" in capsys.readouterr().err
