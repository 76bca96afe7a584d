"""A taught instrument: a small untrusted file that goes with one model and no other."""

import json
import struct
import unicodedata

import numpy as np
import pytest

from realtime.inference import instruments
from realtime.inference.ahead_model import HOPS, AheadModel
from realtime.inference.head import head_logits
from realtime.inference.instrument_file import TaughtInstrument, read_instrument
from realtime.inference.onnx_file import with_weights
from realtime.inference.onnx_model import BUNDLED, OnnxModel
from realtime.inference.self_test import run_self_test
from realtime.inference.spec import HEAD_TENSORS, OUTPUTS
from realtime.troubles.errors import UserError


@pytest.fixture(scope="module")
def bundled():
    return OnnxModel(with_features=True)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(instruments, "instruments_folder", lambda: tmp_path / "instruments")
    (tmp_path / "instruments").mkdir()
    return tmp_path / "instruments"


def make_instrument(spec, name="my kalimba", seed=0, base=None):
    rng = np.random.default_rng(seed)
    answers = len(OUTPUTS) * len(spec.heads)
    shapes = ((spec.feature_width, spec.head_hidden), (spec.head_hidden,))
    shapes += ((spec.head_hidden, answers), (answers,))
    weights = {
        tensor: (0.1 * rng.standard_normal(shape)).astype(np.float32)
        for tensor, shape in zip(HEAD_TENSORS, shapes, strict=True)
    }
    digest = base or instruments.hash_of(BUNDLED)
    return TaughtInstrument(name, digest, weights, spec.heads, spec.refine, {"notes": 3})


def test_what_is_written_is_read_again(bundled):
    taught = make_instrument(bundled.spec)
    content = taught.to_bytes()
    again = read_instrument(content)
    assert len(content) <= 100_000
    assert (again.name, again.base, again.card) == (taught.name, taught.base, {"notes": 3})
    assert (again.heads, again.refine) == (taught.heads, taught.refine)
    for name in HEAD_TENSORS:
        assert np.array_equal(again.weights[name], taught.weights[name])


def test_the_taught_head_answers_by_name_and_by_file(bundled, home):
    taught = make_instrument(bundled.spec)
    (home / "my kalimba.instrument").write_bytes(taught.to_bytes())
    assert instruments.list_instruments() == ["my kalimba"]
    by_name = instruments.find_model("my kalimba")
    by_file = instruments.find_model(str(home / "my kalimba.instrument"))
    assert by_name == by_file
    model = OnnxModel(by_name)
    assert model.spec.name == "my kalimba"
    assert run_self_test(model) <= 1e-3
    bundled.reset()
    rng = np.random.default_rng(1)
    for hop in (0.1 * rng.standard_normal((30, 160))).astype(np.float32):
        bundled.logits(hop)
        said = model.logits(hop)
        wanted = head_logits(bundled.features, taught.weights)
        for place, name in enumerate(OUTPUTS):
            np.testing.assert_allclose(said[name], wanted[:, place].T, atol=1e-4)


def test_a_taught_instrument_is_heard_many_hops_at_once_as_one_by_one(bundled, home):
    path = home / "mine.instrument"
    path.write_bytes(make_instrument(bundled.spec, "mine").to_bytes())
    ahead, plain = AheadModel(path, with_features=True), OnnxModel(path, with_features=True)
    assert ahead.runs_ahead
    rng = np.random.default_rng(2)
    hops = (0.1 * rng.standard_normal((HOPS + 5, 160))).astype(np.float32)
    for hop, (said, features) in zip(hops, ahead.heads_of(hops), strict=True):
        wanted = plain.logits(hop)
        for name in OUTPUTS:
            np.testing.assert_allclose(said[name], wanted[name], atol=1e-4)
        np.testing.assert_allclose(features, plain.features, atol=1e-4)


