"""One function on many items in several processes."""

import os
import signal
from functools import partial

import pytest

from realtime.processes.pool import spread
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError


def double(value: int) -> tuple[int, int]:
    return os.getpid(), 2 * value


def refuse(value: int) -> int:
    raise UserError(Code.FEW_NOTES, path=value, count=1, fewest=5)


def die(value: int, how: int) -> int:
    os.kill(os.getpid(), how)
    return value


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_where_that_is_asked_for(workers):
    found = list(spread(double, [3, 1, 2, 5], workers, ordered=True))
    assert [value for _, value in found] == [6, 2, 4, 10]
    assert (os.getpid() in {process for process, _ in found}) == (workers == 1)


def test_what_a_worker_refuses_is_refused_with_its_values():
    with pytest.raises(UserError) as refused:
        list(spread(refuse, [7, 8], 2))
    assert refused.value.trouble.code is Code.FEW_NOTES
    assert refused.value.trouble.values["path"] in (7, 8)


@pytest.mark.slow
def test_a_killed_worker_is_told_and_nobody_waits_for_it():
    with pytest.raises(UserError) as killed:
        list(spread(partial(die, how=signal.SIGKILL), [1, 2, 3], 2))
    assert killed.value.trouble.code is Code.WORKER_KILLED
