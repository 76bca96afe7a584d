"""Wraps paragraphs of the documentation that have a line above 120 characters.

    python scripts/wrap_pages.py            # write
    python scripts/wrap_pages.py --check    # only name the pages; exit code 1 if there are any

Tables, code and headings stay as they are: a row of a table cannot be wrapped. The pages of
`docs/report` and the model's card are written by programs of their own.
"""

import re
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 120
ITEM = re.compile(r"(\s*)(?:[-*]|\d+\.)\s+")
"""How an item of a list begins."""
FIXED = re.compile(r"\s*$|\||#|<|!\[|    |```|---")
"""How lines begin that are no prose: blank ones, tables, headings, HTML, pictures, code."""
CODE = re.compile(r"`[^`]*`")


def pages() -> list[Path]:
    """Every page that people write by hand."""
    first = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    return [*first, *sorted((ROOT / "docs").glob("*.md"))]


def wrapped(text: str) -> str:
    """The page with its prose wrapped; a paragraph whose lines all fit stays as it is."""
    done: list[str] = []
    block: list[str] = []
    fenced = inside_item = False
    for line in (*text.splitlines(), ""):
        goes_on = bool(block) and not ITEM.match(line)
        fixed = fenced or (bool(FIXED.match(line)) and not (inside_item and _is_indented(line)))
        if fixed or not goes_on:
            done += _filled(block)
            block = []
        if line.startswith("```"):
            fenced = not fenced
        if fixed:
            done.append(line)
            inside_item = inside_item and not line.strip()
        else:
            block.append(line)
            inside_item = bool(ITEM.match(block[0]))
    return "\n".join(done[:-1]) + "\n"


def _is_indented(line: str) -> bool:
    """Whether a line goes on with the item of a list above it."""
    return bool(re.match(r" {2,4}\S", line))


def _filled(block: list[str]) -> list[str]:
    """The lines of one paragraph or item; code spans are not broken."""
    if all(len(line) <= WIDTH for line in block):
        return block
    item = ITEM.match(block[0])
    lead = item.group(0) if item else re.match(r"\s*", block[0]).group(0)  # type: ignore[union-attr]
    words = " ".join(line.strip() for line in block)[len(lead.strip()) :].strip()
    whole = CODE.sub(lambda found: found.group(0).replace(" ", "\0"), words)
    lines = textwrap.wrap(
        whole,
        WIDTH,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\0", " ") for line in lines]


def main(arguments: list[str]) -> int:
    """Wrap every page; returns 1 where `--check` found one to be wrapped."""
    stale = 0
    for page in pages():
        before = page.read_text(encoding="utf-8")
        after = wrapped(before)
        if after != before and "--check" in arguments:
            print(f"{page.relative_to(ROOT)} has long lines; run `python scripts/wrap_pages.py`.")
            stale = 1
        elif after != before:
            page.write_text(after, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
