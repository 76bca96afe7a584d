"""A model file of somebody else's is refused in a sentence by every command that runs one."""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass

import numpy as np
import onnx
import pytest
import soundfile

from realtime.inference.spec import METADATA_KEY, SELF_TEST_KEY
from tests.realtime.inference.test_guest_models import bomb, costly
from tests.support.live_session import ROOT, allowed
from tests.support.toy_model import melody

pytestmark = pytest.mark.slow
MOST_BYTES = 6 << 30
"""Limit of the address space; the program's own limit is 4 GiB."""
COMMANDS = ("transcribe", "live", "doctor")


@dataclass(frozen=True)
class Outcome:
    """What a command did with a model."""

    code: int
    said: str
    seconds: float
    resident_mb: float


def run(command, model, folder) -> Outcome:
    """A command with a model; an address space of `MOST_BYTES` keeps this machine out of it."""
    song = folder / "song.wav"
    soundfile.write(song, melody(16_000), 16_000)
    words = {
        "transcribe": ["transcribe", song, "--model", model, "-o", folder / "out.mid"],
        "live": ["live", "--input", song, "--fast", "--model", model],
        "doctor": ["doctor", model],
    }[command]
    began = time.monotonic()
    program = subprocess.Popen(
        ["prlimit", f"--as={MOST_BYTES}", sys.executable, ROOT / "jtm.py", *words],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env={**os.environ, "XDG_STATE_HOME": str(folder / "state")},
    )  # fmt: skip
    try:
        said = program.communicate(timeout=allowed(60))[0]
    except subprocess.TimeoutExpired:
        program.kill()
        program.communicate()
        raise
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Outcome(program.returncode, said, time.monotonic() - began, used)


def is_refused(outcome: Outcome, model) -> None:
    assert outcome.code == 1, outcome
    assert "Traceback" not in outcome.said and model.name in outcome.said, outcome
    assert outcome.seconds < allowed(20), outcome
    assert outcome.resident_mb < 3000, outcome


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("endless", [False, True])
def test_a_cost_that_depends_on_how_loud_it_is(tmp_path, command, endless):
    model = costly(tmp_path / "loud.onnx", 0.01, 9, endless=endless)
    is_refused(run(command, model, tmp_path), model)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_self_test_that_unpacks_to_a_gigabyte(tmp_path, toy_path, command):
    model = onnx.load(toy_path)
    for entry in model.metadata_props:
        if entry.key == SELF_TEST_KEY:
            entry.value = bomb(1 << 30)
    path = tmp_path / "bomb.onnx"
    path.write_bytes(model.SerializeToString())
    outcome = run(command, path, tmp_path)
    assert "Traceback" not in outcome.said and outcome.resident_mb < 3000, outcome
    assert outcome.seconds < allowed(20), outcome
    if command == "doctor":
        is_refused(outcome, path)


WRONG = [
    ("hop_samples", "160"), ("sample_rate", 1e999), ("heads", {}), ("heads", [[]]),
    ("state", [{"name": 3, "shape": "x"}]), ("name", ["a"]), ("default_head", -7),
    ("pitch_count", 2**70), ("instruments", [[[]]]),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_specification_of_wrong_types(tmp_path, toy_path, command):
    rng = np.random.default_rng(5)
    for key, value in [WRONG[index] for index in rng.permutation(len(WRONG))[:3]]:
        model = onnx.load(toy_path)
        for entry in model.metadata_props:
            if entry.key == METADATA_KEY:
                entry.value = json.dumps({**json.loads(entry.value), key: value})
        path = tmp_path / "wrong.onnx"
        path.write_bytes(model.SerializeToString())
        is_refused(run(command, path, tmp_path), path)
