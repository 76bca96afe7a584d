import base64
import dataclasses
import io

import numpy as np
import onnx
import pytest
import soundfile
from onnx import TensorProto, helper

import jtm
from realtime.inference import model_file
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.self_test import run_self_test
from realtime.inference.spec import METADATA_KEY, SELF_TEST_KEY, StateSpec
from realtime.troubles.errors import UserError
from tests.support import toy_model


def saved(model: onnx.ModelProto, path):
    onnx.save(model, path)
    return path


def tone(frequency=440.0, hops=40, level=0.3):
    time = np.arange(hops * 160) / 16_000
    return (level * np.sin(2 * np.pi * frequency * time)).astype(np.float32).reshape(-1, 160)


def test_a_tone_is_heard_at_its_pitch(toy):
    for hop in tone():
        heard = toy.step(hop)
    assert int(heard.frame.argmax()) + 21 == 69
    assert heard.onset.shape == heard.velocity.shape == (88,) and heard.spectrum.shape == (88,)
    assert all(((row >= 0) & (row <= 1)).all() for row in (heard.onset, heard.frame))


def test_reset_is_silence_before(toy):
    first = [toy.step(hop).frame for hop in tone()]
    toy.reset()
    again = [toy.step(hop).frame for hop in tone()]
    assert np.array_equal(first, again)


@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf, 3e38, 1e-40])
def test_sound_that_is_no_number_leaves_no_trace(toy, poison):
    for hop in tone(hops=3):
        toy.step(hop)
    bad = np.full(160, poison, dtype=np.float32)
    with np.errstate(all="ignore"):
        toy.step(bad)
        for hop in tone(hops=20):
            heard = toy.step(hop)
    assert all(np.isfinite(row).all() for row in (heard.onset, heard.frame, heard.offset))
    assert int(heard.frame.argmax()) + 21 == 69


def test_self_test(toy, tmp_path):
    assert run_self_test(toy) < 1e-5
    for stored, word in (
        (None, "carries no self-test"),
        ("AAAA", "damaged"),
        ("!", "damaged"),
    ):
        path = saved(toy_model.build(self_test=stored), tmp_path / "other.onnx")
        with pytest.raises(UserError, match=word):
            run_self_test(OnnxModel(path))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda arrays: arrays.update(audio=arrays["audio"][:0]), "damaged"),
        (lambda arrays: arrays.update(onset=arrays["onset"][:-1]), "damaged"),
        (lambda arrays: arrays.update(frame=np.float32(1.0)), "damaged"),
        (lambda arrays: arrays.update(velocity=arrays["velocity"] * np.nan), "other numbers"),
        (lambda arrays: arrays.update(offset=arrays["offset"][..., :5]), "other numbers"),
    ],
    ids=["no sound", "a hop less", "no hops", "no numbers", "fewer pitches"],
)
def test_a_self_test_that_tests_nothing_does_not_pass(toy, tmp_path, change, word):
    with np.load(io.BytesIO(base64.b64decode(toy.stored_self_test))) as stored:
        arrays = dict(stored)
    change(arrays)
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    text = base64.b64encode(packed.getvalue()).decode()
    path = saved(toy_model.build(self_test=text), tmp_path / "other.onnx")
    with pytest.raises(UserError, match=word):
        run_self_test(OnnxModel(path))


def test_other_numbers_fail_the_self_test(toy_path, tmp_path):
    model = onnx.load(toy_path)
    gain = next(t for t in model.graph.initializer if t.name == "gain")
    gain.CopyFrom(onnx.numpy_helper.from_array(np.float32(4.2), "gain"))
    with pytest.raises(UserError, match="other numbers"):
        run_self_test(OnnxModel(saved(model, tmp_path / "changed.onnx")))


