"""What the window may import without loading sound, MIDI or a network into its process."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = (
    "torch",
    "onnxruntime",
    "sounddevice",
    "rtmixer",
    "mido",
    "rtmidi",
    "soundfile",
    "jsonargparse",
)


def loaded_after(statement):
    code = f"import sys; {statement}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    "statement",
    [
        "import realtime.engine.host, realtime.engine.child; "
        "import realtime.engine.devices, realtime.values.snapshot",
        "from realtime.engine.devices import list_devices; list_devices()",
        "import realtime.commands.live, realtime.commands.transcribe, realtime.commands.demo",
    ],
)
def test_nothing_heavy(statement):
    assert loaded_after(statement) == []


def test_no_module_of_ours_needs_torch():
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "realtime").rglob("*.py"))
        if path.stem != "__init__"
    ]
    assert "torch" not in loaded_after("import " + ", ".join(modules))
