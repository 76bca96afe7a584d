"""What the documentation names is there, and what docs/style.md asks of names is kept."""

import ast
import re
import runpy
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import parse

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMED = re.compile(r"`((?:realtime|gui|trainer|export|tests|benchmarks|scripts|docs)/[\w/.-]+)`")

PACKAGES = ("realtime", "gui", "trainer", "export")
KEPT_FOR_PEOPLE = {
    "adopt",
    "forget",
    "forgets",
    "hear",
    "heard",
    "hears",
    "listen",
    "listens",
    "look",
    "looked",
    "looks",
    "lose",
    "obey",
    "obeys",
    "say",
    "says",
    "said",
    "settle",
    "settled",
    "speak",
    "speaks",
    "tell",
    "told",
}
"""Words of people, which mean several things where a program does them."""
ALLOWED = re.compile(r"tell|.*look_aheads?(_.*)?|looks_like_.*")
"""A method of every file in Python, a noun of the field, and a comparison."""
SHARED_CLASSES = {"Options"}
"""Each subcommand has options of its own."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_exist(page):
    missing = {name for name in NAMED.findall(page.read_text(encoding="utf-8")) if lacks(name)}
    assert not missing


def lacks(name: str) -> bool:
    return not (ROOT / name).exists()


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_room_stands_in_the_picture_of_the_house():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [
        path.parent.name
        for package in ("realtime", "gui", "trainer")
        for path in (ROOT / package).glob("*/__init__.py")
    ]
    assert len(rooms) > 30
    assert [room for room in rooms if not re.search(rf"\b{room}\b", page)] == []


def test_the_first_page_is_short_enough_to_be_read():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_line_of_a_page_is_too_long_to_be_read(page):
    """Rows of tables cannot be wrapped; the first page and that of the house have no wide ones."""
    tables = page.name not in ("README.md", "architecture.md")
    lines = page.read_text(encoding="utf-8").splitlines()
    assert not [x for x in lines if len(x) > 120 and not (tables and x.startswith("|"))]


def test_pages_are_wrapped_by_a_command():
    check = [sys.executable, "scripts/wrap_pages.py", "--check"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("word " * 40, ("word " * 24).strip() + "\n" + ("word " * 16).strip()),
        ("- " + "a " * 70, "- " + "a " * 58 + "a\n  " + ("a " * 11).strip()),
        ("x " * 50 + "`a b " + "c " * 20 + "`", "x " * 49 + "x\n`a b " + "c " * 20 + "`"),
        ("| " + "a" * 130 + " |", "| " + "a" * 130 + " |"),
        ("    jtm " + "a" * 130, "    jtm " + "a" * 130),
        ("```\n" + "b " * 80 + "\n```", "```\n" + "b " * 80 + "\n```"),
        ("short\nlines stay", "short\nlines stay"),
        ("- " + "a " * 70 + "\n- b", "- " + "a " * 58 + "a\n  " + ("a " * 11).strip() + "\n- b"),
    ],
    ids=["prose", "item", "code span", "table", "code", "fence", "short", "two items"],
)
def test_only_prose_is_wrapped(before, after):
    wrapped = runpy.run_path(str(ROOT / "scripts" / "wrap_pages.py"))["wrapped"]
    assert wrapped(before + "\n") == after + "\n"
    assert wrapped(after + "\n") == after + "\n"


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, parse(path)


def kept_for_people(name: str) -> bool:
    """Whether a function's name holds a word that docs/style.md keeps for people."""
    plain = name.strip("_")
    return not ALLOWED.fullmatch(plain) and bool(KEPT_FOR_PEOPLE & set(plain.split("_")))


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


def test_no_two_classes_of_a_package_share_a_name():
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path, tree in modules():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name not in SHARED_CLASSES:
                name = path.relative_to(ROOT)
                if not node.name.startswith("_"):
                    places[name.parts[0], node.name].append(str(name))
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}