def test_a_missing_or_broken_file(tmp_path, toy_path, monkeypatch):
    with pytest.raises(UserError, match=r"nowhere\.onnx"):
        OnnxModel(tmp_path / "nowhere.onnx")
    content = toy_path.read_bytes()
    for cut in (0, 1, 10, 500, len(content) // 2, len(content) - 1):
        path = tmp_path / "cut.onnx"
        path.write_bytes(content[:cut])
        with pytest.raises(UserError, match=r"cut\.onnx"):
            OnnxModel(path)
    path.write_bytes(b"RIFF" + bytes(1000))
    with pytest.raises(UserError, match="not an ONNX model"):
        OnnxModel(path)
    monkeypatch.setattr(model_file, "LARGEST_FILE", 1000)
    with pytest.raises(UserError, match="at most"):
        OnnxModel(toy_path)


def test_a_name_that_is_no_text_is_refused_without_a_word_of_the_runtime(toy_path, tmp_path, capfd):
    """It used to print four lines, into what `jtm doctor --json` prints, and a reason for us."""
    content, path = toy_path.read_bytes(), tmp_path / "odd.onnx"
    place = content.index(b"audio")
    path.write_bytes(content[:place] + b"\xef" + content[place + 1 :])
    with pytest.raises(UserError, match=r"odd\.onnx: .*not an ONNX model, or it is damaged"):
        OnnxModel(path)
    assert capfd.readouterr() == ("", "")


def test_a_folder_is_no_model(tmp_path):
    with pytest.raises(UserError, match="Cannot read model"):
        OnnxModel(tmp_path)


@pytest.mark.parametrize("given", ["run", "run/last.safetensors"])
@pytest.mark.parametrize(
    "words",
    [
        ["transcribe", "a.wav"],
        ["live", "--input=a.wav", "--fast"],
        ["evaluate", "m.csv"],
        ["teach", "mine", "a.wav"],
    ],
)
def test_what_training_left_is_told_how_to_become_a_model(
    words, given, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "last.safetensors").write_bytes(b"weights")
    soundfile.write("a.wav", np.zeros(1600), 16_000)
    (tmp_path / "m.csv").write_text("id,group,file,truth\na,g,a.wav,\n")
    assert jtm.main([*words, f"--model={given}"]) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert f"make one of it with `jtm export {given} --out model.onnx`, and give that." in told


def test_mutated_bytes_never_crash(tmp_path, toy_path):
    content = bytearray(toy_path.read_bytes())
    rng = np.random.default_rng(0)
    path = tmp_path / "mutated.onnx"
    refused = 0
    for _ in range(40):
        mutated = bytearray(content)
        for position in rng.integers(0, 3000, 4):
            mutated[-int(position) - 1] = int(rng.integers(0, 256))
        path.write_bytes(mutated)
        try:
            OnnxModel(path).step(np.zeros(160, dtype=np.float32))
        except UserError:
            refused += 1
    assert refused > 0


def greedy(*nodes, **sizes):
    """The toy with further nodes, and whole numbers by name."""
    model = toy_model.build()
    for name, value in sizes.items():
        model.graph.initializer.append(onnx.numpy_helper.from_array(np.int64(value), name))
    model.graph.node.extend(nodes)
    return model


def test_a_model_that_asks_for_forty_gigabytes_is_refused(tmp_path):
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    node = helper.make_node
    for model in (
        greedy(node("Expand", ["audio", "rows"], ["big"]), node("Neg", ["big"], ["unused"]),
               rows=[1 << 26, 1]),
        greedy(node("ConstantOfShape", ["count"], ["big"]), node("Neg", ["big"], ["unused"]),
               count=[10 << 30]),
    ):  # fmt: skip
        with pytest.raises(UserError, match=r"greedy\.onnx: .*too much memory"):
            OnnxModel(saved(model, tmp_path / "greedy.onnx"))
    assert resource.getrlimit(resource.RLIMIT_AS) == before, "lifted again"


def test_a_model_that_never_ends_is_refused(tmp_path, monkeypatch):
    from realtime.inference import sandbox

    monkeypatch.setattr(sandbox, "FIRST_HOP_SECONDS", 0.3)
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["go_on"]),
         helper.make_node("Identity", ["x"], ["y"])],
        "body",
        [helper.make_tensor_value_info("i", TensorProto.INT64, []),
         helper.make_tensor_value_info("go", TensorProto.BOOL, []),
         helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 160])],
        [helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
         helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 160])],
    )  # fmt: skip
    model = greedy(helper.make_node("Loop", ["times", "", "audio"], ["last"], body=body),
                   times=1 << 60)  # fmt: skip
    with pytest.raises(UserError, match="a hop takes longer"):
        OnnxModel(saved(model, tmp_path / "endless.onnx"))


