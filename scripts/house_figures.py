"""Figures of the house: files, folders, circles, docstrings, reaches into what is private.

`python scripts/house_figures.py [FOLDER ...]` prints a column for every checkout, here by default.
The house before its rooms: `git worktree add ../before 'HEAD^{/^Every folder is a chapter}~1'`,
then `python scripts/house_figures.py ../before .`. Circles and complexity
count imports for type checkers and functions above 12 (McCabe, as ruff counts).
"""

import ast
import itertools
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("realtime", "gui", "trainer", "export")
MEASURE = re.compile(
    r"\b(?:ms|k?Hz|dB|[kM]B|s|seconds?|milliseconds|minutes?|samples?|frames?|hops?|cents?|beats?|"
    r"semitones?|bytes?|pixels?|MIDI|BPM|percent)\b|%|\b0(?:-| to )1\b|\([a-z_0-9* ]+,[^()]*\)"
)
"""A unit, a range of shares, or a shape such as (frames, 88)."""
OPEN = {"_replace", "_asdict", "_fields", "_exit", "_getframe"}
"""Names with an underscore that are nobody's own."""
Graph = dict[str, set[str]]


def python_files(root: Path, top: str) -> list[Path]:
    """Python files of a folder, without what is no code of ours."""
    return sorted(path for path in (root / top).rglob("*.py") if "__pycache__" not in path.parts)


def module_name(root: Path, path: Path) -> str:
    """`realtime/audio/pulse.py` -> `realtime.audio.pulse`."""
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def room_of(root: Path, path: Path) -> str:
    """Folder of a file, at most two deep: `gui/window`."""
    return "/".join(path.parent.relative_to(root).parts[:2])


def imports(path: Path) -> Iterator[str]:
    """Names of modules, and of what is taken from them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reachable(graph: Graph, start: str) -> set[str]:
    """Every node that arrows lead to from one."""
    found: set[str] = set()
    waiting = list(graph.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += graph.get(node, ())
    return found


def circles(graph: Graph) -> list[set[str]]:
    """Groups of nodes of which each leads to each."""
    ahead = {node: reachable(graph, node) for node in graph}
    rings = {frozenset(n for n in graph if n in ahead[m] and m in ahead[n]) for m in graph}
    return [set(ring) for ring in rings if len(ring) > 1]


def public_docstrings(path: Path) -> Iterator[str]:
    """Docstrings of the public classes and functions of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            text = ast.get_docstring(node)
            if text:
                yield text


def all_docstrings(path: Path) -> Iterator[str]:
    """Docstrings of modules, classes, functions and attributes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            continue
        for before, part in itertools.pairwise([None, *node.body]):
            value = part.value if isinstance(part, ast.Expr) else None
            documents = before is None or isinstance(before, ast.Assign | ast.AnnAssign)
            if documents and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def private_reaches(path: Path) -> int:
    """Lines that ask something other than oneself for a name with an underscore.

    The name may be an attribute, or words for setattr and getattr, such as "module._name".
    """
    return len(
        {
            node.lineno
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if (isinstance(node, ast.Attribute) and is_private(node.attr) and not is_own(node))
            or (isinstance(node, ast.Call) and names_private(node))
        }
    )


def is_private(name: str) -> bool:
    """Whether a name begins with one underscore and is somebody's own."""
    return name.startswith("_") and not name.startswith("__") and name not in OPEN


def is_own(node: ast.Attribute) -> bool:
    """Whether an attribute is asked of oneself."""
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def names_private(call: ast.Call) -> bool:
    """Whether `setattr`, `delattr` or `getattr`, of pytest or Python, is given a private name."""
    called = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if called not in ("setattr", "delattr", "getattr"):
        return False
    words = [part.value for part in call.args[:2] if isinstance(part, ast.Constant)]
    named = [word for word in words if isinstance(word, str)][:1]
    return any(is_private(word.rpartition(".")[2]) for word in named)


def checked_by_mypy(root: Path) -> int:
    """How many files mypy is told to look at."""
    told = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    places = told.get("files", told.get("packages", []))
    places = places.split(",") if isinstance(places, str) else places
    return sum(
        len(python_files(root, place)) if (root / place).is_dir() else 1
        for place in map(str.strip, (*places, *told.get("modules", ())))
    )


def complex_functions(root: Path) -> int:
    """Functions above 12 in the four packages."""
    words = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--ignore-noqa",
        "--select",
        "C901",
        "--quiet",
    ]
    words += ["--config", "lint.mccabe.max-complexity=12", "--output-format", "concise", *PACKAGES]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.count("C901")


def entries(folder: Path) -> int:
    """Files and folders with files in a folder."""
    return sum(
        path.is_file() or any(path.rglob("*.py"))
        for path in folder.iterdir()
        if path.name != "__pycache__"
    )


def figures(root: Path) -> dict[str, str]:
    """Every figure of a checkout, by its name."""
    code = [path for top in PACKAGES for path in python_files(root, top)]
    modules = {module_name(root, path): path for path in code}
    sizes = [len(path.read_text(encoding="utf-8").splitlines()) for path in code
             if path.name != "__init__.py"]  # fmt: skip
    files = {
        name: {other for other in imports(path) if other in modules and other != name}
        for name, path in modules.items()
    }
    rooms: Graph = {}
    for name, others in files.items():
        room = room_of(root, modules[name])
        near = {room_of(root, modules[other]) for other in others}
        rooms.setdefault(room, set()).update(near - {room})
    rings = circles(rooms)
    back = sum(len(rooms[room] & ring) for ring in rings for room in ring)
    folders = {path.parent for path in code}
    largest = max(folders, key=entries)
    found = {
        "files": str(len(sizes)),
        "median lines; longest": f"{statistics.median(sizes):.0f}; {max(sizes)}",
        "files under 30 lines": str(sum(size < 30 for size in sizes)),
        "largest folder": f"{entries(largest)} ({largest.relative_to(root)})",
        "circles of files; of rooms": f"{len(circles(files))}; {len(rings)}",
        "arrows between rooms that run in a circle": str(back),
        "lines of code": str(sum(sizes)),
    }
    for top in PACKAGES:
        texts = [text for path in python_files(root, top) for text in public_docstrings(path)]
        share = sum(bool(MEASURE.search(text)) for text in texts) / len(texts)
        found[f"docstrings with shape or unit, {top}"] = f"{share:.0%} of {len(texts)}"
    texts = [text for path in code for text in all_docstrings(path)]
    short = sum(len(text.split()) <= 4 for text in texts)
    found["docstrings of at most four words"] = f"{short} of {len(texts)}"
    found["docstrings that begin with Of"] = str(sum(text.startswith("Of ") for text in texts))
    found["lines of tests that reach into private names"] = str(
        sum(map(private_reaches, python_files(root, "tests")))
    )
    found["files that mypy checks"] = str(checked_by_mypy(root))
    found["functions above complexity 12"] = str(complex_functions(root))
    return found


def main(folders: list[str]) -> None:
    """Print a table with a column for every checkout."""
    columns = [figures(Path(folder).resolve()) for folder in folders or ["."]]
    print("| |", " | ".join(Path(folder).resolve().name for folder in folders or ["."]), "|")
    print("|", " | ".join(["---"] * (len(columns) + 1)), "|")
    for name in columns[-1]:
        print(f"| {name} |", " | ".join(column.get(name, "") for column in columns), "|")


if __name__ == "__main__":
    main(sys.argv[1:])