def test_an_instrument_of_another_model_is_refused_in_a_sentence(bundled, home):
    path = home / "other.instrument"
    path.write_bytes(make_instrument(bundled.spec, "other", base="0" * 64).to_bytes())
    with pytest.raises(UserError, match="was taught to another model"):
        OnnxModel(path)


@pytest.mark.parametrize("name", ["Żółta Kalimba 2", "song.onnx", "scale.wav", "K"])
def test_a_name_is_known_however_it_is_written_and_whatever_lies_here(
    bundled, home, name, tmp_path, monkeypatch
):
    (home / f"{name}.instrument").write_bytes(make_instrument(bundled.spec, name).to_bytes())
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(b"a file that is called the same")
    for form in ("NFC", "NFD"):
        spelt = unicodedata.normalize(form, name)
        assert OnnxModel(instruments.find_model(spelt)).spec.name == name
    assert instruments.find_model(f"./{name}").read_bytes() == b"a file that is called the same"


def test_an_unknown_name_names_the_known_ones(home):
    (home / "oud.instrument").write_bytes(b"")
    with pytest.raises(UserError, match=r"called 'ney' \(taught are oud\)"):
        instruments.find_model("ney")
    assert instruments.find_model("") is None
    assert str(instruments.find_model("there/is/none.onnx")) == "there/is/none.onnx"


def damaged(content, how):
    (size,) = struct.unpack_from("<Q", content)
    header, data = json.loads(content[8 : 8 + size]), content[8 + size :]
    data = how(header, data) or data
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def set_taught(header, **values):
    taught = json.loads(header["__metadata__"]["taught"]) | values
    header["__metadata__"]["taught"] = json.dumps(taught)


DAMAGES = {
    "a shape of another size": lambda h, d: h[HEAD_TENSORS[1]].update(shape=[10**9]),
    "places outside the file": lambda h, d: h[HEAD_TENSORS[0]].update(data_offsets=[0, 10**9]),
    "another kind of number": lambda h, d: h[HEAD_TENSORS[0]].update(dtype="F64"),
    "a tensor too many": lambda h, d: h.update(more=h[HEAD_TENSORS[0]]),
    "a tensor too few": lambda h, d: h.pop(HEAD_TENSORS[3]) and None,
    "not a number": lambda h, d: b"\xff" * len(d),
    "a name that climbs": lambda h, d: set_taught(h, name="../../evil"),
    "no hash": lambda h, d: set_taught(h, base="x"),
    "words for thresholds": lambda h, d: set_taught(
        h, heads=[{"look_ahead_frames": 1, "decoder": {"onset_threshold": "loud"}}]
    ),
    "a later version": lambda h, d: h["__metadata__"].update(version="9"),
    "the head of another network": lambda h, d: h[HEAD_TENSORS[0]].update(
        shape=h[HEAD_TENSORS[0]]["shape"][::-1]
    ),
}


@pytest.mark.parametrize("how", DAMAGES, ids=str)
def test_a_damaged_file_is_refused_in_a_sentence(bundled, home, how):
    spec = bundled.spec
    path = home / "bad.instrument"
    path.write_bytes(damaged(make_instrument(spec).to_bytes(), DAMAGES[how]))
    with pytest.raises(UserError, match=r"bad\.instrument"):
        OnnxModel(path)


@pytest.mark.parametrize("kept", [9, 100, 3000, 40_000])
def test_half_a_file_is_refused(bundled, home, kept):
    path = home / "half.instrument"
    path.write_bytes(make_instrument(bundled.spec).to_bytes()[:kept])
    with pytest.raises(UserError):
        OnnxModel(path)


def test_weights_that_the_model_does_not_hold_are_refused():
    with pytest.raises(UserError, match="no weights 'nothing'"):
        with_weights(BUNDLED.read_bytes(), {"nothing": np.zeros(3, np.float32)})
    with pytest.raises(UserError, match="not an ONNX model"):
        with_weights(b"nonsense", {"nothing": np.zeros(3, np.float32)})
