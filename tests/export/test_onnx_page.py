"""docs/onnx.md: the decoder's vectors, and a second implementation in JavaScript beside ours."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from export.parity import make_test_audio
from realtime.inference.onnx_model import BUNDLED, OnnxModel
from realtime.inference.spec import decoder_from
from realtime.transcription.chain import Chain
from realtime.transcription.tracker import NoteTracker
from realtime.values.notes import NoteOn
from realtime.values.settings import EngineSettings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "onnx"
CASES = json.loads((PAGE / "decoder-vectors.json").read_text("utf-8"))
NODE = shutil.which("node")


def rows_of(events) -> list[list]:
    """Events as the vectors have them: on or off, frame, pitch, velocity."""
    return [
        ["on", one.frame, one.pitch, one.velocity]
        if isinstance(one, NoteOn)
        else ["off", one.frame, one.pitch, 0]
        for one in events
    ]


def share(values: list[int]) -> np.ndarray:
    """Stored whole numbers -> probabilities."""
    return np.float32((np.array(values) + 0.5) / 1000)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_our_decoder_gives_the_documented_events(case):
    frames = case["frames"]
    tracker = NoteTracker(
        decoder_from(case["settings"]),
        case["pitch_low"],
        len(frames[0]["onset"]),
        case["look_ahead_frames"],
    )
    events = []
    for frame in frames:
        names = ("onset", "frame", "offset", "velocity")
        early = {
            int(sooner): (share(roll["onset"])[None], share(roll["velocity"])[None])
            for sooner, roll in frame["early"].items()
        }
        events += tracker.feed(*(share(frame[name])[None] for name in names), early)
    assert rows_of(events + tracker.finish()) == case["events"]
    assert len(case["events"]) >= 10


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_the_decoder_in_javascript_gives_them_too():
    done = subprocess.run(
        [NODE, PAGE / "check_decoder.mjs"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{len(CASES)} cases"


def test_the_page_names_what_the_bundled_file_has():
    page = (PAGE.parent / "onnx.md").read_text("utf-8")
    spec = OnnxModel(None).spec
    assert all(f"`{name}`" in page for name in vars(spec))
    assert all(name in page for name in vars(spec.heads[0].decoder))


@pytest.fixture
def web_folder(tmp_path):
    """A folder with the sample and onnxruntime-web; skips where npm cannot bring it."""
    npm = shutil.which("npm")
    if NODE is None or npm is None:
        pytest.skip("node and npm are not installed")
    words = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "onnxruntime-web@1.30"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    if done.returncode:
        pytest.skip(f"npm cannot install onnxruntime-web: {done.stderr.strip()[-200:]}")
    for name in ("jtm.mjs", "run.mjs"):
        shutil.copy(PAGE / name, tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("length", [117 * 160, 117 * 160 + 70])
def test_a_browser_s_runtime_hears_what_ours_hears(web_folder, length):
    """To the last sample: a hop that is not full counts, and so does the look-ahead after it.

    The last note is struck 45 ms before the end.
    """
    model = OnnxModel(None)
    spec = model.spec
    audio = make_test_audio(150, spec.hop_samples, spec.sample_rate).astype(np.float32) / 32768
    audio = np.ravel(audio)[:length]
    (web_folder / "audio.f32").write_bytes(audio.tobytes())
    words = [NODE, "run.mjs", str(BUNDLED), "audio.f32"]
    done = subprocess.run(words, cwd=web_folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)

    chain = Chain(model, spec.sample_rate, EngineSettings())
    events = [timed.event for timed in chain.process(audio) + chain.finish()]
    ahead = spec.heads[spec.default_head].look_ahead_frames
    hops = len(audio) // spec.hop_samples + ahead + 2
    model.reset()
    whole = np.zeros(hops * spec.hop_samples, np.float32)
    whole[: len(audio)] = audio
    logits = [np.ravel(model.logits(hop)["onset"]) for hop in whole.reshape(hops, -1)]
    assert len(said["onset"]) == hops
    worst = float(np.abs(np.array(said["onset"]) - np.array(logits)).max())
    print(f"onnxruntime-web beside native: {worst:.1e}, {said['hopMs']:.1f} ms a hop")
    assert worst < 1e-3
    found = [
        ["on" if e["on"] else "off", e["frame"], e["pitch"], e.get("velocity", 0)]
        for e in said["events"]
    ]
    assert found == rows_of(events) and len(found) >= 10
    assert max(one[1] for one in found if one[0] == "on") >= 112, "the last one is heard"
