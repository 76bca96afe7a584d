"""Tables as people have them: CSV, semicolons, tabs or spaces, in any encoding of Unicode.

Every table of labels, metadata or recordings is read here, so that what one command can read every
other can, and a row that cannot be read is named by its number in the file.
"""

import codecs
import csv
import re
from collections.abc import Container, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from realtime.troubles.errors import UserError

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""How "Unicode text" of a spreadsheet begins."""
DELIMITERS = (";", "\t", ",", "|")
"""In the order in which they are tried; a file without any is cut at spaces."""
REMARKS = ("#", "%")
"""How rows begin that say something to people, or are switched off."""
UNIT = re.compile(r"[\s_.]*[(\[]?(?<![a-z])(ms|s|sec|secs|seconds|milliseconds)[)\]]?$")
"""What may stand behind the name of a column and is not its name."""
NEARLY, SHORTEST_NAME = 0.85, 4
"""Likeness (0-1) from which a name is another one misspelt, and letters that it needs for that."""
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.IGNORECASE)

Rows = list[tuple[int, list[str]]]
"""Number of each row in the file, from 1, and its cells without outer spaces."""


def read_rows(path: Path) -> Rows:
    """All rows that are not empty, the header among them.

    Cells are cut at semicolons, else at tabs, commas or bars, else at spaces, whichever the first
    row has that is no remark; a comma between digits of a table that spaces or tabs cut
    is a decimal comma. A line `sep=;`, as spreadsheets write it, is obeyed.

    Raises:
        UserError: if the file cannot be read or is no text.
    """
    return cut_rows(path, read_text(path))


def cut_rows(path: Path, text: str) -> Rows:
    """The rows of `text`, which `path` holds, as `read_rows` cuts them.

    Raises:
        UserError: if a row cannot be cut.
    """
    lines = text.splitlines()
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not numbered:
        return []
    first = numbered[0][1]
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, numbered = first.strip()[4], numbered[1:]
    else:
        delimiter = _delimiter(next((line for _, line in numbered if not _is_remark(line)), first))
    if not delimiter:
        return [(number, line.split()) for number, line in numbered]
    start = numbered[0][0]
    found: Rows = []
    begins, read = True, 0  # whether the next line begins a row, as one inside quotes does not

    def give_lines() -> Iterator[str]:
        nonlocal begins
        for line in lines[start - 1 :]:
            whole = begins and _is_remark(line)  # its quotes say nothing about cells
            begins = False
            yield (line.replace('"', "") if whole else line) + "\n"

    rows = csv.reader(give_lines(), delimiter=delimiter, strict=True)
    try:
        for cells in rows:
            begins, read = True, rows.line_num
            if any(cell.strip() for cell in cells):
                found.append((start + read - 1, [cell.strip() for cell in cells]))
    except csv.Error as error:
        raise UserError(
            f"Row {start + read} of '{path}' cannot be cut into cells ({error}; a quote that is "
            "not closed?); mend it."
        ) from error
    return found


def read_records(
    path: Path, needed: Sequence[str] = (), known: Sequence[str] = ()
) -> list[tuple[int, dict[str, str]]]:
    """Row numbers, and cells by the names of the header; missing last cells are empty.

    Columns that are `needed` or `known` have those names, in whatever case the header has them.
    Rows whose first cell begins with one of REMARKS are passed over, above the header, too; a
    header may begin with one.

    Raises:
        UserError: as `read_rows`, if columns are needed and the file is empty or lacks one, a row
            ends before it, a name stands twice or is nearly a `known` one, or a row has more cells
            than the header.
    """
    names = {name.lower(): name for name in (*needed, *known)}
    rows = _without_remarks(read_rows(path), names)
    if not rows and needed:
        raise UserError(f"'{path}' is empty; it needs a column {' and '.join(needed)}.")
    if not rows:
        return []
    header = [names.get(cell.lower(), cell) for cell in rows[0][1]]
    twice = next((name for name in names.values() if header.count(name) > 1), "")
    if twice:
        raise UserError(f"'{path}' has two columns called {twice}; remove one of them.")
    missing = [name for name in needed if name not in header]
    if missing:
        raise UserError(
            f"'{path}' needs a column {' and '.join(missing)}; it has {', '.join(header)}."
        )
    require_spelling(path, header, known)
    for number, cells in rows[1:]:
        require_width(path, number, cells, len(header))
        cut = next((name for name in needed if header.index(name) >= len(cells)), None)
        if cut:
            raise UserError(
                f"Row {number} of '{path}' has no {cut}, it ends before that cell; write all "
                "cells, also the empty ones."
            )
    return [
        (number, dict(zip(header, [*cells, *[""] * len(header)], strict=False)))
        for number, cells in rows[1:]
    ]


def _without_remarks(rows: Rows, names: Container[str]) -> Rows:
    """The header, without a mark before it, and the rows below it that are no remarks.

    Args:
        rows: of the file.
        names: lower-case names of columns; where the first row that is no remark holds none, one
            above it that does is the header.
    """
    kept = [(number, cells) for number, cells in rows if not cells[0].startswith(REMARKS)]
    if kept and any(cell.lower() in names for cell in kept[0][1]):
        return kept
    above = [row for row in rows if not kept or row[0] < kept[0][0]]
    for number, cells in above:
        header = [cells[0].lstrip("".join(REMARKS)).strip() or cells[0], *cells[1:]]
        if any(cell.lower() in names for cell in header):
            alone = header[0] in REMARKS and kept and len(kept[0][1]) < len(header)
            return [(number, header[1:] if alone else header), *kept]
    return kept


def require_spelling(path: Path, header: Sequence[str], known: Sequence[str]) -> None:
    """Refuse a column that is called nearly as one that is read, and would be passed over.

    Units count for nothing, nor what stands before the last word: `tolerance` and
    `onset_tolerance_ms` are both nearly `onset_tolerance_s`.

    Args:
        path: of the table.
        header: names of its columns.
        known: names of columns that are read where they are there.

    Raises:
        UserError: naming both.
    """
    missing = [name for name in known if name not in header]
    for column in header:
        bare = UNIT.sub("", column.lower().strip()).replace(" ", "_").replace("-", "_")
        if column in known or len(bare) < SHORTEST_NAME:
            continue
        for name in missing:
            wanted = UNIT.sub("", name)
            same = wanted.endswith(f"_{bare}") or sorted(bare) == sorted(wanted)
            if same or SequenceMatcher(None, bare, wanted).ratio() >= NEARLY:
                raise UserError(
                    f"'{path}' has a column '{column}', which is nearly '{name}'; call it that, or "
                    "something else."
                )


def require_width(path: Path, number: int, cells: list[str], columns: int) -> None:
    """Refuse a row with more cells than there are columns: which is which, nobody knows.

    Raises:
        UserError: naming the row.
    """
    if any(cells[columns:]):
        raise UserError(
            f"Row {number} of '{path}' has {len(cells)} cells for {columns} columns (are there "
            "decimal commas? cut the cells at semicolons then); mend it."
        )


def require_cell(path: Path, number: int, record: dict[str, str], name: str) -> str:
    """The cell `name` of a record.

    Raises:
        UserError: naming the row, if it is empty.
    """
    if not record.get(name):
        raise UserError(f"Row {number} of '{path}' has no {name}; mend or remove it.")
    return record[name]


def read_text(path: Path) -> str:
    """Text of a file in UTF-8 (with or without its mark) or UTF-16 with its mark.

    Raises:
        UserError: if it cannot be read, or is in another encoding; that line is named. UTF-16
            without its mark is told by the zero bytes that no text has.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"Cannot read '{path}' ({error.strerror}).") from error
    try:
        text = data.decode("utf-16" if data.startswith(UTF16) else "utf-8-sig")
        wrong = text.find("\0")
    except UnicodeDecodeError as error:
        text, wrong = data[: error.start].decode("latin-1"), error.start
    if wrong < 0:
        return text
    line = text[:wrong].count("\n") + 1
    raise UserError(
        f"Row {line} of '{path}' is not UTF-8 text; save the table as CSV in UTF-8, or replace it."
    )


def to_number(text: str) -> float:
    """A number with a decimal point or a decimal comma.

    Raises:
        ValueError: if it is none.
    """
    if "_" in text:  # Python's own mark of thousands
        raise ValueError(text)
    return float(text.replace(",", ".") if DECIMAL_COMMA.fullmatch(text) else text)


def is_number(text: str) -> bool:
    """Whether `to_number` can read the text."""
    try:
        to_number(text)
    except ValueError:
        return False
    return True


def _is_remark(line: str) -> bool:
    return line.lstrip().startswith(REMARKS)


def _delimiter(first: str) -> str:
    """What cuts cells, by the first row; "" for spaces."""
    found = next((one for one in DELIMITERS if one in first), "")
    words = first.split()
    if found == "," and len(words) > 2 and all(map(is_number, words)):
        return ""
    return found
