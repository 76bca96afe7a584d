"""Encoders and contexts by name: exported, checked and run; refused where they cannot stream."""

import numpy as np
import pytest

import jtm
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.self_test import run_self_test
from tests.support.small_models import small_model
from trainer.network.architectures import ContextSettings, EncoderSettings, warn_of_future
from trainer.network.contexts.pitchwise import PitchwiseSettings
from trainer.network.encoders.harmonic import HarmonicSettings
from trainer.network.model import ModelSettings, Transcriber
from trainer.runs.checkpoints import load_transcriber, save_weights

PAIRS = [
    ("harmonic", "pitchwise"),
    ("conv", "gru"),
    ("logmel", "lstm"),
    ("sinc", "transformer"),
    ("conv", "none"),
]


@pytest.mark.parametrize(("encoder", "context"), PAIRS)
def test_export_runs_and_repeats_itself(encoder, context, tmp_path):
    model = small_model(encoder, context, norm="batch" if context == "lstm" else "channel")
    weights = tmp_path / "w.safetensors"
    save_weights(weights, model.state_dict(), model.settings, {})
    assert load_transcriber(weights)[0].settings == model.settings
    out = tmp_path / "model.onnx"
    assert jtm.main(["export", str(weights), "--out", str(out)]) == 0
    live = OnnxModel(out)
    assert run_self_test(live) <= 1e-4
    heard = live.step(np.zeros(160, np.float32))
    assert heard.onset.shape == (88,)
    assert (heard.spectrum is None) == (encoder == "conv")


def test_absolute_positions_count_on_after_export(tmp_path):
    """More hops than the window, so that the frame number wraps."""
    model = small_model("conv", "transformer", positions="absolute")
    weights, out = tmp_path / "w.safetensors", tmp_path / "model.onnx"
    save_weights(weights, model.state_dict(), model.settings, {})
    assert jtm.main(["export", str(weights), "--out", str(out)]) == 0


def test_an_instance_norm_is_refused_by_name(tmp_path, capsys):
    model = small_model("conv", "gru", norm="instance")
    weights = tmp_path / "w.safetensors"
    save_weights(weights, model.state_dict(), model.settings, {})
    assert jtm.main(["export", str(weights), "--out", str(tmp_path / "m.onnx")]) == 1
    error = capsys.readouterr().err
    assert "encoder.blocks.0.norm" in error and "needs the future" in error
    assert "train with --model.encoder.conv.norm channel" in error


def test_a_memory_that_hears_the_future_is_refused_by_name(tmp_path, capsys):
    """The ceiling test's network trains on crops and answers whole recordings, but never live."""
    pitchwise = PitchwiseSettings(channels=8, global_width=8, width=8, both_ways=True)
    encoder = EncoderSettings(harmonic=HarmonicSettings(local_channels=4, channels=8))
    settings = ModelSettings(encoder=encoder, context=ContextSettings(pitchwise=pitchwise))
    weights = tmp_path / "w.safetensors"
    model = Transcriber(settings)
    warn_of_future(model)
    assert "both_ways false" in capsys.readouterr().err
    save_weights(weights, model.state_dict(), settings, {})
    assert jtm.main(["export", str(weights), "--out", str(tmp_path / "m.onnx")]) == 1
    error = capsys.readouterr().err
    assert "context.everywhere" in error and "needs the future" in error
    assert not (tmp_path / "m.onnx").exists()