def test_the_engine_s_process_may_not_grow_without_bound():
    import subprocess
    import sys

    script = "from realtime.processes.limits import cap_memory\ncap_memory(1 << 30)\nbytes(2 << 30)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "MemoryError" in done.stderr


def test_threads_share_a_heap():
    """Another heap would reserve 64 MB of addresses a thread, beside 8 MB of stack."""
    import subprocess
    import sys

    script = """if True:
        import ctypes, re, threading
        from pathlib import Path
        from realtime.processes.limits import share_heap
        status = Path("/proc/self/status")
        size = lambda: int(re.search(r"VmSize:\\s+(\\d+)", status.read_text())[1])
        share_heap()
        before, done = size(), threading.Barrier(5)
        for _ in range(4):
            work = lambda: (ctypes.CDLL(None).malloc(1000), done.wait(), done.wait())
            threading.Thread(target=work).start()
        done.wait()
        print((size() - before) // 1024)
        done.wait()
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert int(done.stdout) < 4 * 30, done.stderr


def test_not_one_of_ours(tmp_path):
    model = toy_model.build()
    del model.metadata_props[:]
    with pytest.raises(UserError, match="not one of Jaka to Melodia"):
        OnnxModel(saved(model, tmp_path / "other.onnx"))
    helper.set_model_props(model, {METADATA_KEY: "{}"})
    with pytest.raises(UserError, match="cannot be read"):
        OnnxModel(saved(model, tmp_path / "other.onnx"))


def test_external_data_is_refused(tmp_path):
    path = tmp_path / "external.onnx"
    onnx.save(
        toy_model.build(), path, save_as_external_data=True, location="data", size_threshold=10
    )
    with pytest.raises(UserError, match="other files"):
        OnnxModel(path)


def test_external_data_hidden_in_an_attribute_is_refused(tmp_path):
    model = toy_model.build()
    hidden = helper.make_tensor("hidden", TensorProto.FLOAT, [1], [0.0])
    hidden.ClearField("float_data")
    hidden.data_location = TensorProto.EXTERNAL
    hidden.external_data.add(key="location", value="/etc/passwd")
    model.graph.node.append(helper.make_node("Constant", [], ["unused"], value=hidden))
    with pytest.raises(UserError, match="other files"):
        OnnxModel(saved(model, tmp_path / "hidden.onnx"))


def test_foreign_operators_are_refused(tmp_path):
    model = toy_model.build()
    model.graph.node.append(helper.make_node("Evil", ["audio"], ["unused"], domain="evil.org"))
    model.opset_import.append(helper.make_opsetid("evil.org", 1))
    with pytest.raises(UserError, match=r"foreign operators \(evil\.org\)"):
        OnnxModel(saved(model, tmp_path / "evil.onnx"))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"hop_samples": 320}, "'audio' is"),
        ({"pitch_count": 60}, "'onset' is"),
        ({"spectrum_bins": 12}, "'spectrum' is"),
        ({"state": (StateSpec("tail", (1, 5)),)}, "'tail' is"),
        ({"state": (*toy_model.SPEC.state, StateSpec("extra", (1,)))}, "'extra' is missing"),
        ({"state": toy_model.SPEC.state[:1]}, "unknown input 'level'"),
        ({"state": (StateSpec("tail", (1 << 30,)),)}, "'shape' cannot be"),
    ],
)
def test_a_graph_that_breaks_the_promise_is_refused_by_name(tmp_path, change, word):
    model = toy_model.build()
    spec = dataclasses.replace(toy_model.SPEC, **change)
    helper.set_model_props(model, {METADATA_KEY: spec.to_json(), SELF_TEST_KEY: ""})
    with pytest.raises(UserError, match=word):
        OnnxModel(saved(model, tmp_path / "wrong.onnx"))


def test_cuda_must_be_there_when_asked_for(toy_path):
    try:
        model = OnnxModel(toy_path, providers=("CUDAExecutionProvider", "CPUExecutionProvider"))
    except UserError as error:
        assert "CUDAExecutionProvider" in str(error)
    else:
        assert "CUDAExecutionProvider" in model.providers
