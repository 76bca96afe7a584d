"""Who may import whom, and what an import may cost. The arrows of docs/architecture.md."""

import ast
import runpy
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.support.sources import parse

ROOT = Path(__file__).resolve().parents[1]
TOP = ("realtime", "gui", "trainer", "export")
ARROWS = {
    "realtime": set(),
    "gui": {"realtime"},
    "trainer": {"realtime"},
    "export": {"trainer", "realtime"},
}
"""Top folder -> the other top folders that it may import."""
MAY_IMPORT = {
    "realtime": "",
    "realtime/troubles": "",
    "realtime/processes": "troubles",
    "realtime/values": "troubles",
    "realtime/inference": "troubles values processes",
    "realtime/audio": "troubles values processes",
    "realtime/midi": "troubles values processes audio",
    "realtime/files": "troubles values processes midi",
    "realtime/transcription": "troubles values inference audio",
    "realtime/takes": "troubles values audio files",
    "realtime/playback": "troubles values processes audio files",
    "realtime/practice": "troubles values processes inference audio files transcription takes",
    "realtime/engine": "troubles values processes inference audio midi files transcription takes"
    " playback practice",
    "realtime/teach": "troubles values processes inference audio files transcription",
    "realtime/commands": "troubles values processes inference audio files transcription takes"
    " playback engine practice teach",
    "realtime/bundled": "",
    "gui": "controller settings window",
    "gui/language": "",
    "gui/music": "language",
    "gui/style": "music",
    "gui/widgets": "language music style",
    "gui/roll": "language music style",
    "gui/notices": "language style widgets",
    "gui/controller": "language music notices widgets",
    "gui/jobs": "language notices style widgets",
    "gui/settings": "controller language music notices roll style widgets",
    "gui/takes": "jobs language music roll style widgets",
    "gui/bars": "controller language music style takes widgets",
    "gui/practice": "controller language music roll style widgets",
    "gui/teach": "controller language music style takes widgets",
    "gui/window": "bars controller jobs language music notices practice roll settings style"
    " takes teach widgets",
    "trainer": "",
    "trainer/network": "",
    "trainer/datasets": "",
    "trainer/shards": "datasets",
    "trainer/crops": "datasets shards",
    "trainer/evaluation": "datasets network shards",
    "trainer/runs": "network shards",
    "trainer/pretraining": "crops network runs shards",
    "trainer/finetuning": "crops evaluation network runs shards",
    "trainer/classification": "crops datasets evaluation network runs shards",
    "trainer/features": "network runs",
    "trainer/reports": "evaluation network runs shards",
    "trainer/render": "shards",
    "trainer/label_curve": "crops evaluation finetuning network pretraining reports runs shards",
    "trainer/commands": "classification datasets evaluation features finetuning label_curve network"
    " pretraining render reports runs shards",
    "trainer/recipes": "",
    "export": "",
}
"""Room -> the rooms of its own top folder that it may import."""
SHARED_BY_COMMANDS = {"realtime.commands.options", "realtime.commands.progress"}
"""What other rooms may take of `realtime/commands`: how every command line is read and reports."""
ARROWS_BY_NAME = {("realtime/teach", "trainer/finetuning")}
"""(room, room) of modules that a room starts as a process, by name, where no import could lead: a
thorough lesson learns by a process that has torch, which is not there on every computer. (It
exports by `jtm export`, the command line that everybody has.)"""
FORBIDDEN = {
    "realtime": {"torch", "torchaudio", "pytorch_lightning", "PySide6", "onnx"},
    "gui": {"torch", "torchaudio", "onnxruntime", "sounddevice", "rtmixer", "mido", "rtmidi"},
}
LONGEST_FILE = 400
MOST_ENTRIES = 16
"""The fifteen rooms of the window, what starts it, the package's docstring; what tests share."""


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for top in TOP for path in python_files(top)}


@cache
def imports(path: Path) -> list[str]:
    """Names of modules that a file imports anywhere: in functions and for type checkers too."""
    names = []
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                names.append(deeper if deeper in MODULES else str(node.module))
    return names


