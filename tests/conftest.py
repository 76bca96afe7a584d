"""What all tests share: a busy machine is no failure, and no test touches the user's own state."""

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

MEMORY = Path("/dev/shm")
LEAST_FREE_BYTES = 1 << 30

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

for kind in ("STATE", "CACHE"):
    folder = os.environ[f"XDG_{kind}_HOME"] = tempfile.mkdtemp(prefix=f"jtm-test-{kind.lower()}-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """Write the files of quick tests to memory: thousands are synced, and removed at the end.

    Slow tests write to the disk, where there are takes of an hour and power cuts.
    """
    quick = config.option.markexpr == "not slow"
    if quick and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > LEAST_FREE_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection() -> None:
    """Collect no garbage while modules are imported: all that they make stays to the end."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave what was imported out of the garbage that tests make."""
    gc.freeze()
    gc.enable()
