"""Recordings are heard many hops at a time: the same numbers and notes, of any model of ours."""

import itertools

import numpy as np
import pytest
import soundfile

import jtm
from realtime.inference.ahead_model import HOPS, AheadModel, trying_sound
from realtime.inference.many_hops import CannotHearAheadError, many_hops
from realtime.inference.model_file import open_model_file
from realtime.inference.onnx_graph import read_graph
from realtime.inference.onnx_model import OnnxModel
from realtime.transcription.offline import transcribe
from realtime.transcription.refine import refine
from tests.trainer.small_models import small_model
from trainer.runs.checkpoints import save_weights

PAIRS = [
    ("harmonic", "pitchwise", True),
    ("harmonic", "gru", False),
    ("conv", "gru", False),
    ("logmel", "lstm", False),
    ("sinc", "transformer", False),
    ("conv", "none", False),
]


def exported(folder, encoder, context):
    model = small_model(encoder, context)
    weights, out = folder / "w.safetensors", folder / "model.onnx"
    save_weights(weights, model.state_dict(), model.settings, {})
    assert jtm.main(["export", str(weights), "--out", str(out)]) == 0
    return out


def alone(model, sound):
    return [model.step(hop) for hop in sound.reshape(-1, model.spec.hop_samples)]


def require_alike(found, wanted):
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        for name in ("onset", "frame", "offset", "velocity", "heads", "spectrum", "instruments"):
            here, there = getattr(one, name), getattr(other, name)
            assert (here is None) == (there is None)
            if here is not None:
                np.testing.assert_allclose(here, there, atol=2e-5)
        assert one.early.keys() == other.early.keys()


@pytest.mark.parametrize(("encoder", "context", "ahead"), PAIRS)
def test_any_model_is_heard_in_blocks_as_hop_by_hop(encoder, context, ahead, tmp_path):
    path = exported(tmp_path, encoder, context)
    model, plain = AheadModel(path), OnnxModel(path)
    assert model.hears_ahead == ahead
    sound = trying_sound(model.spec)[: (2 * HOPS + 3) * model.spec.hop_samples]
    hops = sound.reshape(-1, model.spec.hop_samples)
    cuts = (0, 2, HOPS + 5, len(hops))  # single ones before, between and behind whole blocks
    found = [one for a, b in itertools.pairwise(cuts) for one in model.steps(hops[a:b])]
    require_alike(found, alone(plain, sound))
    model.reset()
    plain.reset()
    require_alike(model.steps(hops[:HOPS]), alone(plain, sound[: HOPS * model.spec.hop_samples]))


def test_notes_of_a_recording_are_the_same_at_another_rate_too(tmp_path):
    rate, seconds = 22_050, 6.0
    time = np.arange(int(rate * seconds)) / rate
    sound = sum(
        np.where(time >= start, np.exp(-2.5 * (time - start)), 0.0)
        * np.sin(2 * np.pi * hertz * partial * (time - start))
        * 0.2
        / partial
        for start, hertz in ((0.3, 261.6), (0.9, 329.6), (1.5, 392.0), (1.5, 523.3), (3.2, 196.0))
        for partial in (1, 2, 3, 4)
    )
    path = tmp_path / "a.wav"
    soundfile.write(path, sound, rate)
    model, plain = AheadModel(), OnnxModel()
    assert model.hears_ahead
    notes = transcribe(path, model)
    assert len(notes) >= 4 and notes == transcribe(path, plain)
    assert refine(path, model) == refine(path, plain)


def test_numbers_that_are_none_do_no_more_harm_than_hop_by_hop():
    model, plain = AheadModel(), OnnxModel()
    sound = trying_sound(model.spec)[: 2 * HOPS * model.spec.hop_samples].copy()
    sound[1000:1010] = np.nan
    hops = sound.reshape(-1, model.spec.hop_samples)
    require_alike(model.steps(hops), alone(plain, sound))


def test_what_no_rule_is_for_is_refused_and_never_guessed(tmp_path):
    opened = open_model_file(exported(tmp_path, "sinc", "transformer"))
    with pytest.raises(CannotHearAheadError, match="Slice"):
        many_hops(opened.content, opened.spec, HOPS)
    with pytest.raises(CannotHearAheadError):
        many_hops(opened.content[: len(opened.content) // 2], opened.spec, HOPS)


def test_a_file_is_taken_apart_without_loss():
    onnx = pytest.importorskip("onnx")
    content = open_model_file(None).content
    graph, wanted = read_graph(content), onnx.load_model_from_string(content).graph
    assert [node.op for node in graph.nodes] == [node.op_type for node in wanted.node]
    assert len(graph.initialisers) == len(wanted.initializer)
    for node in wanted.node:
        if node.op_type == "Constant":
            values = onnx.numpy_helper.to_array(node.attribute[0].t)
            known = graph.constants[node.output[0]]
            assert known.shape == values.shape
            if values.dtype == np.int64:
                assert known.values == values.flatten().tolist()
