"""Provokes the faults of docs/faults.md; writes what came of it to a results file and the table.

`python -m benchmarks.faults [--row N ...] [--times K] [--real]` runs the tests that a row names, K
times each; with `--real` also those that need servers or are slow. What they gave goes, with date
and tries, into `docs/faults-results.json`, and from there into the last column of the table. A row
fails where one try failed. Nobody writes that column by hand: a test compares the two. With
`--earlier FOLDER` they try the program of an earlier version; that goes into the column before.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "faults.md"
RESULTS = ROOT / "docs" / "faults-results.json"
ROW = re.compile(r"^\| (A?\d+) \| (.*) \|$", re.MULTILINE)
"""A number, or A and a number where the row has a column for an earlier version too."""
LONG_RUN = re.compile(r"^\| ([a-z][^|]*) \| (.*) \|$", re.MULTILINE)
""""| what | command | result |", of runs that are no row of the 28."""
TESTS = re.compile(r"`((?:gui/|trainer/)?test_\w+)(?::([^`]*))?`")
LONGEST_SECONDS = 1200.0
EARLIER = " earlier"
"""Behind the number of a row whose tests tried an earlier version."""


@dataclass(frozen=True)
class Result:
    """What a run of a row's tests gave."""

    date: str
    """Day of the run, as 2026-01-31."""
    tries: int
    failed: tuple[str, ...]
    """Names of tests, one for each try that failed."""
    left_out: int
    """Tests that did not run: they need servers or are slow, or were skipped."""
    load: float
    """Load average for each core."""
    said: str = ""
    """Figures that the run printed, for the table."""


def rows(text: str) -> dict[str, list[str]]:
    """Number -> cells (fault, what we do, shown by, result) of the tables."""
    return {number: cells.split(" | ") for number, cells in ROW.findall(text)}


def find_tests(number: str, table: dict[str, list[str]]) -> list[str]:
    """Node ids of the tests that a row names; those of the row before where it says "the same".

    Raises:
        ValueError: if it names a test that is not there.
    """
    shown = table[number][2]
    if shown.startswith("the same"):
        return find_tests(str(int(number) - 1), table)
    found: list[str] = []
    for module, words in TESTS.findall(shown):
        room, _, name = module.rpartition("/")
        (path,) = (ROOT / "tests" / (room or "realtime")).rglob(f"{name}.py")
        defined = re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        for word in words.split(",") if words else [""]:
            wanted = re.compile(re.sub(r"\[.*?\]", "", word.strip()).replace("..", ".*"))
            chosen = [test for test in defined if wanted.search(test)]
            if not chosen:
                raise ValueError(f"row {number}: {word} is not in {path.name}")
            found += [f"{path.relative_to(ROOT)}::{test}" for test in chosen]
    return list(dict.fromkeys(found))


def provoke(tests: list[str], times: int, real: bool, earlier: str = "") -> Result:
    """Run tests so many times, against the program in this folder or an earlier one's."""
    tries, failed, left_out = 0, [], 0
    report = ROOT / ".faults.xml"
    for _ in range(times):
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}",
                   "-o", "junit_family=xunit1", "-m", "slow or not slow" if real else "not slow",
                   *tests]  # fmt: skip
        try:
            subprocess.run(
                command, cwd=ROOT, capture_output=True, timeout=LONGEST_SECONDS, check=False,
                env={**os.environ, **({"JTM_ROOT": earlier} if earlier else {})},
            )  # fmt: skip
            found = Xml.parse(report).iter("testcase")
            cases = [case for case in found if case.find("skipped") is None]
        except (subprocess.TimeoutExpired, OSError, Xml.ParseError):
            failed.append("no end")
            tries += 1
            continue
        finally:
            report.unlink(missing_ok=True)
        cases = [case for case in cases if case.find("skipped") is None]
        tries += len(cases)
        names = {str(case.get("name")).split("[")[0] for case in cases}
        left_out = sum(test.split("::")[1] not in names for test in tests)
        failed += [
            str(case.get("name"))
            for case in cases
            if case.find("failure") is not None or case.find("error") is not None
        ]
    return Result(time.strftime("%Y-%m-%d"), tries, tuple(failed), left_out, load_of_a_core())


def load_of_a_core() -> float:
    """Load average for each core, now."""
    return round(os.getloadavg()[0] / (os.cpu_count() or 1), 1)


def cell(result: dict[str, Any] | None) -> str:
    """What the table says of a result."""
    if result is None:
        return "not run"
    if not result["tries"]:
        return "not run"
    held = result["tries"] - len(result["failed"])
    said = f"{held} of {result['tries']}, {result['date']}, load {result['load']:g} a core"
    if result["left_out"]:
        said += f"; {result['left_out']} not run"
    figures = f"; {result['said']}" if result.get("said") else ""
    if result["failed"]:
        return f"**fails** ({said}): {', '.join(sorted(set(result['failed'])))}{figures}"
    return f"holds ({said}){figures}"


def written(text: str, results: dict[str, Any]) -> str:
    """The tables with their last columns made from results."""

    def row(found: re.Match[str]) -> str:
        cells, number = found[2].split(" | ")[:3], found[1]
        names = [f"{number}{EARLIER}", number] if number.startswith("A") else [number]
        cells += [cell(results.get(name)) for name in names]
        return f"| {number} | {' | '.join(cells)} |"

    def long_run(found: re.Match[str]) -> str:
        if found[1] not in results:
            return found[0]
        before = found[2].rpartition(" | ")[0]
        return f"| {found[1]} | {before} | {cell(results[found[1]])} |"

    return LONG_RUN.sub(long_run, ROW.sub(row, text))


def kept(name: str) -> Result | None:
    """What an earlier run gave."""
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    found = results.get(name)
    return Result(**{**found, "failed": tuple(found["failed"])}) if found else None


def keep(name: str, result: Result) -> None:
    """Write what a run gave into the results file and the tables, under its number or name."""
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    results[name] = asdict(result)
    ordered = {key: results[key] for key in sorted(results, key=_order)}
    RESULTS.write_text(json.dumps(ordered, indent=1) + "\n")
    TABLE.write_text(written(TABLE.read_text(encoding="utf-8"), ordered), encoding="utf-8")


def _order(name: str) -> tuple[int, str]:
    number = name.removesuffix(EARLIER).removeprefix("A")
    return (int(number) + 500 * name.startswith("A"), name) if number.isdigit() else (1000, name)


def main() -> int:
    """Run rows, write both files. Returns 1 where a row fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--row", nargs="*", default=None)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--earlier", default="", help="folder of an earlier version")
    options = parser.parse_args()
    table = rows(TABLE.read_text(encoding="utf-8"))
    fails = False
    for number in options.row or table:
        tests = find_tests(number, table)
        if not tests:
            continue
        result = provoke(tests, options.times, options.real, options.earlier)
        fails = fails or bool(result.failed)
        keep(f"{number}{EARLIER if options.earlier else ''}", result)
        print(f"{number:>3}  {cell(asdict(result))}", flush=True)
    return 1 if fails else 0


if __name__ == "__main__":
    sys.exit(main())