def room_of(module: str) -> str:
    """`realtime.audio.pulse` -> `realtime/audio`; files beside the rooms: `realtime`."""
    top, *rest = module.split(".")
    return f"{top}/{rest[0]}" if (ROOT / top / (rest[0] if rest else "")).is_dir() and rest else top


@pytest.mark.parametrize("top", TOP)
def test_imports_follow_the_arrows(top):
    assert python_files(top)
    for path in python_files(top):
        names = {name.split(".")[0] for name in imports(path)}
        foreign = (names & set(TOP)) - ARROWS[top] - {top}
        assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"
        forbidden = names & FORBIDDEN.get(top, set())
        assert not forbidden, f"{path.relative_to(ROOT)} imports {forbidden}"


def test_rooms_import_only_the_rooms_below_them():
    for module, path in MODULES.items():
        room = room_of(module)
        assert room in MAY_IMPORT, f"{room} has no line in MAY_IMPORT"
        top = room.split("/")[0]
        allowed = {f"{top}/{name}" for name in MAY_IMPORT[room].split()}
        for name in imports(path):
            if name.split(".")[0] != top or name == top or room_of(name) == room:
                continue
            assert room_of(name) in allowed, f"{path.relative_to(ROOT)} imports {name}"


def test_every_arrow_that_a_room_may_use_is_used():
    """What is allowed and never done would let a new import upwards pass unseen."""
    used: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        room = room_of(module)
        names = {name for name in imports(path) if name.split(".")[0] == room.split("/")[0]}
        used.setdefault(room, set()).update(map(room_of, names))
    for room, names in MAY_IMPORT.items():
        allowed = {f"{room.split('/')[0]}/{name}" for name in names.split()}
        assert allowed <= used.get(room, set()), f"{room} does not import all that it may"


def test_other_rooms_take_only_options_and_progress_of_the_commands():
    for module, path in MODULES.items():
        taken = {name for name in imports(path) if name.startswith("realtime.commands.")}
        if not module.startswith("realtime.commands"):
            assert taken <= SHARED_BY_COMMANDS, f"{path.relative_to(ROOT)} imports {taken}"


def modules_started(path: Path) -> list[str]:
    """Names of our modules that stand in a file as strings: what it starts, or imports by name."""
    return [
        node.value
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Constant) and node.value in MODULES and "." in node.value
    ]


def test_modules_are_named_as_strings_only_where_an_import_might_stand():
    """`python -m` is an arrow too: into a room that may be imported, or one that stands above."""
    hidden = set()
    for module, path in MODULES.items():
        room = room_of(module)
        top = room.split("/")[0]
        for name in modules_started(path):
            other = room_of(name)
            allowed = {f"{top}/{below}" for below in MAY_IMPORT[room].split()} | {room}
            if other not in allowed and other.split("/")[0] not in ARROWS[top]:
                hidden.add((room, other))
    assert hidden == ARROWS_BY_NAME


def circles(graph: dict[str, set[str]]) -> list[str]:
    """The nodes that are left when those that nothing or nobody imports are taken away."""
    left = {name: set(targets) for name, targets in graph.items()}
    while True:
        targets = {target for found in left.values() for target in found}
        inside = {name for name, found in left.items() if found & set(left) and name in targets}
        if inside == set(left):
            return sorted(inside)
        left = {name: left[name] & inside for name in inside}


def test_circles_are_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_no_files_and_no_rooms_import_in_a_circle():
    files = {m: {n for n in imports(p) if n in MODULES and n != m} for m, p in MODULES.items()}
    rooms: dict[str, set[str]] = {}
    for module, names in files.items():
        others = {room_of(name) for name in names} - {room_of(module)}
        rooms.setdefault(room_of(module), set()).update(others)
    assert circles(files) == []
    assert circles(rooms) == []


def floors() -> dict[str, int]:
    """Room -> its floor in the table of docs/architecture.md."""
    found = {}
    for line in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].isdecimal():
            for top, names in zip(("realtime", "gui", "trainer"), cells[1:], strict=True):
                rooms = names.partition(" (")[0].split(", ")
                found |= {f"{top}/{name}": int(cells[0]) for name in rooms if name}
    return found


