"""Recordings are heard many hops at a time: the same numbers and notes, of any model of ours."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import soundfile

import jtm
from realtime.inference.ahead_model import HOPS, AheadModel, trying_sound
from realtime.inference.instrument_file import TaughtInstrument
from realtime.inference.instruments import hash_of
from realtime.inference.many_hops import CannotRunAheadError, many_hops
from realtime.inference.model_file import open_model_file
from realtime.inference.onnx_file import read_weights
from realtime.inference.onnx_graph import read_graph
from realtime.inference.onnx_model import BUNDLED, OnnxModel
from realtime.inference.spec import HEAD_TENSORS, OUTPUTS
from realtime.transcription.offline import transcribe
from realtime.transcription.refine import refine
from tests.support.small_models import small_model
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
    assert model.runs_ahead == ahead
    sound = trying_sound(model.spec, 3)[: (2 * HOPS + 3) * model.spec.hop_samples]
    hops = sound.reshape(-1, model.spec.hop_samples)
    cuts = (0, 2, HOPS + 5, len(hops))  # single ones before, between and behind whole blocks
    found = [one for a, b in itertools.pairwise(cuts) for one in model.steps(hops[a:b])]
    require_alike(found, alone(plain, sound))
    model.reset()
    plain.reset()
    require_alike(model.steps(hops[:HOPS]), alone(plain, sound[: HOPS * model.spec.hop_samples]))


def melody(tmp_path):
    """Five tones in 6 s at 22.05 kHz."""
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
    soundfile.write(tmp_path / "a.wav", sound, rate)
    return tmp_path / "a.wav"


@pytest.mark.slow
def test_notes_of_a_recording_are_the_same_at_another_rate_too(tmp_path):
    path = melody(tmp_path)
    model, plain = AheadModel(), OnnxModel()
    assert model.runs_ahead
    notes = transcribe(path, model)
    assert len(notes) >= 4 and notes == transcribe(path, plain)
    assert refine(path, model) == refine(path, plain)


@pytest.mark.slow
def test_a_taught_instrument_is_heard_in_blocks_with_its_own_head_and_thresholds(tmp_path):
    path, bundled = melody(tmp_path), OnnxModel()
    weights = read_weights(open_model_file(None).content, HEAD_TENSORS)
    answers = weights["head_out_bias"].reshape(len(OUTPUTS), -1).copy()
    answers[OUTPUTS.index("velocity")] -= 3  # a player whom everybody calls soft
    weights["head_out_bias"] = answers.flatten()
    heads = tuple(
        replace(head, decoder=replace(head.decoder, minimum_frames=12))
        for head in bundled.spec.heads
    )
    digest = hash_of(BUNDLED)
    taught = TaughtInstrument("mine", digest, weights, heads, bundled.spec.refine, {})
    (tmp_path / "mine.instrument").write_bytes(taught.to_bytes())
    model, plain = (kind(tmp_path / "mine.instrument") for kind in (AheadModel, OnnxModel))
    assert model.runs_ahead and model.spec.name == "mine"
    hops = trying_sound(model.spec).reshape(-1, model.spec.hop_samples)
    require_alike(model.steps(hops), [plain.step(hop) for hop in hops])
    notes = transcribe(path, model)
    assert notes == transcribe(path, plain) and refine(path, model) == refine(path, plain)
    untaught = transcribe(path, bundled)
    assert max(n.velocity for n in notes) < min(n.velocity for n in untaught)


def test_numbers_that_are_none_do_no_more_harm_than_hop_by_hop():
    model, plain = AheadModel(), OnnxModel()
    sound = trying_sound(model.spec)[: 2 * HOPS * model.spec.hop_samples].copy()
    sound[1000:1010] = np.nan
    hops = sound.reshape(-1, model.spec.hop_samples)
    require_alike(model.steps(hops), alone(plain, sound))


def test_what_no_rule_is_for_is_refused_and_never_guessed(tmp_path):
    opened = open_model_file(exported(tmp_path, "sinc", "transformer"))
    with pytest.raises(CannotRunAheadError, match="Slice"):
        many_hops(opened.content, opened.spec, HOPS)
    with pytest.raises(CannotRunAheadError):
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
