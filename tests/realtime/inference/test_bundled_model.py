"""The promises again, with the model that is shipped and the performance of the demo."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from realtime.audio.sources import FileSource
from realtime.inference.onnx_model import BUNDLED, OnnxModel
from realtime.inference.self_test import run_self_test
from realtime.transcription.chain import Chain
from realtime.values.settings import EngineSettings

PERFORMANCE = Path(__file__).parents[3] / "realtime" / "bundled" / "performance.flac"


@pytest.fixture(scope="module")
def model():
    assert BUNDLED.is_file(), f"{BUNDLED} is missing; make it with `jtm export`."
    return OnnxModel()


def test_it_is_the_released_one_and_computes_what_it_should(model):
    digest = hashlib.sha256(BUNDLED.read_bytes()).hexdigest()
    assert digest in BUNDLED.with_suffix(".sha256").read_text()
    assert run_self_test(model) <= 1e-3


def test_live_equals_offline(model):
    source = FileSource(PERFORMANCE)
    sound = source.read(16_000 * 2)
    source.close()
    results = []
    for size in (len(sound), 37, 1024):
        model.reset()
        chain = Chain(model, 16_000, EngineSettings(sensitivity=0.8))
        left = []
        for start in range(0, len(sound), size):
            left += chain.process(sound[start : start + size])
        results.append(left + chain.finish())
    assert results[0] == results[1] == results[2]


def test_silence_makes_no_notes(model):
    model.reset()
    chain = Chain(model, 16_000, EngineSettings())
    assert chain.process(np.zeros(16_000 * 4, dtype=np.float32)) + chain.finish() == []
