import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from realtime.inference.onnx_model import OnnxModel
from tests.support import toy_model
from tests.support.live_session import toy_of


@pytest.fixture(scope="session")
def toy_path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("model") / "toy.onnx"
    earlier = os.environ.get("JTM_ROOT")
    return toy_of(earlier, path) if earlier else toy_model.save(path)


@pytest.fixture
def toy(toy_path) -> OnnxModel:
    return OnnxModel(toy_path)


@pytest.fixture(scope="session")
def melodies(tmp_path_factory) -> dict[int, Path]:
    """One melody as files of several rates."""
    folder = tmp_path_factory.mktemp("sound")
    paths = {}
    for rate in (16_000, 44_100, 48_000):
        paths[rate] = folder / f"melody {rate} é.wav"
        soundfile.write(paths[rate], toy_model.melody(rate), rate, "FLOAT")
    return paths


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(3).standard_normal(48_000).astype(np.float32) * 0.1