def test_the_floors_of_the_documentation_are_those_of_the_code():
    floor = floors()
    rooms = {room_of(module) for module in MODULES} - set(TOP)
    assert rooms == set(floor), "rooms without a floor, or floors without a room"
    for module, path in MODULES.items():
        room = room_of(module)
        for other in {room_of(name) for name in imports(path) if name in MODULES} - {room}:
            if room in floor and other.split("/")[0] == room.split("/")[0] and other in floor:
                assert floor[other] < floor[room], f"{path.relative_to(ROOT)} imports {other}"


def test_folders_read_like_a_table_of_contents():
    for top in (*TOP, "tests", "benchmarks"):
        for folder in (ROOT / top, *(path for path in (ROOT / top).rglob("*") if path.is_dir())):
            if folder.name == "__pycache__":
                continue
            count = sum(has_files(path) for path in folder.iterdir())
            assert count <= MOST_ENTRIES, f"{folder.relative_to(ROOT)}: {count} entries"


def has_files(path: Path) -> bool:
    if path.name == "__pycache__":
        return False
    return path.is_file() or any(has_files(inside) for inside in path.iterdir())


@pytest.mark.parametrize("top", TOP)
def test_packages_begin_with_one_docstring_and_nothing_else(top):
    for path in (ROOT / top).rglob("__init__.py"):
        body = parse(path).body
        assert len(body) == 1 and ast.get_docstring(ast.Module(body, [])), path


def test_files_stay_small():
    for room in (*TOP, "tests", "benchmarks"):
        for path in python_files(room):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= LONGEST_FILE, f"{path.relative_to(ROOT)} has {lines} lines"


def test_tests_hold_on_to_public_names():
    """Those that need more are counted by scripts/house_figures.py; ten would be too many."""
    figures = runpy.run_path(str(ROOT / "scripts" / "house_figures.py"))
    reaches = {path: figures["private_reaches"](path) for path in python_files("tests")}
    assert sum(reaches.values()) < 10, [str(path) for path, count in reaches.items() if count]


def test_private_names_are_counted_where_they_are_words_too(tmp_path):
    figures = runpy.run_path(str(ROOT / "scripts" / "house_figures.py"))
    (tmp_path / "one.py").write_text(
        'patch.setattr("module._name", 1)\npatch.setattr(module, "_name", 1)\nthing._name\n'
        'self._name\nthing.__name__\npatch.setattr("module.name", "_word")\n'
    )
    assert figures["private_reaches"](tmp_path / "one.py") == 3


def test_rooms_are_the_project_s_own():
    """Packages called `trainer`, `export` and `realtime` exist on PyPI: ours must come first."""
    for room in TOP:
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
        for path in python_files(room)
        if path.name not in ("__init__.py", "__main__.py")
    )
    loaded = loaded_after(f"import os; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n{everything}")
    assert not loaded & {"torch", "torchaudio", "pytorch_lightning", "trainer", "export"}


def test_the_window_opens_without_numpy_and_midi():
    """They would take a fifth of its start; what needs them comes with the first wish for it."""
    program = "import gui.app, gui.controller.controller, gui.window.main_window"
    offscreen = "import os; os.environ['QT_QPA_PLATFORM'] = 'offscreen'"
    assert not loaded_after(f"{offscreen}\n{program}") & {"numpy", "mido", "soundfile", "verovio"}


def test_the_window_opens_without_a_parser_of_options_where_none_are_given():
    """It would take a quarter of its start."""
    program = "import gui.app; gui.app.require_display = lambda: None"
    program += "; gui.app.run = lambda options: 0; gui.app.main([])"
    assert not loaded_after(program) & {"jsonargparse", "docstring_parser", "yaml", "argparse"}


def test_help_loads_neither_torch_nor_qt_nor_portaudio_nor_numpy():
    loaded = loaded_after("import jtm; jtm.main(['--help'])")
    assert not loaded & {"torch", "PySide6", "sounddevice", "onnxruntime", "mido", "numpy"}


def test_the_help_of_live_loads_neither_torch_nor_qt_nor_portaudio():
    loaded = loaded_after("import jtm\ntry: jtm.main(['live', '--help'])\nexcept SystemExit: pass")
    assert not loaded & {"torch", "PySide6", "sounddevice", "onnxruntime", "mido"}
