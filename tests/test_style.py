"""Names and docstrings of docs/style.md that a program can check."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("realtime", "gui", "trainer", "export")
KEPT_FOR_PEOPLE = set(
    "adopt forget forgets hear heard hears listen listens look looked looks lose obey obeys say"
    " says said settle settled speak speaks tell told".split()
)
"""Words of people, which mean several things where a program does them."""
ALLOWED = {
    "tell": "a method of every file in Python",
    "look_ahead": "a noun of the field",
    "looks_like": "a comparison",
}
SHARED_NAMES = {
    "Activations": "logits of the network, and probabilities at run time",
    "Engine": "",
    "Features": "",
    "Options": "each subcommand has its own",
    "Outcome": "",
}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def kept_for_people(name: str) -> bool:
    """Whether a function's name holds a word that docs/style.md keeps for people."""
    plain = name.strip("_")
    if any(plain == word or word in plain for word in ALLOWED):
        return False
    return bool(KEPT_FOR_PEOPLE & set(plain.split("_")))


@pytest.mark.parametrize(
    ("name", "kept"),
    [("_tell_click", True), ("heard", True), ("look_ahead_ms", False), ("show_text", False)],
)
def test_words_for_people_are_found(name, kept):
    assert kept_for_people(name) == kept


def test_functions_are_called_by_the_verbs_of_the_field():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and kept_for_people(node.name)
    ]
    assert found == []
