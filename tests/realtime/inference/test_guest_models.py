"""A model file is a guest: whatever it says or does, it is refused in words, and we go on."""

import base64
import io
import json
import time
import zipfile

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from realtime.audio.sources import ArraySource
from realtime.engine.build import run_on
from realtime.engine.engine import Engine
from realtime.inference import sandbox
from realtime.inference.onnx_model import BUNDLED, OnnxModel
from realtime.inference.self_test import run_self_test
from realtime.inference.spec import SELF_TEST_KEY, ModelSpec
from realtime.takes.library import list_takes
from realtime.troubles.errors import UserError
from realtime.values.settings import EngineSettings
from tests.support import toy_model
from tests.support.list_output import ListOutput

node = helper.make_node
LEVEL = 0.777


def number(model, name, value):
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.asarray(value), name))


def costly(path, low, high, endless=False):
    """A model that asks for 80 GB, or never ends, where the loudest sample lies in a range."""
    model = toy_model.build()
    number(model, "guest low", np.float32(low))
    number(model, "guest high", np.float32(high))
    number(model, "guest much", np.array([(1 << 60) if endless else (20 << 30)], np.int64))
    number(model, "guest little", np.array([1], np.int64))
    model.graph.node.extend(
        [
            node("Abs", ["audio"], ["guest size"]),
            node("ReduceMax", ["guest size"], ["guest loudest"], keepdims=0),
            node("Greater", ["guest loudest", "guest low"], ["guest above"]),
            node("Less", ["guest loudest", "guest high"], ["guest below"]),
            node("And", ["guest above", "guest below"], ["guest now"]),
            node("Where", ["guest now", "guest much", "guest little"], ["guest count"]),
        ]
    )
    if not endless:
        model.graph.node.extend(
            [
                node("ConstantOfShape", ["guest count"], ["guest big"]),
                node("Neg", ["guest big"], ["guest unused"]),
            ]
        )
    else:
        body = helper.make_graph(
            [node("Identity", ["go"], ["go_on"]), node("Identity", ["x"], ["y"])],
            "body",
            [helper.make_tensor_value_info("i", TensorProto.INT64, []),
             helper.make_tensor_value_info("go", TensorProto.BOOL, []),
             helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 160])],
            [helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
             helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 160])],
        )  # fmt: skip
        model.graph.node.extend(
            [
                node("Squeeze", ["guest count"], ["guest times"]),
                node("Loop", ["guest times", "", "audio"], ["guest last"], body=body),
            ]
        )
    path.write_bytes(model.SerializeToString())
    return path


def test_a_cost_that_depends_on_the_sound_is_found_in_rehearsal(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "FIRST_HOP_SECONDS", 0.3)
    with pytest.raises(UserError, match="too much memory"):
        OnnxModel(costly(tmp_path / "a.onnx", 0.01, 9))
    with pytest.raises(UserError, match="a hop takes longer"):
        OnnxModel(costly(tmp_path / "b.onnx", 0.01, 9, endless=True))


def test_a_model_that_stops_later_gives_way_to_the_bundled_one(tmp_path, monkeypatch):
    """No rehearsal finds a cost that waits for one level; the take goes on without a gap."""
    monkeypatch.setattr(sandbox, "FIRST_HOP_SECONDS", 0.3)
    monkeypatch.setattr(sandbox, "LOOK_SECONDS", 0.1)
    model = OnnxModel(costly(tmp_path / "late.onnx", LEVEL - 0.001, LEVEL + 0.001, endless=True))
    sound = toy_model.melody(16_000)
    sound[len(sound) // 2] = LEVEL
    sound *= np.where(np.abs(sound) > 0.7, LEVEL / np.abs(sound).clip(1e-9), 1)
    source = ArraySource(sound, 16_000)
    settings_ = EngineSettings(record=str(tmp_path / "takes"))
    engine = Engine(model, source, ListOutput(), settings_)
    engine.record()
    told = []
    run_on(engine, lambda: False, told.append)
    assert engine.chain.model.path == BUNDLED
    engine.close()
    assert len(told) == 1 and "late.onnx" in str(told[0])
    (take,) = list_takes(tmp_path / "takes")
    assert take.seconds == pytest.approx(len(sound) / 16_000, abs=0.001)


def bomb(size: int) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            header, {"descr": "<i2", "fortran_order": False, "shape": (size // 2,)}
        )
        archive.writestr("audio.npy", header.getvalue() + bytes(size))
    return base64.b64encode(packed.getvalue()).decode()


def lying() -> str:
    """An array that says it is larger than what is stored."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            header, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
        )
        archive.writestr("audio.npy", header.getvalue())
    return base64.b64encode(packed.getvalue()).decode()


@pytest.mark.parametrize(
    "make",
    [lambda: bomb(100 << 20), lying, lambda: "AAAA", lambda: "é"],
    ids=["packed", "lying", "short", "foreign"],
)
def test_a_self_test_that_unpacks_to_much_is_refused_unopened(tmp_path, make):
    stored = make()
    model = toy_model.build()
    kept = {entry.key: entry.value for entry in model.metadata_props}
    helper.set_model_props(model, {**kept, SELF_TEST_KEY: stored})
    path = tmp_path / "bomb.onnx"
    path.write_bytes(model.SerializeToString())
    opened, began = OnnxModel(path), time.monotonic()
    with pytest.raises(UserError, match="damaged"):
        run_self_test(opened)
    assert time.monotonic() - began < 2


def test_an_operator_that_the_file_does_not_define_is_foreign(tmp_path):
    """Also where the file defines another of the same domain."""
    model = toy_model.build()
    own = helper.make_function("com.microsoft", "Mine", ["x"], ["y"],
                               [node("Identity", ["x"], ["y"])],
                               [helper.make_opsetid("", 17)])  # fmt: skip
    model.functions.append(own)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    model.graph.node.append(node("Gelu", ["audio"], ["unused"], domain="com.microsoft"))
    path = tmp_path / "foreign.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(UserError, match=r"foreign operators \(com\.microsoft\)"):
        OnnxModel(path)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([10**400, 1e308, "\x1b[31m", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def places(value, here=()):
    """Paths to every value inside."""
    yield here
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for key, deeper in inside:
            yield from places(deeper, (*here, key))


WHOLE = json.loads(OnnxModel().spec.to_json())


@settings(max_examples=100)
@given(st.sampled_from(list(places(WHOLE))[1:]), JSON)
def test_a_specification_with_values_of_any_kind_is_read_or_refused(place, value):
    values = json.loads(json.dumps(WHOLE))
    inner = values
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    try:
        spec = ModelSpec.from_json(json.dumps(values))
    except UserError:
        return
    assert spec.name.isprintable() and 0 <= spec.default_head < len(spec.heads)
    assert spec.head_for(None) == spec.default_head


@pytest.mark.parametrize("text", ["[" * 100_000, "null", "3", '"x"', "[]", '{"format": {}}', ""])
def test_what_is_no_specification_is_refused(text):
    with pytest.raises(UserError):
        ModelSpec.from_json(text)
