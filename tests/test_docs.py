"""What the documentation names is there."""

import re
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
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 120
    assert [line for line in lines if len(line) > 120] == []
