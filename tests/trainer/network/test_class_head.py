"""Who plays: it streams, it changes no note, and it goes live in the same file."""

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

import jtm
from realtime.files.instruments import read_instrument
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.self_test import run_self_test
from realtime.transcription import instrument as instrument_guess
from tests.support.small_models import small_model, small_settings
from tests.trainer.classification.test_classify import TIMBRES, play, write_timbres
from trainer.network.architectures import modernise
from trainer.network.class_head import ClassHeadSettings
from trainer.network.model import Transcriber
from trainer.runs.checkpoints import load_transcriber, read_weights, save_weights

HOPS = 30
CLASSES = ("strings", "reeds", "flutes")
PAIRS = [("harmonic", "pitchwise"), ("conv", "gru"), ("harmonic", "gru"), ("logmel", "pitchwise")]


def with_heads(encoder: str, context: str) -> Transcriber:
    """A small model that tells three classes and two instruments."""
    settings = replace(
        small_settings(encoder, context),
        classes=CLASSES,
        instruments=("violin", "flute"),
        class_head=ClassHeadSettings(memory=7),
    )
    torch.manual_seed(3)
    return Transcriber(settings).eval()


@pytest.fixture(scope="module")
def audio() -> torch.Tensor:
    return 0.1 * torch.randn(2, HOPS * 160, generator=torch.Generator().manual_seed(1))


@torch.no_grad()
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_who_plays_streams_and_changes_no_note(pair, audio):
    model, plain = with_heads(*pair), small_model(*pair)
    plain.load_state_dict(model.state_dict(), strict=False)
    whole = model.outputs(audio, model.initial_state(2))
    assert whole.classes.shape == (2, HOPS, 3) and whole.instruments.shape == (2, HOPS, 2, 88)
    state, pieces = model.initial_state(2), []
    for start, end in ((0, 1), (1, 2), (2, 17), (17, HOPS)):
        said = model.outputs(audio[:, start * 160 : end * 160], state)
        state = said.state
        pieces.append(said)
    for name in ("classes", "instruments"):
        joined = torch.cat([getattr(piece, name) for piece in pieces], dim=1)
        assert torch.allclose(joined, getattr(whole, name), atol=2e-5, rtol=0)
    poisoned = audio.clone()
    poisoned[:, 17 * 160 :] = torch.nan
    late = model.outputs(poisoned, model.initial_state(2)).classes
    assert torch.equal(late[:, :17], whole.classes[:, :17])
    alone, _, _ = plain(audio, plain.initial_state(2))
    for ours, theirs in zip(whole.activations, alone, strict=True):
        assert torch.equal(ours, theirs)


def test_the_class_head_teaches_its_network_nothing(audio):
    model = with_heads("harmonic", "pitchwise").train()
    model.outputs(audio, model.initial_state(2)).classes.square().sum().backward()
    taught = {name.split(".")[0] for name, p in model.named_parameters() if p.grad is not None}
    assert taught == {"class_head"}


def test_old_settings_without_heads_still_load(tmp_path):
    model = small_model()
    save_weights(tmp_path / "w.safetensors", model.state_dict(), model.settings, {})
    assert load_transcriber(tmp_path / "w.safetensors")[0].class_names == ()
    assert modernise({"class_head": {"hidden": 16, "memory": 9}}) == {"class_head": {"memory": 9}}


