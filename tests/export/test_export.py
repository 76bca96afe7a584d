"""Exporting inside the test: parity, metadata, refusals."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

import jtm
from export.model_spec import make_spec
from export.parity import Parity, measure_parity, require_parity
from export.to_onnx import OPSET, build_graph, refuse_non_causal
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.self_test import run_self_test
from realtime.inference.spec import METADATA_KEY, DecoderSettings, ModelSpec, RefineSettings
from realtime.troubles.errors import UserError
from realtime.values.strictness import Strictness
from trainer.network.model import ModelSettings, Transcriber
from trainer.runs.checkpoints import save_weights


@pytest.fixture(scope="module")
def model() -> Transcriber:
    torch.manual_seed(11)
    model = Transcriber().eval()
    with torch.no_grad():
        model.head.out.bias.zero_()
        model.head.out.weight.mul_(5)
    return model


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    save_weights(folder / "w.safetensors", model.state_dict(), ModelSettings(), {"step": 1})
    thresholds = folder / "t.json"
    thresholds.write_text(json.dumps({"4": {"onset_threshold": 0.41}}))
    out = folder / "model.onnx"
    words = ["export", str(folder / "w.safetensors"), "--out", str(out), "--name", "trial"]
    assert jtm.main([*words, "--thresholds", str(thresholds)]) == 0
    return out


def test_the_default_look_ahead_can_be_chosen_among_those_there_are(model):
    words = {"name": "m", "decoders": {}, "licence": "MIT", "provenance": ""}
    spec = make_spec(model, **words, default_latency_ms=20.0)
    assert spec.latency_ms(spec.default_head) == 20
    assert make_spec(model, **words).default_head == 1
    with pytest.raises(UserError, match="it has 20, 40, 80"):
        make_spec(model, **words, default_latency_ms=30.0)


def test_200_hops_agree_within_a_ten_thousandth(model):
    parity = measure_parity(model, build_graph(model), hops=200)
    assert parity.hops == 200
    assert parity.worst <= 1e-4
    assert np.ptp(parity.logits["onset"]) > 0.5


def test_a_graph_that_differs_is_not_written():
    bad = Parity(hops=200, worst=2e-4, audio=np.zeros(1, np.int16), logits={})
    with pytest.raises(UserError, match="differs"):
        require_parity(bad)


def test_a_graph_that_says_no_numbers_differs(model):
    graph = onnx.load_from_string(build_graph(model))
    last = [one for one in graph.graph.initializer if "head" in one.name][-1]
    spoilt = np.full_like(onnx.numpy_helper.to_array(last), np.nan)
    last.CopyFrom(onnx.numpy_helper.from_array(spoilt, last.name))
    with pytest.raises(UserError, match="differs"):
        require_parity(measure_parity(model, graph.SerializeToString(), hops=3))


def test_the_file_carries_its_specification(exported):
    props = {p.key: p.value for p in onnx.load(exported).metadata_props}
    spec = ModelSpec.from_json(props[METADATA_KEY])
    assert spec.name == "trial"
    assert [head.look_ahead_frames for head in spec.heads] == [2, 4, 8]
    assert spec.heads[1].decoder.onset_threshold == 0.41
    assert spec.latency_ms(spec.default_head) == 40
    assert spec.head_for(25) == 0
    digest = exported.with_suffix(".sha256").read_text().split()
    assert len(digest[0]) == 64


def test_fixed_filters_are_stored_in_half_precision_without_loss(exported, model):
    stored = [
        onnx.numpy_helper.to_array(constant)
        for constant in onnx.load(exported).graph.initializer
        if constant.data_type == onnx.TensorProto.FLOAT16
    ]
    kernels = {
        np.trim_zeros(row, "f").tobytes()
        for value in model.encoder.views.spectrum.buffers()
        for row in value.T.numpy()
    }
    found = {
        np.trim_zeros(column, "f").tobytes()
        for half in stored
        for column in half.astype(np.float32).T
    }
    assert found == kernels and len(kernels) == 2 * model.encoder.bins


def test_the_file_is_of_the_opset_that_the_page_names_and_nothing_is_said_of_it(exported, capfd):
    graph = onnx.load(exported)
    page = (Path(jtm.__file__).parent / "docs" / "onnx.md").read_text(encoding="utf-8")
    assert [(one.domain, one.version) for one in graph.opset_import] == [("", OPSET)]
    assert f"opset {OPSET}, standard operators only" in page
    onnx.checker.check_model(graph, full_check=True)
    build_graph(Transcriber().eval())
    said = capfd.readouterr()
    assert "deprecat" not in (said.out + said.err).lower()


def test_the_runtime_passes_the_self_test_inside_the_file(exported):
    assert run_self_test(OnnxModel(exported)) <= 1e-4


def test_a_layer_that_needs_the_future_is_named():
    class Wrong(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.middle = torch.nn.Sequential(torch.nn.InstanceNorm1d(4))

    with pytest.raises(UserError, match=r"middle\.0.*InstanceNorm1d"):
        refuse_non_causal(Wrong())
    with pytest.raises(UserError, match="GRU"):
        refuse_non_causal(torch.nn.Sequential(torch.nn.GRU(3, 3, bidirectional=True)))


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"\x80\x04 pickle"])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path, capsys, content):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    assert jtm.main(["export", str(path), "--out", str(tmp_path / "m.onnx")]) == 1
    assert "bad.safetensors" in capsys.readouterr().err
    assert not (tmp_path / "m.onnx").exists()


def test_an_unwritable_target_is_one_sentence(model, tmp_path, capsys):
    save_weights(tmp_path / "w.safetensors", model.state_dict(), ModelSettings(), {})
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "m.onnx"
    assert jtm.main(["export", str(tmp_path / "w.safetensors"), "--out", str(out)]) == 1
    error = capsys.readouterr().err
    assert "Cannot write" in error and len(error.splitlines()) == 1


def test_the_card_names_file_data_and_scores(model, tmp_path):
    save_weights(tmp_path / "w.safetensors", model.state_dict(), ModelSettings(), {"step": 7})
    (tmp_path / "scores.json").write_text(
        json.dumps(
            {
                "40ms": {"piano": {"onset_f1": 0.8125}, "all": {"onset_f1": 0.8125}},
                "refine": {
                    "kalimba": {
                        "onset_f1": 0.9,
                        "onset_f1_low": 0.2,
                        "onset_f1_high": 0.95,
                        "items": 2,
                    }
                },
            }
        )
    )
    decoder = {
        "onset_threshold": 0.5,
        "gathered_threshold": 0.6,
        "velocity_map": [[0, 9], [1, 99]],
        "early": [[1, 0.8]],
    }
    refine = {"decoder": {"onset_threshold": 0.7}, "support": 0.2}
    thresholds = tmp_path / "thresholds.json"
    thresholds.write_text(json.dumps({"4": decoder, "refine": refine, "practice": {"extra": 3.0}}))
    (tmp_path / "data.csv").write_text("source,what,licence,used as\nA,notes,CC0 1.0,all\n")
    (tmp_path / "notes.md").write_text("## Known failures\n\nWhistling.\n")
    words = ["export", str(tmp_path / "w.safetensors"), "--out", str(tmp_path / "m.onnx")]
    words += ["--card", str(tmp_path / "CARD.md"), "--scores", str(tmp_path / "scores.json")]
    words += ["--data-table", str(tmp_path / "data.csv"), "--notes", str(tmp_path / "notes.md")]
    words += ["--energy", "1 kWh", "--thresholds", str(thresholds)]
    assert jtm.main(words) == 0
    spec = OnnxModel(tmp_path / "m.onnx").spec
    assert spec.heads[1].decoder.velocity_map == ((0, 9), (1, 99))
    assert spec.heads[1].decoder.early == ((1, 0.8),)
    assert spec.refine == RefineSettings(DecoderSettings(0.7), support=0.2)
    assert spec.practice == Strictness(extra=3.0)
    card = (tmp_path / "CARD.md").read_text()
    digest = (tmp_path / "m.sha256").read_text().split()[0]
    parts = (digest, "0.812", "CC0 1.0", "Whistling", "step 7", "20, 40, 80 ms (default 40)")
    measured = ("Refined recordings:", "0.20-0.95", "1 kWh", "gathered threshold 0.6")
    for part in (
        *parts,
        *measured,
        "velocities 9-99",
        "support 0.2",
        "early after 1 frames from 0.8",
    ):
        assert part in card, part
