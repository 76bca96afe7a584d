"""Who may import whom, and what an import may cost. The arrows of docs/architecture.md."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("realtime", "gui", "trainer", "export")
MAY_IMPORT = {
    "realtime": set(),
    "gui": {"realtime"},
    "trainer": {"realtime"},
    "export": {"trainer", "realtime"},
}
FORBIDDEN = {
    "realtime": {"torch", "torchaudio", "pytorch_lightning", "PySide6", "onnx"},
    "gui": {"torch", "torchaudio", "onnxruntime", "sounddevice", "rtmixer", "mido", "rtmidi"},
}
LONGEST_FILE = 400


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imported_names(path: Path) -> set[str]:
    """Top-level packages that a file imports anywhere, also inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_imports_follow_the_arrows(room):
    assert modules(room)
    for path in modules(room):
        names = imported_names(path)
        foreign_rooms = (names & set(ROOMS)) - MAY_IMPORT[room] - {room}
        assert not foreign_rooms, f"{path.relative_to(ROOT)} imports {foreign_rooms}"
        forbidden = names & FORBIDDEN.get(room, set())
        assert not forbidden, f"{path.relative_to(ROOT)} imports {forbidden}"


@pytest.mark.parametrize("room", ROOMS)
def test_packages_begin_with_one_docstring_and_nothing_else(room):
    for path in (ROOT / room).rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert len(body) == 1 and ast.get_docstring(ast.Module(body, [])), path


def test_files_stay_small():
    for room in (*ROOMS, "tests", "benchmarks"):
        for path in modules(room):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= LONGEST_FILE, f"{path.relative_to(ROOT)} has {lines} lines"


def test_rooms_are_the_project_s_own():
    """Packages called `trainer`, `export` and `realtime` exist on PyPI: ours must come first."""
    for room in ROOMS:
        module = __import__(room)
        assert Path(module.__file__).resolve().is_relative_to(ROOT), module.__file__


def loaded_after(statement: str) -> set[str]:
    """Names in sys.modules of a fresh interpreter after `statement`."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_realtime_and_gui_load_without_torch_audio_or_midi():
    everything = "; ".join(
        f"import {'.'.join(path.relative_to(ROOT).with_suffix('').parts)}"
        for room in ("realtime", "gui")
        for path in modules(room)
        if path.name not in ("__init__.py", "__main__.py")
    )
    loaded = loaded_after(f"import os; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n{everything}")
    assert not loaded & {"torch", "torchaudio", "pytorch_lightning", "trainer", "export"}


def test_help_loads_neither_torch_nor_qt_nor_portaudio_nor_numpy():
    loaded = loaded_after("import jtm; jtm.main(['--help'])")
    assert not loaded & {"torch", "PySide6", "sounddevice", "onnxruntime", "mido", "numpy"}


def test_the_help_of_live_loads_neither_torch_nor_qt_nor_portaudio():
    loaded = loaded_after("import jtm\ntry: jtm.main(['live', '--help'])\nexcept SystemExit: pass")
    assert not loaded & {"torch", "PySide6", "sounddevice", "onnxruntime", "mido"}
