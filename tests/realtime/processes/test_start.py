"""Programs that are run to their end: what they print, how they fail, how long they may take."""

import os
import sys

import pytest

from realtime.processes.start import run_program


def run(words: str, timeout_s: float = 20.0) -> bytes:
    return run_program([sys.executable, "-c", words], dict(os.environ), timeout_s)


def test_what_a_program_prints_is_returned_and_it_has_nothing_to_read():
    assert run("import sys; print(len(sys.stdin.read()), 'read')") == b"0 read\n"


def test_a_program_that_fails_leaves_its_exit_code_and_last_line():
    with pytest.raises(ChildProcessError) as failed:
        run("import sys; print('first', file=sys.stderr); sys.exit('no server')")
    assert (failed.value.errno, failed.value.strerror) == (1, "no server")


def test_a_program_that_takes_too_long_is_killed():
    with pytest.raises(TimeoutError, match=r"more than 0\.2 s"):
        run("import time; time.sleep(60)", 0.2)


def test_a_program_that_is_not_there_says_so():
    with pytest.raises(FileNotFoundError):
        run_program(["no-such-program-of-ours"], {}, 1.0)
