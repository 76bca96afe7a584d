"""Encoder and context as a file of their own: what a pretrained run can be exported as."""

import json

import numpy as np
import onnx
import pytest
import torch

import jtm
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.runtime import load_runtime
from realtime.troubles.errors import UserError
from tests.support.small_models import small_model
from trainer.network.backbone import Backbone
from trainer.runs.checkpoints import BACKBONE_PARTS, save_weights


def export_backbone(model, folder):
    """A run of `jtm pretrain`, exported."""
    weights = {n: v for n, v in model.state_dict().items() if n.startswith(BACKBONE_PARTS)}
    folder.mkdir(exist_ok=True)
    save_weights(
        folder / "last.safetensors",
        weights,
        model.settings,
        {"hours_heard": 3, "licences": ["MIT"]},
    )
    out = folder / "features.onnx"
    assert jtm.main(["export", str(folder), "--features", "--out", str(out)]) == 0
    return out


@pytest.mark.parametrize(
    ("encoder", "context"),
    [("harmonic", "pitchwise"), ("sinc", "transformer"), ("conv", "none"), ("logmel", "lstm")],
)
def test_the_file_says_hop_by_hop_what_the_network_says(encoder, context, tmp_path):
    model = small_model(encoder, context)
    out = export_backbone(model, tmp_path)
    spec = json.loads({p.key: p.value for p in onnx.load(out).metadata_props}["jtm_features"])
    assert (spec["sample_rate"], spec["hop_samples"]) == (16_000, 160)
    assert spec["licence"] == "MIT"
    session = load_runtime().InferenceSession(out)
    outputs = list(spec["outputs"])
    assert ("spectrum" in outputs) == bool(model.spectrum_bins)
    names = [state["name"] for state in spec["state"]]
    state = {one["name"]: np.zeros(one["shape"], np.float32) for one in spec["state"]}
    rng = np.random.default_rng(5)
    audio = (0.1 * rng.standard_normal((30, 160))).astype(np.float32)
    rows = []
    for hop in audio:
        found = session.run(
            [*outputs, *(f"next_{name}" for name in names)], {"audio": hop[None], **state}
        )
        state = dict(zip(names, found[len(outputs) :], strict=True))
        rows.append(found[: len(outputs)])
    with torch.no_grad():
        sound = torch.from_numpy(audio.reshape(1, -1))
        heard = Backbone.encode(model, sound, Backbone.initial_state(model, 1))
    for place, (name, wanted) in enumerate(
        zip(("context", "encoder"), (heard.context, heard.frames), strict=True)
    ):
        assert tuple(spec["outputs"][name]) == wanted.shape[2:]
        got = np.concatenate([row[place][0] for row in rows])
        np.testing.assert_allclose(got, wanted[0].numpy(), atol=1e-4)


def test_no_player_takes_it_for_a_transcriber(tmp_path, capsys):
    out = export_backbone(small_model("conv", "gru"), tmp_path)
    with pytest.raises(UserError, match="gives features for other programs and no notes"):
        OnnxModel(out)
    assert jtm.main(["export", str(tmp_path), "--out", str(tmp_path / "m.onnx")]) == 1
    assert "jtm export --features" in capsys.readouterr().err
    words = ["export", str(tmp_path), "--features", "--thresholds", "default"]
    assert jtm.main([*words, "--out", str(tmp_path / "m.onnx")]) == 2
    assert "--features exports no notes" in capsys.readouterr().err


def test_what_cannot_stream_is_refused(tmp_path):
    model = small_model("conv", "gru", norm="instance")
    save_weights(tmp_path / "last.safetensors", model.state_dict(), model.settings, {})
    words = ["export", str(tmp_path), "--features", "--out", str(tmp_path / "m.onnx")]
    assert jtm.main(words) == 1
    assert not (tmp_path / "m.onnx").exists()
