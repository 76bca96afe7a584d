"""What the documentation names is there."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMED = re.compile(r"`((?:realtime|gui|trainer|export|tests|benchmarks|scripts|docs)/[\w/.-]+)`")


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
