"""The runtime tells its maker nothing of who plays, and waits for no disk of its own."""

import ast
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_hearing_a_recording_leaves_no_trace_of_telemetry(tmp_path, toy_path, melodies):
    """With telemetry on, a database, an identifier and their folder lie there afterwards."""
    home = tmp_path / "home"
    home.mkdir()
    ours = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "jtm.py"), "transcribe", str(melodies[16_000]),
         "--model", str(toy_path), "-o", str(tmp_path / "out.mid")],
        env={**ours, "HOME": str(home)}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    left = [str(path.relative_to(home)) for path in home.rglob("*")]
    assert not [path for path in left if "Microsoft" in path or "onnxruntime" in path], left


def loads_runtime(node: ast.AST) -> bool:
    """Whether code imports it, other than for type checkers."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return False
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] == "onnxruntime" for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return str(node.module).split(".")[0] == "onnxruntime"
    return any(loads_runtime(child) for child in ast.iter_child_nodes(node))


def test_only_one_place_loads_the_runtime():
    tops = ("realtime", "gui", "trainer", "export", "benchmarks", "tests")
    files = [path for top in tops for path in sorted((ROOT / top).rglob("*.py"))]
    texts = {path: path.read_text("utf-8") for path in files}
    named = [path for path, text in texts.items() if "onnxruntime" in text]
    loading = [path for path in named if loads_runtime(ast.parse(texts[path]))]
    assert [path.name for path in loading] == ["runtime.py"]
