"""What the trainer's tests share: arithmetic is left as the other tests expect it."""

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def tiny_numbers_stay_numbers() -> Iterator[None]:
    """A run flushes denormals in its process; tests after it in the same process want them."""
    yield
    torch.set_flush_denormal(False)
