"""Runs one function on many items, in several processes."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

Item = TypeVar("Item")
Result = TypeVar("Result")


def spread(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int,
    ordered: bool = False,
    begin: Callable[[], None] | None = None,
) -> Iterator[Result]:
    """Results as they come, or in the order of the items; one worker stays in this process.

    Args:
        function: that every item is given to.
        items: to be shared by the workers.
        workers: processes.
        ordered: give the results in the order of the items.
        begin: called once in each worker, with the large things that it needs in its partial; where
            the system forks they are shared instead of sent.

    Raises:
        UserError: if a process was killed.
    """
    if workers <= 1 or len(items) <= 1:
        if begin is not None:
            begin()
        yield from map(function, items)
        return
    forks = begin is not None and "fork" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if forks else "spawn")
    with ProcessPoolExecutor(min(workers, len(items)), context, _begin, (begin,)) as pool:
        futures = [pool.submit(function, item) for item in items]
        try:
            for future in futures if ordered else as_completed(futures):
                yield future.result()
        except BrokenProcessPool as error:
            raise UserError(Code.WORKER_KILLED) from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _begin(begin: Callable[[], None] | None) -> None:
    """Ctrl-C ends a worker without a traceback, a killed parent takes its workers along.

    Files are written whole or not at all, so that neither leaves a broken one.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
