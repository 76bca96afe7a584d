"""Feeds damaged files to every reader of foreign files: no crash, no hang, no foreign exception.

`python -m benchmarks.attacks.fuzz [--cases 100000] [--seconds 600] [--seed 0] [--reader NAME]
[--first 0] [--keep]`

Cases run in a child with limited memory; one that takes more than five seconds of a processor, a
minute of the clock (longer on a busy machine), or that leaves the child above 1 GB, is a finding,
as is every exception that a reader does not promise. Prints a line a reader and returns 1 where
anything was found; with --keep the outcome goes into docs/faults-results.json and the table, beside
that of the cases before --first.
"""

import argparse
import os
import resource
import select
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

from benchmarks.attacks.fuzz_readers import READERS
from benchmarks.faults import Result, keep, kept, load_of_a_core

READERS_MODULE = "benchmarks.attacks.fuzz_readers"
HANG_SECONDS = 60.0
START_SECONDS = 180.0
MEMORY_BYTES = 6 << 30
SHARES = {"sound": 0.15, "model outline": 0.1, "notes": 0.1, "settings": 0.05, "model": 0.02,
          "self-test": 0.02, "config": 0.01}  # fmt: skip
"""Part of the cases; the others get `USUAL_SHARE`."""
USUAL_SHARE = 0.03


@dataclass
class Outcome:
    """What became of a reader."""

    cases: int = 0
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)


def fuzz(name: str, seed: int, first: int, cases: int, until: float) -> Outcome:
    """Run cases until all are done or the time is up; a new child after every finding."""
    outcome, began = Outcome(), time.monotonic()
    while outcome.cases < cases and time.monotonic() < until and len(outcome.findings) < 20:
        done, finding = _child(name, seed, first + outcome.cases, cases - outcome.cases, until)
        outcome.cases += done
        if finding:
            outcome.findings.append(finding)
    outcome.seconds = time.monotonic() - began
    return outcome


def _child(name: str, seed: int, first: int, count: int, until: float) -> tuple[int, str]:
    """(cases begun, what was found or "")."""
    ours, theirs = os.pipe()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        command = [sys.executable, "-m", READERS_MODULE, name, str(seed), str(first),
                   str(count), folder, str(theirs)]  # fmt: skip
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=(theirs,),
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            preexec_fn=_limit,
        )
        os.close(theirs)
        try:
            begun, problem = _follow(ours, until)
            if problem is None:
                code = process.wait(HANG_SECONDS)
                errors.seek(max(0, errors.tell() - 400))
                said = errors.read().decode(errors="replace").strip().splitlines()[-1:]
                problem = f"exit {code}, {said}" if code else ""
            return begun, f"case {first + begun - 1}: {problem}" if problem else ""
        finally:
            process.kill()
            process.wait()
            os.close(ours)


def _follow(pipe: int, until: float) -> tuple[int, str | None]:
    """(cases begun, the trouble; None at the end of the child, "" at the end of the time)."""
    begun, patience = 0, START_SECONDS * max(1.0, load_of_a_core())
    while select.select([pipe], [], [], patience)[0]:
        data = os.read(pipe, 1 << 16)
        if not data:
            return begun, None
        busy = max(1.0, load_of_a_core())
        begun, patience = begun + data.count(b"\n"), HANG_SECONDS * busy
        if time.monotonic() > until:
            return begun, ""
    return begun, f"no end within {patience:g} s"


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def add(row: str, outcome: Outcome, anew: bool) -> None:
    """Write an outcome into results and table, beside that of the cases before."""
    before = None if anew else kept(row)
    cases = outcome.cases + (before.tries if before else 0)
    found = (*(before.failed if before else ()), *outcome.findings)
    keep(row, Result(time.strftime("%Y-%m-%d"), cases, found, 0, load_of_a_core()))


def main() -> int:
    """Print a line a reader. Returns 1 where anything was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", choices=sorted(READERS), default=None)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--keep", action="store_true", help="write the outcome into the table")
    options = parser.parse_args()
    names = [options.reader] if options.reader else list(READERS)
    total, found = 0, False
    for name in names:
        share = 1.0 if options.reader else SHARES.get(name, USUAL_SHARE)
        limit = options.seconds / len(names) * (len(names) if options.reader else 1)
        cases, until = round(share * options.cases), time.monotonic() + limit
        outcome = fuzz(name, options.seed, options.first, cases, until)
        total, found = total + outcome.cases, found or bool(outcome.findings)
        print(f"{name:<18} {outcome.cases:>7} cases {outcome.seconds:6.0f} s  "
              f"{len(outcome.findings)} findings", flush=True)  # fmt: skip
        for finding in outcome.findings:
            print(f"    {finding}", flush=True)
        if options.keep:
            add(f"fuzzing, {name}", outcome, anew=options.first == 0)
    print(f"{'all':<18} {total:>7} cases, seed {options.seed}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