def test_instruments_of_a_transcriber_are_its_classes(audio, tmp_path):
    model = Transcriber(replace(small_settings(), instruments=("violin", "flute"))).eval()
    save_weights(tmp_path / "w.safetensors", model.state_dict(), model.settings, {})
    words = ["export", str(tmp_path / "w.safetensors"), f"--out={tmp_path}/m.onnx"]
    assert jtm.main(words) == 0
    live = OnnxModel(tmp_path / "m.onnx")
    assert live.spec.instruments == ("violin", "flute") and run_self_test(live) <= 1e-4


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A transcriber, the same with a class head, both exported, and what `classify` told."""
    folder = tmp_path_factory.mktemp("live")
    torch.manual_seed(1)
    model = Transcriber(small_settings("logmel", "gru"))
    save_weights(folder / "w.safetensors", model.state_dict(), model.settings, {"step": 5})
    data = write_timbres(folder / "shards", recordings=4, labelled=True)
    words = [f"--checkpoint={folder}/w.safetensors", f"--data=[{data}]", f"--out={folder}/out"]
    words += ["--target=family", f"--keep={folder}/heard.safetensors", "--windows-per-recording=16"]
    words += ["--stream.steps=120", "--stream.batch-size=16", "--stream.learning-rate=0.02"]
    words += ["--window-seconds=0.6", "--frame-stride=2", "--hold-out=recording"]
    words += ["--stream.head.memory=32", "--stream.head.dropout=0"]
    assert jtm.main(["classify", *words]) == 0
    for name in ("w", "heard"):
        out = ["export", f"{folder}/{name}.safetensors", f"--out={folder}/{name}.onnx"]
        assert jtm.main(out) == 0
    return folder


def test_a_kept_head_has_the_licences_of_what_it_learned_from(tmp_path):
    model = Transcriber(small_settings("logmel", "gru"))
    facts = {"licences": ["CC-BY-4.0"]}
    save_weights(tmp_path / "w.safetensors", model.state_dict(), model.settings, facts)
    data = write_timbres(tmp_path / "shards", recordings=2, labelled=True)
    listing = next(data.glob("*.json"))
    told = json.loads(listing.read_text())
    for clip in told["clips"]:
        clip["categories"]["licence"] = "CC0-1.0"
    listing.write_text(json.dumps(told))
    words = [f"--checkpoint={tmp_path}/w.safetensors", f"--data=[{data}]", f"--out={tmp_path}/out"]
    words += ["--target=family", f"--keep={tmp_path}/heard.safetensors", "--hold-out=recording"]
    words += ["--stream.steps=1", "--stream.batch-size=2", "--windows-per-recording=1"]
    assert jtm.main(["classify", *words, "--window-seconds=0.6"]) == 0
    kept = read_weights(tmp_path / "heard.safetensors")[2]["licences"]
    assert kept == ["CC-BY-4.0", "CC0-1.0"]


@pytest.mark.slow
def test_a_kept_head_is_scored_on_held_out_recordings(trained):
    told = json.loads((trained / "out" / "classify.json").read_text())
    assert told["classes"] == ["flutes", "reeds", "strings"] and list(told["results"]) == ["stream"]
    assert not set(told["test_recordings"]) & set(told["train_recordings"])
    found = told["results"]["stream"]["frame"]
    assert found["accuracy"] > 0.5 > told["chance"] and found["balanced_accuracy"] > 0.5


@pytest.mark.slow
def test_notes_are_the_same_with_and_without_the_head(trained):
    plain, heard = OnnxModel(trained / "w.onnx"), OnnxModel(trained / "heard.onnx")
    assert run_self_test(heard) <= 1e-4 and plain.spec.instruments == ()
    assert heard.spec.instruments == ("flutes", "reeds", "strings")
    sound = (play("reed", 5)[0] / 32768).astype(np.float32)
    for hop in sound[: 60 * 160].reshape(-1, 160):
        one, other = plain.step(hop), heard.step(hop)
        assert all(
            np.allclose(getattr(one, name), getattr(other, name), atol=1e-6)
            for name in ("onset", "frame", "offset", "velocity")
        )
        assert one.instruments is None
        assert other.instruments.shape == (3,)
        assert other.instruments.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
@pytest.mark.slow
def test_transcribe_says_what_its_model_says(trained, tmp_path, capsys, monkeypatch):
    """The small network knows no notes, so every hop counts as sounding."""
    monkeypatch.setattr(instrument_guess, "SOUNDING", 0.0)
    model = OnnxModel(trained / "heard.onnx")
    named = []
    for seed, timbre in enumerate(TIMBRES):
        sound = play(timbre, 900 + seed, seconds=2.0)[0]
        soundfile.write(tmp_path / "in.wav", sound, 16_000)
        words = [str(tmp_path / "in.wav"), f"--model={trained}/heard.onnx", "--json", "--overwrite"]
        assert jtm.main(["transcribe", *words]) == 0
        (row,) = json.loads(capsys.readouterr().out)["files"]
        assert read_instrument(tmp_path / "in.mid") == row["instrument"]
        model.reset()
        said = [
            model.step(hop).instruments for hop in (sound / 32768).reshape(-1, 160).astype("f4")
        ]
        shares = np.mean(said, axis=0)
        if shares.max() > 0.52:
            named.append(row["instrument"])
            assert row["instrument"] == model.spec.instruments[int(shares.argmax())]
    assert named


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--keep=x.safetensors"], "give --checkpoint"),
        (["--methods=[wizard]", "--target=family"], "No method wizard"),
    ],
)
def test_errors_are_sentences(trained, words, sentence, capsys, tmp_path):
    data = f"--data=[{trained}/shards]"
    assert jtm.main(["classify", data, f"--out={tmp_path}", *words]) == 2
    assert sentence in capsys.readouterr().err
