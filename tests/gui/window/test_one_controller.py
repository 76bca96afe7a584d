"""The controller is the only object that touches the engine."""

import ast
from pathlib import Path

GUI = Path(__file__).resolve().parents[3] / "gui"
ONLY_THE_ENGINE_HAS = {"apply", "record", "stop_recording", "snapshot"}
MAY_BUILD_ONE = {"app.py", "fake_engine.py", "engine.py"}


def test_only_the_controller_calls_the_engine():
    for path in GUI.rglob("*.py"):
        if path.name == "controller.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in ONLY_THE_ENGINE_HAS, f"{path.name}:{node.lineno}"
            if isinstance(node, ast.ImportFrom) and node.module == "realtime.engine.host":
                assert path.name in MAY_BUILD_ONE, path.name
